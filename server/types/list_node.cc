#include "server/types/list_node.h"

#include <cstdlib>
#include <cstring>

#include "common/base/memory.h"
#include "common/compress/lzf.h"

namespace redoubt {
namespace {

// What stands before the bytes of a compressed node.
struct PackedHeader {
  uint32_t size;      // of the bytes that follow
  uint32_t unpacked;  // bytes of the listpack
};

char* bytes_of(void* packed) { return static_cast<char*>(packed) + sizeof(PackedHeader); }
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

std::string_view ListNode::compressed() const { return {bytes_of(data), header_of(data).size}; }

size_t ListNode::bytes() const {
  switch (kind) {
    case Kind::listpack: return view().bytes();
    case Kind::plain: return text().size();
    case Kind::compressed: break;
  }
  return header_of(data).unpacked;
}

void ListNode::pack() {
  // As in Redis: what is small, or hardly gets smaller, stays as it is.
  static constexpr size_t least = 48;
  static constexpr size_t least_saved = 8;
  if (kind != Kind::listpack) return;
  const size_t whole = bytes();
  if (whole < least) return;
  const size_t buffer_size = sizeof(PackedHeader) + whole;
  void* buffer = allocate(buffer_size);
  const size_t size = lzf_compress({static_cast<const char*>(data), whole}, bytes_of(buffer), whole - least_saved);
  if (size != 0) {
    void* packed = allocate(sizeof(PackedHeader) + size);
    *static_cast<PackedHeader*>(packed) = {static_cast<uint32_t>(size), static_cast<uint32_t>(whole)};
    memcpy(bytes_of(packed), bytes_of(buffer), size);
    Listpack::free(data);
    data = packed;
    kind = Kind::compressed;
  }
  deallocate(buffer, buffer_size);
}

uint8_t* ListNode::unpacked_copy() const {
  const PackedHeader& header = header_of(data);
  auto* blob = static_cast<char*>(allocate(good_size(header.unpacked)));
  // What we compressed can be restored: a failure is a bug or broken memory.
  if (!lzf_decompress({bytes_of(data), header.size}, blob, header.unpacked)) std::abort();
  return reinterpret_cast<uint8_t*>(blob);
}

void ListNode::unpack() {
  if (kind != Kind::compressed) return;
  uint8_t* blob = unpacked_copy();
  free();
  data = blob;
  kind = Kind::listpack;
}

}  // namespace redoubt
