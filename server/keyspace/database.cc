#include "server/keyspace/database.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "common/base/memory.h"
#include "server/keyspace/lazy_free.h"

namespace redoubt {
namespace {

constexpr size_t max_spare = 1024 * 1024;
constexpr size_t lazy_effort = 64;

}  // namespace

Database::~Database() {
  keys_.for_each([](Entry* entry) { EntryMaker::free(entry); });
}

// ---- look-ups ------------------------------------------------------------------------------------

// Where the key is, once what has expired is out of the way.
KeyDict::Place Database::place_of(std::string_view key, uint64_t hash) {
  const KeyDict::Place place = keys_.find(key, hash);
  if (place && is_expired(*place.item())) [[unlikely]] {
    expire(*place.item());
    return {};
  }
  return place;
}

Entry* Database::find_without_touch(std::string_view key) {
  Entry* entry = peek(key);
  if (entry == nullptr) {
    ++shared_->stats.misses;
    return nullptr;
  }
  ++shared_->stats.hits;
  return entry;
}

Entry* Database::find_for_read(std::string_view key) {
  Entry* entry = find_without_touch(key);
  if (entry != nullptr) shared_->access.touch(*entry);
  return entry;
}

Entry* Database::peek(std::string_view key) { return place_of(key, hash_of(key)).item(); }

Entry* Database::find_for_write(std::string_view key) {
  Entry* entry = peek(key);
  if (entry == nullptr) return nullptr;
  before_change(*entry);
  shared_->access.touch(*entry);
  return entry;
}

void Database::snapshot_first(Entry& entry) {
  if (shared_->snapshot != nullptr) shared_->snapshot->before_change(*this, entry);
  entry.set_colour(shared_->colour);
}

// ---- strings -------------------------------------------------------------------------------------

Entry& Database::add(std::string_view /*key*/, uint64_t hash, Entry* entry) {
  entry->set_colour(shared_->colour);
  shared_->access.start(*entry);
  keys_.insert(hash, entry);
  return *entry;
}

Entry& Database::replace(KeyDict::Place place, Entry* fresh, Ttl ttl) {
  Entry* old = place.item();
  fresh->set_lru(old->lru());
  fresh->set_colour(old->colour());
  if (old->is_volatile()) {
    if (ttl == Ttl::keep) {
      expiry_.moved(*old, *fresh);
    } else {
      expiry_.remove(*old);
    }
  }
  leave_field_index(*old);
  place.replace(fresh);
  release(old, shared_->lazy_server_del ? Free::lazily : Free::now);
  return *fresh;
}

template <typename MakeEntry, typename InPlace>
Entry& Database::set(std::string_view key, Ttl ttl, MakeEntry make, InPlace in_place) {
  const uint64_t hash = hash_of(key);
  const KeyDict::Place place = place_of(key, hash);
  if (!place) return add(key, hash, make());
  Entry& entry = *place.item();
  before_change(entry);
  shared_->access.touch(entry);
  if (!in_place(entry)) return replace(place, make(), ttl);
  if (ttl == Ttl::drop && entry.is_volatile()) expiry_.remove(entry);
  return entry;
}

Entry& Database::set_string(std::string_view key, std::string_view value, Ttl ttl) {
  return set(
      key, ttl, [&] { return EntryMaker::make_string(key, value); },
      [&](Entry& entry) { return EntryMaker::replace_string(entry, value); });
}

Entry& Database::set_text(std::string_view key, std::string_view value, Ttl ttl) {
  return set(
      key, ttl, [&] { return EntryMaker::make_text(key, value); }, [](Entry&) { return false; });
}

Entry& Database::set_integer(std::string_view key, int64_t value, Ttl ttl) {
  return set(
      key, ttl, [&] { return EntryMaker::make_integer(key, value); },
      [&](Entry& entry) {
        if (!entry.is_integer()) return false;
        entry.set_integer(value);
        return true;
      });
}

std::span<char> Database::edit_string(Entry*& entry, size_t size, bool spare) {
  char digits[max_integer_text];
  before_change(*entry);
  if (entry->is_embedded() && EntryMaker::resize_embedded(*entry, size)) {
    entry->set_encoding(Encoding::raw);
    const std::string_view key = entry->key();
    return {const_cast<char*>(key.data()) + key.size(), size};
  }
  const size_t capacity = spare ? size + std::min(size, max_spare) : size;
  if (entry->is_embedded() || entry->is_integer()) {
    const std::string_view old = entry->string(digits).substr(0, size);
    BigString* string = BigString::make(old.size(), capacity);
    memcpy(string->data(), old.data(), old.size());
    const KeyDict::Place place = keys_.find(entry->key(), keys_.hash(entry->key()));
    Entry* fresh = EntryMaker::make_object(entry->key(), Type::string, Encoding::raw, string);
    entry = &replace(place, fresh, Ttl::keep);
  } else if (entry->big_string().capacity < size) {
    entry->set_object_pointer(BigString::grow(&entry->big_string(), capacity));
  }
  BigString& string = entry->big_string();
  if (size > string.size) memset(string.data() + string.size, 0, size - string.size);
  string.size = size;
  return {string.data(), size};
}

// ---- objects -------------------------------------------------------------------------------------

Entry& Database::add_object(std::string_view key, Type type, Encoding encoding, void* object) {
  Entry& entry = add(key, hash_of(key), EntryMaker::make_object(key, type, encoding, object));
  if (type == Type::hash) index_fields(entry);
  return entry;
}

bool Database::add_new(Entry* entry, uint64_t hash) {
  if (keys_.get(entry->key(), hash) != nullptr) return false;
  add(entry->key(), hash, entry);
  if (entry->type() == Type::hash) index_fields(*entry);
  return true;
}

void Database::release(Entry* entry, Free how) {
  if (how == Free::lazily && shared_->lazy_free != nullptr && !entry->is_embedded() && !entry->is_integer() &&
      free_effort(entry->type(), entry->encoding(), entry->object_pointer()) > lazy_effort) {
    shared_->lazy_free->free_entry(entry);
  } else {
    EntryMaker::free(entry);
  }
}

bool Database::remove(std::string_view key, Free how) {
  const uint64_t hash = hash_of(key);
  const KeyDict::Place place = place_of(key, hash);
  return place && remove(place->key(), hash, how);
}

// The key may stand in the entry that goes: it is used before that only.
bool Database::remove(std::string_view key, uint64_t hash, Free how) {
  Entry* entry = keys_.get(key, hash);
  if (entry == nullptr) return false;
  before_change(*entry);
  if (entry->is_volatile()) expiry_.remove(*entry);
  leave_field_index(*entry);
  keys_.erase(key, hash);
  release(entry, how);
  return true;
}

// ---- expiry --------------------------------------------------------------------------------------

void Database::set_expiry(Entry& entry, int64_t at_ms) {
  before_change(entry);
  expiry_.set(entry, at_ms);
}

bool Database::clear_expiry(Entry& entry) {
  if (!entry.is_volatile()) return false;
  before_change(entry);
  expiry_.remove(entry);
  return true;
}

void Database::expire(Entry& entry) {
  ++shared_->stats.expired;
  if (shared_->listener != nullptr) shared_->listener->key_expired(*this, entry.key(), shared_->lazy_expire);
  remove(entry.key(), keys_.hash(entry.key()), shared_->lazy_expire ? Free::lazily : Free::now);
}

void Database::reindex_fields(Entry& entry) {
  const int64_t at_ms = Hash({entry.encoding(), entry.object_pointer()}, shared_->types).next_expiry();
  if (at_ms != Hash::no_expiry) {
    field_expiry_.set(entry, at_ms);
  } else {
    leave_field_index(entry);
  }
}

size_t Database::expire_fields(Entry& entry, size_t most) {
  before_change(entry);
  Hash hash({entry.encoding(), entry.object_pointer()}, shared_->types);
  const size_t removed = hash.remove_expired(most, [&](std::string_view field) {
    if (shared_->listener != nullptr) shared_->listener->field_expired(*this, entry.key(), field);
  });
  entry.set_object_pointer(hash.value().data);
  index_fields(entry);
  if (removed == 0) return 0;
  shared_->stats.expired_fields += removed;
  const bool emptied = hash.size() == 0;
  // The key goes with the entry.
  const std::string key(entry.key());
  if (emptied) remove(key, keys_.hash(key), Free::now);
  if (shared_->listener != nullptr) shared_->listener->fields_expired(*this, key, removed, emptied);
  return removed;
}

void Database::evict(Entry& entry, bool lazily) {
  ++shared_->stats.evicted;
  if (shared_->listener != nullptr) shared_->listener->key_evicted(*this, entry.key(), lazily);
  remove(entry.key(), keys_.hash(entry.key()), lazily ? Free::lazily : Free::now);
}

// ---- whole keys ----------------------------------------------------------------------------------

void Database::move_to(std::string_view from, Database& target, std::string_view to) {
  const uint64_t hash = keys_.hash(from);
  Entry* old = keys_.get(from, hash);
  before_change(*old);
  const bool is_volatile = old->is_volatile();
  const int64_t at_ms = expiry_of(*old);
  if (is_volatile) expiry_.remove(*old);
  leave_field_index(*old);
  keys_.erase(from, hash);
  Entry* fresh = EntryMaker::make_with_value_of(*old, to);
  fresh->set_colour(shared_->colour);
  fresh->set_lru(old->lru());
  EntryMaker::free(old, true);
  target.keys_.insert(target.keys_.hash(fresh->key()), fresh);
  if (is_volatile) target.expiry_.set(*fresh, at_ms);
  if (fresh->type() == Type::hash) target.index_fields(*fresh);
}

void Database::copy_to(const Entry& from, Database& target, std::string_view to) {
  Entry* fresh = EntryMaker::make_with_value_of(from, to);
  if (!from.is_embedded() && !from.is_integer()) {
    fresh->set_object_pointer(copy_object(from.type(), from.encoding(), from.object_pointer()));
  }
  target.add(to, target.keys_.hash(to), fresh);
  if (from.is_volatile()) target.expiry_.set(*fresh, expiry_of(from));
  if (fresh->type() == Type::hash) target.index_fields(*fresh);
}

void Database::clear(bool lazily) {
  KeyDict old(shared_->hash_key);
  ExpiryIndex old_expiry;
  old.swap(keys_);
  std::swap(old_expiry, expiry_);
  field_expiry_.clear();
  if (old.size() == 0) return;
  if (shared_->snapshot != nullptr && shared_->snapshot->take_over(*this, old, old_expiry)) return;
  if (lazily && shared_->lazy_free != nullptr) {
    shared_->lazy_free->free_keys(std::move(old));
  } else {
    old.for_each([](Entry* entry) { EntryMaker::free(entry); });
  }
}

void Database::swap_contents(Database& other) {
  keys_.swap(other.keys_);
  std::swap(expiry_, other.expiry_);
  std::swap(field_expiry_, other.field_expiry_);
  if (shared_->snapshot != nullptr) shared_->snapshot->swapped(*this, other);
}

size_t Database::memory_of(const Entry& entry, size_t samples) const {
  size_t bytes = good_size(entry.used_size());
  if (!entry.is_embedded() && !entry.is_integer()) {
    bytes += object_memory(entry.type(), entry.encoding(), entry.object_pointer(), samples);
  }
  return bytes + DictBucket::slot_bytes + (entry.is_volatile() ? sizeof(ExpiryIndex::Pair) : 0);
}

}  // namespace redoubt
