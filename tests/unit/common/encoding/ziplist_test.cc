#include "common/encoding/ziplist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/old_blobs.h"

namespace redoubt {
namespace {

using testing::ElementsAre;

std::vector<std::string> elements_of(std::string_view blob) {
  std::vector<std::string> all;
  char digits[max_integer_text];
  ListpackValue value;
  for (ZiplistCursor cursor(blob); cursor.next(value);) all.emplace_back(value.bytes(digits));
  return all;
}

TEST(Ziplist, EveryForm) {
  const std::string lengths[] = {std::string(63, 'a'), std::string(64, 'b'), std::string(16383, 'c'),
                                 std::string(16384, 'd'), std::string(70000, 'e')};
  std::vector<std::string_view> elements = {"",
                                            "x",
                                            "0",
                                            "12",
                                            "13",
                                            "-1",
                                            "127",
                                            "128",
                                            "-128",
                                            "-129",
                                            "32767",
                                            "32768",
                                            "-32768",
                                            "-32769",
                                            "8388607",
                                            "8388608",
                                            "-8388608",
                                            "-8388609",
                                            "2147483647",
                                            "2147483648",
                                            "-2147483648",
                                            "-2147483649",
                                            "9223372036854775807",
                                            "-9223372036854775808"};
  for (const std::string& text : lengths) elements.emplace_back(text);
  const std::string blob = ziplist_of(elements);
  EXPECT_EQ(count_ziplist(blob), elements.size());
  EXPECT_TRUE(validate_ziplist(blob, true));
  EXPECT_THAT(elements_of(blob), testing::ElementsAreArray(elements));
}

TEST(Ziplist, Empty) {
  EXPECT_EQ(count_ziplist(ziplist_of({})), 0U);
  EXPECT_THAT(elements_of(ziplist_of({})), ElementsAre());
}

TEST(Ziplist, CountThatIsNotKnown) {
  const std::string elements(
      "\x00\x01"
      "a"
      "\x03\x01"
      "b",
      6);
  EXPECT_EQ(count_ziplist(ziplist_frame(elements, 3, 65535)), 2U);
  EXPECT_EQ(count_ziplist(ziplist_frame(elements, 3, 2)), 2U);
  EXPECT_EQ(count_ziplist(ziplist_frame(elements, 3, 3)), std::nullopt);
}

// After elements were taken out, a short length can stand in the long form.
TEST(Ziplist, LongFormOfAShortLength) {
  const std::string elements(
      "\x00\x01"
      "a"
      "\xfe\x03\x00\x00\x00\x01"
      "b",
      10);
  EXPECT_THAT(elements_of(ziplist_frame(elements, 3, 2)), ElementsAre("a", "b"));
  EXPECT_EQ(count_ziplist(ziplist_frame(elements, 3, 2)), 2U);
}

TEST(Ziplist, Unsound) {
  struct Case {
    const char* what;
    std::string blob;
    bool shallow;  // whether the header is sound
  };
  const std::string good = ziplist_of({"a", "b"});
  std::string end = good;
  end.back() = 'x';
  const auto element = [](std::string_view bytes, size_t tail = 0) { return ziplist_frame(bytes, tail, 1); };
  const Case cases[] = {
      {"nothing", "", false},
      {"too short", good.substr(0, 10), false},
      {"size", good + "x", false},
      {"last byte", end, false},
      {"tail beyond", element({"\0\1a", 3}, 4), false},
      {"tail elsewhere", element({"\0\1a", 3}, 1), true},
      {"length before the first", element({"\1\1a", 3}), true},
      {"length before is wrong", ziplist_frame({"\0\1a\2\1b", 6}, 3, 2), true},
      {"length before is an end", element({"\xff\1a", 3}), true},
      {"length before is cut off", element({"\xfe\0\0\0", 4}), true},
      {"no encoding", element({"\0", 1}), true},
      {"encoding that is none", element({"\0\xff", 2}), true},
      {"another", element({"\0\xc1\0\0", 4}), true},
      {"text beyond the end", element({"\0\2a", 3}), true},
      {"14 bits cut off", element({"\0\x40", 2}), true},
      {"32 bits cut off", element({"\0\x80\0\0\0", 5}), true},
      {"32 bits beyond",
       element({"\0\x80\xff\xff\xff\xff"
                "a",
                7}),
       true},
      {"integer beyond", element({"\0\xe0\0\0\0\0\0\0\0", 9}), true},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(count_ziplist(one.blob), std::nullopt) << one.what;
    EXPECT_FALSE(validate_ziplist(one.blob, true)) << one.what;
    EXPECT_EQ(validate_ziplist(one.blob, false), one.shallow) << one.what;
    ZiplistCursor cursor(one.blob);
    ListpackValue value;
    while (cursor.next(value)) {
    }
    EXPECT_FALSE(cursor.next(value)) << one.what;
  }
}

TEST(Ziplist, AnyByteAnywhere) {
  const std::string good = ziplist_of({"a", "12", "300", std::string(70, 'x'), "-70000", "last"});
  for (size_t at = 0; at < good.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      // Of its own, so that a sanitizer sees its bounds.
      std::vector<char> bad(good.begin(), good.end());
      bad[at] = static_cast<char>(byte);
      const std::string_view blob(bad.data(), bad.size());
      const auto count = count_ziplist(blob);
      if (count) {
        EXPECT_EQ(elements_of(blob).size(), *count);
      }
    }
  }
}

}  // namespace
}  // namespace redoubt
