#include "server/types/quicklist.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "common/base/memory.h"

namespace redoubt {
namespace {

constexpr int max_depth = 65535;
constexpr uint32_t first_capacity = 4;

void add_to(Listpack& pack, bool front, std::string_view element) {
  front ? pack.prepend(element) : pack.append(element);
}

}  // namespace

Quicklist::Quicklist(int fill, int depth, size_t plain_from)
    : depth_(static_cast<uint16_t>(std::clamp(depth, 0, max_depth))),
      fill_(static_cast<int16_t>(std::clamp(fill, -5, ListNodeLimits::max_fill))),
      limits_(ListNodeLimits::of(fill_)),
      plain_from_(plain_from) {}

Quicklist::~Quicklist() {
  for (size_t i = 0; i < length_; ++i) at(i).free();
  if (slots_ != nullptr) deallocate(slots_, capacity_ * sizeof(ListNode));
}

Quicklist* Quicklist::make(int fill, int depth, size_t plain_from) {
  return new (allocate(sizeof(Quicklist))) Quicklist(fill, depth, plain_from);
}

void Quicklist::free(Quicklist* list) {
  list->~Quicklist();
  deallocate(list, sizeof(Quicklist));
}

Quicklist* Quicklist::copy(const Quicklist& list) {
  Quicklist* fresh = make(list.fill_, list.depth_, list.plain_from_);
  for (size_t i = 0; i < list.length_; ++i) {
    fresh->reserve_slot(false);
    fresh->slots_[fresh->begin_ + fresh->length_++] = list.node(i).copy();
  }
  fresh->size_ = list.size_;
  return fresh;
}

size_t Quicklist::memory(size_t samples) const {
  const size_t own = good_size(sizeof(Quicklist)) + (slots_ == nullptr ? 0 : good_size(capacity_ * sizeof(ListNode)));
  const size_t seen = samples == 0 ? length_ : std::min<size_t>(samples, length_);
  if (seen == 0) return own;
  size_t bytes = 0;
  for (size_t i = 0; i < seen; ++i) bytes += node(i).memory();
  return own + static_cast<size_t>(static_cast<double>(bytes) / static_cast<double>(seen) * length_);
}

Quicklist::Place Quicklist::find(size_t index) const {
  const ListNode* nodes = slots_ + begin_;
  if (index < size_ / 2) {
    size_t i = 0;
    for (; index >= nodes[i].count; ++i) index -= nodes[i].count;
    return {i, index};
  }
  size_t from_end = size_ - index;  // 1: the last element
  size_t i = length_ - 1;
  for (; from_end > nodes[i].count; --i) from_end -= nodes[i].count;
  return {i, nodes[i].count - from_end};
}

// ---- the array of nodes ---------------------------------------------------------------------------

void Quicklist::reserve_slot(bool front) {
  if (front ? begin_ != 0 : begin_ + length_ != capacity_) return;
  // Less than half used: only the room is on the wrong side.
  const bool larger = length_ * 2 > capacity_ || capacity_ == 0;
  const uint32_t capacity = larger ? std::max(capacity_ * 2, first_capacity) : capacity_;
  const uint32_t begin = (capacity - length_ + (front ? 1 : 0)) / 2;
  if (!larger) {
    memmove(slots_ + begin, slots_ + begin_, length_ * sizeof(ListNode));
  } else {
    auto* slots = static_cast<ListNode*>(allocate(capacity * sizeof(ListNode)));
    if (slots_ != nullptr) {
      memcpy(slots + begin, slots_ + begin_, length_ * sizeof(ListNode));
      deallocate(slots_, capacity_ * sizeof(ListNode));
    }
    slots_ = slots;
    capacity_ = capacity;
  }
  begin_ = begin;
}

void Quicklist::add_node(size_t i, ListNode node) {
  const bool front = i < length_ / 2 || (i == 0 && length_ != 0);
  reserve_slot(front);
  ListNode* nodes = slots_ + begin_;
  if (front) {
    memmove(nodes - 1, nodes, i * sizeof(ListNode));
    --begin_;
  } else {
    memmove(nodes + i + 1, nodes + i, (length_ - i) * sizeof(ListNode));
  }
  ++length_;
  at(i) = node;
}

void Quicklist::drop_nodes(size_t first, size_t count) {
  if (count == 0) return;
  ListNode* nodes = slots_ + begin_;
  for (size_t i = first; i < first + count; ++i) nodes[i].free();
  const size_t behind = length_ - first - count;
  if (first < behind) {
    memmove(nodes + count, nodes, first * sizeof(ListNode));
    begin_ += static_cast<uint32_t>(count);
  } else {
    memmove(nodes + first, nodes + first + count, behind * sizeof(ListNode));
  }
  length_ -= static_cast<uint32_t>(count);
  // A long queue that has drained gives its array back.
  if (capacity_ > 64 && length_ < capacity_ / 8) {
    const uint32_t capacity = std::max(length_ * 2, first_capacity);
    auto* slots = static_cast<ListNode*>(allocate(capacity * sizeof(ListNode)));
    const uint32_t begin = (capacity - length_) / 2;
    memcpy(slots + begin, slots_ + begin_, length_ * sizeof(ListNode));
    deallocate(slots_, capacity_ * sizeof(ListNode));
    slots_ = slots;
    capacity_ = capacity;
    begin_ = begin;
  }
}

// ---- compression ----------------------------------------------------------------------------------

void Quicklist::open(size_t i) {
  if (at(i).kind == ListNode::Kind::compressed) at(i).unpack();
}

void Quicklist::close(size_t i) {
  if (is_inner(i)) at(i).pack();
}

void Quicklist::settle() {
  if (depth_ == 0) return;
  const size_t near = std::min<size_t>(depth_, length_);
  for (size_t i = 0; i < near; ++i) {
    open(i);
    open(length_ - 1 - i);
  }
  if (length_ > 2 * size_t{depth_}) {
    close(depth_);
    close(length_ - 1 - depth_);
  }
}

void Quicklist::settle_around(size_t i) {
  settle();
  if (depth_ == 0) return;
  for (size_t j = i < 3 ? 0 : i - 3; j < std::min<size_t>(i + 4, length_); ++j) close(j);
}

// ---- both ends ------------------------------------------------------------------------------------

ListNode Quicklist::make_node(std::string_view element) const {
  return is_plain_size(element.size()) ? ListNode::plain(element) : ListNode::packed(element);
}

bool Quicklist::takes(size_t i, size_t bytes) const {
  if (i >= length_ || node(i).is_plain() || is_plain_size(bytes)) return false;
  return !limits_.exceeded_by(node(i).bytes() + bytes + ListNodeLimits::element_overhead, node(i).count + size_t{1});
}

void Quicklist::push_front(std::string_view element) {
  ++size_;
  if (takes(0, element.size())) [[likely]]
    return at(0).edit(1, [&](Listpack& pack) { pack.prepend(element); });
  add_node(0, make_node(element));
  settle();
}

void Quicklist::push_back(std::string_view element) {
  ++size_;
  if (takes(length_ - size_t{1}, element.size())) [[likely]]
    return at(length_ - 1).edit(1, [&](Listpack& pack) { pack.append(element); });
  add_node(length_, make_node(element));
  settle();
}

ListpackValue Quicklist::front() const {
  const ListNode& first = node(0);
  return first.is_plain() ? ListpackValue{first.text(), 0} : first.view().get(first.view().first());
}

ListpackValue Quicklist::back() const {
  const ListNode& last = node(length_ - 1);
  return last.is_plain() ? ListpackValue{last.text(), 0} : last.view().get(last.view().last());
}

void Quicklist::append_listpack(uint8_t* blob) {
  const ListNode node = ListNode::adopt(blob);
  size_ += node.count;
  add_node(length_, node);
  settle();
}

void Quicklist::append_plain(std::string_view element) {
  ++size_;
  add_node(length_, ListNode::plain(element));
  settle();
}

uint8_t* Quicklist::take_only_listpack(size_t max_bytes, size_t max_count) {
  if (length_ != 1 || at(0).is_plain() || at(0).bytes() > max_bytes || size_ > max_count) return nullptr;
  open(0);
  length_ = 0;
  size_ = 0;
  return static_cast<uint8_t*>(at(0).data);
}

// ---- removal --------------------------------------------------------------------------------------

void Quicklist::erase_in_node(size_t i, size_t offset, size_t count) {
  open(i);
  at(i).edit(-static_cast<int64_t>(count), [&](Listpack& pack) {
    const auto place = offset == 0 ? pack.first() : pack.seek(static_cast<int64_t>(offset));
    pack.erase(place, count);
  });
  close(i);
}

void Quicklist::erase(size_t first, size_t count) {
  if (first >= size_) return;
  size_t left = std::min(count, size_ - first);
  if (left == 0) return;
  auto [i, offset] = find(first);
  size_ -= left;
  const size_t old_length = length_;
  if (offset != 0 && left != 0) {
    const size_t here = std::min<size_t>(left, at(i).count - offset);
    erase_in_node(i, offset, here);
    left -= here;
    ++i;
  }
  size_t whole = 0;
  while (left != 0 && left >= at(i + whole).count) left -= at(i + whole++).count;
  drop_nodes(i, whole);
  if (left != 0) erase_in_node(i, 0, left);
  if (length_ != old_length) settle();
}

// ---- the middle -----------------------------------------------------------------------------------

void Quicklist::split(size_t i, size_t offset) {
  ListNode& node = at(i);
  if (offset >= node.count) return;
  Listpack rest;
  const size_t moved = node.count - offset;
  node.edit(-static_cast<int64_t>(moved), [&](Listpack& pack) {
    const auto place = pack.seek(static_cast<int64_t>(offset));
    rest = Listpack(pack.bytes() - place + Listpack::empty_size);
    for (auto from = place; from != ListpackView::none; from = pack.next(from)) {
      const ListpackValue value = pack.get(from);
      value.is_integer() ? rest.append(value.integer) : rest.append(value.text);
    }
    pack.erase(place, moved);
  });
  add_node(i + 1, {rest.release(), static_cast<uint32_t>(moved), ListNode::Kind::listpack});
}

bool Quicklist::merge_with_next(size_t i) {
  if (i + 1 >= length_ || at(i).is_plain() || at(i + 1).is_plain()) return false;
  const size_t bytes = at(i).bytes() + at(i + 1).bytes() - Listpack::empty_size;
  if (limits_.exceeded_by(bytes, size_t{at(i).count} + at(i + 1).count)) return false;
  open(i);
  open(i + 1);
  const ListNode other = at(i + 1);
  at(i).edit(other.count, [&](Listpack& pack) { pack.append_all(other.view()); });
  drop_nodes(i + 1, 1);
  return true;
}

// The four pairs around a node that was split, in the order in which Redis tries them.
void Quicklist::merge_around(size_t i) {
  if (i >= 2 && merge_with_next(i - 2)) --i;
  merge_with_next(i + 1);
  if (i >= 1 && merge_with_next(i - 1)) --i;
  merge_with_next(i);
}

void Quicklist::insert_new_node(Place place, bool after, std::string_view element) {
  const size_t cut = place.offset + (after ? 1 : 0);
  if (cut == 0) return add_node(place.node, make_node(element));
  split(place.node, cut);
  add_node(place.node + 1, make_node(element));
}

void Quicklist::insert(Place place, bool after, std::string_view element) {
  const auto [i, offset] = place;
  open(i);
  ++size_;
  const bool at_edge = after ? offset + 1 == at(i).count : offset == 0;
  if (takes(i, element.size())) {
    at(i).edit(1, [&](Listpack& pack) {
      const auto position = pack.seek(static_cast<int64_t>(offset));
      pack.insert(after ? pack.next(position) : position, element);
    });
    return close(i);
  }
  const size_t neighbour = after ? i + 1 : i - 1;  // SIZE_MAX: no such node
  if (at_edge && takes(neighbour, element.size())) {
    open(neighbour);
    at(neighbour).edit(1, [&](Listpack& pack) { add_to(pack, after, element); });
    close(neighbour);
  } else if (at_edge || is_plain_size(element.size())) {
    insert_new_node(place, after, element);
  } else {
    // In the middle of a full node. Which half takes the element, and which one is merged with its neighbours, is as in
    // Redis, so that as many nodes are left.
    split(i, offset + (after ? 1 : 0));
    at(after ? i + 1 : i).edit(1, [&](Listpack& pack) { add_to(pack, after, element); });
    merge_around(after ? i : i + 1);
  }
  settle_around(i);
}

void Quicklist::insert_before(Place place, std::string_view element) { insert(place, false, element); }
void Quicklist::insert_after(Place place, std::string_view element) { insert(place, true, element); }

void Quicklist::replace(Place place, std::string_view element) {
  const auto [i, offset] = place;
  // A node may grow beyond its limits by this, as in Redis, but not without end.
  static constexpr size_t max_replaced = size_t{1} << 20;
  open(i);
  ListNode& node = at(i);
  if (node.count == 1) {
    const ListNode old = node;
    node = make_node(element);
    ListNode(old).free();
    return close(i);
  }
  if (!is_plain_size(element.size()) && node.bytes() + element.size() <= max_replaced) {
    node.edit(0, [&](Listpack& pack) { pack.replace(pack.seek(static_cast<int64_t>(offset)), element); });
    return close(i);
  }
  split(i, offset + 1);
  erase_in_node(i, offset, 1);
  if (at(i).count == 0) {
    at(i).free();
    at(i) = make_node(element);
  } else {
    add_node(i + 1, make_node(element));
  }
  settle_around(i);
}

}  // namespace redoubt
