#include "server/persistence/value_loader.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "common/encoding/intset.h"
#include "server/types/hash.h"
#include "server/types/list.h"
#include "server/types/set.h"

namespace redoubt {
namespace {

constexpr std::string_view duplicate_member = "Duplicate set members detected";
constexpr std::string_view duplicate_field = "Duplicate hash fields detected";
constexpr std::string_view duplicate_scored = "Duplicate zset fields detected";

Type type_of(RdbKind kind) {
  switch (kind) {
    case RdbKind::string: return Type::string;
    case RdbKind::list: return Type::list;
    case RdbKind::set: return Type::set;
    case RdbKind::zset: return Type::zset;
    case RdbKind::hash: return Type::hash;
    case RdbKind::stream: break;
  }
  return Type::stream;
}

}  // namespace

ValueLoader::ValueLoader(const TypeSettings& settings) : settings_(settings) {}

ValueLoader::~ValueLoader() { drop(); }

void ValueLoader::drop() {
  if (entry_ != nullptr) EntryMaker::free(entry_);
  entry_ = nullptr;
  if (value_.data != nullptr) destroy_object(type_of(kind_), value_.encoding, value_.data);
  value_ = {};
  small_.reset();
  if (zset_.has_value() && zset_->size() != 0) zset_.reset();
}

void ValueLoader::fail(std::string_view text) {
  if (error_.empty()) error_ = text;
}

size_t ValueLoader::justified(uint64_t count) const {
  // An element takes two bytes, but for the one that is empty.
  return std::min(count, input_bytes_ / 2 + 1);
}

void ValueLoader::begin_value(std::string_view key, RdbKind kind, uint64_t input_bytes) {
  drop();
  key_.assign(key);
  kind_ = kind;
  input_bytes_ = input_bytes;
  error_.clear();
}

Result<Entry*> ValueLoader::finish_value() {
  if (!error_.empty()) {
    drop();
    return Error{error_};
  }
  if (kind_ == RdbKind::string) return std::exchange(entry_, nullptr);
  if (kind_ == RdbKind::list && value_.data != nullptr) List::settle_loaded(value_, settings_);
  if (small_.has_value()) {
    small_->shrink();
    value_ = {Encoding::listpack, small_->release()};
    small_.reset();
  }
  if (zset_.has_value() && zset_->size() != 0) value_ = zset_->finish();
  if (value_.data == nullptr) return nullptr;
  Entry* entry = EntryMaker::make_object(key_, type_of(kind_), value_.encoding, value_.data);
  value_ = {};
  return entry;
}

// ---- what is told ---------------------------------------------------------------------------------

void ValueLoader::string(std::string_view bytes) { entry_ = EntryMaker::make_string(key_, bytes); }

void ValueLoader::begin_elements(uint64_t count) {
  count_ = count;
  if (count == 0) return;
  switch (kind_) {
    case RdbKind::set: return begin_set(count);
    case RdbKind::hash: return begin_hash(count);
    case RdbKind::zset: return begin_zset(count);
    default: break;
  }
}

void ValueLoader::element(std::string_view bytes) {
  if (kind_ == RdbKind::list) return List::load_element(value_, bytes, settings_);
  set_member({bytes});
}

void ValueLoader::scored(std::string_view member, double score) {
  if (!zset_->add(member, score).added) fail(duplicate_scored);
}

void ValueLoader::packed(RdbBlob kind, std::string_view blob) {
  switch (kind_) {
    case RdbKind::list: return node(false, blob);
    case RdbKind::set: return packed_set(kind, blob);
    case RdbKind::hash: return packed_hash(kind, blob);
    case RdbKind::zset: return packed_zset(blob);
    default: break;
  }
}

void ValueLoader::begin_nodes(uint64_t /*count*/) {}

void ValueLoader::node(bool plain, std::string_view bytes) {
  if (!plain && ListpackView(bytes.data()).empty()) return;
  List::load_node(value_, plain, bytes, settings_);
}

void ValueLoader::stream_listpack(RdbStreamId /*first*/, std::string_view /*blob*/) { stream({}); }

void ValueLoader::stream(const RdbStream& /*stream*/) { fail("Streams cannot be loaded by this version"); }

// ---- sets -----------------------------------------------------------------------------------------

void ValueLoader::begin_set(uint64_t count) {
  const TypeLimits& limits = settings_.limits;
  // One that may fit a listpack begins with its first member.
  if (count <= std::min(limits.set_max_listpack_entries, limits.set_max_intset_entries)) return;
  value_ = Set::make(settings_);
  if (count <= std::min<uint64_t>(limits.set_max_intset_entries, uint64_t{1} << 30)) return;
  Set set(value_, settings_);
  set.become_table(justified(count));
  value_ = set.value();
}

// Into the listpack of a small set, which begins here if the member is the first and a text. False: it does not belong there.
bool ValueLoader::small_set_takes(const ListpackValue& member) {
  if (member.is_integer()) return false;
  const std::string_view text = member.text;
  if (text.size() > settings_.limits.set_max_listpack_value) return false;
  if (!small_.has_value()) {
    if (value_.data != nullptr || parse_i64(text)) return false;
    small_.emplace(ListpackView::empty_size + justified(count_) * listpack_element_size(text));
  }
  if (small_->size() >= settings_.limits.set_max_listpack_entries) return false;
  if (listpack_would_overflow(small_->bytes(), text.size())) return false;
  if (!small_->empty() && small_->find(text, small_->first()) != ListpackView::none) {
    fail(duplicate_member);
  } else {
    small_->append(text);
  }
  return true;
}

void ValueLoader::set_member(const ListpackValue& member) {
  if (small_set_takes(member)) return;
  if (small_.has_value()) {
    value_ = {Encoding::listpack, small_->release()};
    small_.reset();
  } else if (value_.data == nullptr) {
    value_ = Set::make(settings_);
  }
  Set set(value_, settings_);
  // With the first text in it, a set that will be too large for a listpack can only become a table.
  if (set.encoding() == Encoding::intset && !member.is_integer() &&
      count_ > settings_.limits.set_max_listpack_entries && !parse_i64(member.text)) {
    set.become_table(justified(count_));
  }
  if (!set.add(member)) fail(duplicate_member);
  value_ = set.value();
}

void ValueLoader::packed_set(RdbBlob kind, std::string_view blob) {
  const bool integers = kind == RdbBlob::intset;
  const Encoding encoding = integers ? Encoding::intset : Encoding::listpack;
  const Set told({encoding, const_cast<char*>(blob.data())}, settings_);
  const size_t count = told.size();
  const TypeLimits& limits = settings_.limits;
  if (count == 0) return;
  if (count <= (integers ? limits.set_max_intset_entries : limits.set_max_listpack_entries)) {
    value_ = {encoding, integers ? Intset::copy_of(blob.data(), blob.size()).release()
                                 : Listpack::copy_of(blob.data(), blob.size()).release()};
    return;
  }
  value_ = Set::make(settings_);
  Set set(value_, settings_);
  set.become_table(count);
  told.for_each_value([&](const ListpackValue& member) {
    if (!set.add(member)) fail(duplicate_member);
  });
  value_ = set.value();
}

// ---- hashes ---------------------------------------------------------------------------------------

void ValueLoader::begin_hash(uint64_t count) {
  if (count > settings_.limits.hash_max_listpack_entries) return begin_hash_table(justified(count));
  small_.emplace();
}

void ValueLoader::begin_hash_table(size_t fields) {
  auto table = std::make_unique<HashTable>(settings_.hash_key);
  table->reserve(fields);
  value_ = {Encoding::hashtable, table.release()};
}

void ValueLoader::table_pair(std::string_view name, std::string_view value, int64_t expires_ms) {
  const int64_t at_ms = expires_ms == RdbKey::never ? HashTable::no_expiry : expires_ms;
  if (!static_cast<HashTable*>(value_.data)->add_new(name, value, at_ms)) fail(duplicate_field);
}

void ValueLoader::pair(std::string_view name, std::string_view value, int64_t expires_ms) {
  if (value_.data != nullptr && value_.encoding == Encoding::hashtable) return table_pair(name, value, expires_ms);
  const size_t longest = settings_.limits.hash_max_listpack_value;
  const bool fits = name.size() <= longest && value.size() <= longest;
  if (fits && (expires_ms != RdbKey::never || !small_.has_value())) return expiring_pair(name, value, expires_ms);
  const size_t bytes = listpack_element_size(name) + listpack_element_size(value);
  if (!fits || listpack_would_overflow(small_->bytes(), bytes)) {
    small_hash_becomes_table();
    return table_pair(name, value, expires_ms);
  }
  small_->append(name);
  small_->append(value);
}

// In a small hash in which at least one field expires.
void ValueLoader::expiring_pair(std::string_view name, std::string_view value, int64_t expires_ms) {
  if (small_.has_value()) {
    value_ = {Encoding::listpack, small_->release()};
    small_.reset();
  }
  Hash hash(value_, settings_);
  const size_t before = hash.size();
  hash.set(name, value);
  if (expires_ms != RdbKey::never) hash.set_expiry(name, expires_ms);
  if (hash.size() == before) fail(duplicate_field);
  value_ = hash.value();
}

void ValueLoader::small_hash_becomes_table() {
  ObjectValue small = value_;
  if (small_.has_value()) {
    small = {Encoding::listpack, small_->release()};
    small_.reset();
  }
  begin_hash_table(justified(count_));
  Hash(small, settings_).for_each_stored([this](ListpackValue name, ListpackValue value, int64_t at_ms) {
    char digits[max_integer_text], more_digits[max_integer_text];
    table_pair(name.bytes(digits), value.bytes(more_digits), at_ms == Hash::no_expiry ? RdbKey::never : at_ms);
  });
  Hash::destroy(small.encoding, small.data);
}

void ValueLoader::packed_hash(RdbBlob kind, std::string_view blob) {
  const bool expiring = kind == RdbBlob::listpackex;
  const size_t fields = ListpackView(blob.data()).size() / (expiring ? 3 : 2);
  if (fields == 0) return;
  value_ = Hash::make_of(blob.data(), expiring);
  if (fields <= settings_.limits.hash_max_listpack_entries) return;
  count_ = fields;
  small_hash_becomes_table();
}

// ---- sorted sets ----------------------------------------------------------------------------------

void ValueLoader::begin_zset(uint64_t count) {
  if (!zset_.has_value()) zset_.emplace(settings_);
  zset_->reserve(justified(count));
}

void ValueLoader::packed_zset(std::string_view blob) {
  const SortedSet told({Encoding::listpack, const_cast<char*>(blob.data())}, settings_);
  const size_t count = told.size();
  if (count == 0) return;
  if (count <= settings_.limits.zset_max_listpack_entries) {
    value_ = {Encoding::listpack, Listpack::copy_of(blob.data(), blob.size()).release()};
    return;
  }
  begin_zset(count);
  told.for_each([this](std::string_view member, double score) { scored(member, score); });
  value_ = zset_->finish_table();
}

}  // namespace redoubt
