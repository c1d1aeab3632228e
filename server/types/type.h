// The kinds of values and the ways in which they are kept, with the names that TYPE and OBJECT ENCODING answer, and what
// every kind of value must offer to the keyspace: to be destroyed, measured and copied.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace redoubt {

enum class Type : uint8_t { string, list, set, zset, hash, stream };
inline constexpr int type_count = 6;

enum class Encoding : uint8_t {
  raw,
  integer,
  embstr,
  listpack,
  intset,
  hashtable,
  skiplist,
  quicklist,
  stream,
  listpackex,  // a hash whose fields may expire, in a listpack
};

std::string_view type_name(Type type);
std::string_view encoding_name(Encoding encoding);

// A string outside its entry: size and capacity, then the bytes. One allocation, moved when it grows.
struct BigString {
  size_t size;
  size_t capacity;

  char* data() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
  std::string_view view() const { return {data(), size}; }
  static BigString* make(size_t size, size_t capacity);  // bytes not set
  static BigString* make(std::string_view bytes);
  // Room for at least `capacity` bytes; the old pointer is not good any more.
  static BigString* grow(BigString* string, size_t capacity);
  static void free(BigString* string);
  size_t allocation() const { return sizeof(BigString) + capacity; }
};

// The value behind an entry's pointer, by type and encoding.
void destroy_object(Type type, Encoding encoding, void* object);
size_t object_memory(Type type, Encoding encoding, const void* object, size_t samples);
void* copy_object(Type type, Encoding encoding, const void* object);
// How much work it is to free: pieces, as Redis counts them. More than 64 go to the background when so configured.
size_t free_effort(Type type, Encoding encoding, const void* object);

}  // namespace redoubt
