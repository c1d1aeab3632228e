// Stamps of values, the account of their numbers, and what servers say to receivers.
#include <gtest/gtest.h>

#include "benchmark/handoff/handoff_kind.h"
#include "benchmark/handoff/handoff_stamp.h"
#include "benchmark/handoff/number_check.h"

namespace redoubt {
namespace {

TEST(HandoffStamp, IsReadAsItWasWrittenWhateverComesBehindIt) {
  const HandoffStamp stamps[] = {
      {}, {1, 2, 3, 4, 5}, {UINT32_MAX, UINT32_MAX, UINT64_MAX, INT64_MAX, INT64_MIN}, {0xabcdef, 0, 1, -1, 1}};
  for (const HandoffStamp& stamp : stamps) {
    std::string value;
    append_stamp(value, stamp);
    EXPECT_EQ(value.size(), HandoffStamp::size);
    EXPECT_EQ(read_stamp(value), stamp);
    EXPECT_EQ(read_stamp(value + "xxx"), stamp);
  }
}

TEST(HandoffStamp, WhatIsNoneIsNotRead) {
  std::string value;
  append_stamp(value, {1, 2, 3, 4, 5});
  EXPECT_FALSE(read_stamp(""));
  EXPECT_FALSE(read_stamp(std::string_view(value).substr(1)));
  for (size_t at = 0; at < value.size(); ++at) {
    for (const char wrong : {'g', 'A', '-', '\0', ' '}) {
      std::string damaged = value;
      damaged[at] = wrong;
      EXPECT_FALSE(read_stamp(damaged)) << at;
    }
  }
}

TEST(NumberCheck, TellsOrderGapsAndRepetitions) {
  using Seen = NumberCheck::Seen;
  NumberCheck check;
  const std::pair<uint64_t, Seen> events[] = {{0, Seen::in_order}, {1, Seen::in_order}, {1, Seen::twice},
                                              {4, Seen::ahead},    {3, Seen::late},     {3, Seen::twice},
                                              {5, Seen::in_order}, {2, Seen::late},     {2, Seen::twice},
                                              {6, Seen::in_order}, {0, Seen::twice}};
  for (const auto& [number, seen] : events) EXPECT_EQ(check.see(number), seen) << number;
}

struct KindCase {
  HandoffForm form;
  std::string_view reply;
  HandoffKind::Said said;
  std::string_view value = {};
};

class HandoffReply : public testing::TestWithParam<KindCase> {};

TEST_P(HandoffReply, IsUnderstood) {
  ReplyParser parser;
  std::string_view input = GetParam().reply;
  ASSERT_EQ(parser.parse(input), ReplyParser::Progress::whole);
  const Reply reply = parser.take();
  std::string_view value;
  EXPECT_EQ(HandoffKind(GetParam().form, 1, 1, "m").read(reply, value), GetParam().said);
  EXPECT_EQ(value, GetParam().value);
}

using Said = HandoffKind::Said;
INSTANTIATE_TEST_SUITE_P(
    All, HandoffReply,
    testing::Values(
        KindCase{HandoffForm::list, "*2\r\n$1\r\nl\r\n$2\r\nvv\r\n", Said::value, "vv"},
        KindCase{HandoffForm::list, "*-1\r\n", Said::unknown}, KindCase{HandoffForm::list, "+OK\r\n", Said::unknown},
        KindCase{HandoffForm::list, "*2\r\n$1\r\nl\r\n:1\r\n", Said::unknown},
        KindCase{HandoffForm::list, ">1\r\n+x\r\n", Said::nothing},
        KindCase{HandoffForm::channel, "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n", Said::ready},
        KindCase{HandoffForm::channel, ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nvv\r\n", Said::value, "vv"},
        KindCase{HandoffForm::pattern, "*4\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\nc\r\n$2\r\nvv\r\n", Said::value, "vv"},
        KindCase{HandoffForm::pattern, "*3\r\n$8\r\npmessage\r\n$1\r\n*\r\n$1\r\nc\r\n", Said::unknown},
        KindCase{HandoffForm::sharded, "*3\r\n$8\r\nsmessage\r\n$1\r\nc\r\n$2\r\nvv\r\n", Said::value, "vv"},
        KindCase{HandoffForm::channel, ">2\r\n+invalidate\r\n*0\r\n", Said::nothing},
        KindCase{HandoffForm::channel, "*0\r\n", Said::unknown}));

TEST(HandoffKind, KnowsHowManyReceiveWhatIsSent) {
  const HandoffKind channels(HandoffForm::channel, 3, 7, "m");
  EXPECT_EQ(channels.receivers_of(0), 3u);
  EXPECT_EQ(channels.receivers_of(1), 2u);
  EXPECT_EQ(channels.receivers_of(2), 2u);
  EXPECT_EQ(HandoffKind(HandoffForm::channel, 3, 1, "m").receivers_of(2), 0u);
  EXPECT_EQ(HandoffKind(HandoffForm::pattern, 3, 7, "m").receivers_of(2), 7u);
  EXPECT_EQ(HandoffKind(HandoffForm::list, 3, 7, "m").receivers_of(2), 1u);
}

}  // namespace
}  // namespace redoubt
