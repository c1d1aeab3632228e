#include "common/encoding/stream_listpack.h"

#include <gtest/gtest.h>

#include "common/encoding/listpack.h"
#include "tests/support/old_blobs.h"
#include "tests/support/rdb_bytes.h"

namespace redoubt {
namespace {

constexpr int deleted = 1;
constexpr int same_fields = 2;

TEST(StreamListpack, Summary) {
  const std::string blob = stream_listpack_of({"f", "g"}, {{{0, 0}, {"1", "2"}, same_fields | deleted},
                                                           {{0, 1}, {"3", "4"}, same_fields},
                                                           {{5, 0}, {"x", "y", "z", "w", "f", "1"}, 0},
                                                           {{7, static_cast<uint64_t>(-100)}, {}, 0},
                                                           {{9, 0}, {"1", "2"}, same_fields | deleted}});
  for (const bool deep : {false, true}) {
    const auto summary = check_stream_listpack(blob, {1000, 100}, deep);
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->live, 3U);
    EXPECT_EQ(summary->deleted, 2U);
    EXPECT_EQ(summary->first, (StreamId{1000, 101}));
    EXPECT_EQ(summary->last, (StreamId{1007, 0}));
  }
}

TEST(StreamListpack, WithoutLiveEntries) {
  const auto summary = check_stream_listpack(stream_listpack_of({}, {}), {5, 5}, true);
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->live, 0U);
}

TEST(StreamListpack, FoundByDeepChecksOnly) {
  const std::string order = stream_listpack_of({}, {{{5, 0}, {}, 0}, {{5, 0}, {}, 0}});
  EXPECT_TRUE(check_stream_listpack(order, {}, false));
  EXPECT_FALSE(check_stream_listpack(order, {}, true));
  // One is deleted by the counters, another by its flag.
  const std::string counts = listpack_of({"1", "1", "0", "0", "0", "0", "0", "0", "4", "0", "1", "0", "0", "4"});
  EXPECT_TRUE(check_stream_listpack(counts, {}, false));
  EXPECT_FALSE(check_stream_listpack(counts, {}, true));
}

TEST(StreamListpack, Unsound) {
  const std::string cases[] = {
      "",
      listpack_of({}),
      listpack_of({"1", "0", "0"}),
      listpack_of({"x", "0", "0", "0"}),
      listpack_of({"-1", "1", "0", "0"}),
      listpack_of({"0", "0", "1", "f"}),
      listpack_of({"0", "0", "1", "f", "1"}),
      listpack_of({"0", "0", "9223372036854775807", "f", "0"}),
      listpack_of({"0", "0", "0", "0", "0"}),
      listpack_of({"1", "0", "0", "0"}),
      listpack_of({"1", "0", "0", "0", "0", "0", "0", "0"}),
      listpack_of({"1", "0", "0", "0", "0", "0", "0", "0", "3"}),
      listpack_of({"1", "0", "0", "0", "x", "0", "0", "0", "4"}),
      listpack_of({"1", "0", "0", "0", "0", "0", "0", "1", "f", "5"}),
      listpack_of({"1", "0", "0", "0", "0", "0", "0", "9223372036854775807", "f", "v", "6"}),
      listpack_of({"1", "0", "1", "f", "0", "2", "0", "0", "4"}),
      listpack_of({"9223372036854775807", "9223372036854775807", "0", "0"}),
      stream_listpack_of({"f"}, {{{0, 0}, {"v"}, same_fields}}).substr(1),
  };
  for (const std::string& blob : cases)
    EXPECT_FALSE(check_stream_listpack(blob, {}, false)) << testing::PrintToString(blob);
}

}  // namespace
}  // namespace redoubt
