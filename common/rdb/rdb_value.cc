#include "common/rdb/rdb_value.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "common/base/number.h"
#include "common/encoding/intset.h"
#include "common/encoding/listpack.h"

namespace redoubt {

std::optional<RdbKind> rdb_kind(RdbType type) {
  switch (type) {
    case RdbType::string: return RdbKind::string;
    case RdbType::list:
    case RdbType::list_ziplist:
    case RdbType::list_quicklist:
    case RdbType::list_quicklist_2: return RdbKind::list;
    case RdbType::set:
    case RdbType::set_intset:
    case RdbType::set_listpack: return RdbKind::set;
    case RdbType::zset:
    case RdbType::zset_2:
    case RdbType::zset_ziplist:
    case RdbType::zset_listpack: return RdbKind::zset;
    case RdbType::hash:
    case RdbType::hash_zipmap:
    case RdbType::hash_ziplist:
    case RdbType::hash_listpack:
    case RdbType::hash_expiring_pre_release:
    case RdbType::hash_listpackex_pre_release:
    case RdbType::hash_expiring:
    case RdbType::hash_listpackex: return RdbKind::hash;
    case RdbType::stream:
    case RdbType::stream_2:
    case RdbType::stream_3: return RdbKind::stream;
    case RdbType::module_pre_release:
    case RdbType::module_2: break;
  }
  return std::nullopt;
}

std::string rdb_module_name(uint64_t id) {
  static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  static constexpr size_t name_size = 9;
  // The low ten bits are the version of the module's encoding.
  uint64_t rest = id >> 10;
  std::string name(name_size, ' ');
  for (size_t i = name_size; i-- > 0; rest >>= 6) name[i] = letters[rest & 63];
  return name;
}

bool RdbValueReader::read(RdbType type, RdbVisitor& visitor) {
  first_.drop();
  second_.drop();
  switch (type) {
    case RdbType::string: return read_string(visitor);
    case RdbType::list: return read_list(visitor);
    case RdbType::set: return read_set(visitor);
    case RdbType::zset:
    case RdbType::zset_2: return read_zset(type, visitor);
    case RdbType::hash: return read_hash(visitor);
    case RdbType::set_intset: return read_intset(visitor);
    case RdbType::set_listpack: return read_listpack(ListpackShape::members, "Set", visitor);
    case RdbType::zset_listpack: return read_listpack(ListpackShape::scored, "Zset", visitor);
    case RdbType::hash_listpack: return read_listpack(ListpackShape::pairs, "Hash", visitor);
    case RdbType::hash_listpackex: {
      uint64_t earliest = 0;
      return input_.fixed(earliest) && read_listpack(ListpackShape::expiring, "Hash", visitor);
    }
    case RdbType::hash_listpackex_pre_release: return read_listpack(ListpackShape::expiring, "Hash", visitor);
    case RdbType::hash_expiring:
    case RdbType::hash_expiring_pre_release: return read_expiring_hash(type, visitor);
    case RdbType::list_quicklist_2: return read_nodes(visitor);
    case RdbType::hash_zipmap: return read_zipmap(visitor);
    case RdbType::list_ziplist: return read_list_ziplist(visitor);
    case RdbType::zset_ziplist: return read_ziplist_pairs(true, visitor);
    case RdbType::hash_ziplist: return read_ziplist_pairs(false, visitor);
    case RdbType::list_quicklist: return read_ziplist_nodes(visitor);
    case RdbType::stream:
    case RdbType::stream_2:
    case RdbType::stream_3: return stream_.read(type, visitor);
    case RdbType::module_pre_release:
    case RdbType::module_2: return read_module(type);
  }
  return input_.fail(fmt::format("Unknown RDB encoding type {}", static_cast<int>(type)));
}

bool RdbValueReader::read_string(RdbVisitor& visitor) {
  if (!input_.string(first_)) return false;
  visitor.string(first_.bytes());
  return true;
}

bool RdbValueReader::read_list(RdbVisitor& visitor) {
  uint64_t count = 0;
  if (!input_.length(count)) return false;
  visitor.begin_elements(count);
  for (; count != 0; --count) {
    if (!input_.string(first_)) return false;
    visitor.element(first_.bytes());
  }
  return true;
}

bool RdbValueReader::read_set(RdbVisitor& visitor) {
  uint64_t count = 0;
  if (!input_.length(count)) return false;
  seen_.clear();
  visitor.begin_elements(count);
  for (; count != 0; --count) {
    if (!input_.string(first_)) return false;
    if (!unique(first_.bytes())) return input_.fail("Duplicate set members detected");
    visitor.element(first_.bytes());
  }
  return true;
}

bool RdbValueReader::read_hash(RdbVisitor& visitor) {
  uint64_t count = 0;
  if (!input_.length(count)) return false;
  seen_.clear();
  visitor.begin_elements(count);
  for (; count != 0; --count) {
    if (!input_.string(first_)) return false;
    if (!unique(first_.bytes())) return input_.fail("Duplicate hash fields detected");
    if (!input_.string(second_)) return false;
    visitor.pair(first_.bytes(), second_.bytes(), RdbKey::never);
  }
  return true;
}

bool RdbValueReader::read_expiring_hash(RdbType type, RdbVisitor& visitor) {
  uint64_t earliest = 0;
  const bool relative = type == RdbType::hash_expiring;
  if (relative && !input_.fixed(earliest)) return false;
  uint64_t count = 0;
  if (!input_.length(count)) return false;
  seen_.clear();
  visitor.begin_elements(count);
  for (; count != 0; --count) {
    uint64_t time = 0;
    if (!input_.length(time)) return false;
    if (time != 0 && relative && __builtin_add_overflow(time - 1, earliest, &time)) time = field_expiry_end;
    if (time >= field_expiry_end) return input_.fail(fmt::format("invalid expireAt time: {}", time));
    if (!input_.string(first_)) return false;
    if (!unique(first_.bytes())) return input_.fail("Duplicate hash fields detected");
    if (!input_.string(second_)) return false;
    visitor.pair(first_.bytes(), second_.bytes(), time == 0 ? RdbKey::never : static_cast<int64_t>(time));
  }
  return true;
}

bool RdbValueReader::read_score_digits(double& score) {
  uint8_t size = 0;
  if (!input_.byte(size)) return false;
  switch (size) {
    case 255: score = -std::numeric_limits<double>::infinity(); return true;
    case 254: score = std::numeric_limits<double>::infinity(); return true;
    case 253: score = std::numeric_limits<double>::quiet_NaN(); return true;
    default: break;
  }
  std::string_view digits;
  if (!input_.raw(digits, size)) return false;
  const std::optional<double> parsed = parse_double(digits);
  if (!parsed) return input_.fail("Zset with a score that is not a number detected");
  score = *parsed;
  return true;
}

bool RdbValueReader::read_zset(RdbType type, RdbVisitor& visitor) {
  uint64_t count = 0;
  if (!input_.length(count)) return false;
  seen_.clear();
  visitor.begin_elements(count);
  for (; count != 0; --count) {
    if (!input_.string(first_)) return false;
    double score = 0;
    if (!(type == RdbType::zset_2 ? input_.fixed(score) : read_score_digits(score))) return false;
    if (std::isnan(score)) return input_.fail("Zset with NAN score detected");
    if (!unique(first_.bytes())) return input_.fail("Duplicate zset fields detected");
    visitor.scored(first_.bytes(), score);
  }
  return true;
}

bool RdbValueReader::read_intset(RdbVisitor& visitor) {
  if (!input_.string(first_)) return false;
  const std::string_view blob = first_.bytes();
  if (!validate_intset(blob.data(), blob.size(), deep_)) return input_.fail("Intset integrity check failed");
  visitor.packed(RdbBlob::intset, blob);
  return true;
}

bool RdbValueReader::read_listpack(ListpackShape shape, const char* what, RdbVisitor& visitor) {
  if (!input_.string(first_)) return false;
  if (!sound_listpack(first_.bytes(), shape, deep_ ? &seen_ : nullptr)) {
    return input_.fail(fmt::format("{} listpack integrity check failed", what));
  }
  visitor.packed(shape == ListpackShape::expiring ? RdbBlob::listpackex : RdbBlob::listpack, first_.bytes());
  return true;
}

bool RdbValueReader::read_nodes(RdbVisitor& visitor) {
  static constexpr uint64_t plain = 1;
  static constexpr uint64_t packed = 2;
  uint64_t count = 0;
  if (!input_.length(count)) return false;
  visitor.begin_nodes(count);
  for (; count != 0; --count) {
    uint64_t container = 0;
    if (!input_.length(container)) return false;
    if (container != plain && container != packed) return input_.fail("Quicklist integrity check failed");
    if (!input_.string(first_)) return false;
    const std::string_view blob = first_.bytes();
    if (container == packed) {
      if (!sound_listpack(blob, ListpackShape::list, nullptr)) return input_.fail("Listpack integrity check failed");
      if (ListpackView(blob.data()).empty()) continue;
    }
    visitor.node(container == plain, blob);
  }
  return true;
}

bool RdbValueReader::read_module(RdbType type) {
  uint64_t id = 0;
  if (!input_.length(id)) return false;
  module_ = rdb_module_name(id);
  // Only what is no pre-release can be read without the module.
  if (skip_modules_ && type == RdbType::module_2) return skip_module_data();
  return input_.fail(
      fmt::format("The RDB file contains module data I can't load: no matching module type '{}'", module_));
}

bool RdbValueReader::skip_module_data() {
  for (;;) {
    uint64_t opcode = 0;
    uint64_t number = 0;
    std::string_view bytes;
    if (!input_.length(opcode)) return false;
    bool good = false;
    switch (static_cast<RdbModuleOpcode>(opcode)) {
      case RdbModuleOpcode::end: return true;
      case RdbModuleOpcode::signed_integer:
      case RdbModuleOpcode::unsigned_integer: good = input_.length(number); break;
      case RdbModuleOpcode::single_real: good = input_.raw(bytes, sizeof(float)); break;
      case RdbModuleOpcode::double_real: good = input_.raw(bytes, sizeof(double)); break;
      case RdbModuleOpcode::string: good = input_.string(first_); break;
      default: return input_.fail(fmt::format("Unknown opcode {} in the data of a module", opcode));
    }
    if (!good) return false;
  }
}

}  // namespace redoubt
