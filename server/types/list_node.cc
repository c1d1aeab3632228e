#include "server/types/list_node.h"

#include <cstring>

#include "common/base/memory.h"

namespace redoubt {
namespace {

// What stands before the bytes of a compressed node.
struct PackedHeader {
  uint32_t size;      // of the bytes that follow
  uint32_t unpacked;  // bytes of the listpack
};

const PackedHeader& header_of(const void* data) { return *static_cast<const PackedHeader*>(data); }

}  // namespace

ListNode ListNode::packed(std::string_view element) {
  Listpack pack(Listpack::empty_size + listpack_element_size(element));
  pack.append(element);
  return {pack.release(), 1, Kind::listpack};
}

ListNode ListNode::plain(std::string_view element) { return {BigString::make(element), 1, Kind::plain}; }

ListNode ListNode::adopt(uint8_t* blob) {
  return {blob, static_cast<uint32_t>(ListpackView(blob).size()), Kind::listpack};
}

void ListNode::free() {
  switch (kind) {
    case Kind::listpack: Listpack::free(data); break;
    case Kind::plain: BigString::free(static_cast<BigString*>(data)); break;
    case Kind::compressed: deallocate(data, sizeof(PackedHeader) + header_of(data).size); break;
  }
}

ListNode ListNode::copy() const {
  switch (kind) {
    case Kind::listpack: return {Listpack::copy_of(data, view().bytes()).release(), count, kind};
    case Kind::plain: return plain(text());
    case Kind::compressed: break;
  }
  const size_t size = sizeof(PackedHeader) + header_of(data).size;
  void* bytes = allocate(size);
  memcpy(bytes, data, size);
  return {bytes, count, kind};
}

size_t ListNode::memory() const {
  switch (kind) {
    case Kind::listpack: return Listpack::allocation(data);
    case Kind::plain: return static_cast<const BigString*>(data)->allocation();
    case Kind::compressed: break;
  }
  return good_size(sizeof(PackedHeader) + header_of(data).size);
}

size_t ListNode::bytes() const {
  switch (kind) {
    case Kind::listpack: return view().bytes();
    case Kind::plain: return text().size();
    case Kind::compressed: break;
  }
  return header_of(data).unpacked;
}

void ListNode::pack() {}

uint8_t* ListNode::unpacked_copy() const { return nullptr; }

void ListNode::unpack() {}

}  // namespace redoubt
