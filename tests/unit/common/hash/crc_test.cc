#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "common/base/random.h"
#include "common/hash/crc16.h"
#include "common/hash/crc64.h"

namespace redoubt {
namespace {

// Bit by bit, straight from the definition.
uint64_t slow_crc64(uint64_t crc, std::string_view data) {
  for (const char c : data) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0x95ac9329ac4bc9b5 : crc >> 1;
  }
  return crc;
}

TEST(Crc64, KnownValues) {
  EXPECT_EQ(crc64(""), 0u);
  EXPECT_EQ(crc64("123456789"), 0xe9c6d914c4b8d9ca);
  // The payload of DUMP by redis-server 7.0.15, and the checksum at its end.
  using namespace std::string_view_literals;
  EXPECT_EQ(crc64("\x00\x24"
                  "0123456789abcdefghijklmnopqrstuvwxyz\x0a\x00"sv),
            0x72e26cfd0390d104);
}

TEST(Crc64, AgreesWithTheDefinitionForAllLengthsAndSplits) {
  Random random(5);
  std::string data;
  for (int length = 0; length < 200; ++length) {
    EXPECT_EQ(crc64(data), slow_crc64(0, data)) << length;
    const size_t split = random.below(data.size() + 1);
    const std::string_view view = data;
    EXPECT_EQ(crc64(crc64(view.substr(0, split)), view.substr(split)), crc64(data));
    data += static_cast<char>(random.next());
  }
}

// Long enough for all that is done several bytes at a time; pieces of less than 32 bytes go by tables only.
TEST(Crc64, AgreesWithTheDefinitionForLongTextsInRandomPieces) {
  Random random(6);
  std::string data(20'000, '\0');
  for (char& c : data) c = static_cast<char>(random.next());
  for (const size_t longest : {7U, 31U, 127U, 300U, 5000U, 20'000U}) {
    for (int round = 0; round < 20; ++round) {
      const size_t start = random.below(64);
      std::string_view left = std::string_view(data).substr(start, random.below(data.size() - start + 1));
      const uint64_t before = random.next();
      const uint64_t wanted = slow_crc64(before, left);
      uint64_t crc = before;
      while (!left.empty()) {
        const size_t piece = std::min<size_t>(left.size(), random.below(longest) + 1);
        crc = crc64(crc, left.substr(0, piece));
        left.remove_prefix(piece);
      }
      EXPECT_EQ(crc, wanted) << longest;
    }
  }
}

TEST(Crc16, KnownValues) {
  EXPECT_EQ(crc16(""), 0u);
  EXPECT_EQ(crc16("123456789"), 0x31c3u);
}

// Recorded from CLUSTER KEYSLOT of redis-server 7.0.15.
TEST(Crc16, SlotsOfKeys) {
  struct {
    std::string_view key;
    unsigned slot;
  } const cases[] = {{"foo", 12182},
                     {"", 0},
                     {"{", 4092},
                     {"{}", 15257},
                     {"{}foo", 9500},
                     {"foo{}{bar}", 8363},
                     {"foo{{bar}}zap", 4015},
                     {"foo{bar}{zap}", 5061},
                     {"{user1000}.following", 3443},
                     {"a{b", 13340},
                     {"a}b{c}", 7365},
                     {"123456789", 12739}};
  for (const auto& row : cases) EXPECT_EQ(key_hash_slot(row.key), row.slot) << row.key;
  EXPECT_EQ(key_hash_slot("{user1000}.following"), key_hash_slot("user1000"));
}

}  // namespace
}  // namespace redoubt
