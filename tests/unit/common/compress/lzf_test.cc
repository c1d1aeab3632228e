#include "common/compress/lzf.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "common/base/random.h"

namespace redoubt {
namespace {

using namespace std::string_view_literals;

std::string compressed(std::string_view bytes, size_t room) {
  std::vector<char> out(room);
  return {out.data(), lzf_compress(bytes, out.data(), room)};
}

// Checks that nothing is written beyond the buffer.
bool decompresses(std::string_view bytes, size_t size, std::string* result = nullptr) {
  static constexpr size_t beyond = 300;  // more than one step of the format writes
  std::vector<char> out(size + beyond, '~');
  const bool done = lzf_decompress(bytes, out.data(), size);
  EXPECT_EQ(std::string(out.data() + size, beyond), std::string(beyond, '~'));
  if (done && result != nullptr) result->assign(out.data(), size);
  return done;
}

std::string text_of(Random& random, size_t size, size_t variety) {
  std::string text;
  while (text.size() < size) text += "word" + std::to_string(random.below(variety)) + ' ';
  text.resize(size);
  return text;
}

TEST(Lzf, RoundTripsAndGetsSmaller) {
  Random random(1);
  for (const size_t size : {100, 1000, 8192, 100000, 3000000}) {
    for (const size_t variety : {2, 50, 5000}) {
      const std::string text = text_of(random, size, variety);
      const std::string small = compressed(text, size - 1);
      ASSERT_FALSE(small.empty()) << size << ' ' << variety;
      std::string back;
      ASSERT_TRUE(decompresses(small, size, &back));
      ASSERT_EQ(back, text);
      EXPECT_FALSE(decompresses(small, size - 1));
      EXPECT_FALSE(decompresses(small, size + 1));
      EXPECT_EQ(compressed(text, small.size() - 1), "") << "no room";
    }
  }
}

TEST(Lzf, ReadsTheFormat) {
  std::string back;
  // A run of four bytes as they are; then 9 bytes (7 + 0 + 2) from one byte before.
  EXPECT_TRUE(
      decompresses("\x03"
                   "abcd\xe0\x00\x00"sv,
                   13, &back));
  EXPECT_EQ(back, "abcdddddddddd");
  // 3 bytes (1 + 2) from four before.
  EXPECT_TRUE(
      decompresses("\x03"
                   "abcd\x20\x03"sv,
                   7, &back));
  EXPECT_EQ(back, "abcdabc");
}

TEST(Lzf, RepeatsPatternsOfEveryLengthAlsoNearTheEnd) {
  Random random(4);
  for (size_t distance = 1; distance <= 40; ++distance) {
    for (size_t length = 3; length <= 264; length += length < 40 ? 1 : 37) {
      for (const size_t tail : {0, 1, 7, 8, 15, 16, 17, 40}) {
        std::string pattern(distance, 0);
        for (char& byte : pattern) byte = static_cast<char>(random.next());
        std::string packed, whole = pattern;
        const auto literals = [&packed](std::string_view bytes) {
          for (; !bytes.empty(); bytes.remove_prefix(std::min<size_t>(bytes.size(), 32))) {
            const std::string_view run = bytes.substr(0, 32);
            packed += static_cast<char>(run.size() - 1);
            packed += run;
          }
        };
        literals(pattern);
        const size_t told = length - 2;
        packed += static_cast<char>((told < 7 ? told : 7) << 5);
        if (told >= 7) packed += static_cast<char>(told - 7);
        packed += static_cast<char>(distance - 1);
        for (size_t index = 0; index < length; ++index) whole += whole[index];
        literals(std::string(tail, 't'));
        whole += std::string(tail, 't');
        std::string back;
        ASSERT_TRUE(decompresses(packed, whole.size(), &back)) << distance << ' ' << length;
        ASSERT_EQ(back, whole) << distance << ' ' << length << ' ' << tail;
      }
    }
  }
}

TEST(Lzf, LeavesWhatDoesNotGetSmaller) {
  Random random(2);
  std::string noise(1000, 0);
  for (char& byte : noise) byte = static_cast<char>(random.next());
  EXPECT_EQ(compressed(noise, noise.size() - 1), "");
  std::string back;
  ASSERT_TRUE(decompresses(compressed(noise, 2000), noise.size(), &back)) << "with room for more it is kept";
  EXPECT_EQ(back, noise);
  for (const auto few : {""sv, "a"sv, "aaa"sv}) EXPECT_EQ(compressed(few, 100), "");
  EXPECT_EQ(compressed("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0), "");
}

TEST(Lzf, RefusesDamage) {
  struct {
    const char* what;
    std::string_view bytes;
    size_t size;
  } const cases[] = {
      {"nothing", ""sv, 1},
      {"nothing for nothing", ""sv, 0},
      {"a run that is cut off",
       "\x03"
       "abc"sv,
       4},
      {"a run too long for the room",
       "\x03"
       "abcd"sv,
       3},
      {"too little", "\x00x"sv, 2},
      {"a reference to before the start", "\x00x\x20\x01"sv, 4},
      {"a reference at the start", "\x20\x00"sv, 3},
      {"a reference cut off", "\x00x\x20"sv, 4},
      {"a long reference cut off", "\x00x\xe0\x00"sv, 10},
      {"a reference too long for the room", "\x00x\xe0\xff\x00"sv, 20},
  };
  for (const auto& row : cases) EXPECT_FALSE(decompresses(row.bytes, row.size)) << row.what;
}

TEST(Lzf, NeverLeavesItsBuffersWhateverTheBytes) {
  Random random(3);
  const std::string small = compressed(text_of(random, 500, 20), 499);
  ASSERT_FALSE(small.empty());
  for (size_t size = 0; size < small.size(); ++size) EXPECT_FALSE(decompresses(small.substr(0, size), 500)) << size;
  for (int i = 0; i < 20000; ++i) {
    std::string damaged = small;
    for (uint64_t n = random.below(4) + 1; n > 0; --n)
      damaged[random.below(damaged.size())] = static_cast<char>(random.next());
    decompresses(damaged, 500);
  }
}

}  // namespace
}  // namespace redoubt
