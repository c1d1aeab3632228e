#include "server/persistence/value_saver.h"

#include <cassert>

#include "common/encoding/intset.h"
#include "common/encoding/listpack.h"
#include "server/config/config.h"
#include "server/config/version.h"
#include "server/types/hash.h"
#include "server/types/list.h"
#include "server/types/quicklist.h"
#include "server/types/score_table.h"
#include "server/types/set_table.h"

namespace redoubt {
namespace {

constexpr int version_with_field_expiry = 12;
// The kinds of nodes of a list.
constexpr uint64_t plain_node = 1;
constexpr uint64_t packed_node = 2;

// A listpack or an intset, as it is.
template <typename Blob>
void save_blob(RdbWriter& writer, Blob blob) {
  writer.string({reinterpret_cast<const char*>(blob.data()), blob.bytes()});
}

// The earliest expiry of a hash's fields; no_expiry when none has any.
int64_t next_expiry(const Entry& entry) {
  switch (entry.encoding()) {
    case Encoding::hashtable: return entry.object<HashTable>().next_expiry();
    case Encoding::listpackex: {
      const ListpackView pack(entry.object<HashListpackEx>().blob);
      const auto first = pack.first();
      // Ordered by expiry, those that stay at the end.
      return first == ListpackView::none ? Hash::no_expiry : pack.get(pack.next(pack.next(first))).integer;
    }
    default: return Hash::no_expiry;
  }
}

// ---- each type ------------------------------------------------------------------------------------

void save_string(RdbWriter& writer, const Entry& entry) {
  if (entry.is_integer()) return writer.integer_string(entry.integer());
  writer.string(entry.string(nullptr));
}

void save_list(RdbWriter& writer, const Entry& entry) {
  if (entry.encoding() == Encoding::listpack) {
    writer.length(1);
    writer.length(packed_node);
    save_blob(writer, ListpackView(entry.object_pointer()));
    return;
  }
  const auto& list = entry.object<Quicklist>();
  writer.length(list.nodes());
  for (size_t i = 0; i < list.nodes(); ++i) {
    const ListNode& node = list.node(i);
    writer.length(node.is_plain() ? plain_node : packed_node);
    switch (node.kind) {
      case ListNode::Kind::plain: writer.string(node.text()); break;
      case ListNode::Kind::listpack: save_blob(writer, node.view()); break;
      case ListNode::Kind::compressed: writer.packed_string(node.compressed(), node.bytes()); break;
    }
  }
}

void save_set(RdbWriter& writer, const Entry& entry) {
  if (entry.encoding() == Encoding::listpack) return save_blob(writer, ListpackView(entry.object_pointer()));
  if (entry.encoding() == Encoding::intset) return save_blob(writer, IntsetView(entry.object_pointer()));
  const auto& members = entry.object<SetTable>();
  writer.length(members.size());
  members.for_each([&](const SetMember* member) { writer.string(member->view()); });
}

void save_zset(RdbWriter& writer, const Entry& entry) {
  if (entry.encoding() == Encoding::listpack) return save_blob(writer, ListpackView(entry.object_pointer()));
  const auto& tree = entry.object<ScoreTable>().tree();
  writer.length(entry.object<ScoreTable>().size());
  // From the highest: whoever loads it into a skiplist inserts at its start then.
  tree.walk(0, tree.size(), true, [&](double score, const ScoreMember* member) {
    writer.string(member->view());
    writer.real(score);
    return true;
  });
}

// A hash in a listpack from which all expiries were taken away again.
void save_listpackex_as_pairs(RdbWriter& writer, ListpackView pack) {
  writer.length(pack.size() / 3);
  char digits[max_integer_text];
  for (auto at = pack.first(); at != ListpackView::none; at = pack.next(at)) {
    writer.string(pack.get(at).bytes(digits));
    at = pack.next(at);
    writer.string(pack.get(at).bytes(digits));
    at = pack.next(at);
  }
}

void save_hash_table(RdbWriter& writer, const HashTable& table) {
  const int64_t earliest = table.next_expiry();
  const bool expires = earliest != HashTable::no_expiry;
  if (expires) writer.milliseconds(earliest);
  writer.length(table.size());
  table.for_each([&](const HashField& field, int64_t at_ms) {
    if (expires) writer.length(at_ms == HashTable::no_expiry ? 0 : static_cast<uint64_t>(at_ms - earliest) + 1);
    writer.string(field.name());
    writer.string(field.value());
  });
}

void save_hash(RdbWriter& writer, const Entry& entry) {
  if (entry.encoding() == Encoding::listpack) return save_blob(writer, ListpackView(entry.object_pointer()));
  if (entry.encoding() == Encoding::hashtable) return save_hash_table(writer, entry.object<HashTable>());
  const ListpackView pack(entry.object<HashListpackEx>().blob);
  const int64_t earliest = next_expiry(entry);
  if (earliest == Hash::no_expiry) return save_listpackex_as_pairs(writer, pack);
  writer.milliseconds(earliest);
  save_blob(writer, pack);
}

RdbType hash_type(const Entry& entry) {
  if (entry.encoding() == Encoding::listpack) return RdbType::hash_listpack;
  if (next_expiry(entry) == Hash::no_expiry) return RdbType::hash;
  return entry.encoding() == Encoding::hashtable ? RdbType::hash_expiring : RdbType::hash_listpackex;
}

}  // namespace

SaveOptions SaveOptions::of(const Config& config) {
  return {policy_uses_lru(config.maxmemory_policy), policy_uses_lfu(config.maxmemory_policy)};
}

int rdb_version_for(const Keyspace& keyspace) {
  for (int id = 0; id < keyspace.count(); ++id) {
    if (keyspace[id].field_expiries().size() != 0) return version_with_field_expiry;
  }
  return rdb_written_version;
}

void save_aux(RdbWriter& writer, const SaveAux& aux) {
  writer.aux("redis-ver", redis_version);
  writer.aux("redis-bits", int64_t{8 * sizeof(void*)});
  writer.aux("ctime", aux.ctime_seconds);
  writer.aux("used-mem", static_cast<int64_t>(aux.used_memory));
  writer.aux("aof-base", int64_t{aux.aof_base});
}

RdbType rdb_type_of(const Entry& entry) {
  const Encoding encoding = entry.encoding();
  switch (entry.type()) {
    case Type::string: return RdbType::string;
    case Type::list: return RdbType::list_quicklist_2;
    case Type::set:
      if (encoding == Encoding::intset) return RdbType::set_intset;
      return encoding == Encoding::listpack ? RdbType::set_listpack : RdbType::set;
    case Type::zset: return encoding == Encoding::listpack ? RdbType::zset_listpack : RdbType::zset_2;
    case Type::hash: return hash_type(entry);
    case Type::stream: break;
  }
  assert(false && "a value of a type that cannot exist");
  return RdbType::string;
}

void save_value(RdbWriter& writer, const Entry& entry) {
  switch (entry.type()) {
    case Type::string: return save_string(writer, entry);
    case Type::list: return save_list(writer, entry);
    case Type::set: return save_set(writer, entry);
    case Type::zset: return save_zset(writer, entry);
    case Type::hash: return save_hash(writer, entry);
    case Type::stream: break;
  }
}

void save_entry(RdbWriter& writer, const Database& db, const Entry& entry, const SaveOptions& options) {
  save_entry(writer, db.shared().access, entry, db.expiry_of(entry), options);
}

void save_entry(RdbWriter& writer, const AccessClock& access, const Entry& entry, int64_t expires_ms,
                const SaveOptions& options) {
  if (expires_ms != Database::never) writer.expires(expires_ms);
  if (options.idle) writer.idle(static_cast<uint64_t>(access.idle_seconds(entry)));
  if (options.frequency) writer.frequency(access.frequency(entry));
  writer.type(rdb_type_of(entry));
  writer.string(entry.key());
  save_value(writer, entry);
}

void dump_value(std::string& out, const Entry& entry, bool compress) {
  const size_t begin = out.size();
  RdbWriter writer(out, compress);
  writer.type(rdb_type_of(entry));
  save_value(writer, entry);
  const bool newer = entry.type() == Type::hash && next_expiry(entry) != Hash::no_expiry;
  writer.payload_footer(begin, newer ? version_with_field_expiry : rdb_written_version);
}

}  // namespace redoubt
