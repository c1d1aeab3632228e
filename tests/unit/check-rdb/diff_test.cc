#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "tests/support/check_rdb_run.h"
#include "tests/support/old_blobs.h"
#include "tests/support/rdb_bytes.h"

namespace redoubt {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;

CheckRdbRun diff(std::string_view first, std::string_view second, std::vector<const char*> more = {}) {
  CheckRdbFiles files;
  files.put("/a.rdb", first);
  files.put("/b.rdb", second);
  more.insert(more.begin(), {"/a.rdb", "--diff", "/b.rdb"});
  return files.run(more);
}

TEST(CheckRdbDiff, AFileEqualsItself) {
  for (const char* name : {"v01.rdb", "v05.rdb", "v09.rdb", "v12.rdb"}) {
    const CheckRdbRun run = diff(golden_rdb(name), golden_rdb(name));
    EXPECT_EQ(run.status, 0) << name << run.err;
    EXPECT_THAT(run.out, HasSubstr("[info] 0 added, 0 removed, 0 changed, "));
  }
}

// The same data under different encodings and in different orders.
TEST(CheckRdbDiff, EncodingsAndOrdersAreNoDifference) {
  struct Case {
    const char* name;
    RdbBytes first, second;
  };
  const std::string intset("\x02\0\0\0\x02\0\0\0\x01\0\x02\0", 12);
  const Case cases[] = {
      {"an integer and its digits", RdbBytes().byte(0).string("k").string("12"),
       RdbBytes().byte(0).string("k").raw("\xc0\x0c")},
      {"a list of strings and a listpack", RdbBytes().key(1, "k").length(2).strings({"a", "7"}),
       RdbBytes().key(18, "k").length(1).length(2).string(listpack_of({"a", "7"}))},
      {"a list in one node and in two", RdbBytes().key(18, "k").length(1).length(2).string(listpack_of({"a", "b"})),
       RdbBytes().key(18, "k").length(2).length(1).string("a").length(2).string(listpack_of({"b"}))},
      {"a ziplist and a listpack", RdbBytes().key(10, "k").string(ziplist_of({"a", "1"})),
       RdbBytes().key(18, "k").length(1).length(2).string(listpack_of({"a", "1"}))},
      {"a set in another order", RdbBytes().key(2, "k").length(2).strings({"1", "2"}),
       RdbBytes().key(2, "k").length(2).strings({"2", "1"})},
      {"a set and an intset", RdbBytes().key(2, "k").length(2).strings({"2", "1"}),
       RdbBytes().key(11, "k").string(intset)},
      {"a set and a listpack", RdbBytes().key(2, "k").length(2).strings({"2", "1"}),
       RdbBytes().key(20, "k").string(listpack_of({"1", "2"}))},
      {"a hash in another order", RdbBytes().key(4, "k").length(2).strings({"a", "1", "b", "2"}),
       RdbBytes().key(16, "k").string(listpack_of({"b", "2", "a", "1"}))},
      {"a zset of digits and of doubles", RdbBytes().key(3, "k").length(1).string("m").string("1.5"),
       RdbBytes().key(5, "k").length(1).string("m").real(1.5)},
      {"a zset and a listpack", RdbBytes().key(5, "k").length(2).string("b").real(2).string("a").real(-0.0),
       RdbBytes().key(17, "k").string(listpack_of({"a", "0", "b", "2"}))},
  };
  for (const Case& one : cases) {
    RdbBytes first(11);
    RdbBytes second(11);
    const CheckRdbRun run = diff(first.raw(one.first.bytes()).end(), second.raw(one.second.bytes()).end());
    EXPECT_EQ(run.status, 0) << one.name << "\n" << run.out << run.err;
  }
}

TEST(CheckRdbDiff, DifferentValuesDiffer) {
  struct Case {
    const char* name;
    RdbBytes first, second;
  };
  const Case cases[] = {
      {"strings", RdbBytes().key(0, "k").string("a"), RdbBytes().key(0, "k").string("b")},
      {"lists in another order", RdbBytes().key(1, "k").length(2).strings({"a", "b"}),
       RdbBytes().key(1, "k").length(2).strings({"b", "a"})},
      {"lists cut elsewhere", RdbBytes().key(1, "k").length(2).strings({"ab", "c"}),
       RdbBytes().key(1, "k").length(2).strings({"a", "bc"})},
      {"sets", RdbBytes().key(2, "k").length(1).string("a"), RdbBytes().key(2, "k").length(2).strings({"a", "b"})},
      {"fields that swap values", RdbBytes().key(4, "k").length(2).strings({"a", "1", "b", "2"}),
       RdbBytes().key(4, "k").length(2).strings({"a", "2", "b", "1"})},
      {"scores", RdbBytes().key(5, "k").length(1).string("a").real(1),
       RdbBytes().key(5, "k").length(1).string("a").real(2)},
      {"the expiry of a field", RdbBytes().key(24, "k").u64(1000).length(1).length(1).strings({"a", "1"}),
       RdbBytes().key(24, "k").u64(1000).length(1).length(2).strings({"a", "1"})},
  };
  for (const Case& one : cases) {
    RdbBytes first(12);
    RdbBytes second(12);
    const CheckRdbRun run = diff(first.raw(one.first.bytes()).end(), second.raw(one.second.bytes()).end());
    EXPECT_EQ(run.status, 1) << one.name;
    EXPECT_THAT(run.out, HasSubstr(": the value differs\n"));
  }
}

// One stream as listpacks, with or without a group.
RdbBytes stream(std::initializer_list<const char*> values, const char* group = nullptr, uint64_t deliveries = 1) {
  std::vector<StreamEntryBytes> entries;
  uint64_t sequence = 0;
  for (const char* value : values) entries.push_back({{0, sequence++}, {"f", value}, 0});
  RdbBytes bytes;
  bytes.key(15, "k").length(1).string(stream_id_bytes({5, 0})).string(stream_listpack_of({}, entries));
  bytes.length(values.size()).length(5).length(values.size() - 1).length(group == nullptr ? 0 : 1);
  if (group == nullptr) return bytes;
  bytes.string(group).length(5).length(0);
  bytes.length(1).raw(stream_id_bytes({5, 0})).u64(7).length(deliveries);
  return bytes.length(1).string("consumer").u64(7).length(1).raw(stream_id_bytes({5, 0}));
}

TEST(CheckRdbDiff, StreamsAreComparedByEntriesAndGroups) {
  const auto same = [](const RdbBytes& a, const RdbBytes& b) {
    RdbBytes first(11);
    RdbBytes second(11);
    const CheckRdbRun run = diff(first.raw(a.bytes()).end(), second.raw(b.bytes()).end());
    EXPECT_EQ(run.err, "");
    return run.status == 0;
  };
  EXPECT_TRUE(same(stream({"a", "b"}), stream({"a", "b"})));
  EXPECT_TRUE(same(stream({"a"}, "g"), stream({"a"}, "g")));
  EXPECT_FALSE(same(stream({"a", "b"}), stream({"a", "c"})));
  EXPECT_FALSE(same(stream({"a"}), stream({"a"}, "g")));
  EXPECT_FALSE(same(stream({"a"}, "g"), stream({"a"}, "h")));
  EXPECT_FALSE(same(stream({"a"}, "g", 1), stream({"a"}, "g", 2)));
}

RdbBytes keys(std::initializer_list<std::pair<const char*, const char*>> all) {
  RdbBytes file(11);
  for (const auto& [name, value] : all) file.key(0, name).string(value);
  return file;
}

TEST(CheckRdbDiff, SaysWhatWasAddedRemovedAndChanged) {
  RdbBytes second = keys({{"c", "3"}, {"new\n", "1"}, {"a", "changed"}});
  second.key(1, "t").length(1).string("x").byte(254).length(2).key(0, "c").string("3");
  RdbBytes first = keys({{"a", "1"}, {"b", "2"}, {"c", "3"}, {"t", "x"}});
  const CheckRdbRun run = diff(first.end(), second.end());
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.out,
            "~ db 0 'a' (string): the value differs\n"
            "- db 0 'b' (string)\n"
            "~ db 0 't' (string): became a list\n"
            "+ db 0 'new\\x0a' (string)\n"
            "+ db 2 'c' (string)\n"
            "[info] 2 added, 1 removed, 2 changed, 1 the same\n");
}

TEST(CheckRdbDiff, ExpiryTimesMayDifferByTheTolerance) {
  const auto expiring = [](uint64_t at) {
    RdbBytes file(11);
    return file.byte(252).u64(at).key(0, "k").string("v").end();
  };
  EXPECT_EQ(diff(expiring(1000), expiring(1500)).status, 1);
  EXPECT_EQ(diff(expiring(1000), expiring(1500), {"--ttl-tolerance", "499"}).status, 1);
  EXPECT_EQ(diff(expiring(1000), expiring(1500), {"--ttl-tolerance", "500"}).status, 0);
  EXPECT_EQ(diff(expiring(1500), expiring(1000), {"--ttl-tolerance", "500"}).status, 0);
  const CheckRdbRun never = diff(expiring(1000), keys({{"k", "v"}}).end(), {"--ttl-tolerance", "999999"});
  EXPECT_EQ(never.status, 1);
  EXPECT_THAT(never.out, HasSubstr("~ db 0 'k' (string): expires 1000, then never\n"));
}

TEST(CheckRdbDiff, FunctionsAndModulesAreTold) {
  const auto with = [](const char* code) {
    RdbBytes file(11);
    return file.byte(245).string(code).end();
  };
  EXPECT_EQ(diff(with("one"), with("one")).status, 0);
  const CheckRdbRun functions = diff(with("one"), with("two"));
  EXPECT_EQ(functions.status, 1);
  EXPECT_THAT(functions.out, HasSubstr("~ libraries of functions\n"));
  RdbBytes module(11);
  const std::string file = module.key(7, "m").length(1).length(0).end();
  const CheckRdbRun modules = diff(file, file);
  EXPECT_EQ(modules.status, 0);
  EXPECT_THAT(modules.out, HasSubstr("Keys of modules are compared by name only"));
}

TEST(CheckRdbDiff, JsonIsOneDocument) {
  const CheckRdbRun run =
      diff(keys({{"a", "1"}, {"b", "2"}}).end(), keys({{"a", "2"}, {"\xff", "2"}}).end(), {"--json"});
  const auto document = boost::json::parse(run.out).as_object();
  EXPECT_EQ(document.at("changed"), 1);
  const auto& differences = document.at("differences").as_array();
  ASSERT_EQ(differences.size(), 3U);
  EXPECT_EQ(differences[0].at("key"), "a");
  EXPECT_EQ(differences[0].at("value_differs"), true);
  EXPECT_EQ(differences[1].at("change"), "removed");
  EXPECT_EQ(differences[2].at("key").at("base64"), "/w==");
  EXPECT_EQ(boost::json::parse(diff("REDIS0011\xff\0\0\0\0\0\0\0\0"s, "REDIS0011\xff\0\0\0\0\0\0\0\0"s, {"--json"}).out)
                .at("same"),
            0);
}

TEST(CheckRdbDiff, ManyKeysAreComparedInLittleMemory) {
  RdbBytes first(11);
  RdbBytes second(11);
  for (int i = 0; i < 3000; ++i) {
    first.key(0, "key" + std::to_string(i)).string(std::to_string(i));
    const int other = 2999 - i;
    if (other % 1000 == 7) continue;
    second.key(0, "key" + std::to_string(other)).string(std::to_string(other));
  }
  const CheckRdbRun run = diff(first.end(), second.end(), {"--memory", "4kb"});
  EXPECT_EQ(run.status, 1);
  EXPECT_EQ(run.out,
            "- db 0 'key7' (string)\n- db 0 'key1007' (string)\n- db 0 'key2007' (string)\n"
            "[info] 0 added, 3 removed, 0 changed, 2997 the same\n");
}

TEST(CheckRdbDiff, WhatCannotBeComparedIsSaid) {
  const std::string sound = keys({{"a", "1"}}).end();
  const CheckRdbRun damaged = diff(sound, sound.substr(0, 12));
  EXPECT_EQ(damaged.status, 1);
  EXPECT_THAT(damaged.err, HasSubstr("/b.rdb is damaged at offset 12: Unexpected EOF reading RDB file"));
  EXPECT_EQ(damaged.out, "");
  CheckRdbFiles files;
  files.put("/a.rdb", sound);
  EXPECT_EQ(files.run({"/a.rdb", "--diff", "/b.rdb"}).status, 4);
}

}  // namespace
}  // namespace redoubt
