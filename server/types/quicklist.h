// A long list: nodes in order, each a listpack within the limits of list_limits.h, in one array of pointers and counts
// with room at both ends, so that both ends are cheap and a place deep inside is found by a run over the counts.
// An element of 256 MB or more is a node by itself, without a listpack. With list-compress-depth, nodes farther from
// both ends than that are compressed; reading unpacks into a buffer of the reader's, changing unpacks the node
// and packs it again.
//
// Limits and depth are those of the time when the list became one, as in Redis. Made and freed by make() and free(). Views of
// elements are good until the next change. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/encoding/listpack.h"
#include "server/types/list_limits.h"
#include "server/types/list_node.h"

namespace redoubt {

class Quicklist {
 public:
  // `fill` and `depth` as the directives have them; `plain_from`: elements of that size and more have no listpack.
  static Quicklist* make(int fill, int depth, size_t plain_from = ListNodeLimits::max_listpack_element);
  static void free(Quicklist* list);
  static Quicklist* copy(const Quicklist& list);
  size_t memory(size_t samples) const;

  size_t size() const { return size_; }
  size_t nodes() const { return length_; }
  // As they were given to make().
  int fill() const { return fill_; }
  int depth() const { return depth_; }
  const ListNode& node(size_t i) const { return slots_[begin_ + i]; }
  struct Place {
    size_t node;
    size_t offset;  // of the element in its node
  };
  // Where element `index` < size() stands.
  Place find(size_t index) const;

  // Takes over a blob, which must not be empty, as the last node.
  void append_listpack(uint8_t* blob);
  // A node without a listpack, whatever its size.
  void append_plain(std::string_view element);
  // The blob of the only node, if that is a listpack of at most so much; the list holds nothing then. Else null.
  uint8_t* take_only_listpack(size_t max_bytes, size_t max_count);

  void push_front(std::string_view element);
  void push_back(std::string_view element);
  ListpackValue front() const;
  ListpackValue back() const;
  void insert_before(Place place, std::string_view element);
  void insert_after(Place place, std::string_view element);
  void replace(Place place, std::string_view element);
  void erase(size_t first, size_t count);
  // Takes away elements for which `matches` says so, `limit` at most, beginning at either end.
  template <typename F>
  size_t remove_if(bool from_back, size_t limit, F&& matches);

 private:
  Quicklist(int fill, int depth, size_t plain_from);
  ~Quicklist();
  ListNode& at(size_t i) { return slots_[begin_ + i]; }
  bool is_plain_size(size_t bytes) const { return bytes >= plain_from_; }
  // Whether node `i` (there may be none) takes one more element of that size.
  bool takes(size_t i, size_t bytes) const;
  bool is_inner(size_t i) const { return depth_ != 0 && i >= depth_ && i + depth_ < length_; }
  void open(size_t i);
  void close(size_t i);
  // After nodes came or went: unpacks what stands near the ends now, packs what moved inwards.
  void settle();
  // The same after a change in the middle, to nodes about `i`.
  void settle_around(size_t i);
  void reserve_slot(bool front);
  // `node` becomes number `i`.
  void add_node(size_t i, ListNode node);
  void drop_nodes(size_t first, size_t count);
  void erase_in_node(size_t i, size_t offset, size_t count);
  void insert(Place place, bool after, std::string_view element);
  void insert_new_node(Place place, bool after, std::string_view element);
  ListNode make_node(std::string_view element) const;
  // The elements from `offset` on become a node of their own, after node `i`; none when there are none.
  void split(size_t i, size_t offset);
  void merge_around(size_t i);
  bool merge_with_next(size_t i);

  ListNode* slots_ = nullptr;
  uint32_t capacity_ = 0;
  uint32_t begin_ = 0;
  uint32_t length_ = 0;
  uint16_t depth_;
  int16_t fill_;
  size_t size_ = 0;
  ListNodeLimits limits_;
  size_t plain_from_;
};

template <typename F>
size_t Quicklist::remove_if(bool from_back, size_t limit, F&& matches) {
  size_t removed = 0;
  for (size_t step = 0, steps = length_; step < steps && removed < limit; ++step) {
    // Nodes that vanish: from the back the numbers of those to come stay; from the front they move down.
    const size_t i = from_back ? steps - 1 - step : step - (steps - length_);
    open(i);
    ListNode& node = at(i);
    const size_t gone = node.remove_if(from_back, limit - removed, matches);
    removed += gone;
    size_ -= gone;
    if (node.count == 0) {
      drop_nodes(i, 1);
    } else {
      close(i);
    }
  }
  if (removed != 0) settle();
  return removed;
}

}  // namespace redoubt
