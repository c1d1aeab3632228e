#include "common/aof/aof_value_writer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/aof/aof_format.h"
#include "common/resp/request_parser.h"

namespace redoubt {
namespace {

using Commands = std::vector<std::string>;

class AofValues : public testing::Test {
 protected:
  // Each command with its words separated by blanks, long words by their size.
  Commands commands() {
    RequestBatch batch;
    RequestParser parser;
    EXPECT_EQ(parser.parse(out_, 1000, {}, batch), out_.size()) << out_;
    Commands commands;
    for (const auto& request : batch.requests) {
      std::string& text = commands.emplace_back();
      for (const std::string_view word : batch.args_of(request)) {
        text.append(text.empty() ? "" : " ");
        text.append(word.size() > 100 ? std::to_string(word.size()) : std::string(word));
      }
    }
    return commands;
  }
  void list(size_t elements, uint64_t expected) {
    writer_.begin(RdbKind::list, "l", expected);
    for (size_t i = 0; i < elements; ++i) writer_.element(std::to_string(i));
    writer_.end();
  }

  std::string out_;
  AofValueWriter writer_{out_};
};

TEST_F(AofValues, CommandsHaveSoManyElementsWhateverWasExpected) {
  for (const size_t elements : {1U, 9U, 63U, 64U, 65U, 128U, 200U}) {
    Commands wanted;
    for (size_t i = 0; i < elements; ++i) {
      if (i % aof_elements_per_command == 0) wanted.emplace_back("RPUSH l");
      wanted.back() += " " + std::to_string(i);
    }
    for (const uint64_t expected : {uint64_t{0}, uint64_t{1}, uint64_t{elements}, uint64_t{100}, UINT64_MAX}) {
      out_.clear();
      list(elements, expected);
      EXPECT_EQ(commands(), wanted) << elements << " " << expected;
    }
  }
}

TEST_F(AofValues, NothingIsWrittenOfACollectionWithoutElements) {
  list(0, 5);
  EXPECT_EQ(out_, "");
}

TEST_F(AofValues, LongElementsEndACommandEarly) {
  writer_.begin(RdbKind::set, "s", 3);
  const std::string large(AofValueWriter::max_portion, 'x');
  writer_.element("a");
  EXPECT_TRUE(writer_.in_command());
  writer_.element(large);
  EXPECT_FALSE(writer_.in_command());
  writer_.element("b");
  writer_.end();
  EXPECT_EQ(commands(), (Commands{"SADD s a " + std::to_string(large.size()), "SADD s b"}));
}

TEST_F(AofValues, FieldsExpireAfterTheirCommand) {
  writer_.begin(RdbKind::hash, "h", 66);
  for (int i = 0; i < 66; ++i) writer_.pair("f" + std::to_string(i), "v", i == 3 || i == 65 ? 1000 + i : RdbKey::never);
  writer_.end();
  writer_.expires("h", 5000);
  const Commands all = commands();
  ASSERT_EQ(all.size(), 5U);
  EXPECT_TRUE(all[0].starts_with("HMSET h f0 v f1 v "));
  EXPECT_EQ(all[1], "HPEXPIREAT h 1003 FIELDS 1 f3");
  EXPECT_EQ(all[2], "HMSET h f64 v f65 v");
  EXPECT_EQ(all[3], "HPEXPIREAT h 1065 FIELDS 1 f65");
  EXPECT_EQ(all[4], "PEXPIREAT h 5000");
}

TEST_F(AofValues, WhatIsAbandonedLeavesWholeCommands) {
  writer_.begin(RdbKind::hash, "h", 100);
  for (int i = 0; i < 70; ++i) writer_.pair("f" + std::to_string(i), "v", 1000);
  EXPECT_TRUE(writer_.in_command());
  writer_.abandon();
  EXPECT_FALSE(writer_.in_command());
  EXPECT_EQ(commands().size(), 1U + 64U);
  writer_.string("s", "v");
  EXPECT_EQ(commands().back(), "SET s v");
}

TEST_F(AofValues, StreamsAsRedisRewritesThem) {
  writer_.begin_stream_entry("x", {5, 1}, 2);
  writer_.stream_field("f", "1");
  writer_.stream_field("g", "");
  RdbStream stream;
  stream.last = {7, 2};
  stream.greatest_deleted = {6, 0};
  stream.added = 9;
  writer_.stream("x", stream, false);
  writer_.stream_group("x", {"group", {5, 1}, -1});
  writer_.stream_consumer("x", "group", "idle");
  writer_.claim("x", "group", "busy", {{5, 1}, 1700000000000, 3});
  EXPECT_EQ(commands(), (Commands{"XADD x 5-1 f 1 g ", "XSETID x 7-2 ENTRIESADDED 9 MAXDELETEDID 6-0",
                                  "XGROUP CREATE x group 5-1 ENTRIESREAD -1", "XGROUP CREATECONSUMER x group idle",
                                  "XCLAIM x group busy 0 5-1 TIME 1700000000000 RETRYCOUNT 3 JUSTID FORCE"}));
}

TEST_F(AofValues, AnEmptyStreamIsMadeByAnEntryThatGoesAtOnce) {
  writer_.stream("x", {}, true);
  EXPECT_EQ(commands(), (Commands{"XADD x MAXLEN 0 0-1 x y", "XSETID x 0-0 ENTRIESADDED 0 MAXDELETEDID 0-0"}));
}

TEST_F(AofValues, WhatStandsBesideKeys) {
  writer_.select(12);
  writer_.function("#!lua name=a\n");
  EXPECT_EQ(commands(), (Commands{"SELECT 12", "FUNCTION LOAD #!lua name=a\n"}));
}

}  // namespace
}  // namespace redoubt
