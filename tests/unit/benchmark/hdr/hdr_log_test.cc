// What is written of histograms, read again by another.
#include "benchmark/hdr/hdr_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "benchmark/hdr/hdr_encoding.h"
#include "common/base/clock.h"
#include "common/base/random.h"
#include "tests/support/hdr_reader.h"
#include "tests/support/simulated_files.h"

namespace redoubt {
namespace {

constexpr int64_t second_ns = 1'000'000'000;

std::vector<uint64_t> counts_of(const std::vector<std::pair<uint64_t, uint64_t>>& values) {
  std::vector<uint64_t> counts = {0};
  for (const auto& [value, times] : values) {
    counts.resize(std::max(counts.size(), hdr_index(value) + 1));
    counts[hdr_index(value)] += times;
  }
  return counts;
}

TEST(HdrEncoding, CountsStandInTheBucketsOfTheirValues) {
  const std::vector<std::pair<uint64_t, uint64_t>> cases[] = {
      {},
      {{0, 1}},
      {{1, 1}},
      {{0, 1}, {2, 3}},
      {{5, 63}, {6, 64}, {7, 8191}, {8, 8192}},
      {{2047, 1}, {2048, 2}, {2049, 3}, {2050, 4}, {4095, 5}, {4096, 6}},
      {{1'000'000, 1}, {1'000'000'000, 2}},
      {{Histogram::highest_value, 7}},
      {{9, (uint64_t{1} << 54) - 1}, {10, uint64_t{1} << 55}, {12, uint64_t{1} << 62}},
  };
  for (const auto& values : cases) {
    Histogram histogram;
    for (const auto& [value, times] : values) histogram.record(value, times);
    const HdrHistogram read = read_hdr_histogram(hdr_text(histogram));
    EXPECT_EQ(read.counts, counts_of(values));
    EXPECT_EQ(read.significant_digits, 3u);
    EXPECT_EQ(read.highest_value, Histogram::highest_value);
  }
}

TEST(HdrEncoding, NothingIsLostOfManyValues) {
  Random random(7);
  Histogram histogram;
  std::vector<std::pair<uint64_t, uint64_t>> values;
  for (int number = 0; number < 20'000; ++number) {
    const uint64_t value = std::min(random.next() >> (22 + random.below(40)), Histogram::highest_value);
    values.emplace_back(value, 1 + random.below(300));
    histogram.record(values.back().first, values.back().second);
  }
  const HdrHistogram read = read_hdr_histogram(hdr_text(histogram));
  EXPECT_EQ(read.counts, counts_of(values));
  EXPECT_EQ(read.total(), histogram.count());
}

TEST(HdrEncoding, AnEmptyHistogramIsShort) { EXPECT_EQ(hdr_payload(Histogram()).size(), 41u); }

TEST(HdrLog, HasALineForEachSecond) {
  SimulatedFiles files;
  Result<HdrLog> log = HdrLog::create(files, "/log");
  ASSERT_TRUE(log);
  Histogram latencies;
  latencies.record(2'500'000, 3);
  log->begin("SET");
  log->write({monotonic_ns() + 5 * second_ns, 1, latencies});
  log->begin("MSET (10 keys), x");
  log->write({monotonic_ns() + 6 * second_ns, 0.25, Histogram()});
  EXPECT_TRUE(log->status());
  const std::string text = *read_file(files, "/log", 1 << 20);
  EXPECT_TRUE(std::regex_search(
      text, std::regex("^#\\[Histogram log format version 1\\.3\\]\n#\\[StartTime: [0-9]{10}\\.[0-9]{3} \\(seconds "
                       "since epoch\\), 20[^\n]+ UTC\\]\n\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
                       "\"Interval_Compressed_Histogram\"\nTag=SET,5\\.[0-9]{3},1\\.000,2\\.500,HISTFAAAA")))
      << text;
  const std::vector<HdrLine> lines = read_hdr_log(text);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].histogram.counts, counts_of({{2'500'000, 3}}));
  EXPECT_EQ(lines[1].tag, "MSET_(10_keys)__x");
  EXPECT_GE(lines[1].start, 6);
  EXPECT_EQ(lines[1].length, 0.25);
  EXPECT_EQ(lines[1].max_ms, 0);
  EXPECT_EQ(lines[1].histogram.total(), 0u);
}

TEST(HdrLog, TellsThatItCannotBeWritten) {
  SimulatedFiles files;
  files.fail({.operation = FileOperation::write, .after = 1, .error = "No space left on device"});
  Result<HdrLog> log = HdrLog::create(files, "/log");
  ASSERT_TRUE(log);
  const std::string head = *read_file(files, "/log", 1 << 20);
  log->begin("SET");
  log->write({monotonic_ns(), 1, Histogram()});
  ASSERT_FALSE(log->status());
  EXPECT_EQ(log->status().error().text, "No space left on device");
  log->write({monotonic_ns(), 1, Histogram()});
  EXPECT_EQ(*read_file(files, "/log", 1 << 20), head) << "nothing follows what is missing";
  EXPECT_FALSE(HdrLog::create(real_file_system(), "/no/such/directory/log"));
}

TEST(HdrLog, TagsHaveNothingThatEndsThem) {
  EXPECT_EQ(hdr_tag("GET"), "GET");
  EXPECT_EQ(hdr_tag(""), "_");
  EXPECT_EQ(hdr_tag("80 GET k,{key}\r\n; \xff"), "80_GET_k_{key}\\r\\n;_\\xff");
  EXPECT_LE(hdr_tag(std::string(100'000, 'x')).size(), 210u);
}

}  // namespace
}  // namespace redoubt
