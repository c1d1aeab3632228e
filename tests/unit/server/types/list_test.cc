// Lists against a deque: random operations under many limits, and the sizes at which the encoding changes.
#include "server/types/list.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "server/types/quicklist.h"

namespace redoubt {
namespace {

using Direction = ListReader::Direction;

// Owns what a handle points to.
class OwnedList {
 public:
  explicit OwnedList(int fill = -2, int depth = 0) {
    limits_.list_max_listpack_size = fill;
    limits_.list_compress_depth = depth;
    value_ = List::make(settings_);
  }
  OwnedList(const OwnedList&) = delete;
  OwnedList& operator=(const OwnedList&) = delete;
  ~OwnedList() { List::destroy(value_.encoding, value_.data); }

  template <typename F>
  auto with(F&& f) {
    List list(value_, settings_);
    struct Keep {
      List& list;
      ObjectValue& value;
      ~Keep() { value = list.value(); }
    } keep{list, value_};
    return f(list);
  }
  void push(const std::string& text, ListEnd end = ListEnd::tail) {
    const std::string_view view = text;
    with([&](List& list) { list.push(end, {&view, 1}); });
  }
  List list() const { return List(value_, settings_); }
  ObjectValue value() const { return value_; }
  bool is_listpack() const { return value_.encoding == Encoding::listpack; }
  size_t nodes() const { return is_listpack() ? 0 : static_cast<const Quicklist*>(value_.data)->nodes(); }
  std::vector<std::string> all() const { return read(0, SIZE_MAX, Direction::forwards); }
  std::vector<std::string> read(size_t first, size_t count, Direction direction) const {
    std::vector<std::string> texts;
    char digits[max_integer_text];
    ListReader reader(list(), first, count, direction);
    for (ListpackValue value; reader.next(value);) texts.emplace_back(value.bytes(digits));
    return texts;
  }
  const TypeSettings& settings() const { return settings_; }
  TypeLimits& limits() { return limits_; }

 private:
  TypeLimits limits_;
  HashKey key_{};
  TypeSettings settings_{limits_, key_};
  ObjectValue value_;
};

std::vector<std::string> texts_of(const std::deque<std::string>& model) { return {model.begin(), model.end()}; }

struct Shape {
  int fill;
  int depth;
  size_t longest;  // element
};
void PrintTo(const Shape& shape, std::ostream* out) {
  *out << "fill " << shape.fill << " depth " << shape.depth << " up to " << shape.longest;
}

class ListAgainstModel : public testing::TestWithParam<Shape> {
 protected:
  ListAgainstModel() : random_(77), list_(GetParam().fill, GetParam().depth) {}

  std::string text() {
    switch (random_.below(6)) {
      case 0: return std::to_string(random_.below(20));
      case 1: return std::to_string(static_cast<int64_t>(random_.next()));
      case 2: return std::string(random_.below(GetParam().longest + 1), 'x');
      default: return "element " + std::to_string(random_.below(30));
    }
  }
  size_t place() { return random_.below(model_.size() + 2); }
  void add();
  void change();
  void take();
  void compare();

  Random random_;
  OwnedList list_;
  std::deque<std::string> model_;
};

void ListAgainstModel::add() {
  std::vector<std::string> texts(1 + random_.below(3));
  for (std::string& one : texts) one = text();
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const bool head = random_.below(2) == 0;
  list_.with([&](List& list) { list.push(head ? ListEnd::head : ListEnd::tail, views); });
  for (const std::string& one : texts) head ? model_.push_front(one) : model_.push_back(one);
}

void ListAgainstModel::change() {
  const std::string fresh = text();
  if (random_.below(2) == 0) {
    const size_t index = place();
    ASSERT_EQ(list_.with([&](List& list) { return list.set(index, fresh); }), index < model_.size());
    if (index < model_.size()) model_[index] = fresh;
    return;
  }
  const std::string pivot = model_.empty() ? text() : model_[random_.below(model_.size())];
  const bool after = random_.below(2) == 0;
  const auto found = std::find(model_.begin(), model_.end(), pivot);
  const auto side = after ? List::Side::after : List::Side::before;
  ASSERT_EQ(list_.with([&](List& list) { return list.insert(side, pivot, fresh); }), found != model_.end());
  if (found != model_.end()) model_.insert(found + (after ? 1 : 0), fresh);
}

void ListAgainstModel::take() {
  if (model_.empty()) return;
  switch (random_.below(20)) {
    case 0: {
      const size_t first = place();
      const size_t count = random_.below(model_.size() + 2);
      list_.with([&](List& list) { list.erase(first, count); });
      const size_t from = std::min(first, model_.size());
      model_.erase(model_.begin() + static_cast<std::ptrdiff_t>(from),
                   model_.begin() + static_cast<std::ptrdiff_t>(std::min(from + count, model_.size())));
      break;
    }
    case 1: {
      const size_t first = random_.below(4);
      const size_t count = random_.below(40) == 0 ? 3 : model_.size() - std::min(first + 2, model_.size());
      list_.with([&](List& list) { list.trim(first, count); });
      std::deque<std::string> kept;
      for (size_t i = first; i < model_.size() && i < first + count; ++i) kept.push_back(model_[i]);
      model_ = kept;
      break;
    }
    case 2:
    case 3: {
      const std::string gone = model_[random_.below(model_.size())];
      const size_t limit = 1 + random_.below(4);
      const bool tail = random_.below(2) == 0;
      size_t expected = 0;
      for (size_t step = 0; step < model_.size() && expected < limit;) {
        const size_t at = tail ? model_.size() - 1 - step : step;
        if (model_[at] != gone) {
          ++step;
          continue;
        }
        model_.erase(model_.begin() + static_cast<std::ptrdiff_t>(at));
        ++expected;
      }
      const auto from = tail ? ListEnd::tail : ListEnd::head;
      ASSERT_EQ(list_.with([&](List& list) { return list.remove(from, gone, limit); }), expected);
      break;
    }
    case 4: {
      const bool head = random_.below(2) == 0;
      list_.with([&](List& list) { list.rotate(head ? ListEnd::head : ListEnd::tail, ListEnd::head); });
      const std::string moved = head ? model_.front() : model_.back();
      head ? model_.pop_front() : model_.pop_back();
      model_.push_front(moved);
      break;
    }
    default: {
      const bool head = random_.below(2) == 0;
      char digits[max_integer_text];
      list_.with([&](List& list) {
        const ListEnd end = head ? ListEnd::head : ListEnd::tail;
        EXPECT_EQ(list.end(end).bytes(digits), head ? model_.front() : model_.back());
        list.pop(end);
      });
      head ? model_.pop_front() : model_.pop_back();
    }
  }
}

void ListAgainstModel::compare() {
  ASSERT_EQ(list_.list().size(), model_.size());
  ASSERT_EQ(list_.all(), texts_of(model_));
  if (!list_.is_listpack()) {
    const auto& nodes = *static_cast<const Quicklist*>(list_.value().data);
    const auto depth = static_cast<size_t>(GetParam().depth);
    for (size_t i = 0; i < nodes.nodes(); ++i) {
      const bool inner = depth != 0 && i >= depth && i + depth < nodes.nodes();
      if (!inner) {
        ASSERT_NE(nodes.node(i).kind, ListNode::Kind::compressed) << i << " of " << nodes.nodes();
      }
    }
  }
  const size_t first = place();
  const size_t count = random_.below(50);
  std::vector<std::string> forwards;
  for (size_t i = first; i < model_.size() && i < first + count; ++i) forwards.push_back(model_[i]);
  ASSERT_EQ(list_.read(first, count, Direction::forwards), forwards);
  std::vector<std::string> backwards;
  if (first < model_.size()) {
    for (size_t i = first + 1; i > 0 && first + 1 - i < count; --i) backwards.push_back(model_[i - 1]);
  }
  ASSERT_EQ(list_.read(first, count, Direction::backwards), backwards);
}

TEST_P(ListAgainstModel, DoesTheSame) {
  for (int round = 0; round < 12; ++round) {
    const uint64_t adds = 1 + random_.below(5);  // of six: the list grows or shrinks
    for (int i = 0; i < 400; ++i) {
      random_.below(6) < adds ? add() : take();
      if (random_.below(3) == 0) change();
      if (HasFatalFailure()) return;
      if (i % 20 == 0) compare();
      if (HasFatalFailure()) return;
    }
    while (model_.size() > 500) take();
  }
  const ObjectValue copied{list_.value().encoding, List::copy(list_.value().encoding, list_.value().data)};
  size_t i = 0;
  char digits[max_integer_text];
  List(copied, list_.settings()).for_each([&](const ListpackValue& value) {
    EXPECT_EQ(value.bytes(digits), model_[i++]);
  });
  EXPECT_EQ(i, model_.size());
  EXPECT_GT(List::memory(copied.encoding, copied.data, 0), 0u);
  List::destroy(copied.encoding, copied.data);
}

INSTANTIATE_TEST_SUITE_P(Shapes, ListAgainstModel,
                         testing::Values(Shape{-2, 0, 300}, Shape{-1, 0, 6000}, Shape{1, 0, 20}, Shape{3, 0, 9000},
                                         Shape{128, 0, 100}, Shape{0, 0, 10}, Shape{2, 1, 300}, Shape{5, 2, 300},
                                         Shape{-1, 1, 3000}, Shape{1, 3, 500}));

// ---- where the encoding changes -------------------------------------------------------------------

// A listpack of 6 + 1 bytes; an element of up to 63 bytes takes 2 more, one of up to 4095 3 or 4 more.
TEST(ListEncoding, BecomesAQuicklistWhenTheBytesWouldExceed) {
  OwnedList list(-1);  // 4096
  list.push(std::string(4000, 'a'));
  EXPECT_TRUE(list.is_listpack());
  const size_t room = 4096 - ListpackView(list.value().data).bytes();
  OwnedList fits(-1);
  fits.push(std::string(4000, 'a'));
  fits.push(std::string(room, 'b'));
  EXPECT_TRUE(fits.is_listpack()) << "an element counts without what stands around it";
  list.push(std::string(room + 1, 'b'));
  EXPECT_FALSE(list.is_listpack());
  EXPECT_EQ(list.nodes(), 2u);
}

TEST(ListEncoding, BecomesAQuicklistWhenTheCountWouldExceed) {
  OwnedList list(3);
  for (int i = 0; i < 3; ++i) list.push("x");
  EXPECT_TRUE(list.is_listpack());
  list.push("x");
  EXPECT_FALSE(list.is_listpack());
  EXPECT_EQ(list.nodes(), 2u);
}

TEST(ListEncoding, CountsAllElementsOfAPushAtOnce) {
  OwnedList list(4);
  const std::vector<std::string_view> five(5, "x");
  list.with([&](List& l) { l.push(ListEnd::tail, five); });
  EXPECT_FALSE(list.is_listpack());
  EXPECT_EQ(list.nodes(), 2u);
}

TEST(ListEncoding, WithACountKeepsListpacksBelow8Kb) {
  OwnedList list(100);
  list.push(std::string(8185, 'x'));
  EXPECT_TRUE(list.is_listpack());
  OwnedList larger(100);
  larger.push(std::string(8186, 'x'));
  EXPECT_FALSE(larger.is_listpack());
}

TEST(ListEncoding, BecomesAListpackAgainAtHalf) {
  OwnedList list(10);
  for (int i = 0; i < 11; ++i) list.push(std::to_string(i));
  ASSERT_EQ(list.nodes(), 2u);
  list.with([](List& l) { l.pop(ListEnd::tail); });
  EXPECT_EQ(list.nodes(), 1u) << "ten in one node, and still a quicklist";
  for (int left = 9; left > 5; --left) {
    list.with([](List& l) { l.pop(ListEnd::head); });
    EXPECT_FALSE(list.is_listpack());
  }
  list.with([](List& l) { l.pop(ListEnd::head); });
  EXPECT_TRUE(list.is_listpack());
  EXPECT_EQ(list.all(), (std::vector<std::string>{"5", "6", "7", "8", "9"}));
}

TEST(ListEncoding, StaysAQuicklistWithTwoNodesHoweverSmall) {
  OwnedList list(10);
  for (int i = 0; i < 20; ++i) list.push(std::to_string(i));
  list.with([](List& l) { l.erase(1, 18); });
  EXPECT_EQ(list.all(), (std::vector<std::string>{"0", "19"}));
  EXPECT_EQ(list.nodes(), 2u);
  list.with([](List& l) { l.pop(ListEnd::head); });
  EXPECT_TRUE(list.is_listpack());
}

TEST(ListEncoding, ChangesWithAReplacedElement) {
  OwnedList list;
  for (const char* text : {"a", "b", "c"}) list.push(text);
  EXPECT_FALSE(list.with([](List& l) { return l.set(7, std::string(9000, 'x')); }));
  EXPECT_FALSE(list.is_listpack()) << "as in Redis, though nothing was set";
  EXPECT_TRUE(list.with([](List& l) { return l.set(1, std::string(9000, 'x')); }));
  EXPECT_FALSE(list.is_listpack());
  EXPECT_TRUE(list.with([](List& l) { return l.set(1, "y"); }));
  EXPECT_TRUE(list.is_listpack());
  EXPECT_EQ(list.all(), (std::vector<std::string>{"a", "y", "c"}));
}

TEST(ListEncoding, IsChosenAfterAFillByTheFullLimit) {
  OwnedList list(10);
  for (int i = 0; i < 11; ++i) list.push("x");
  list.with([](List& l) { l.erase(0, 3); });
  ASSERT_FALSE(list.is_listpack());
  list.with([](List& l) { l.choose_encoding(); });
  EXPECT_FALSE(list.is_listpack()) << "two nodes";
  OwnedList one(10);
  for (int i = 0; i < 11; ++i) one.push("x");
  one.with([](List& l) { l.pop(ListEnd::tail); });
  one.with([](List& l) { l.choose_encoding(); });
  EXPECT_TRUE(one.is_listpack());
  one.limits().list_max_listpack_size = 9;
  one.with([](List& l) { l.choose_encoding(); });
  EXPECT_FALSE(one.is_listpack());
}

TEST(ListEncoding, ManyTinyElementsInOnePushDoNotMakeAHugeListpack) {
  OwnedList list;
  const std::vector<std::string_view> empty(200000, "");
  list.with([&](List& l) { l.push(ListEnd::head, empty); });
  EXPECT_FALSE(list.is_listpack());
  EXPECT_EQ(list.list().size(), 200000u);
  EXPECT_GT(list.nodes(), 10u);
}

TEST(ListValues, KeepAllIntegersAndTextsThatAreNearlyOnes) {
  for (const int fill : {-2, 1}) {
    OwnedList list(fill);
    const std::vector<std::string> texts = {
        "",    "0",  "-1", "127", "128", "-9223372036854775808", "9223372036854775807", "9223372036854775808",
        "007", "+1", " 1", "1.0", "-0"};
    for (const std::string& text : texts) list.push(text);
    EXPECT_EQ(list.all(), texts);
    for (const std::string& text : texts) {
      EXPECT_EQ(list.with([&](List& l) { return l.remove(ListEnd::head, text, 9); }), 1u) << text;
    }
  }
}

// ---- nodes of their own kind ----------------------------------------------------------------------

TEST(Quicklist, KeepsElementsFromAThresholdOnOutsideListpacks) {
  Quicklist* list = Quicklist::make(-2, 1, 100);
  std::deque<std::string> model;
  Random random(3);
  for (int i = 0; i < 3000; ++i) {
    const std::string text = random.below(3) == 0 ? std::string(100 + random.below(50), 'p') : std::to_string(i);
    const size_t at = model.empty() ? 0 : random.below(model.size());
    const uint64_t what = random.below(model.size() > 200 ? 8 : 5);
    if (model.empty() || what == 0) {
      list->push_back(text);
      model.push_back(text);
    } else if (what == 1) {
      list->push_front(text);
      model.push_front(text);
    } else if (what == 2) {
      list->insert_after(list->find(at), text);
      model.insert(model.begin() + static_cast<std::ptrdiff_t>(at) + 1, text);
    } else if (what == 3) {
      list->insert_before(list->find(at), text);
      model.insert(model.begin() + static_cast<std::ptrdiff_t>(at), text);
    } else if (what == 4) {
      list->replace(list->find(at), text);
      model[at] = text;
    } else {
      const size_t count = std::min<size_t>(random.below(4), model.size() - at);
      list->erase(at, count);
      model.erase(model.begin() + static_cast<std::ptrdiff_t>(at),
                  model.begin() + static_cast<std::ptrdiff_t>(at + count));
    }
    ASSERT_EQ(list->size(), model.size());
  }
  OwnedList settings;
  std::vector<std::string> texts;
  char digits[max_integer_text];
  List({Encoding::quicklist, list}, settings.settings()).for_each([&](const ListpackValue& value) {
    texts.emplace_back(value.bytes(digits));
  });
  EXPECT_EQ(texts, texts_of(model));
  Quicklist::free(list);
}

TEST(Quicklist, FindsEveryPlaceOfALongListAndGivesItsArrayBack) {
  OwnedList list(4);
  constexpr size_t count = 20000;
  for (size_t i = 0; i < count; ++i) list.push(std::to_string(i));
  for (size_t i = 0; i < count; i += 97) {
    EXPECT_EQ(list.read(i, 1, Direction::forwards), std::vector<std::string>{std::to_string(i)});
  }
  const size_t full = List::memory(list.value().encoding, list.value().data, 0);
  list.with([](List& l) { l.erase(10, count - 20); });
  EXPECT_LT(List::memory(list.value().encoding, list.value().data, 0), full / 100);
  EXPECT_EQ(list.list().size(), 20u);
  EXPECT_EQ(list.all().back(), std::to_string(count - 1));
}

TEST(Quicklist, ServesAsAQueueWithoutGrowing) {
  OwnedList list(2);
  for (int i = 0; i < 100; ++i) list.push("element");
  size_t most = 0;
  for (int i = 0; i < 50000; ++i) {
    list.push(std::to_string(i));
    list.with([](List& l) { l.pop(ListEnd::head); });
    most = std::max(most, List::memory(list.value().encoding, list.value().data, 0));
  }
  EXPECT_LT(most, 10000u);
  EXPECT_EQ(list.list().size(), 100u);
}

// ---- compression ----------------------------------------------------------------------------------

std::string kinds_of(const OwnedList& list) {
  std::string kinds;
  const auto& nodes = *static_cast<const Quicklist*>(list.value().data);
  for (size_t i = 0; i < nodes.nodes(); ++i) kinds += nodes.node(i).kind == ListNode::Kind::compressed ? 'c' : '.';
  return kinds;
}

TEST(ListCompression, PacksAllButTheEndsWhateverChanges) {
  const std::string text(200, 'z');
  const std::string pivot(100, 'p');
  OwnedList list(2, 2);
  const auto expect_inner = [&list](size_t nodes) {
    EXPECT_EQ(kinds_of(list), ".." + std::string(nodes - 4, 'c') + "..");
  };
  for (int i = 0; i < 16; ++i) list.push(text, i % 2 == 0 ? ListEnd::head : ListEnd::tail);
  expect_inner(9);
  list.with([&](List& l) { l.set(7, pivot); });
  expect_inner(9);
  EXPECT_TRUE(list.with([&](List& l) { return l.insert(List::Side::after, pivot, text + "2"); }));
  expect_inner(10);
  list.with([](List& l) { l.erase(0, 2); });
  expect_inner(9);
  list.with([](List& l) { l.erase(6, 4); });
  EXPECT_EQ(list.list().size(), 11u);
  expect_inner(list.nodes());
  list.with([](List& l) { l.trim(1, 5); });
  EXPECT_EQ(kinds_of(list).find('c'), std::string::npos);
}

TEST(ListCompression, SavesMemoryAndIsReadWithoutUnpacking) {
  OwnedList plain(-2, 0);
  OwnedList packed(-2, 1);
  for (int i = 0; i < 5000; ++i) {
    plain.push("the same words in every element " + std::to_string(i));
    packed.push("the same words in every element " + std::to_string(i));
  }
  const auto memory = [](const OwnedList& list) { return List::memory(list.value().encoding, list.value().data, 0); };
  const size_t before = memory(packed);
  EXPECT_LT(before, memory(plain) / 2);
  EXPECT_EQ(packed.all(), plain.all());
  EXPECT_EQ(packed.read(3000, 5, Direction::backwards), plain.read(3000, 5, Direction::backwards));
  EXPECT_EQ(memory(packed), before);
}

TEST(ListCompression, LeavesAloneWhatGetsNoSmaller) {
  OwnedList list(1, 1);
  Random random(5);
  for (int i = 0; i < 6; ++i) {
    std::string noise(400, 0);
    for (char& c : noise) c = static_cast<char>(random.next());
    list.push(noise);
  }
  EXPECT_EQ(kinds_of(list), "......");
  OwnedList small(1, 1);
  for (int i = 0; i < 6; ++i) small.push(std::string(30, 'x'));
  EXPECT_EQ(kinds_of(small), "......");
}

}  // namespace
}  // namespace redoubt
