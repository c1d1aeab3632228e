#include "server/persistence/value_commands.h"

#include <algorithm>
#include <cassert>

#include "common/aof/aof_format.h"
#include "common/aof/aof_writer.h"
#include "common/base/number.h"
#include "server/keyspace/database.h"
#include "server/types/hash.h"
#include "server/types/list.h"
#include "server/types/set.h"
#include "server/types/sorted_set.h"

namespace redoubt {
namespace {

// Begins a command whenever one is needed for the next element.
class Portions {
 public:
  Portions(AofWriter& writer, std::string_view command, std::string_view key, size_t elements, size_t arguments_each)
      : writer_(writer), command_(command), key_(key), left_(elements), arguments_each_(arguments_each) {}

  void before_element() {
    if (in_command_ == 0) {
      in_command_ = std::min(left_, aof_elements_per_command);
      writer_.begin(2 + in_command_ * arguments_each_);
      writer_.argument(command_);
      writer_.argument(key_);
    }
    --in_command_;
    --left_;
  }

 private:
  AofWriter& writer_;
  std::string_view command_;
  std::string_view key_;
  size_t left_;
  size_t arguments_each_;
  size_t in_command_ = 0;
};

void write_value(AofWriter& writer, std::string_view key, const List& list) {
  Portions portions(writer, "RPUSH", key, list.size(), 1);
  char digits[max_integer_text];
  list.for_each([&](const ListpackValue& element) {
    portions.before_element();
    writer.argument(element.bytes(digits));
  });
}

void write_value(AofWriter& writer, std::string_view key, const Set& set) {
  Portions portions(writer, "SADD", key, set.size(), 1);
  set.for_each([&](std::string_view member) {
    portions.before_element();
    writer.argument(member);
  });
}

void write_value(AofWriter& writer, std::string_view key, const SortedSet& set) {
  Portions portions(writer, "ZADD", key, set.size(), 2);
  set.for_each([&](std::string_view member, double score) {
    portions.before_element();
    writer.argument(score);
    writer.argument(member);
  });
}

void write_value(AofWriter& writer, std::string_view key, const Hash& hash) {
  // Expired fields that are still there are written with their time, as expired keys are.
  Portions portions(writer, "HMSET", key, hash.size(), 2);
  char digits[max_integer_text];
  hash.for_each_stored([&](const ListpackValue& field, const ListpackValue& value, int64_t) {
    portions.before_element();
    writer.argument(field.bytes(digits));
    writer.argument(value.bytes(digits));
  });
  if (hash.value().encoding == Encoding::listpack) return;
  hash.for_each_stored([&](const ListpackValue& field, const ListpackValue&, int64_t at_ms) {
    if (at_ms == Hash::no_expiry) return;
    writer.begin(6);
    writer.argument("HPEXPIREAT");
    writer.argument(key);
    writer.argument(at_ms);
    writer.argument("FIELDS");
    writer.argument("1");
    writer.argument(field.bytes(digits));
  });
}

void write_string(AofWriter& writer, const Entry& entry) {
  char digits[max_integer_text];
  writer.begin(3);
  writer.argument("SET");
  writer.argument(entry.key());
  writer.argument(entry.string(digits));
}

}  // namespace

void write_entry_commands(AofWriter& writer, const TypeSettings& settings, const Entry& entry, int64_t expires_ms) {
  const auto value = [&] { return ObjectValue{entry.encoding(), entry.object_pointer()}; };
  switch (entry.type()) {
    case Type::string: write_string(writer, entry); break;
    case Type::list: write_value(writer, entry.key(), List(value(), settings)); break;
    case Type::set: write_value(writer, entry.key(), Set(value(), settings)); break;
    case Type::zset: write_value(writer, entry.key(), SortedSet(value(), settings)); break;
    case Type::hash: write_value(writer, entry.key(), Hash(value(), settings)); break;
    case Type::stream: assert(false && "a value of a type that cannot exist"); return;
  }
  if (expires_ms == Database::never) return;
  writer.begin(3);
  writer.argument("PEXPIREAT");
  writer.argument(entry.key());
  writer.argument(expires_ms);
}

}  // namespace redoubt
