// The digests of DEBUG DIGEST and DIGEST-VALUE: 20 bytes that are equal for equal data, in whatever order and encoding it
// is kept, and equal to those of Redis.
//
// Two operations build them. mix(d, bytes) is for what has an order: d = SHA1(d ^ SHA1(bytes)). fold(d, bytes) is for what
// has none: d = d ^ SHA1(bytes).
#pragma once

#include <string>
#include <string_view>

#include "common/hash/sha1.h"
#include "server/types/object_value.h"

namespace redoubt {

class Database;
class Entry;
class Keyspace;

class Digester {
 public:
  explicit Digester(const TypeSettings& types) : types_(types) {}
  void mix(Sha1Digest& digest, std::string_view bytes);
  void fold(Sha1Digest& digest, std::string_view bytes);
  // Of a value and whether it expires, without its key.
  void mix_value(Sha1Digest& digest, const Entry& entry);

 private:
  void mix_number(Sha1Digest& digest, uint32_t number);
  void mix_list(Sha1Digest& digest, ObjectValue value);
  void fold_set(Sha1Digest& digest, ObjectValue value);
  void fold_sorted_set(Sha1Digest& digest, ObjectValue value);
  void fold_hash(Sha1Digest& digest, ObjectValue value);
  friend Sha1Digest digest_of(const Keyspace& keyspace);
  const TypeSettings& types_;
  Sha1 sha1_;
};

// Of all keys of all databases.
Sha1Digest digest_of(const Keyspace& keyspace);
std::string digest_text(const Sha1Digest& digest);

}  // namespace redoubt
