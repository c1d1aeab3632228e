#include "benchmark/failover/outages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redoubt {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr int64_t ms = 1'000'000;

Silence silence(int64_t from_ms, int64_t to_ms, const char* before = "a", const char* after = "a",
                ErrorCounts errors = {}) {
  return {from_ms * ms, to_ms * ms, before, after, std::move(errors)};
}

std::vector<std::string> texts(const OutageReport& report) {
  std::vector<std::string> all;
  for (const Outage& one : report.outages) {
    all.push_back(std::to_string(one.from_ns / ms) + "-" + std::to_string(one.to_ns / ms) + " " + one.before + ">" +
                  one.after);
  }
  return all;
}

TEST(SilenceRecorder, WritesThatFollowEachOtherAreNoSilence) {
  SilenceRecorder recorder(0);
  recorder.connected("a");
  for (int64_t at = 10; at <= 1000; at += 10) recorder.acknowledged(at * ms);
  recorder.end(1010 * ms);
  ASSERT_EQ(recorder.silences().size(), 1u) << "only the time before the first";
  EXPECT_EQ(recorder.silences()[0].before, "");
  EXPECT_EQ(recorder.silences()[0].to_ns, 10 * ms);
}

TEST(SilenceRecorder, ALongTimeBetweenTwoWritesIsOne) {
  SilenceRecorder recorder(0);
  recorder.connected("a");
  recorder.acknowledged(1 * ms);
  recorder.acknowledged(100 * ms);
  recorder.acknowledged(200 * ms);
  ASSERT_EQ(recorder.silences().size(), 2u);
  EXPECT_EQ(recorder.silences()[1].from_ns, 100 * ms);
  EXPECT_EQ(recorder.silences()[1].to_ns, 200 * ms);
  EXPECT_EQ(recorder.silences()[1].before, "a");
  EXPECT_EQ(recorder.silences()[1].after, "a");
}

TEST(SilenceRecorder, ErrorsAndAnotherPrimaryMakeAShortOneCount) {
  SilenceRecorder recorder(0);
  recorder.connected("a");
  recorder.acknowledged(1 * ms);
  recorder.failed("broken");
  EXPECT_TRUE(recorder.failing());
  recorder.failed("broken");
  recorder.failed("refused");
  recorder.connected("b");
  recorder.acknowledged(3 * ms);
  EXPECT_FALSE(recorder.failing());
  recorder.connected("c");
  recorder.acknowledged(4 * ms);
  ASSERT_EQ(recorder.silences().size(), 3u);
  EXPECT_THAT(recorder.silences()[1].errors, ElementsAre(Pair("broken", 2), Pair("refused", 1)));
  EXPECT_EQ(recorder.silences()[1].after, "b");
  EXPECT_THAT(recorder.silences()[2].errors, IsEmpty());
  EXPECT_EQ(recorder.silences()[2].before, "b");
}

TEST(SilenceRecorder, TheEndOfTheRunEndsASilenceWithNobodyAfterIt) {
  SilenceRecorder recorder(0);
  recorder.connected("a");
  recorder.acknowledged(1 * ms);
  recorder.failed("broken");
  recorder.end(50 * ms);
  ASSERT_EQ(recorder.silences().size(), 2u);
  EXPECT_EQ(recorder.silences()[1].to_ns, 50 * ms);
  EXPECT_EQ(recorder.silences()[1].after, "");
}

TEST(SilenceRecorder, KindsOfErrorsAreLimited) {
  SilenceRecorder recorder(0);
  for (int i = 0; i < 1000; ++i) recorder.failed("kind " + std::to_string(i));
  recorder.end(1 * ms);
  const ErrorCounts& errors = recorder.silences().at(0).errors;
  EXPECT_EQ(errors.size(), SilenceRecorder::most_kinds + 1);
  EXPECT_EQ(errors.at("other errors"), 1000 - SilenceRecorder::most_kinds);
}

TEST(Outages, AreTheTimesThatAllWritersWereSilent) {
  EXPECT_THAT(texts(find_outages({{silence(1000, 3000), silence(5000, 6000)},
                                  {silence(900, 2500), silence(4000, 4500), silence(5500, 7000)},
                                  {silence(1100, 5600)}})),
              ElementsAre("1100-2500 a>a", "5500-5600 a>a"));
  EXPECT_THAT(texts(find_outages({{silence(0, 10'000)}, {silence(1000, 2000), silence(3000, 4000)}})),
              ElementsAre("1000-2000 a>a", "3000-4000 a>a"));
  EXPECT_THAT(texts(find_outages({{silence(0, 1000)}, {silence(1000, 2000)}})), IsEmpty());
  EXPECT_THAT(texts(find_outages({{silence(0, 1000)}, {}})), IsEmpty()) << "the other one wrote all the time";
  EXPECT_THAT(texts(find_outages({})), IsEmpty());
}

TEST(Outages, LieBetweenThePrimariesOfTheLastWriteAndTheFirst) {
  EXPECT_THAT(texts(find_outages({{silence(1000, 3000, "a", "c")}, {silence(1500, 2500, "b", "d")}})),
              ElementsAre("1500-2500 b>d"));
}

TEST(Outages, ShortOnesCountOnlyWhenThePrimaryChanged) {
  EXPECT_THAT(texts(find_outages({{silence(100, 199)}})), IsEmpty());
  EXPECT_THAT(texts(find_outages({{silence(100, 200)}})), ElementsAre("100-200 a>a"));
  EXPECT_THAT(texts(find_outages({{silence(100, 105, "a", "b")}})), ElementsAre("100-105 a>b"));
}

TEST(Outages, BeginWithAWriteThatWasAcknowledged) {
  EXPECT_THAT(texts(find_outages({{silence(0, 500, "", "a")}})), IsEmpty());
  // The second writer never got through.
  EXPECT_THAT(texts(find_outages({{silence(0, 500, "", "a"), silence(700, 900)}, {silence(0, 2000, "", "")}})),
              ElementsAre("700-900 a>a"));
}

TEST(Outages, MayLastToTheEnd) {
  EXPECT_THAT(texts(find_outages({{silence(700, 2000, "a", "")}, {silence(800, 2000, "a", "")}})),
              ElementsAre("800-2000 a>"));
}

TEST(Outages, HaveTheErrorsOfAllWritersOnce) {
  const OutageReport report =
      find_outages({{silence(1000, 3000, "a", "b", {{"x", 2}}), silence(5000, 5010, "b", "b", {{"z", 1}})},
                    {silence(1100, 3100, "a", "b", {{"x", 3}, {"y", 1}})}});
  ASSERT_EQ(report.outages.size(), 1u);
  EXPECT_THAT(report.outages[0].errors, ElementsAre(Pair("x", 5), Pair("y", 1)));
  EXPECT_THAT(report.other_errors, ElementsAre(Pair("z", 1)));
  EXPECT_EQ(report.longest_silence_ns, 2000 * ms);
}

TEST(Outages, ErrorsOfAWriterThatWasSilentOverSeveralCountForTheFirst) {
  const OutageReport report =
      find_outages({{silence(1000, 2000), silence(3000, 4000)}, {silence(0, 5000, "a", "a", {{"x", 9}})}});
  ASSERT_EQ(report.outages.size(), 2u);
  EXPECT_THAT(report.outages[0].errors, ElementsAre(Pair("x", 9)));
  EXPECT_THAT(report.outages[1].errors, IsEmpty());
  EXPECT_THAT(report.other_errors, IsEmpty());
}

}  // namespace
}  // namespace redoubt
