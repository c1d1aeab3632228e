#include "server/persistence/value_commands.h"

#include <cassert>

#include "common/aof/aof_value_writer.h"
#include "common/base/number.h"
#include "server/keyspace/database.h"
#include "server/types/hash.h"
#include "server/types/list.h"
#include "server/types/set.h"
#include "server/types/sorted_set.h"

namespace redoubt {
namespace {

void write_value(AofValueWriter& writer, std::string_view key, const List& list) {
  writer.begin(RdbKind::list, key, list.size());
  char digits[max_integer_text];
  list.for_each([&](const ListpackValue& element) { writer.element(element.bytes(digits)); });
  writer.end();
}

void write_value(AofValueWriter& writer, std::string_view key, const Set& set) {
  writer.begin(RdbKind::set, key, set.size());
  set.for_each([&](std::string_view member) { writer.element(member); });
  writer.end();
}

void write_value(AofValueWriter& writer, std::string_view key, const SortedSet& set) {
  writer.begin(RdbKind::zset, key, set.size());
  set.for_each([&](std::string_view member, double score) { writer.scored(member, score); });
  writer.end();
}

void write_value(AofValueWriter& writer, std::string_view key, const Hash& hash) {
  // Expired fields that are still there are written with their time, as expired keys are.
  writer.begin(RdbKind::hash, key, hash.size());
  char field_digits[max_integer_text];
  char value_digits[max_integer_text];
  hash.for_each_stored([&](const ListpackValue& field, const ListpackValue& value, int64_t at_ms) {
    writer.pair(field.bytes(field_digits), value.bytes(value_digits), at_ms == Hash::no_expiry ? RdbKey::never : at_ms);
  });
  writer.end();
}

}  // namespace

void write_entry_commands(AofValueWriter& writer, const TypeSettings& settings, const Entry& entry,
                          int64_t expires_ms) {
  const auto value = [&] { return ObjectValue{entry.encoding(), entry.object_pointer()}; };
  char digits[max_integer_text];
  switch (entry.type()) {
    case Type::string: writer.string(entry.key(), entry.string(digits)); break;
    case Type::list: write_value(writer, entry.key(), List(value(), settings)); break;
    case Type::set: write_value(writer, entry.key(), Set(value(), settings)); break;
    case Type::zset: write_value(writer, entry.key(), SortedSet(value(), settings)); break;
    case Type::hash: write_value(writer, entry.key(), Hash(value(), settings)); break;
    case Type::stream: assert(false && "a value of a type that cannot exist"); return;
  }
  if (expires_ms != Database::never) writer.expires(entry.key(), expires_ms);
}

}  // namespace redoubt
