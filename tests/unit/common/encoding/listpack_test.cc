#include "common/encoding/listpack.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/base/memory.h"
#include "common/base/random.h"

namespace redoubt {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::string raw(const ListpackView& view) { return {reinterpret_cast<const char*>(view.data()), view.bytes()}; }

std::string text_of(const ListpackValue& value) {
  char digits[max_integer_text];
  return std::string(value.bytes(digits));
}

using Texts = std::vector<std::string>;

Texts forwards(const ListpackView& view) {
  Texts texts;
  view.for_each([&](const ListpackValue& value) { texts.push_back(text_of(value)); });
  return texts;
}

Texts backwards(const ListpackView& view) {
  Texts texts;
  for (auto at = view.last(); at != ListpackView::none; at = view.previous(at)) texts.push_back(text_of(view.get(at)));
  return texts;
}

Listpack listpack_of(const Texts& texts) {
  Listpack listpack;
  for (const std::string& text : texts) listpack.append(text);
  return listpack;
}

// A text of that size which is no integer.
std::string long_text(size_t size) {
  std::string text(size, 'x');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 26);
  return text;
}

// ---- the bytes ----

TEST(Listpack, OfNothingIsHeaderAndEnd) {
  const Listpack empty;
  EXPECT_EQ(raw(empty), "\x07\0\0\0\0\0\xff"s);
  EXPECT_TRUE(empty.empty());
  EXPECT_EQ(empty.size(), 0U);
  EXPECT_EQ(empty.first(), Listpack::none);
  EXPECT_EQ(empty.last(), Listpack::none);
  EXPECT_EQ(empty.seek(0), Listpack::none);
  EXPECT_EQ(empty.seek(-1), Listpack::none);
  EXPECT_EQ(empty.find("a", empty.first()), Listpack::none);
  EXPECT_TRUE(validate_listpack(empty.data(), empty.bytes(), true));
}

struct IntegerCase {
  int64_t value;
  std::string_view coded;  // with the length at the end
};

// Either end of each width. What Redis writes: taken from DUMP of a list with the one element.
const IntegerCase integer_cases[] = {
    {0, "\x00\x01"sv},
    {1, "\x01\x01"sv},
    {127, "\x7f\x01"sv},
    {128, "\xc0\x80\x02"sv},
    {4095, "\xcf\xff\x02"sv},
    {-1, "\xdf\xff\x02"sv},
    {-4096, "\xd0\x00\x02"sv},
    {4096, "\xf1\x00\x10\x03"sv},
    {-4097, "\xf1\xff\xef\x03"sv},
    {32767, "\xf1\xff\x7f\x03"sv},
    {-32768, "\xf1\x00\x80\x03"sv},
    {32768, "\xf2\x00\x80\x00\x04"sv},
    {-32769, "\xf2\xff\x7f\xff\x04"sv},
    {8388607, "\xf2\xff\xff\x7f\x04"sv},
    {-8388608, "\xf2\x00\x00\x80\x04"sv},
    {8388608, "\xf3\x00\x00\x80\x00\x05"sv},
    {-8388609, "\xf3\xff\xff\x7f\xff\x05"sv},
    {2147483647, "\xf3\xff\xff\xff\x7f\x05"sv},
    {-2147483648LL, "\xf3\x00\x00\x00\x80\x05"sv},
    {2147483648LL, "\xf4\x00\x00\x00\x80\x00\x00\x00\x00\x09"sv},
    {-2147483649LL, "\xf4\xff\xff\xff\x7f\xff\xff\xff\xff\x09"sv},
    {INT64_MAX, "\xf4\xff\xff\xff\xff\xff\xff\xff\x7f\x09"sv},
    {INT64_MIN, "\xf4\x00\x00\x00\x00\x00\x00\x00\x80\x09"sv},
};

TEST(Listpack, KeepsIntegersInTheNarrowestForm) {
  for (const IntegerCase& row : integer_cases) {
    SCOPED_TRACE(row.value);
    Listpack of_integer;
    of_integer.append(row.value);
    EXPECT_EQ(raw(of_integer).substr(6, of_integer.bytes() - 7), row.coded);
    EXPECT_EQ(of_integer.bytes(), 7 + row.coded.size());
    Listpack of_text;
    of_text.append(std::to_string(row.value));
    EXPECT_EQ(raw(of_text), raw(of_integer));
    EXPECT_EQ(listpack_element_size(row.value), row.coded.size());
    EXPECT_EQ(listpack_element_size(std::to_string(row.value)), row.coded.size());
    const ListpackValue value = of_text.get(of_text.first());
    EXPECT_TRUE(value.is_integer());
    EXPECT_EQ(value.integer, row.value);
    EXPECT_EQ(text_of(value), std::to_string(row.value));
    EXPECT_EQ(of_text.last(), of_text.first());
    EXPECT_TRUE(validate_listpack(of_text.data(), of_text.bytes(), true));
  }
}

TEST(Listpack, KeepsAsTextWhatIsNotExactlyTheFormOfAnInteger) {
  for (const std::string_view text : {"", "-", "-0", "00", "01", "+1", " 1", "1 ", "1.0", "9223372036854775808",
                                      "-9223372036854775809", "18446744073709551615", "0x10", "a"}) {
    SCOPED_TRACE(text);
    Listpack listpack;
    listpack.append(text);
    const ListpackValue value = listpack.get(listpack.first());
    EXPECT_FALSE(value.is_integer());
    EXPECT_EQ(value.text, text);
    EXPECT_EQ(listpack.data()[6], 0x80 | text.size());
  }
}

struct TextCase {
  size_t size;
  std::string_view head;
  std::string_view back;
};

// The lengths at the end change at 127 (1, 2 bytes), 16382 (2, 3), 2097150 (3, 4) bytes before them.
const TextCase text_cases[] = {
    {0, "\x80"sv, "\x01"sv},
    {1, "\x81"sv, "\x02"sv},
    {63, "\xbf"sv, "\x40"sv},
    {64, "\xe0\x40"sv, "\x42"sv},
    {125, "\xe0\x7d"sv, "\x7f"sv},
    {126, "\xe0\x7e"sv, "\x01\x80"sv},
    {255, "\xe0\xff"sv, "\x02\x81"sv},
    {256, "\xe1\x00"sv, "\x02\x82"sv},
    {4095, "\xef\xff"sv, "\x20\x81"sv},
    {4096, "\xf0\x00\x10\x00\x00"sv, "\x20\x85"sv},
    {16377, "\xf0\xf9\x3f\x00\x00"sv, "\x7f\xfe"sv},
    {16378, "\xf0\xfa\x3f\x00\x00"sv, "\x00\xff\xff"sv},
    {16379, "\xf0\xfb\x3f\x00\x00"sv, "\x01\x80\x80"sv},
    {2097145, "\xf0\xf9\xff\x1f\x00"sv, "\x7f\xff\xfe"sv},
    {2097146, "\xf0\xfa\xff\x1f\x00"sv, "\x00\xff\xff\xff"sv},
    {2097147, "\xf0\xfb\xff\x1f\x00"sv, "\x01\x80\x80\x80"sv},
};

TEST(Listpack, KeepsTextWithItsLengthAtBothEnds) {
  for (const TextCase& row : text_cases) {
    SCOPED_TRACE(row.size);
    const std::string text = long_text(row.size);
    Listpack listpack;
    listpack.append("before");
    listpack.append(text);
    listpack.append("after");
    const size_t size = row.head.size() + row.size + row.back.size();
    EXPECT_EQ(listpack_element_size(text), size);
    EXPECT_EQ(raw(listpack).substr(14, size), std::string(row.head) + text + std::string(row.back));
    EXPECT_EQ(listpack.bytes(), 7 + 8 + size + 7);
    EXPECT_EQ(forwards(listpack), (Texts{"before", text, "after"}));
    EXPECT_EQ(backwards(listpack), (Texts{"after", text, "before"}));
    EXPECT_EQ(listpack.find(text, listpack.first()), 14U);
    EXPECT_TRUE(validate_listpack(listpack.data(), listpack.bytes(), true));
  }
}

TEST(Listpack, LengthsAtTheEndOfFiveBytes) {
  for (const size_t size : {268435449, 268435450}) {
    const std::string text(size, 'x');
    Listpack listpack;
    listpack.append(text);
    EXPECT_EQ(listpack.bytes(), 7 + 5 + size + (size == 268435449 ? 4 : 5));
    EXPECT_EQ(listpack.last(), listpack.first());
    EXPECT_EQ(listpack.get(listpack.last()).text.size(), size);
    EXPECT_TRUE(validate_listpack(listpack.data(), listpack.bytes(), true));
  }
}

TEST(Listpack, WholeBlob) {
  const Listpack listpack = listpack_of({"name", "12", "", "-5000", "300"});
  EXPECT_EQ(raw(listpack), "\x18\0\0\0\x05\0\x84name\x05\x0c\x01\x80\x01\xf1\x78\xec\x03\xc1\x2c\x02\xff"s);
}

// ---- reading ----

TEST(Listpack, SeeksFromEitherEnd) {
  for (const int count : {0, 1, 2, 3, 10, 11}) {
    Texts texts;
    for (int i = 0; i < count; ++i) texts.push_back(i % 2 == 0 ? "t" + std::to_string(i) : std::to_string(i));
    const Listpack listpack = listpack_of(texts);
    for (int index = -count - 2; index < count + 2; ++index) {
      SCOPED_TRACE(index);
      const auto at = listpack.seek(index);
      if (index < -count || index >= count) {
        EXPECT_EQ(at, Listpack::none);
      } else {
        ASSERT_NE(at, Listpack::none);
        EXPECT_EQ(text_of(listpack.get(at)), texts[static_cast<size_t>(index < 0 ? index + count : index)]);
      }
    }
    EXPECT_EQ(listpack.seek(INT64_MAX), Listpack::none);
    EXPECT_EQ(listpack.seek(INT64_MIN), Listpack::none);
  }
}

TEST(Listpack, FindsByValueAndByText) {
  const std::string big = long_text(5000);
  const Texts texts = {"alpha", "7",  "beta", "70000", "",        "-1",           "alphb", "5000000000",
                       big,     "01", "7.0",  "8",     "-300000", long_text(100), "alpha", "alpha"};
  const Listpack listpack = listpack_of(texts);
  for (size_t i = 0; i + 1 < texts.size(); ++i) {
    SCOPED_TRACE(texts[i]);
    const auto at = listpack.find(texts[i], listpack.first());
    if (texts[i] == "alpha") {
      EXPECT_EQ(at, listpack.first());
    } else {
      EXPECT_EQ(at, listpack.seek(static_cast<int64_t>(i)));
      EXPECT_TRUE(listpack.equals(at, texts[i]));
      EXPECT_FALSE(listpack.equals(at, texts[i] + "0"));
      EXPECT_EQ(listpack.find(texts[i], listpack.next(at)), Listpack::none);
    }
  }
  EXPECT_EQ(listpack.find("alpha", listpack.seek(1)), listpack.seek(14));
  EXPECT_EQ(listpack.find("alpha", listpack.seek(-1)), listpack.seek(-1));
  for (const std::string_view absent : {"alph", "alphaa", "1", "-7", "007", "5000000001", " ", "beta "})
    EXPECT_EQ(listpack.find(absent, listpack.first()), Listpack::none) << absent;
  EXPECT_EQ(listpack.find("7", Listpack::none), Listpack::none);
}

TEST(Listpack, FindsWithSkips) {
  const Listpack listpack = listpack_of({"a", "b", "b", "a", "1", "2", "2", "1", "last"});
  struct {
    std::string_view bytes;
    size_t skip;
    int64_t index;  // -1: none
  } const cases[] = {{"a", 0, 0},     {"b", 0, 1},     {"b", 1, 2},   {"2", 0, 5},    {"2", 1, 6},    {"1", 1, 4},
                     {"1", 2, -1},    {"a", 2, 0},     {"2", 2, 6},   {"last", 1, 8}, {"last", 3, 8}, {"last", 7, 8},
                     {"last", 4, -1}, {"last", 2, -1}, {"x", 20, -1}, {"3", 20, -1}};
  for (const auto& row : cases) {
    EXPECT_EQ(listpack.find(row.bytes, listpack.first(), row.skip),
              row.index < 0 ? Listpack::none : listpack.seek(row.index))
        << row.bytes << " skipping " << row.skip;
  }
}

TEST(Listpack, FindsTextInUnusualButValidForms) {
  // "ab" with a 12-bit and a 32-bit length; the integer 5 as text, and in 64 bits.
  const std::string blob =
      "\x28\0\0\0\x04\0"
      "\xe0\x02"
      "ab\x04"
      "\xf0\x02\0\0\0ab\x07"
      "\x81"
      "5\x02"
      "\xf4\x05\0\0\0\0\0\0\0\x09\xff"s;
  std::string whole = blob;
  whole[0] = static_cast<char>(whole.size());
  ASSERT_TRUE(validate_listpack(whole.data(), whole.size(), true));
  const ListpackView view(whole.data());
  EXPECT_EQ(forwards(view), (Texts{"ab", "ab", "5", "5"}));
  EXPECT_EQ(view.find("ab", view.first()), view.first());
  EXPECT_EQ(view.find("ab", view.seek(1)), view.seek(1));
  EXPECT_EQ(view.find("5", view.first()), view.seek(2));
  EXPECT_EQ(view.find("5", view.seek(3)), view.seek(3));
}

// ---- editing ----

TEST(Listpack, InsertsReplacesAndErases) {
  Listpack listpack;
  listpack.prepend("b");
  listpack.prepend(-70000);
  const auto end = listpack.insert(Listpack::none, "end");
  EXPECT_EQ(end, listpack.last());
  const auto at = listpack.insert(listpack.seek(1), "new");
  EXPECT_EQ(at, listpack.seek(1));
  EXPECT_EQ(forwards(listpack), (Texts{"-70000", "new", "b", "end"}));
  EXPECT_EQ(listpack.replace(at, long_text(300)), at);
  EXPECT_EQ(listpack.replace(listpack.first(), 5), listpack.first());
  const auto inserted = listpack.insert(listpack.last(), 1234567890123);
  EXPECT_EQ(inserted, listpack.seek(3));
  EXPECT_EQ(backwards(listpack), (Texts{"end", "1234567890123", "b", long_text(300), "5"}));
  EXPECT_EQ(listpack.erase(listpack.seek(1), 2), listpack.seek(1));
  EXPECT_EQ(forwards(listpack), (Texts{"5", "1234567890123", "end"}));
  EXPECT_EQ(listpack.size(), 3U);
  EXPECT_EQ(listpack.erase(listpack.last()), Listpack::none);
  EXPECT_EQ(listpack.erase(listpack.first(), 0), listpack.first());
  EXPECT_EQ(listpack.size(), 2U);
  EXPECT_EQ(listpack.erase(listpack.first(), 100), Listpack::none);
  EXPECT_EQ(raw(listpack), raw(Listpack()));
}

TEST(Listpack, AppendsAnother) {
  const Listpack other = listpack_of({"c", "4"});
  Listpack listpack = listpack_of({"a"});
  listpack.append_all(other);
  listpack.append_all(Listpack());
  EXPECT_EQ(raw(listpack), raw(listpack_of({"a", "c", "4"})));
  Listpack from_empty;
  from_empty.append_all(other);
  EXPECT_EQ(raw(from_empty), raw(other));
}

TEST(Listpack, CopiesMovesAndReleases) {
  Listpack first = listpack_of({"a", "1"});
  Listpack copy = Listpack::copy_of(first.data(), first.bytes());
  copy.append("more");
  EXPECT_EQ(forwards(first), (Texts{"a", "1"}));
  Listpack moved(std::move(first));
  moved = std::move(copy);
  EXPECT_EQ(forwards(moved), (Texts{"a", "1", "more"}));
  uint8_t* blob = moved.release();
  EXPECT_EQ(Listpack::allocation(blob), good_size(ListpackView(blob).bytes()));
  moved = Listpack::adopt(blob);
  EXPECT_EQ(moved.data(), blob);
  EXPECT_EQ(forwards(moved), (Texts{"a", "1", "more"}));
}

TEST(Listpack, StaysInPlaceWithinItsSizeClass) {
  Listpack listpack;
  listpack.append(long_text(100));  // 110 bytes in 112
  uint8_t* blob = listpack.release();
  Listpack again = Listpack::adopt(blob);
  again.append(1);
  EXPECT_EQ(again.data(), blob);
  EXPECT_EQ(again.release(), blob);
  again = Listpack::adopt(blob);
  again.replace(again.seek(1), 2);
  again.erase(again.seek(1));
  EXPECT_EQ(again.release(), blob);
  Listpack::free(blob);
}

TEST(Listpack, GrowsInFewStepsAndGivesBackTheRest) {
  Listpack listpack;
  const uint8_t* place = listpack.data();
  int moves = 0;
  for (int i = 0; i < 10000; ++i) {
    listpack.append("element");
    moves += listpack.data() == place ? 0 : 1;
    place = listpack.data();
  }
  EXPECT_LT(moves, 40);
  uint8_t* blob = listpack.release();
  EXPECT_EQ(ListpackView(blob).bytes(), 7U + 10000 * 9);
#ifdef REDOUBT_JEMALLOC
  EXPECT_EQ(sallocx(blob, 0), Listpack::allocation(blob));
#endif
  Listpack reserved = Listpack::adopt(blob);
  reserved.reserve(5000);
  place = reserved.data();
  for (int i = 0; i < 500; ++i) reserved.append("element");
  EXPECT_EQ(reserved.data(), place);
  reserved.shrink();
  EXPECT_EQ(reserved.size(), 10500U);
}

TEST(Listpack, TellsWhatWouldBeTooBig) {
  EXPECT_TRUE(listpack_would_overflow(Listpack::max_bytes - 1, 1));
  EXPECT_FALSE(listpack_would_overflow(100, 1000));
  EXPECT_TRUE(listpack_would_overflow(100, Listpack::max_bytes));
}

// ---- many elements ----

TEST(Listpack, CountsBeyondWhatTheHeaderHolds) {
  Listpack listpack;
  for (int i = 0; i < 65534; ++i) listpack.append(i & 63);
  EXPECT_EQ(raw(listpack).substr(4, 2), "\xfe\xff"s);
  listpack.append(1);
  EXPECT_EQ(raw(listpack).substr(4, 2), "\xff\xff"s);
  EXPECT_EQ(listpack.size(), 65535U);
  listpack.append("one more");
  EXPECT_EQ(listpack.size(), 65536U);
  EXPECT_TRUE(validate_listpack(listpack.data(), listpack.bytes(), true));
  EXPECT_EQ(listpack.seek(65535), listpack.last());
  EXPECT_EQ(listpack.seek(-65536), listpack.first());
  EXPECT_EQ(listpack.seek(65536), Listpack::none);
  EXPECT_EQ(listpack.seek(-65537), Listpack::none);
  Listpack twice = Listpack::copy_of(listpack.data(), listpack.bytes());
  twice.append_all(listpack);
  EXPECT_EQ(twice.size(), 131072U);
  listpack.erase(listpack.first(), 65530);
  EXPECT_EQ(listpack.size(), 6U);
  EXPECT_TRUE(validate_listpack(listpack.data(), listpack.bytes(), true));
  Listpack half;
  for (int i = 0; i < 40000; ++i) half.append(0);
  Listpack whole = Listpack::copy_of(half.data(), half.bytes());
  whole.append_all(half);
  EXPECT_EQ(raw(whole).substr(4, 2), "\xff\xff"s);
  EXPECT_EQ(whole.size(), 80000U);
}

// ---- against a model ----

std::string random_text(Random& random) {
  static constexpr size_t sizes[] = {0, 1, 3, 20, 63, 64, 125, 126, 200, 4095, 4096};
  switch (random.below(8)) {
    case 0: return std::to_string(static_cast<int64_t>(random.next()) >> random.below(64));
    case 1: return long_text(sizes[random.below(std::size(sizes))]);
    case 2: return std::to_string(random.below(200));
    default: return "m" + std::to_string(random.below(30));
  }
}

class ListpackModel : public testing::TestWithParam<uint64_t> {
 protected:
  void step() {
    const size_t index = random_.below(model_.size() + 1);
    const auto place = model_.begin() + static_cast<ptrdiff_t>(index);
    const auto at = listpack_.seek(static_cast<int64_t>(index));
    const std::string text = random_text(random_);
    const std::optional<int64_t> integer = parse_i64(text);
    const bool as_integer = integer && random_.below(2) == 0;
    switch (model_.size() > 100 ? 5 : random_.below(7)) {
      case 0:
        as_integer ? listpack_.append(*integer) : listpack_.append(text);
        model_.push_back(text);
        break;
      case 1:
        as_integer ? listpack_.prepend(*integer) : listpack_.prepend(text);
        model_.push_front(text);
        break;
      case 2:
      case 3: {
        const auto now = as_integer ? listpack_.insert(at, *integer) : listpack_.insert(at, text);
        model_.insert(place, text);
        EXPECT_EQ(now, listpack_.seek(static_cast<int64_t>(index)));
        break;
      }
      case 4:
        if (at == Listpack::none) break;
        EXPECT_EQ(as_integer ? listpack_.replace(at, *integer) : listpack_.replace(at, text), at);
        *place = text;
        break;
      case 5: {
        if (at == Listpack::none) break;
        const size_t count = random_.below(random_.below(10) == 0 ? 80 : 4);
        const auto now = listpack_.erase(at, count);
        model_.erase(place, place + static_cast<ptrdiff_t>(std::min(count, model_.size() - index)));
        EXPECT_EQ(now, listpack_.seek(static_cast<int64_t>(index)));
        break;
      }
      default: listpack_ = Listpack::adopt(listpack_.release());
    }
  }

  void compare() {
    ASSERT_TRUE(validate_listpack(listpack_.data(), listpack_.bytes(), true));
    ASSERT_EQ(listpack_.size(), model_.size());
    ASSERT_EQ(forwards(listpack_), Texts(model_.begin(), model_.end()));
    ASSERT_EQ(backwards(listpack_), Texts(model_.rbegin(), model_.rend()));
    const std::string text = random_text(random_);
    const size_t from = random_.below(model_.size() + 1);
    const size_t skip = random_.below(3);
    auto expected = Listpack::none;
    for (size_t i = from; i < model_.size(); i += skip + 1) {
      if (model_[i] != text) continue;
      expected = listpack_.seek(static_cast<int64_t>(i));
      break;
    }
    ASSERT_EQ(listpack_.find(text, listpack_.seek(static_cast<int64_t>(from)), skip), expected);
  }

  Random random_{GetParam()};
  Listpack listpack_;
  std::deque<std::string> model_;
};

TEST_P(ListpackModel, RandomEdits) {
  for (int i = 0; i < 2000 && !HasFailure(); ++i) {
    step();
    compare();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ListpackModel, testing::Range<uint64_t>(1, 11));

// ---- damage ----

TEST(ListpackValidation, RefusesEachKindOfDamage) {
  struct {
    const char* what;
    std::string blob;
    bool shallow;  // whether the shallow look lets it pass
  } const cases[] = {
      {"nothing", "", false},
      {"less than a header", "\x06\0\0\0\0\0"s, false},
      {"a size too small", "\x06\0\0\0\0\0\xff"s, false},
      {"a size too big", "\x08\0\0\0\0\0\xff"s, false},
      {"a size with its top bit set", "\x07\0\0\x80\0\0\xff"s, false},
      {"no end", "\x07\0\0\0\0\0\xfe"s, false},
      {"bytes after the end", "\x08\0\0\0\0\0\xff\0"s, false},
      {"an end too soon", "\x09\0\0\0\0\0\xff\x01\xff"s, true},
      {"a count too small", "\x09\0\0\0\0\0\x01\x01\xff"s, true},
      {"a count too big", "\x09\0\0\0\x02\0\x01\x01\xff"s, true},
      {"a wrong length at the end", "\x09\0\0\0\x01\0\x01\x02\xff"s, true},
      {"no length at the end", "\x08\0\0\0\x01\0\x01\xff"s, true},
      {"a length at the end in too many bytes", "\x0a\0\0\0\x01\0\x01\x00\x81\xff"s, true},
      {"text that is cut off", "\x0a\0\0\0\x01\0\x85xx\xff"s, true},
      {"text up to the end byte", "\x0a\0\0\0\x01\0\x82xx\xff"s, true},
      {"a 12-bit length that is cut off", "\x08\0\0\0\x01\0\xe0\xff"s, true},
      {"a 12-bit length beyond the end", "\x0b\0\0\0\x01\0\xe0\x09x\x0b\xff"s, true},
      {"a 32-bit length that is cut off", "\x09\0\0\0\x01\0\xf0\x01\xff"s, true},
      {"a 32-bit length beyond the end", "\x0e\0\0\0\x01\0\xf0\xff\xff\xff\xffx\x06\xff"s, true},
      {"an integer of 13 bits that is cut off", "\x08\0\0\0\x01\0\xc0\xff"s, true},
      {"an integer of 16 bits that is cut off", "\x09\0\0\0\x01\0\xf1\0\xff"s, true},
      {"an integer of 24 bits that is cut off", "\x0a\0\0\0\x01\0\xf2\0\0\xff"s, true},
      {"an integer of 32 bits that is cut off", "\x0b\0\0\0\x01\0\xf3\0\0\0\xff"s, true},
      {"an integer of 64 bits that is cut off", "\x0f\0\0\0\x01\0\xf4\0\0\0\0\0\0\0\xff"s, true},
      {"an unknown kind of element", "\x09\0\0\0\x01\0\xf5\x01\xff"s, true},
      {"the last unknown kind of element", "\x09\0\0\0\x01\0\xfe\x01\xff"s, true},
  };
  for (const auto& row : cases) {
    // A copy of its exact size, so that a sanitizer sees a look beyond it.
    const std::vector<char> blob(row.blob.begin(), row.blob.end());
    EXPECT_FALSE(validate_listpack(blob.data(), blob.size(), true)) << row.what;
    EXPECT_EQ(validate_listpack(blob.data(), blob.size(), false), row.shallow) << row.what;
  }
}

TEST(ListpackValidation, TakesAnUnknownCount) {
  EXPECT_TRUE(validate_listpack("\x09\0\0\0\xff\xff\x01\x01\xff", 9, true));
}

Texts one_of_each() {
  Texts texts;
  for (const IntegerCase& row : integer_cases) texts.push_back(std::to_string(row.value));
  for (const size_t size : {0, 1, 63, 64, 125, 126, 200, 4095, 4096}) texts.push_back(long_text(size));
  return texts;
}

TEST(ListpackValidation, RefusesWhatIsCutOffAnywhere) {
  const std::string whole = raw(listpack_of(one_of_each()));
  for (size_t size = 0; size < whole.size(); ++size) {
    // As it is, and with header and end made to fit.
    const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    ASSERT_FALSE(validate_listpack(cut.data(), size, true)) << size;
    if (size < Listpack::empty_size) continue;
    std::vector<char> fitted = cut;
    const auto field = static_cast<uint32_t>(size);
    memcpy(fitted.data(), &field, sizeof field);
    fitted.back() = '\xff';
    ASSERT_FALSE(validate_listpack(fitted.data(), size, true)) << size;
  }
}

TEST(ListpackValidation, WhatPassesWithFlippedBitsIsSafeToRead) {
  const std::string whole = raw(listpack_of(one_of_each()));
  size_t passed = 0;
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::vector<char> blob(whole.begin(), whole.end());
    blob[bit / 8] = static_cast<char>(blob[bit / 8] ^ (1 << bit % 8));
    if (!validate_listpack(blob.data(), blob.size(), true)) continue;
    ++passed;
    const ListpackView view(blob.data());
    Texts there = forwards(view);
    const Texts back = backwards(view);
    std::reverse(there.begin(), there.end());
    ASSERT_EQ(there, back) << bit;
    ASSERT_EQ(view.find("nowhere", view.first(), bit % 3), Listpack::none);
  }
  EXPECT_GT(passed, whole.size());  // bits of text do no harm
}

}  // namespace
}  // namespace redoubt
