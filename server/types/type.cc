#include "server/types/type.h"

#include <algorithm>
#include <cstring>

#include "common/base/memory.h"
#include "server/types/hash.h"
#include "server/types/list.h"
#include "server/types/set.h"
#include "server/types/sorted_set.h"

namespace redoubt {

std::string_view type_name(Type type) {
  static constexpr std::string_view names[] = {"string", "list", "set", "zset", "hash", "stream"};
  return names[static_cast<size_t>(type)];
}

std::string_view encoding_name(Encoding encoding) {
  static constexpr std::string_view names[] = {"raw",       "int",      "embstr",    "listpack", "intset",
                                               "hashtable", "skiplist", "quicklist", "stream",   "listpackex"};
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

// What each type offers; a class of values has the four as static functions.
namespace {

struct Operations {
  void (*destroy)(Encoding, void*);
  size_t (*memory)(Encoding, const void*, size_t samples);
  void* (*copy)(Encoding, const void*);
  size_t (*free_effort)(Encoding, const void*);
};

template <typename T>
constexpr Operations operations_of = {T::destroy, T::memory, T::copy, T::free_effort};

// A string beside its entry.
struct OuterString {
  static void destroy(Encoding, void* object) { BigString::free(static_cast<BigString*>(object)); }
  static size_t memory(Encoding, const void* object, size_t) {
    return static_cast<const BigString*>(object)->allocation();
  }
  static void* copy(Encoding, const void* object) {
    return BigString::make(static_cast<const BigString*>(object)->view());
  }
  static size_t free_effort(Encoding, const void*) { return 1; }
};

// Nothing of this type can exist yet.
struct Nothing {
  static void destroy(Encoding, void*) {}
  static size_t memory(Encoding, const void*, size_t) { return 0; }
  static void* copy(Encoding, const void*) { return nullptr; }
  static size_t free_effort(Encoding, const void*) { return 1; }
};

constexpr Operations operations[type_count] = {
    operations_of<OuterString>, operations_of<List>, operations_of<Set>, operations_of<SortedSet>, operations_of<Hash>,
    operations_of<Nothing>,  // stream
};
const Operations& of(Type type) { return operations[static_cast<size_t>(type)]; }

}  // namespace

void destroy_object(Type type, Encoding encoding, void* object) { of(type).destroy(encoding, object); }

size_t object_memory(Type type, Encoding encoding, const void* object, size_t samples) {
  return of(type).memory(encoding, object, samples);
}

void* copy_object(Type type, Encoding encoding, const void* object) { return of(type).copy(encoding, object); }

size_t free_effort(Type type, Encoding encoding, const void* object) { return of(type).free_effort(encoding, object); }

}  // namespace redoubt
