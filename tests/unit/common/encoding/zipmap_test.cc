#include "common/encoding/zipmap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/old_blobs.h"

namespace redoubt {
namespace {

using testing::ElementsAre;

std::vector<std::string> strings_of(std::string_view blob) {
  std::vector<std::string> all;
  std::string_view name;
  std::string_view value;
  for (ZipmapCursor cursor(blob); cursor.next(name, value);) {
    all.emplace_back(name);
    all.emplace_back(value);
  }
  return all;
}

TEST(Zipmap, LengthsAndFreeBytes) {
  const std::string long_name(253, 'n');
  const std::string long_value(254, 'v');
  const std::string longer(70000, 'w');
  for (const uint8_t free : {uint8_t{0}, uint8_t{4}, uint8_t{255}}) {
    const std::string blob = zipmap_of({"", "", long_name, long_value, longer, "x"}, free);
    EXPECT_EQ(count_zipmap(blob), 3U);
    EXPECT_TRUE(validate_zipmap(blob, true));
    EXPECT_THAT(strings_of(blob), ElementsAre("", "", long_name, long_value, longer, "x"));
  }
}

TEST(Zipmap, CountThatIsNotKnown) {
  std::vector<std::string_view> many(2 * 300, "x");
  EXPECT_EQ(count_zipmap(zipmap_of(many)), 300U);
  std::string one = zipmap_of({"a", "b"});
  for (const int stated : {254, 255}) {
    one[0] = static_cast<char>(stated);
    EXPECT_EQ(count_zipmap(one), 1U);
  }
  one[0] = 2;
  EXPECT_EQ(count_zipmap(one), std::nullopt);
}

TEST(Zipmap, Unsound) {
  struct Case {
    const char* what;
    std::string blob;
    bool shallow;
  };
  const Case cases[] = {
      {"nothing", "", false},
      {"too short", "\xff", false},
      {"last byte", std::string("\1\1a\1\0b", 6), false},
      {"empty", std::string("\0\xff", 2), true},
      {"name beyond", std::string("\1\5a\1\0b\xff", 7), true},
      {"no value", std::string("\1\1a\xff", 4), true},
      {"no free byte", std::string("\1\1a\1\xff", 5), true},
      {"value beyond", std::string("\1\1a\2\0b\xff", 7), true},
      {"free bytes beyond", std::string("\1\1a\1\1b\xff", 7), true},
      {"length is an end",
       std::string("\1\xff"
                   "a\1\0b\xff",
                   7),
       true},
      {"length is cut off", std::string("\1\xfe\1\0\0\xff", 6), true},
      {"length is huge",
       std::string("\1\xfe\xff\xff\xff\xff"
                   "a\1\0b\xff",
                   11),
       true},
      {"more follows", std::string("\1\1a\1\0b\1\xff", 8), true},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(count_zipmap(one.blob), std::nullopt) << one.what;
    EXPECT_FALSE(validate_zipmap(one.blob, true)) << one.what;
    EXPECT_EQ(validate_zipmap(one.blob, false), one.shallow) << one.what;
    strings_of(one.blob);
  }
}

TEST(Zipmap, AnyByteAnywhere) {
  const std::string good = zipmap_of({"name", "value", "n", "w"}, 2);
  for (size_t at = 0; at < good.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::vector<char> bad(good.begin(), good.end());
      bad[at] = static_cast<char>(byte);
      const std::string_view blob(bad.data(), bad.size());
      const auto count = count_zipmap(blob);
      if (count) {
        EXPECT_EQ(strings_of(blob).size(), *count * 2);
      }
    }
  }
}

}  // namespace
}  // namespace redoubt
