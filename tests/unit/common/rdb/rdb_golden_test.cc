// Files of each version (tests/data/rdb, made by make.py there) are told as it is written beside them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "tests/support/rdb_recorder.h"

namespace redoubt {
namespace {

std::string content_of(const std::string& name) {
  std::ifstream file(REDOUBT_SOURCE_DIR "/tests/data/rdb/" + name, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << name;
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

class RdbGolden : public testing::TestWithParam<int> {
 protected:
  std::string name_ = fmt::format("v{:02}", GetParam());
  std::string file_ = content_of(name_ + ".rdb");
};

TEST_P(RdbGolden, IsTold) {
  const std::string expected = content_of(name_ + ".txt");
  for (const bool deep : {false, true}) {
    for (const size_t piece : {SIZE_MAX, size_t{7}}) {
      const RdbReading reading = read_rdb(file_, {.deep = deep}, piece);
      EXPECT_EQ(reading.error, "");
      EXPECT_EQ(reading.has_checksum, GetParam() >= 5);
      std::string told;
      for (const std::string& line : reading.lines) told += line + '\n';
      EXPECT_EQ(told, expected);
    }
  }
}

TEST_P(RdbGolden, EveryTruncationIsRefused) {
  for (size_t size = 0; size < file_.size(); ++size) {
    EXPECT_EQ(read_rdb(file_.substr(0, size)).error, "Unexpected EOF reading RDB file") << size;
  }
}

// Whatever a byte becomes, reading ends: with an error, or with data whose blobs can be walked (the recorder does).
TEST_P(RdbGolden, EveryFlippedByteIsSurvived) {
  for (size_t at = 0; at < file_.size(); ++at) {
    const auto flipped = [&](int bits) {
      std::string bad = file_;
      bad[at] = static_cast<char>(bad[at] ^ bits);
      return bad;
    };
    for (const int bits : {0x01, 0xff}) read_rdb(flipped(bits), {.deep = false, .verify_checksum = false});
    if (GetParam() < 5 || at < 9) continue;
    EXPECT_NE(read_rdb(flipped(0x80), {.deep = true}).error, "") << at;
  }
}

INSTANTIATE_TEST_SUITE_P(Versions, RdbGolden, testing::Range(1, 13),
                         [](const auto& version) { return "V" + std::to_string(version.param); });

}  // namespace
}  // namespace redoubt
