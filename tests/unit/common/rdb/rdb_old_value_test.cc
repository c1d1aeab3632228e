// Values in the encodings of old versions: ziplists, zipmaps, quicklists of ziplists.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/old_blobs.h"
#include "tests/support/rdb_bytes.h"
#include "tests/support/rdb_recorder.h"

namespace redoubt {
namespace {

using testing::ElementsAreArray;
using Lines = std::vector<std::string>;

constexpr int zipmap = 9;
constexpr int list_ziplist = 10;
constexpr int zset_ziplist = 12;
constexpr int hash_ziplist = 13;
constexpr int quicklist = 14;

RdbReading read_value(int type, const RdbBytes& value, bool deep = false) {
  return read_rdb_payload(RdbBytes().byte(type).raw(value.bytes()).footer(), {.deep = deep});
}

TEST(RdbOldValue, IsTold) {
  struct Case {
    int type;
    RdbBytes value;
    Lines lines;
  };
  const Case cases[] = {
      {zipmap, RdbBytes().string(zipmap_of({"f", "v", "g", ""}, 1)), {"elements 2", "pair f = v", "pair g = "}},
      {list_ziplist,
       RdbBytes().string(ziplist_of({"a", "-5", "a"})),
       {"elements 3", "element a", "element -5", "element a"}},
      {list_ziplist, RdbBytes().string(ziplist_of({})), {"elements 0"}},
      {zset_ziplist,
       RdbBytes().string(ziplist_of({"a", "-inf", "77", "3", "c", "3.25"})),
       {"elements 3", "scored a -inf", "scored 77 3", "scored c 3.25"}},
      {hash_ziplist, RdbBytes().string(ziplist_of({"f", "1", "2", "v"})), {"elements 2", "pair f = 1", "pair 2 = v"}},
      {hash_ziplist, RdbBytes().string(ziplist_of({})), {"elements 0"}},
      {quicklist,
       RdbBytes().length(3).string(ziplist_of({"a", "300"})).string(ziplist_of({})).string(ziplist_of({"z"})),
       {"nodes 3", "node a 300", "node z"}},
  };
  for (const Case& one : cases) {
    Lines expected = one.lines;
    expected.emplace_back("end");
    for (const bool deep : {false, true}) {
      const RdbReading reading = read_value(one.type, one.value, deep);
      EXPECT_EQ(reading.error, "") << one.type;
      EXPECT_THAT(reading.lines, ElementsAreArray(expected)) << one.type;
    }
  }
}

TEST(RdbOldValue, UnsoundOnesAreRefused) {
  struct Case {
    int type;
    RdbBytes value;
    const char* error;
  };
  const std::string unsound = ziplist_of({"a", "b"}).substr(1);
  const Case cases[] = {
      {zipmap, RdbBytes().string(zipmap_of({})), "Zipmap integrity check failed"},
      {zipmap, RdbBytes().string(zipmap_of({"f", "v", "f", "w"})), "Hash zipmap with dup elements, or big length (1)"},
      {list_ziplist, RdbBytes().string(unsound), "List ziplist integrity check failed"},
      {zset_ziplist, RdbBytes().string(unsound), "Zset ziplist integrity check failed"},
      {zset_ziplist, RdbBytes().string(ziplist_of({"a"})), "Zset ziplist integrity check failed"},
      {zset_ziplist, RdbBytes().string(ziplist_of({"a", "b"})), "Zset ziplist integrity check failed"},
      {zset_ziplist, RdbBytes().string(ziplist_of({"a", "nan"})), "Zset ziplist integrity check failed"},
      {zset_ziplist, RdbBytes().string(ziplist_of({"a", "1", "a", "2"})), "Zset ziplist integrity check failed"},
      {hash_ziplist, RdbBytes().string(unsound), "Hash ziplist integrity check failed"},
      {hash_ziplist, RdbBytes().string(ziplist_of({"a", "b", "c"})), "Hash ziplist integrity check failed"},
      {hash_ziplist, RdbBytes().string(ziplist_of({"5", "b", "5", "c"})), "Hash ziplist integrity check failed"},
      {quicklist, RdbBytes().length(1).string(unsound), "Ziplist integrity check failed"},
      {quicklist, RdbBytes().length(2).string(ziplist_of({"a"})), "Unexpected EOF reading RDB file"},
  };
  for (const Case& one : cases) {
    for (const bool deep : {false, true}) EXPECT_EQ(read_value(one.type, one.value, deep).error, one.error);
  }
}

// Text that a ziplist keeps as text though it is an integer comes out as the same text.
TEST(RdbOldValue, NodesKeepTheirTexts) {
  const std::string digits_as_text = ziplist_frame({"\0\3"
                                                    "123",
                                                    5},
                                                   0, 1);
  const RdbReading reading = read_value(quicklist, RdbBytes().length(1).string(digits_as_text));
  EXPECT_THAT(reading.lines, ElementsAreArray({"nodes 1", "node 123", "end"}));
}

}  // namespace
}  // namespace redoubt
