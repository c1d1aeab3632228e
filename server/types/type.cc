#include "server/types/type.h"

#include <algorithm>
#include <cstring>

#include "common/base/memory.h"

namespace redoubt {

std::string_view type_name(Type type) {
  static constexpr std::string_view names[] = {"string", "list", "set", "zset", "hash", "stream"};
  return names[static_cast<size_t>(type)];
}

std::string_view encoding_name(Encoding encoding) {
  static constexpr std::string_view names[] = {"raw",       "int",      "embstr",    "listpack", "intset",
                                               "hashtable", "skiplist", "quicklist", "stream"};
  return names[static_cast<size_t>(encoding)];
}

BigString* BigString::make(size_t size, size_t capacity) {
  const size_t bytes = good_size(sizeof(BigString) + std::max(size, capacity));
  auto* string = static_cast<BigString*>(allocate(bytes));
  string->size = size;
  string->capacity = bytes - sizeof(BigString);
  return string;
}

BigString* BigString::make(std::string_view bytes) {
  BigString* string = make(bytes.size(), bytes.size());
  memcpy(string->data(), bytes.data(), bytes.size());
  return string;
}

BigString* BigString::grow(BigString* string, size_t capacity) {
  if (capacity <= string->capacity) return string;
  BigString* larger = make(string->size, capacity);
  memcpy(larger->data(), string->data(), string->size);
  free(string);
  return larger;
}

void BigString::free(BigString* string) { deallocate(string, string->allocation()); }

void destroy_object(Type type, Encoding /*encoding*/, void* object) {
  if (type == Type::string) BigString::free(static_cast<BigString*>(object));
}

size_t object_memory(Type type, Encoding /*encoding*/, const void* object, size_t /*samples*/) {
  return type == Type::string ? static_cast<const BigString*>(object)->allocation() : 0;
}

void* copy_object(Type type, Encoding /*encoding*/, const void* object) {
  return type == Type::string ? BigString::make(static_cast<const BigString*>(object)->view()) : nullptr;
}

size_t free_effort(Type /*type*/, Encoding /*encoding*/, const void* /*object*/) { return 1; }

}  // namespace redoubt
