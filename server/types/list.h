// A list: elements in order, cheap to add and to take away at both ends. While it fits one listpack node it is that
// listpack ("listpack"), and from then on a sequence of them (quicklist.h, "quicklist"). It becomes a quicklist when
// an addition would exceed list-max-listpack-size, and a listpack again only when removals have left one node of at most
// half of that size.
//
// A light handle over an ObjectValue; object_value.h says how handles are used. Whatever was called that may change the
// list, even when it reports that nothing was done, may have changed value(): commit it. Elements are seen as
// ListpackValues, views that are good until the list changes. Positions count from 0 and must be < size() where
// nothing else is said. Executor thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "common/encoding/listpack.h"
#include "server/types/object_value.h"

namespace redoubt {

class Quicklist;

enum class ListEnd : uint8_t { head, tail };

class List {
 public:
  static constexpr Type type = Type::list;

  List(ObjectValue value, const TypeSettings& settings) : value_(value), settings_(&settings) {}
  static ObjectValue make(const TypeSettings& settings);
  ObjectValue value() const { return value_; }
  // For loading: one node of a list more, in the order of the list; a value without data is an empty list. A listpack
  // that is not empty is copied; `plain`: one element. The list must be the result of calls of this, and settle_loaded() follows.
  static void load_node(ObjectValue& list, bool plain, std::string_view bytes, const TypeSettings& settings);
  // The same for one element; Redis makes nodes of them by the limits.
  static void load_element(ObjectValue& list, std::string_view element, const TypeSettings& settings);
  // The encoding that Redis gives to a list that was loaded.
  static void settle_loaded(ObjectValue& list, const TypeSettings& settings);
  size_t size() const;

  // The first or last element; the list must not be empty. To read others, see ListReader.
  ListpackValue end(ListEnd where) const;
  // Calls f(ListpackValue) for all elements, from head to tail.
  template <typename F>
  void for_each(F&& f) const;

  // Adds one after another at that end: pushed at the head, they stand in reverse order. Elements must not lie in this list.
  void push(ListEnd where, std::span<const std::string_view> elements);
  // An element of another list, as end() gave it.
  void push(ListEnd where, ListpackValue element);
  // After a list was filled element by element where Redis fills it first and picks the encoding then (SORT STORE).
  void choose_encoding();
  // Takes the first or last away; there must be one.
  void pop(ListEnd where);
  // Takes the one at `from` away and adds it at `to`; there must be one.
  void rotate(ListEnd from, ListEnd to);
  // Takes `count` elements from `first` on away; both may lie beyond the end.
  void erase(size_t first, size_t count);
  // Keeps only `count` elements from `first` on.
  void trim(size_t first, size_t count);
  // False when there is no such element.
  bool set(size_t index, std::string_view element);
  enum class Side : uint8_t { before, after };
  // Beside the first element that equals `pivot`. False when there is none.
  bool insert(Side side, std::string_view pivot, std::string_view element);
  // Takes away up to `limit` elements that equal `element`, beginning at `from`. Returns how many.
  size_t remove(ListEnd from, std::string_view element, size_t limit);

  // What type.cc needs.
  static void destroy(Encoding encoding, void* object);
  static size_t memory(Encoding encoding, const void* object, size_t samples);
  static void* copy(Encoding encoding, const void* object);
  static size_t free_effort(Encoding encoding, const void* object);

 private:
  friend class ListReader;
  bool is_listpack() const { return value_.encoding == Encoding::listpack; }
  Quicklist& quicklist() const { return *static_cast<Quicklist*>(value_.data); }
  template <typename F>
  auto edit(F&& f);
  void before_adding(size_t bytes, size_t count);
  void after_removing();
  void become_quicklist();
  // If it is one node of at most that part of the limits.
  void become_listpack(size_t divisor);
  void add(ListEnd where, std::span<const std::string_view> elements);
  void take_out(size_t first, size_t count);

  ObjectValue value_;
  const TypeSettings* settings_;
};

// Reads elements one after another, without a change to the list:
//
//   ListReader reader(list, first, count);                 // or backwards from the element `first`
//   for (ListpackValue value; reader.next(value);) ...
//
// Any `first` and `count` will do: what lies beyond the end is left out. A value is good until the next call of next(). The
// list must not change meanwhile.
class ListReader {
 public:
  enum class Direction : uint8_t { forwards, backwards };
  ListReader(const List& list, size_t first, size_t count, Direction direction = Direction::forwards);
  ~ListReader();
  ListReader(const ListReader&) = delete;
  ListReader& operator=(const ListReader&) = delete;

  bool next(ListpackValue& value) {
    if (left_ == 0) return false;
    --left_;
    if (at_ == ListpackView::none) [[unlikely]]
      return next_node(value);
    value = view_.get(at_);
    at_ = backwards_ ? view_.previous(at_) : view_.next(at_);
    return true;
  }

 private:
  bool next_node(ListpackValue& value);

  ListpackView view_;
  ListpackView::Position at_ = ListpackView::none;  // none: the next element stands in the next node
  size_t left_ = 0;
  bool backwards_;
  const Quicklist* quicklist_ = nullptr;
  size_t node_ = 0;          // the next one
  size_t offset_ = 0;        // where in it to begin, from its start
  bool whole_ = false;       // begin at its start, or its end when backwards
  void* scratch_ = nullptr;  // of a node that was compressed
};

// Whether an element is this text: the text is looked at once, however many elements are.
class ListMatcher {
 public:
  explicit ListMatcher(std::string_view text) : text_(text), integer_(parse_i64(text)) {}
  bool operator()(const ListpackValue& value) const {
    return value.is_integer() ? integer_.has_value() && *integer_ == value.integer : value.text == text_;
  }

 private:
  std::string_view text_;
  std::optional<int64_t> integer_;
};

template <typename F>
void List::for_each(F&& f) const {
  ListReader reader(*this, 0, SIZE_MAX);
  for (ListpackValue value; reader.next(value);) f(value);
}

}  // namespace redoubt
