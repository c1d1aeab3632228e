// Values of every type as DUMP payloads: what is told of sound ones, and how unsound ones are refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "common/encoding/listpack.h"
#include "tests/support/rdb_bytes.h"
#include "tests/support/rdb_recorder.h"

namespace redoubt {
namespace {

using testing::ElementsAreArray;
using Lines = std::vector<std::string>;

struct ValueCase {
  const char* name;
  int type;
  RdbBytes value;
  Lines lines;  // without the "end"
};

void PrintTo(const ValueCase& value, std::ostream* out) { *out << value.name; }

class SoundValue : public testing::TestWithParam<ValueCase> {};

TEST_P(SoundValue, IsTold) {
  const ValueCase& value = GetParam();
  Lines expected = value.lines;
  expected.emplace_back("end");
  const std::string payload = RdbBytes().byte(value.type).raw(value.value.bytes()).footer();
  ASSERT_TRUE(valid_payload(payload));
  for (const bool deep : {false, true}) {
    const RdbReading reading = read_rdb_payload(payload, {.deep = deep});
    EXPECT_EQ(reading.error, "");
    EXPECT_THAT(reading.lines, ElementsAreArray(expected));
  }
}

std::string intset_of(std::initializer_list<int> values) {
  RdbBytes bytes;
  bytes.u32(2).u32(values.size());
  for (const int value : values) bytes.u16(static_cast<uint64_t>(value));
  return bytes.bytes();
}

// LZF by hand: four literals, then references to what stands four bytes before.
std::string packed_abcd(size_t more) {
  return std::string(
             "\x03"
             "abcd\xe0",
             6) +
         static_cast<char>(more - 9) + '\x03';
}

INSTANTIATE_TEST_SUITE_P(
    Modern, SoundValue,
    testing::Values(
        ValueCase{"String", 0, RdbBytes().string("value"), {"string value"}},
        ValueCase{"EmptyString", 0, RdbBytes().string(""), {"string "}},
        ValueCase{"Integer8", 0, RdbBytes().byte(0xc0).byte(0x80), {"string -128"}},
        ValueCase{"Integer16", 0, RdbBytes().byte(0xc1).u16(0x8000), {"string -32768"}},
        ValueCase{"Integer32", 0, RdbBytes().byte(0xc2).u32(0x7fffffff), {"string 2147483647"}},
        ValueCase{"Packed",
                  0,
                  RdbBytes().byte(0xc3).length(8).length(24).raw(packed_abcd(20)),
                  {"string abcdabcdabcdabcdabcdabcd"}},
        ValueCase{"Length14", 0, RdbBytes().byte(0x40).byte(3).raw("abc"), {"string abc"}},
        ValueCase{"Length32", 0, RdbBytes().byte(0x80).raw(std::string("\0\0\0\3", 4)).raw("abc"), {"string abc"}},
        ValueCase{
            "Length64", 0, RdbBytes().byte(0x81).raw(std::string("\0\0\0\0\0\0\0\3", 8)).raw("abc"), {"string abc"}},
        ValueCase{"List",
                  1,
                  RdbBytes().length(3).string("a").byte(0xc0).byte(7).string("a"),
                  {"elements 3", "element a", "element 7", "element a"}},
        ValueCase{"Set", 2, RdbBytes().length(2).strings({"a", "b"}), {"elements 2", "element a", "element b"}},
        ValueCase{"EmptySet", 2, RdbBytes().length(0), {"elements 0"}},
        ValueCase{"ZsetDigits",
                  3,
                  RdbBytes()
                      .length(4)
                      .string("a")
                      .byte(3)
                      .raw("1.5")
                      .string("b")
                      .byte(254)
                      .string("c")
                      .byte(255)
                      .string("d")
                      .byte(2)
                      .raw("-7"),
                  {"elements 4", "scored a 1.5", "scored b inf", "scored c -inf", "scored d -7"}},
        ValueCase{
            "Hash", 4, RdbBytes().length(2).strings({"f", "v", "g", "v"}), {"elements 2", "pair f = v", "pair g = v"}},
        ValueCase{"Zset",
                  5,
                  RdbBytes().length(2).string("a").real(-0.25).string("b").real(1e300),
                  {"elements 2", "scored a -0.25", "scored b 1e+300"}},
        ValueCase{"Intset", 11, RdbBytes().string(intset_of({-3, 0, 300})), {"intset -3 0 300"}},
        ValueCase{"HashListpack", 16, RdbBytes().string(listpack_of({"f", "1", "g", "w"})), {"listpack f 1 g w"}},
        ValueCase{"EmptyHashListpack", 16, RdbBytes().string(listpack_of({})), {"listpack"}},
        ValueCase{"ZsetListpack",
                  17,
                  RdbBytes().string(listpack_of({"b", "-inf", "a", "1", "c", "1", "0", "2.5"})),
                  {"listpack b -inf a 1 c 1 0 2.5"}},
        ValueCase{
            "Quicklist2",
            18,
            RdbBytes()
                .length(4)
                .length(2)
                .string(listpack_of({"a", "1"}))
                .length(1)
                .string("plain")
                .length(2)
                .string(listpack_of({}))
                .length(2)
                .string(listpack_of({"z"})),
            {"nodes 4", "node a 1", "plain plain", "node z"}},
        ValueCase{"SetListpack", 20, RdbBytes().string(listpack_of({"a", "7", "c"})), {"listpack a 7 c"}},
        ValueCase{"HashExpiringPreRelease",
                  22,
                  RdbBytes().length(2).length(0).strings({"f", "v"}).length(1700000000000).strings({"g", "w"}),
                  {"elements 2", "pair f = v", "pair g = w expires 1700000000000"}},
        ValueCase{"HashListpackexPreRelease",
                  23,
                  RdbBytes().string(listpack_of({"f", "v", "5", "g", "w", "0"})),
                  {"listpackex f v 5 g w 0"}},
        ValueCase{
            "HashExpiring",
            24,
            RdbBytes()
                .u64(1000)
                .length(3)
                .length(1)
                .strings({"f", "v"})
                .length(0)
                .strings({"g", "w"})
                .length(501)
                .strings({"h", "x"}),
            {"elements 3", "pair f = v expires 1000", "pair g = w", "pair h = x expires 1500"}},
        ValueCase{"HashListpackex",
                  25,
                  RdbBytes().u64(5).string(listpack_of({"f", "v", "5", "g", "w", "0", "h", "x", "0"})),
                  {"listpackex f v 5 g w 0 h x 0"}}),
    [](const auto& one) { return one.param.name; });

struct UnsoundCase {
  const char* name;
  int type;
  RdbBytes value;
  const char* error;
  bool deep_only = false;
};

void PrintTo(const UnsoundCase& value, std::ostream* out) { *out << value.name; }

class UnsoundValue : public testing::TestWithParam<UnsoundCase> {};

TEST_P(UnsoundValue, IsRefused) {
  const UnsoundCase& value = GetParam();
  const std::string payload = RdbBytes().byte(value.type).raw(value.value.bytes()).footer();
  EXPECT_EQ(read_rdb_payload(payload, {.deep = true}).error, value.error);
  EXPECT_EQ(read_rdb_payload(payload).error, value.deep_only ? "" : value.error);
}

const char* const end_of_file = "Unexpected EOF reading RDB file";

INSTANTIATE_TEST_SUITE_P(
    Modern, UnsoundValue,
    testing::Values(
        UnsoundCase{"Type", 26, RdbBytes().string("x"), "Unknown RDB encoding type 26"},
        UnsoundCase{"NothingFollows", 0, RdbBytes(), end_of_file},
        UnsoundCase{"LongerThanThePayload", 0, RdbBytes().length(5).raw("abcd"), end_of_file},
        UnsoundCase{"FarLongerThanThePayload", 0, RdbBytes().length(UINT64_MAX).raw("abcd"), end_of_file},
        UnsoundCase{"LengthEncoding", 0, RdbBytes().byte(0x82), "Unknown length encoding 130 in rdbLoadLen()"},
        UnsoundCase{"StringEncoding", 0, RdbBytes().byte(0xc4), "Unknown RDB string encoding type 4"},
        UnsoundCase{"IntegerAsLength", 1, RdbBytes().byte(0xc0).byte(1),
                    "Found the string encoding 0 where a length was expected"},
        UnsoundCase{"PackedTooSmall", 0, RdbBytes().byte(0xc3).length(8).length(23).raw(packed_abcd(20)),
                    "Invalid LZF compressed string"},
        UnsoundCase{"PackedPromisesTooMuch", 0,
                    RdbBytes().byte(0xc3).length(8).length(uint64_t{1} << 40).raw(packed_abcd(20)),
                    "Invalid LZF compressed string"},
        UnsoundCase{"ManyPromised", 1, RdbBytes().length(uint64_t{1} << 60).string("a"), end_of_file},
        UnsoundCase{"SetTwice", 2, RdbBytes().length(3).strings({"a", "b", "a"}), "Duplicate set members detected",
                    true},
        UnsoundCase{"HashTwice", 4, RdbBytes().length(2).strings({"a", "b", "a", "c"}),
                    "Duplicate hash fields detected", true},
        UnsoundCase{"ZsetTwice", 5, RdbBytes().length(2).string("a").real(1).string("a").real(2),
                    "Duplicate zset fields detected", true},
        UnsoundCase{"ZsetNan", 5, RdbBytes().length(1).string("a").real(std::numeric_limits<double>::quiet_NaN()),
                    "Zset with NAN score detected"},
        UnsoundCase{"ZsetDigitsNan", 3, RdbBytes().length(1).string("a").byte(253), "Zset with NAN score detected"},
        UnsoundCase{"ZsetDigitsWord", 3, RdbBytes().length(1).string("a").byte(3).raw("one"),
                    "Zset with a score that is not a number detected"},
        UnsoundCase{"ZsetDigitsNone", 3, RdbBytes().length(1).string("a").byte(0),
                    "Zset with a score that is not a number detected"},
        UnsoundCase{"IntsetFrame", 11, RdbBytes().string("12345678"), "Intset integrity check failed"},
        UnsoundCase{"IntsetEmpty", 11, RdbBytes().string(intset_of({})), "Intset integrity check failed"},
        UnsoundCase{"IntsetOrder", 11, RdbBytes().string(intset_of({2, 1})), "Intset integrity check failed", true},
        UnsoundCase{"SetListpackTwice", 20, RdbBytes().string(listpack_of({"a", "b", "a"})),
                    "Set listpack integrity check failed", true},
        UnsoundCase{"HashListpackOdd", 16, RdbBytes().string(listpack_of({"a", "b", "c"})),
                    "Hash listpack integrity check failed"},
        UnsoundCase{"HashListpackTwice", 16, RdbBytes().string(listpack_of({"a", "b", "a", "c"})),
                    "Hash listpack integrity check failed", true},
        UnsoundCase{"HashListpackBlob", 16,
                    RdbBytes().string(std::string("\x0a\0\0\0\2\0\x81"
                                                  "a\x02\xff",
                                                  10)),
                    "Hash listpack integrity check failed"},
        UnsoundCase{"ZsetListpackScore", 17, RdbBytes().string(listpack_of({"a", "b"})),
                    "Zset listpack integrity check failed"},
        UnsoundCase{"ZsetListpackNan", 17, RdbBytes().string(listpack_of({"a", "nan"})),
                    "Zset listpack integrity check failed"},
        UnsoundCase{"ZsetListpackOrder", 17, RdbBytes().string(listpack_of({"a", "2", "b", "1.5"})),
                    "Zset listpack integrity check failed", true},
        UnsoundCase{"ZsetListpackMemberOrder", 17, RdbBytes().string(listpack_of({"b", "2", "10", "2"})),
                    "Zset listpack integrity check failed", true},
        UnsoundCase{"NodeContainer", 18, RdbBytes().length(1).length(3).string("a"),
                    "Quicklist integrity check failed"},
        UnsoundCase{"NodeBlob", 18, RdbBytes().length(1).length(2).string("a"), "Listpack integrity check failed"},
        UnsoundCase{"ExpiryTooFar", 22, RdbBytes().length(1).length((uint64_t{1} << 48) - 1).strings({"f", "v"}),
                    "invalid expireAt time: 281474976710655"},
        UnsoundCase{"ExpiryOverflows", 24, RdbBytes().u64(UINT64_MAX).length(1).length(5).strings({"f", "v"}),
                    "invalid expireAt time: 281474976710655"},
        UnsoundCase{"ExpiringTwice", 24,
                    RdbBytes().u64(9).length(2).length(0).strings({"f", "v"}).length(1).strings({"f", "w"}),
                    "Duplicate hash fields detected", true},
        UnsoundCase{"ListpackexNotThree", 25, RdbBytes().u64(5).string(listpack_of({"f", "v"})),
                    "Hash listpack integrity check failed"},
        UnsoundCase{"ListpackexText", 25, RdbBytes().u64(5).string(listpack_of({"f", "v", "x"})),
                    "Hash listpack integrity check failed"},
        UnsoundCase{"ListpackexOrder", 25, RdbBytes().u64(5).string(listpack_of({"f", "v", "6", "g", "v", "5"})),
                    "Hash listpack integrity check failed"},
        UnsoundCase{"ListpackexNoneFirst", 25, RdbBytes().u64(5).string(listpack_of({"f", "v", "0", "g", "v", "5"})),
                    "Hash listpack integrity check failed"},
        UnsoundCase{"ListpackexNegative", 25, RdbBytes().u64(5).string(listpack_of({"f", "v", "-1"})),
                    "Hash listpack integrity check failed"},
        UnsoundCase{"ListpackexTooFar", 25, RdbBytes().u64(5).string(listpack_of({"f", "v", "281474976710655"})),
                    "Hash listpack integrity check failed"},
        UnsoundCase{"Module", 7, RdbBytes().length(0x0123456789abcdef),
                    "The RDB file contains module data I can't load: no matching module type 'ASNFZ4mrz'"},
        UnsoundCase{"ModulePreRelease", 6, RdbBytes().length(0),
                    "The RDB file contains module data I can't load: no matching module type 'AAAAAAAAA'"}),
    [](const auto& one) { return one.param.name; });

TEST(RdbPayload, FooterIsVerified) {
  const std::string good = RdbBytes().byte(0).string("v").footer(12);
  EXPECT_TRUE(valid_payload(good));
  EXPECT_TRUE(valid_payload(RdbBytes().byte(0).string("v").footer(1)));
  EXPECT_FALSE(valid_payload(RdbBytes().byte(0).string("v").footer(13)));
  EXPECT_FALSE(valid_payload(RdbBytes().byte(0).string("v").footer(13), false));
  EXPECT_FALSE(valid_payload(""));
  EXPECT_FALSE(valid_payload(good.substr(0, 9), false));
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(valid_payload(bad)) << i;
  }
  std::string unsummed = good;
  unsummed.back() = static_cast<char>(unsummed.back() ^ 1);
  EXPECT_TRUE(valid_payload(unsummed, false));
}

TEST(RdbPayload, ShorterThanItsFooterIsRefused) { EXPECT_EQ(read_rdb_payload("abc").error, end_of_file); }

}  // namespace
}  // namespace redoubt
