// Streams of all three versions, with groups and consumers, and what is refused of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/old_blobs.h"
#include "tests/support/rdb_bytes.h"
#include "tests/support/rdb_recorder.h"

namespace redoubt {
namespace {

using testing::ElementsAreArray;
using Lines = std::vector<std::string>;

constexpr int stream_1 = 15;
constexpr int stream_2 = 19;
constexpr int stream_3 = 21;

RdbReading read_stream(int type, const RdbBytes& value, bool deep) {
  return read_rdb_payload(RdbBytes().byte(type).raw(value.bytes()).footer(), {.deep = deep});
}

std::string pending(StreamId id, uint64_t delivered_ms, uint64_t deliveries) {
  return RdbBytes().raw(stream_id_bytes(id)).u64(delivered_ms).length(deliveries).bytes();
}

// Two listpacks with three live entries, 1-1, 1-3 and 5-0; the last id is 6-0.
RdbBytes entries() {
  RdbBytes bytes;
  bytes.length(2);
  bytes.string(stream_id_bytes({1, 1}))
      .string(stream_listpack_of({"f"}, {{{0, 0}, {"a"}, 2}, {{0, 1}, {"b"}, 3}, {{0, 2}, {"c"}, 2}}));
  bytes.string(stream_id_bytes({5, 0})).string(stream_listpack_of({"f"}, {{{0, 0}, {"g", "d"}, 0}}));
  return bytes.length(3).length(6).length(0);
}

Lines entry_lines() {
  return {"entries from 1-1: 2 1 1 f 0 2 0 0 a 4 3 0 1 b 4 2 0 2 c 4", "entries from 5-0: 1 0 1 f 0 0 0 0 1 g d 6"};
}

TEST(RdbStream, VersionOne) {
  RdbBytes value = entries();
  value.length(4);
  value.string("at end").length(6).length(0).length(0).length(0);
  value.string("first").length(1).length(1).length(1).raw(pending({1, 1}, 1700000000000, 2));
  value.length(2).string("alice").u64(1700000000001).length(1).raw(stream_id_bytes({1, 1}));
  value.string("bob").u64(1700000000002).length(0);
  value.string("before").length(0).length(0).length(0).length(0);
  value.string("between").length(1).length(2).length(0).length(0);
  Lines expected = entry_lines();
  for (const char* line :
       {"stream of 3, 1-1 to 6-0, deleted 0-0, added 3", "group at end last 6-0 read 3", "group first last 1-1 read 1",
        "pending 1-1 delivered 2 times, 1700000000000", "consumer alice seen 1700000000001 active 1700000000001",
        "owns 1-1", "consumer bob seen 1700000000002 active 1700000000002", "group before last 0-0 read 0",
        "group between last 1-2 read -1", "end"}) {
    expected.emplace_back(line);
  }
  for (const bool deep : {false, true}) {
    const RdbReading reading = read_stream(stream_1, value, deep);
    EXPECT_EQ(reading.error, "");
    EXPECT_THAT(reading.lines, ElementsAreArray(expected));
  }
}

TEST(RdbStream, VersionOneEmpty) {
  const RdbBytes value =
      RdbBytes().length(0).length(0).length(6).length(0).length(1).string("g").length(6).length(0).length(0).length(0);
  EXPECT_THAT(read_stream(stream_1, value, true).lines,
              ElementsAreArray({"stream of 0, 0-0 to 6-0, deleted 0-0, added 0", "group g last 6-0 read 0", "end"}));
}

// The facts of later versions: first id, greatest deleted id, entries added.
RdbBytes later_entries() { return entries().length(1).length(1).length(1).length(2).length(10); }

TEST(RdbStream, LaterVersions) {
  for (const int type : {stream_2, stream_3}) {
    RdbBytes value = later_entries();
    value.length(1).string("g").length(5).length(0).length(UINT64_MAX);
    // Not in order, which no server writes but all read.
    value.length(2).raw(pending({5, 0}, 20, 1)).raw(pending({1, 3}, 10, 300));
    value.length(1).string("c").u64(30);
    if (type == stream_3) value.u64(UINT64_MAX);
    value.length(2).raw(stream_id_bytes({5, 0})).raw(stream_id_bytes({1, 3}));
    Lines expected = entry_lines();
    for (const char* line : {"stream of 3, 1-1 to 6-0, deleted 1-2, added 10", "group g last 5-0 read -1",
                             "pending 5-0 delivered 1 times, 20", "pending 1-3 delivered 300 times, 10",
                             type == stream_3 ? "consumer c seen 30 active -1" : "consumer c seen 30 active 30",
                             "owns 5-0", "owns 1-3", "end"}) {
      expected.emplace_back(line);
    }
    const RdbReading reading = read_stream(type, value, true);
    EXPECT_EQ(reading.error, "");
    EXPECT_THAT(reading.lines, ElementsAreArray(expected));
  }
}

TEST(RdbStream, EveryTruncationIsRefused) {
  RdbBytes value = later_entries();
  value.length(1).string("g").length(5).length(0).length(3);
  value.length(1)
      .raw(pending({5, 0}, 20, 1))
      .length(1)
      .string("c")
      .u64(30)
      .u64(31)
      .length(1)
      .raw(stream_id_bytes({5, 0}));
  EXPECT_EQ(read_stream(stream_3, value, true).error, "");
  for (size_t size = 0; size < value.bytes().size(); ++size) {
    const RdbBytes cut = RdbBytes().raw(value.bytes().substr(0, size));
    EXPECT_EQ(read_stream(stream_3, cut, true).error, "Unexpected EOF reading RDB file") << size;
  }
}

TEST(RdbStream, UnsoundOnesAreRefused) {
  struct Case {
    RdbBytes value;
    const char* error;
    bool deep_only = false;
  };
  const std::string one = stream_listpack_of({}, {{{0, 0}, {}, 0}});
  const auto listpacks = [&](std::initializer_list<StreamId> ids, std::string_view blob) {
    RdbBytes bytes;
    bytes.length(ids.size());
    for (const StreamId id : ids) bytes.string(stream_id_bytes(id)).string(blob);
    return bytes;
  };
  const auto facts = [](RdbBytes bytes, uint64_t length, StreamId last) {
    return bytes.length(length).length(last.ms).length(last.sequence);
  };
  const auto group = [](std::string_view name) { return RdbBytes().string(name).length(5).length(0).bytes(); };
  const std::string twice = pending({1, 1}, 0, 0) + pending({1, 1}, 0, 0);
  const auto consumer = [](std::string_view name, std::initializer_list<StreamId> ids) {
    RdbBytes bytes;
    bytes.string(name).u64(0).length(ids.size());
    for (const StreamId id : ids) bytes.raw(stream_id_bytes(id));
    return bytes.bytes();
  };
  const Case cases[] = {
      {RdbBytes().length(1).string("123456789012345").string(one),
       "Stream node key entry is not the size of a stream ID"},
      {listpacks({{1, 0}, {1, 0}}, one), "Listpack re-added with existing key"},
      {listpacks({{1, 1}, {1, 0}}, one), "Stream listpacks are not in order"},
      {listpacks({{1, 1}}, listpack_of({})), "Stream listpack integrity check failed"},
      {listpacks({{1, 1}}, one.substr(1)), "Stream listpack integrity check failed"},
      {facts(RdbBytes().length(0), 1, {1, 1}), "Stream length inconsistent with rax entries"},
      {facts(listpacks({{1, 1}}, one), 2, {1, 1}).length(0), "Stream length inconsistent with rax entries", true},
      {facts(listpacks({{1, 1}}, one), 1, {1, 0}).length(0), "Stream last ID is less than an entry's", true},
      // The second listpack begins before the first one ends.
      {facts(listpacks({{1, 1}, {1, 2}}, stream_listpack_of({}, {{{0, 0}, {}, 0}, {{0, 1}, {}, 0}})), 4, {1, 3})
           .length(0),
       "Stream listpack integrity check failed", true},
      {entries().length(2).raw(group("g")).length(0).length(0).raw(group("g")), "Duplicated consumer group name g"},
      {entries().length(1).raw(group("g")).length(2).raw(twice),
       "Duplicated global PEL entry loading stream consumer group"},
      {entries().length(1).raw(group("g")).length(1).raw(pending({1, 1}, 0, 0)).length(0),
       "Stream CG PEL entry without consumer"},
      {entries().length(1).raw(group("g")).length(0).length(2).raw(consumer("c", {})).raw(consumer("c", {})),
       "Duplicate stream consumer detected"},
      {entries().length(1).raw(group("g")).length(0).length(1).raw(consumer("c", {{1, 1}})),
       "Consumer entry not found in group global PEL"},
      {entries()
           .length(1)
           .raw(group("g"))
           .length(1)
           .raw(pending({1, 1}, 0, 0))
           .length(1)
           .raw(consumer("c", {{1, 1}, {1, 1}})),
       "Stream consumer PEL entry already has a consumer assigned"},
      {entries()
           .length(1)
           .raw(group("g"))
           .length(1)
           .raw(pending({1, 1}, 0, 0))
           .length(2)
           .raw(consumer("c", {{1, 1}}))
           .raw(consumer("d", {{1, 1}})),
       "Stream consumer PEL entry already has a consumer assigned"},
  };
  for (const Case& one_case : cases) {
    EXPECT_EQ(read_stream(stream_1, one_case.value, true).error, one_case.error);
    EXPECT_EQ(read_stream(stream_1, one_case.value, false).error, one_case.deep_only ? "" : one_case.error);
  }
}

}  // namespace
}  // namespace redoubt
