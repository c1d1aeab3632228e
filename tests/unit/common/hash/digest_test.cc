#include <gtest/gtest.h>

#include <string>

#include "common/hash/sha1.h"
#include "common/hash/sha256.h"

namespace redoubt {
namespace {

TEST(Digest, KnownValues) {
  EXPECT_EQ(sha1_hex(""), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(sha1_hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(sha1_hex(std::string(1000000, 'a')), "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Digest, GrowsInPiecesAndStartsAnew) {
  Sha1 hash;
  for (int round = 0; round < 3; ++round) {
    hash.update("a");
    hash.update("");
    hash.update("bc");
    EXPECT_EQ(hash.digest(), sha1("abc"));
  }
  EXPECT_EQ(hash.digest(), sha1(""));
  Sha256 other;
  other.update("ab");
  other.update("c");
  EXPECT_EQ(other.digest(), sha256("abc"));
}

TEST(Digest, OneByteIsCountedAsABinaryByte) {
  using namespace std::string_view_literals;
  EXPECT_NE(sha1("a\0b"sv), sha1("a"));
  EXPECT_EQ(sha1("abc").size(), 20u);
  EXPECT_EQ(sha256("abc").size(), 32u);
}

}  // namespace
}  // namespace redoubt
