#include "common/rdb/rdb_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "common/hash/crc64.h"
#include "common/rdb/rdb_input.h"
#include "common/rdb/rdb_null_visitor.h"
#include "common/rdb/rdb_value.h"

namespace redoubt {
namespace {

enum class Doing : uint8_t {
  start,
  read_type,
  read_expire,
  read_key,
  read_value,
  checksum,
  read_length,
  read_aux,
  read_module_aux,
  read_function,
};

std::string_view text_of(Doing doing) {
  switch (doing) {
    case Doing::start: return "start";
    case Doing::read_type: return "read-type";
    case Doing::read_expire: return "read-expire";
    case Doing::read_key: return "read-key";
    case Doing::read_value: return "read-object-value";
    case Doing::checksum: return "check-sum";
    case Doing::read_length: return "read-len";
    case Doing::read_aux: return "read-aux";
    case Doing::read_module_aux: return "read-module-aux";
    case Doing::read_function: break;
  }
  return "read-functions";
}

constexpr int checksum_since = 5;
constexpr size_t footer_size = 10;

}  // namespace

struct RdbReader::Impl {
  Impl(ByteSource& source, RdbReadOptions read_options)
      : options(read_options),
        input(source, read_options.verify_checksum),
        key_name(input),
        values(input, options.deep, options.skip_modules) {}

  bool read_record(RdbVisitor& visitor, bool& more);
  bool read_header(RdbVisitor& visitor);
  bool read_opcode(uint8_t opcode, RdbKey& key, RdbVisitor& visitor, bool& is_key_part, bool& more);
  bool read_key(uint8_t type, RdbKey& key, RdbVisitor& visitor);
  bool read_aux(RdbVisitor& visitor);
  bool read_function(RdbVisitor& visitor);
  bool read_sizes(RdbVisitor& visitor);
  bool read_idle(RdbKey& key);
  bool skip_slot_info();
  bool read_module_aux(RdbVisitor& visitor);
  bool read_end();
  bool pass(const Status& status) { return status.has_value() || input.fail(status.error().text); }

  RdbReadOptions options;
  RdbInput input;
  RdbString key_name;
  RdbValueReader values;
  RdbNullVisitor unwanted;
  Doing doing = Doing::start;
  bool key_known = false;
  bool type_known = false;
  RdbType type{};
  int version = 0;
  uint64_t db = 0;
  uint64_t record = 0;
  bool has_checksum = false;
  bool nameless_seen = false;  // in this database
  bool ended = false;
};

bool RdbReader::Impl::read_record(RdbVisitor& visitor, bool& more) {
  if (version == 0) return read_header(visitor);
  RdbKey key;
  record = key.offset = input.offset();
  key.db = db;
  for (;;) {
    doing = Doing::read_type;
    uint8_t opcode = 0;
    if (!input.byte(opcode)) return false;
    if (opcode < static_cast<uint8_t>(RdbOpcode::slot_info)) return read_key(opcode, key, visitor);
    bool is_key_part = false;
    if (!read_opcode(opcode, key, visitor, is_key_part, more)) return false;
    if (!is_key_part) return true;
  }
}

bool RdbReader::Impl::read_header(RdbVisitor& visitor) {
  static constexpr size_t digits = 4;
  static constexpr const char* wrong_signature = "Wrong signature trying to load DB from file";
  std::string_view header;
  if (!input.raw(header, rdb_magic.size() + digits)) return false;
  if (!header.starts_with(rdb_magic)) return input.fail(wrong_signature);
  int number = 0;
  for (const char digit : header.substr(rdb_magic.size())) {
    if (digit < '0' || digit > '9') return input.fail(wrong_signature);
    number = number * 10 + (digit - '0');
  }
  if (number < 1 || number > rdb_newest_version) {
    return input.fail(fmt::format("Can't handle RDB format version {}", number));
  }
  version = number;
  visitor.version(version);
  return true;
}

bool RdbReader::Impl::read_opcode(uint8_t opcode, RdbKey& key, RdbVisitor& visitor, bool& is_key_part, bool& more) {
  is_key_part = false;
  switch (static_cast<RdbOpcode>(opcode)) {
    case RdbOpcode::expires_seconds: {
      is_key_part = true;
      doing = Doing::read_expire;
      int32_t seconds = 0;
      if (!input.fixed(seconds)) return false;
      key.expires_ms = seconds * int64_t{1000};
      return true;
    }
    case RdbOpcode::expires_ms:
      is_key_part = true;
      doing = Doing::read_expire;
      return input.fixed(key.expires_ms);
    case RdbOpcode::idle: is_key_part = true; return read_idle(key);
    case RdbOpcode::frequency: {
      is_key_part = true;
      uint8_t frequency = 0;
      if (!input.byte(frequency)) return false;
      key.frequency = frequency;
      return true;
    }
    case RdbOpcode::aux: return read_aux(visitor);
    case RdbOpcode::function: return read_function(visitor);
    case RdbOpcode::function_pre_release: return input.fail("Pre-release function format not supported");
    case RdbOpcode::module_aux: return read_module_aux(visitor);
    case RdbOpcode::slot_info: return skip_slot_info();
    case RdbOpcode::sizes: return read_sizes(visitor);
    case RdbOpcode::select_db:
      doing = Doing::read_length;
      if (!input.length(db)) return false;
      nameless_seen = false;
      visitor.select_db(db);
      return true;
    case RdbOpcode::end: more = false; return read_end();
  }
  return false;  // all 256 opcodes stand above
}

bool RdbReader::Impl::read_key(uint8_t type_byte, RdbKey& key, RdbVisitor& visitor) {
  type = static_cast<RdbType>(type_byte);
  const std::optional<RdbKind> kind = rdb_kind(type);
  const bool of_module = type == RdbType::module_2 || type == RdbType::module_pre_release;
  if (!kind && !of_module) return input.fail(fmt::format("Invalid object type: {}", type_byte));
  type_known = true;
  key.type = type;
  doing = Doing::read_key;
  if (!input.string(key_name)) return false;
  key_known = true;
  key.name = key_name.bytes();
  doing = Doing::read_value;
  if (options.deep && key.name.empty() && std::exchange(nameless_seen, true)) {
    return input.fail("RDB has duplicated key '': the names of two keys are empty");
  }
  bool wanted = false;
  if (kind) {
    key.kind = *kind;
    wanted = visitor.begin_key(key);
  }
  if (!values.read(type, wanted ? visitor : unwanted)) return false;
  if (wanted && !pass(visitor.end_key())) return false;
  if (of_module) {
    key.name = key_name.bytes();
    visitor.module_key(key, values.module());
  }
  key_known = false;
  type_known = false;
  key_name.drop();
  return true;
}

bool RdbReader::Impl::read_aux(RdbVisitor& visitor) {
  doing = Doing::read_aux;
  RdbString& name = key_name;
  RdbString& value = values.scratch();
  if (!input.string(name) || !input.string(value)) return false;
  visitor.aux(name.bytes(), value.bytes());
  name.drop();
  value.drop();
  return true;
}

bool RdbReader::Impl::read_function(RdbVisitor& visitor) {
  doing = Doing::read_function;
  RdbString& code = values.scratch();
  if (!input.string(code)) return false;
  if (!pass(visitor.function(code.bytes()))) return false;
  code.drop();
  return true;
}

bool RdbReader::Impl::read_sizes(RdbVisitor& visitor) {
  doing = Doing::read_length;
  uint64_t keys = 0;
  uint64_t volatile_keys = 0;
  if (!input.length(keys) || !input.length(volatile_keys)) return false;
  visitor.sizes(keys, volatile_keys);
  return true;
}

bool RdbReader::Impl::read_idle(RdbKey& key) {
  uint64_t seconds = 0;
  if (!input.length(seconds)) return false;
  key.idle_seconds = static_cast<int64_t>(std::min<uint64_t>(seconds, std::numeric_limits<int64_t>::max()));
  return true;
}

bool RdbReader::Impl::skip_slot_info() {
  doing = Doing::read_length;
  uint64_t slot = 0;
  uint64_t keys = 0;
  uint64_t volatile_keys = 0;
  return input.length(slot) && input.length(keys) && input.length(volatile_keys);
}

bool RdbReader::Impl::read_module_aux(RdbVisitor& visitor) {
  doing = Doing::read_module_aux;
  uint64_t id = 0;
  if (!input.length(id)) return false;
  if (options.skip_modules) {
    uint64_t when = 0;
    if (!input.length(when) || !input.length(when) || !values.skip_module_data()) return false;
    visitor.module_aux(rdb_module_name(id));
    return true;
  }
  return input.fail(
      fmt::format("The RDB file contains AUX module data I can't load: no matching module '{}'", rdb_module_name(id)));
}

bool RdbReader::Impl::read_end() {
  ended = true;
  if (version < checksum_since) return true;
  doing = Doing::checksum;
  const uint64_t computed = input.checksum();
  uint64_t stored = 0;
  if (!input.fixed(stored)) return false;
  has_checksum = stored != 0;
  if (!options.verify_checksum || !has_checksum || stored == computed) return true;
  return input.fail(fmt::format("RDB CRC error: Wrong RDB checksum expected: ({:x}) but got ({:x})", computed, stored));
}

RdbReader::RdbReader(ByteSource& source, RdbReadOptions options) : impl_(std::make_unique<Impl>(source, options)) {}

RdbReader::RdbReader(ByteSource& source, RdbReadOptions options, const RdbMiddle& from)
    : RdbReader(source, {options.deep, false, options.skip_modules}) {
  impl_->input.start_at(from.offset);
  impl_->version = from.version;
  impl_->db = from.db;
}

RdbReader::~RdbReader() = default;

Result<bool> RdbReader::next(RdbVisitor& visitor) {
  if (!impl_->input.error().text.empty()) return impl_->input.error();
  if (impl_->ended) return false;
  bool more = true;
  if (!impl_->read_record(visitor, more)) return impl_->input.error();
  return more;
}

Status RdbReader::read_all(RdbVisitor& visitor) {
  for (;;) {
    const Result<bool> more = next(visitor);
    if (more.has_error()) return more.error();
    if (!*more) return {};
  }
}

bool RdbReader::has_checksum() const { return impl_->has_checksum; }

uint64_t RdbReader::offset() const { return impl_->input.offset(); }

std::string_view RdbReader::taken_over() const { return impl_->input.unread(); }

RdbPosition RdbReader::position() const {
  RdbPosition position;
  position.offset = offset();
  position.record = impl_->record;
  position.db = impl_->db;
  position.doing = text_of(impl_->doing);
  if (impl_->key_known) position.key = std::string(impl_->key_name.bytes());
  if (impl_->type_known) position.type = impl_->type;
  return position;
}

// ---- payloads ----

bool valid_payload(std::string_view payload, bool verify_checksum) {
  if (payload.size() < footer_size) return false;
  const char* footer = payload.data() + payload.size() - footer_size;
  uint16_t version = 0;
  uint64_t stored = 0;
  std::memcpy(&version, footer, sizeof version);
  std::memcpy(&stored, footer + sizeof version, sizeof stored);
  if (version > rdb_newest_version) return false;
  return !verify_checksum || stored == crc64(payload.substr(0, payload.size() - sizeof stored));
}

Status read_payload(std::string_view payload, RdbReadOptions options, RdbVisitor& visitor) {
  RdbInput input(payload.substr(0, payload.size() - std::min(payload.size(), footer_size)));
  RdbValueReader values(input, options.deep);
  uint8_t type = 0;
  if (!input.byte(type) || !values.read(static_cast<RdbType>(type), visitor)) return input.error();
  return visitor.end_key();
}

}  // namespace redoubt
