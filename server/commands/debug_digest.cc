#include "server/commands/debug_digest.h"

#include "server/keyspace/keyspace.h"
#include "server/types/hash.h"
#include "server/types/list.h"
#include "server/types/set.h"
#include "server/types/sorted_set.h"

namespace redoubt {
namespace {

// The numbers by which Redis knows the types.
uint32_t type_number(Type type) {
  switch (type) {
    case Type::string: return 0;
    case Type::list: return 1;
    case Type::set: return 2;
    case Type::zset: return 3;
    case Type::hash: return 4;
    case Type::stream: return 6;
  }
  return 0;
}

std::string_view bytes_of(const Sha1Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

void Digester::fold(Sha1Digest& digest, std::string_view bytes) {
  sha1_.update(bytes);
  const Sha1Digest other = sha1_.digest();
  for (size_t i = 0; i < digest.size(); ++i) digest[i] ^= other[i];
}

void Digester::mix(Sha1Digest& digest, std::string_view bytes) {
  fold(digest, bytes);
  sha1_.update(bytes_of(digest));
  digest = sha1_.digest();
}

void Digester::mix_number(Sha1Digest& digest, uint32_t number) {
  const char big_endian[] = {static_cast<char>(number >> 24), static_cast<char>(number >> 16),
                             static_cast<char>(number >> 8), static_cast<char>(number)};
  mix(digest, {big_endian, sizeof big_endian});
}

void Digester::mix_list(Sha1Digest& digest, ObjectValue value) {
  char digits[max_integer_text];
  List(value, types_).for_each([&](const ListpackValue& element) { mix(digest, element.bytes(digits)); });
}

void Digester::fold_set(Sha1Digest& digest, ObjectValue value) {
  Set(value, types_).for_each([&](std::string_view member) { fold(digest, member); });
}

void Digester::fold_sorted_set(Sha1Digest& digest, ObjectValue value) {
  SortedSet(value, types_).for_each([&](std::string_view member, double score) {
    Sha1Digest one{};
    mix(one, member);
    mix(one, format_double(score));
    fold(digest, bytes_of(one));
  });
}

// Fields that have expired count until they are removed, as keys do.
void Digester::fold_hash(Sha1Digest& digest, ObjectValue value) {
  Hash(value, types_).for_each_stored([&](const ListpackValue& field, const ListpackValue& text, int64_t expiry) {
    char digits[max_integer_text];
    Sha1Digest one{};
    mix(one, field.bytes(digits));
    mix(one, text.bytes(digits));
    if (expiry != Hash::no_expiry) fold(one, "!!hexpire!!");
    fold(digest, bytes_of(one));
  });
}

void Digester::mix_value(Sha1Digest& digest, const Entry& entry) {
  mix_number(digest, type_number(entry.type()));
  const auto value = [&] { return ObjectValue{entry.encoding(), entry.object_pointer()}; };
  char digits[max_integer_text];
  switch (entry.type()) {
    case Type::string: mix(digest, entry.string(digits)); break;
    case Type::list: mix_list(digest, value()); break;
    case Type::set: fold_set(digest, value()); break;
    case Type::zset: fold_sorted_set(digest, value()); break;
    case Type::hash: fold_hash(digest, value()); break;
    case Type::stream: break;
  }
  if (entry.is_volatile()) fold(digest, "!!expire!!");
}

Sha1Digest digest_of(const Keyspace& keyspace) {
  Digester digester(keyspace.shared().types);
  Sha1Digest all{};
  for (int id = 0; id < keyspace.count(); ++id) {
    const Database& db = keyspace[id];
    if (db.size() == 0) continue;
    digester.mix_number(all, static_cast<uint32_t>(id));
    db.keys().for_each([&](const Entry* entry) {
      Sha1Digest one{};
      digester.mix(one, entry->key());
      digester.mix_value(one, *entry);
      digester.fold(all, bytes_of(one));
    });
  }
  return all;
}

std::string digest_text(const Sha1Digest& digest) { return detail::to_hex(digest.data(), digest.size()); }

}  // namespace redoubt
