// One node of a quicklist: a listpack, a compressed listpack, or a single element that is too large for a listpack. Owns
// nothing by itself; the quicklist frees it. What says so works on unpacked nodes only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "common/encoding/listpack.h"
#include "server/types/type.h"

namespace redoubt {

struct ListNode {
  enum class Kind : uint8_t { listpack, compressed, plain };

  void* data;
  uint32_t count;  // elements
  Kind kind;

  static ListNode packed(std::string_view element);
  static ListNode plain(std::string_view element);
  static ListNode adopt(uint8_t* blob);
  void free();
  ListNode copy() const;
  size_t memory() const;

  bool is_plain() const { return kind == Kind::plain; }
  ListpackView view() const { return ListpackView(data); }                         // unpacked
  std::string_view text() const { return static_cast<BigString*>(data)->view(); }  // plain
  // The LZF bytes of a compressed node.
  std::string_view compressed() const;
  // Bytes of the listpack, also when it is compressed, or of the element.
  size_t bytes() const;

  // Compresses where that saves something; does nothing to a plain node.
  void pack();
  void unpack();
  // The listpack of a compressed node, in new memory of good_size(bytes()).
  uint8_t* unpacked_copy() const;

  // Changes the listpack by f(Listpack&), which adds so many elements. Unpacked.
  template <typename F>
  void edit(int64_t added, F&& f) {
    Listpack pack = Listpack::adopt(data);
    f(pack);
    count = static_cast<uint32_t>(count + added);
    data = pack.release();
  }
  // Takes away up to `limit` elements that match; may leave the node empty. Unpacked.
  template <typename F>
  size_t remove_if(bool from_back, size_t limit, F&& matches);
};

template <typename F>
size_t ListNode::remove_if(bool from_back, size_t limit, F&& matches) {
  if (is_plain()) {
    if (!matches(ListpackValue{text(), 0})) return 0;
    count = 0;
    return 1;
  }
  size_t removed = 0;
  Listpack pack = Listpack::adopt(data);
  for (auto at = from_back ? pack.last() : pack.first(); at != ListpackView::none && removed < limit;) {
    if (!matches(pack.get(at))) {
      at = from_back ? pack.previous(at) : pack.next(at);
      continue;
    }
    const auto following = pack.erase(at);
    ++removed;
    if (!from_back) {
      at = following;
    } else {
      at = following == ListpackView::none ? pack.last() : pack.previous(following);
    }
  }
  count -= static_cast<uint32_t>(removed);
  data = pack.release();
  return removed;
}

}  // namespace redoubt
