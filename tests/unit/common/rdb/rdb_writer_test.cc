#include "common/rdb/rdb_writer.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>

#include "common/base/number.h"
#include "common/base/random.h"
#include "common/compress/lzf.h"
#include "common/hash/crc64.h"

namespace redoubt {
namespace {

using namespace std::string_literals;

template <typename F>
std::string written(F&& write, bool compress = false) {
  std::string out;
  RdbWriter writer(out, compress);
  write(writer);
  return out;
}

std::string written_string(std::string_view bytes, bool compress = false) {
  return written([&](RdbWriter& writer) { writer.string(bytes); }, compress);
}

TEST(RdbWriter, Lengths) {
  struct {
    uint64_t length;
    std::string bytes;
  } const cases[] = {
      {0, "\0"s},
      {1, "\x01"s},
      {63, "\x3f"s},
      {64, "\x40\x40"s},
      {700, "\x42\xbc"s},
      {16383, "\x7f\xff"s},
      {16384, "\x80\0\0\x40\0"s},
      {0x12345678, "\x80\x12\x34\x56\x78"s},
      {UINT32_MAX, "\x80\xff\xff\xff\xff"s},
      {uint64_t{UINT32_MAX} + 1, "\x81\0\0\0\x01\0\0\0\0"s},
      {0x123456789abcdef0, "\x81\x12\x34\x56\x78\x9a\xbc\xde\xf0"s},
      {UINT64_MAX, "\x81\xff\xff\xff\xff\xff\xff\xff\xff"s},
  };
  for (const auto& [length, bytes] : cases) {
    EXPECT_EQ(written([length = length](RdbWriter& writer) { writer.length(length); }), bytes) << length;
  }
}

TEST(RdbWriter, StringsThatAreIntegers) {
  struct {
    std::string text;
    std::string bytes;
  } const cases[] = {
      {"0", "\xc0\0"s},
      {"127", "\xc0\x7f"s},
      {"-128", "\xc0\x80"s},
      {"128", "\xc1\x80\0"s},
      {"-129", "\xc1\x7f\xff"s},
      {"32767", "\xc1\xff\x7f"s},
      {"-32768", "\xc1\0\x80"s},
      {"32768", "\xc2\0\x80\0\0"s},
      {"2147483647", "\xc2\xff\xff\xff\x7f"s},
      {"-2147483648", "\xc2\0\0\0\x80"s},
      {"2147483648", "\x0a"s + "2147483648"},
      {"-2147483649", "\x0b"s + "-2147483649"},
      {"9223372036854775807", "\x13"s + "9223372036854775807"},
      {"", "\0"s},
      {"-", "\x01-"s},
      {"-0", "\x02-0"s},
      {"007", "\x03\x30\x30\x37"s},
      {"+1", "\x02+1"s},
      {" 1", "\x02 1"s},
      {"1 ", "\x02\x31 "s},
      {"1\0"s, "\x02\x31\0"s},
      {"12a", "\x03\x31\x32\x61"s},
  };
  for (const auto& [text, bytes] : cases) {
    EXPECT_EQ(written_string(text), bytes) << text;
    EXPECT_EQ(written_string(text, true), bytes) << text;
    if (const auto value = parse_i64(text)) {
      EXPECT_EQ(written([&](RdbWriter& writer) { writer.integer_string(*value); }), bytes) << text;
    }
  }
}

TEST(RdbWriter, StringsOfAllSizes) {
  // Around the sizes where the length takes another form and where short strings end.
  for (const size_t size : {1u, 11u, 12u, 20u, 21u, 63u, 64u, 118u, 119u, 120u, 121u, 4096u, 16383u, 16384u, 70000u}) {
    const std::string bytes(size, 'x');
    const std::string length = written([&](RdbWriter& writer) { writer.length(size); });
    EXPECT_EQ(written_string(bytes), length + bytes) << size;
  }
}

TEST(RdbWriter, CompressesFromTwentyOneBytesOn) {
  const std::string twenty(20, 'a');
  EXPECT_EQ(written_string(twenty, true), "\x14" + twenty);
  // What Redis writes: two bytes as they are, and a reference backwards.
  EXPECT_EQ(written_string(std::string(21, 'a'), true),
            "\xc3\x06\x15\x01"
            "aa\xe0\x0a\0"s);
  EXPECT_EQ(written_string("hello hello hello hello world", true), "\xc3\x11\x1d\x06hello h\xe0\x08\x05\x04world"s);
  EXPECT_EQ(written_string(std::string(99, '\0') + "a", true), "\xc3\x09\x40\x64\x01\0\0\xe0\x57\0\x01\0a"s);
  for (const size_t size : {21u, 22u, 100u, 4100u, 4101u, 5000u, 100000u}) {
    const std::string bytes(size, 'a');
    const std::string coded = written_string(bytes, true);
    ASSERT_EQ(coded[0], '\xc3') << size;
    const size_t head = size < 64 ? 3 : size < 16384 ? 4 : 8;
    if (size > 16384) continue;
    std::string unpacked(size, 0);
    ASSERT_LT(coded.size(), size);
    EXPECT_TRUE(lzf_decompress(std::string_view(coded).substr(head), unpacked.data(), size)) << size;
    EXPECT_EQ(unpacked, bytes);
    EXPECT_EQ(written_string(bytes, false).size(), size + (size < 64 ? 1 : 2));
  }
}

TEST(RdbWriter, WritesWhatIsPackedAlready) {
  EXPECT_EQ(written([](RdbWriter& writer) { writer.packed_string("\x01xx", 70); }), "\xc3\x03\x40\x46\x01xx"s);
}

TEST(RdbWriter, DoesNotCompressWhatGetsNoSmaller) {
  Random random;
  std::string bytes(1000, 0);
  for (char& c : bytes) c = static_cast<char>(random.below(256));
  EXPECT_EQ(written_string(bytes, true), "\x43\xe8" + bytes);
}

TEST(RdbWriter, FixedNumbers) {
  EXPECT_EQ(written([](RdbWriter& writer) { writer.real(1.5); }), "\0\0\0\0\0\0\xf8\x3f"s);
  EXPECT_EQ(written([](RdbWriter& writer) { writer.real(-0.0); }), "\0\0\0\0\0\0\0\x80"s);
  EXPECT_EQ(written([](RdbWriter& writer) { writer.real(std::numeric_limits<double>::infinity()); }),
            "\0\0\0\0\0\0\xf0\x7f"s);
  EXPECT_EQ(written([](RdbWriter& writer) { writer.milliseconds(-2); }), "\xfe\xff\xff\xff\xff\xff\xff\xff"s);
  EXPECT_EQ(written([](RdbWriter& writer) { writer.byte(0xfe); }), "\xfe"s);
}

TEST(RdbWriter, Records) {
  struct {
    void (*write)(RdbWriter&);
    std::string bytes;
  } const cases[] = {
      {[](RdbWriter& w) { w.header(); }, "REDIS0011"},
      {[](RdbWriter& w) { w.header(12); }, "REDIS0012"},
      {[](RdbWriter& w) { w.header(7); }, "REDIS0007"},
      {[](RdbWriter& w) { w.aux("redis-bits", int64_t{64}); }, "\xfa\x0aredis-bits\xc0\x40"s},
      {[](RdbWriter& w) { w.aux("ctime", int64_t{5000000000}); },
       "\xfa\x05"
       "ctime\x0a"
       "5000000000"},
      {[](RdbWriter& w) { w.aux("redis-ver", "7.2.4"); },
       "\xfa\x09redis-ver\x05"
       "7.2.4"},
      {[](RdbWriter& w) { w.function("code"); },
       "\xf5\x04"
       "code"},
      {[](RdbWriter& w) { w.select_db(15); }, "\xfe\x0f"},
      {[](RdbWriter& w) { w.sizes(100, 3); }, "\xfb\x40\x64\x03"},
      {[](RdbWriter& w) { w.expires(0x0102030405060708); }, "\xfc\x08\x07\x06\x05\x04\x03\x02\x01"},
      {[](RdbWriter& w) { w.idle(1000); }, "\xf8\x43\xe8"},
      {[](RdbWriter& w) { w.frequency(5); }, "\xf9\x05"},
      {[](RdbWriter& w) { w.type(RdbType::hash_listpackex); }, "\x19"},
      {[](RdbWriter& w) { w.end(); }, "\xff"},
      {[](RdbWriter& w) { w.checksum(0x0102030405060708); }, "\x08\x07\x06\x05\x04\x03\x02\x01"},
  };
  for (const auto& [write, bytes] : cases) EXPECT_EQ(written(write), bytes);
}

TEST(RdbWriter, PayloadFooter) {
  // DUMP of the string "v", which Redis tells of in this form; what stands before the payload does not count.
  std::string out = "before";
  RdbWriter writer(out, false);
  writer.type(RdbType::string);
  writer.string("v");
  writer.payload_footer(6);
  const std::string payload = out.substr(6);
  const std::string summed = "\0\x01v\x0b\0"s;
  ASSERT_EQ(payload.size(), summed.size() + 8);
  EXPECT_EQ(payload.substr(0, summed.size()), summed);
  uint64_t crc = 0;
  memcpy(&crc, payload.data() + summed.size(), sizeof crc);
  EXPECT_EQ(crc, crc64(summed));
}

}  // namespace
}  // namespace redoubt
