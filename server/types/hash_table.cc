#include "server/types/hash_table.h"

#include <algorithm>
#include <utility>

#include "common/base/memory.h"

namespace redoubt {

// ---- fields --------------------------------------------------------------------------------------

HashField* HashField::make(std::string_view name, std::string_view value, bool expires) {
  auto* field = static_cast<HashField*>(allocate(bytes_of(name.size(), value.size(), expires)));
  field->write(name, value, expires);
  return field;
}

void HashField::free(HashField* field) { deallocate(field, field->bytes()); }

void HashField::write(std::string_view name, std::string_view value, bool expires) {
  const bool is_wide = wide(name.size(), value.size());
  *at(0) = static_cast<char>((is_wide ? wide_bit : 0) | (expires ? expires_bit : 0));
  if (is_wide) {
    const uint64_t sizes[] = {name.size(), value.size()};
    memcpy(at(1), sizes, sizeof sizes);
  } else {
    *at(1) = static_cast<char>(name.size());
    *at(2) = static_cast<char>(value.size());
  }
  char* out = at(head_bytes(is_wide, expires));
  if (!name.empty()) memcpy(out, name.data(), name.size());
  if (!value.empty()) memcpy(out + name.size(), value.data(), value.size());
}

bool HashField::replace_value(std::string_view value) {
  const size_t names = name_size();
  if (wide(names, value.size()) != is_wide()) return false;
  if (good_size(bytes_of(names, value.size(), expires())) != good_size(bytes())) return false;
  if (is_wide()) {
    const uint64_t size = value.size();
    memcpy(at(9), &size, sizeof size);
  } else {
    *at(2) = static_cast<char>(value.size());
  }
  if (!value.empty()) memcpy(at(head_bytes(is_wide(), expires()) + names), value.data(), value.size());
  return true;
}

// ---- the heap ------------------------------------------------------------------------------------

void FieldHeap::put(size_t place, Pair pair) {
  pairs_[place] = pair;
  pair.field->set_heap_place(static_cast<uint32_t>(place));
}

void FieldHeap::sift_up(size_t place, Pair pair) {
  while (place > 0) {
    const size_t parent = (place - 1) / fan_out;
    if (pairs_[parent].at_ms <= pair.at_ms) break;
    put(place, pairs_[parent]);
    place = parent;
  }
  put(place, pair);
}

void FieldHeap::sift_down(size_t place, Pair pair) {
  while (true) {
    const size_t first_child = place * fan_out + 1;
    if (first_child >= pairs_.size()) break;
    const size_t end = std::min(first_child + fan_out, pairs_.size());
    size_t least = first_child;
    for (size_t child = first_child + 1; child < end; ++child) {
      if (pairs_[child].at_ms < pairs_[least].at_ms) least = child;
    }
    if (pairs_[least].at_ms >= pair.at_ms) break;
    put(place, pairs_[least]);
    place = least;
  }
  put(place, pair);
}

void FieldHeap::add(HashField& field, int64_t at_ms) {
  pairs_.push_back({});
  sift_up(pairs_.size() - 1, {at_ms, &field});
}

void FieldHeap::change(const HashField& field, int64_t at_ms) {
  const size_t place = field.heap_place();
  const Pair old = pairs_[place];
  if (at_ms < old.at_ms) {
    sift_up(place, {at_ms, old.field});
  } else {
    sift_down(place, {at_ms, old.field});
  }
}

void FieldHeap::remove(const HashField& field) {
  const size_t place = field.heap_place();
  const int64_t removed = pairs_[place].at_ms;
  const Pair last = pairs_.back();
  pairs_.pop_back();
  // Memory goes back when most of it is unused.
  if (pairs_.capacity() > 64 && pairs_.size() * 4 < pairs_.capacity()) {
    std::vector<Pair> smaller;
    smaller.reserve(pairs_.size() * 2);
    smaller = pairs_;
    pairs_.swap(smaller);
  }
  if (place == pairs_.size()) return;
  if (last.at_ms < removed) {
    sift_up(place, last);
  } else {
    sift_down(place, last);
  }
}

void FieldHeap::moved(const HashField& from, HashField& to) { put(from.heap_place(), {time_of(from), &to}); }

size_t FieldHeap::count_before(int64_t ms) const {
  size_t count = 0;
  std::vector<size_t> open;
  const auto look_at = [&](size_t place) {
    if (place < pairs_.size() && pairs_[place].at_ms < ms) open.push_back(place);
  };
  look_at(0);
  while (!open.empty()) {
    const size_t place = open.back();
    open.pop_back();
    ++count;
    for (size_t child = place * fan_out + 1; child <= place * fan_out + fan_out; ++child) look_at(child);
  }
  return count;
}

// ---- the table -----------------------------------------------------------------------------------

HashTable::~HashTable() {
  fields_.for_each([](HashField* field) { HashField::free(field); });
}

std::unique_ptr<HashTable> HashTable::copy() const {
  auto result = std::make_unique<HashTable>(fields_.hash_key());
  result->reserve(size());
  for_each([&](const HashField& field, int64_t at_ms) { result->add(field.name(), field.value(), at_ms); });
  return result;
}

FieldHeap& HashTable::heap() {
  if (heap_ == nullptr) heap_ = std::make_unique<FieldHeap>();
  return *heap_;
}

void HashTable::insert(uint64_t hash, std::string_view name, std::string_view value, int64_t expiry) {
  HashField* field = HashField::make(name, value, expiry != no_expiry);
  if (expiry != no_expiry) heap().add(*field, expiry);
  fields_.insert(hash, field);
}

void HashTable::add(std::string_view name, std::string_view value, int64_t expiry) {
  insert(fields_.hash(name), name, value, expiry);
}

bool HashTable::add_new(std::string_view name, std::string_view value, int64_t expiry) {
  const uint64_t hash = fields_.hash(name);
  if (fields_.get(name, hash) != nullptr) return false;
  insert(hash, name, value, expiry);
  return true;
}

HashField* HashTable::remake(Dict<Traits>::Place place, std::string_view value, bool expires) {
  HashField* old = place.item();
  HashField* fresh = HashField::make(old->name(), value, expires);
  if (old->expires() && expires) {
    heap_->moved(*old, *fresh);
  } else if (old->expires()) {
    heap_->remove(*old);
  }
  place.replace(fresh);
  HashField::free(old);
  return fresh;
}

bool HashTable::set(std::string_view name, std::string_view value, bool keep_expiry, int64_t now_ms) {
  const uint64_t hash = fields_.hash(name);
  const Dict<Traits>::Place place = fields_.find(name, hash);
  if (!place) {
    fields_.insert(hash, HashField::make(name, value, false));
    return true;
  }
  const bool expired = place->expires() && heap_->time_of(*place.item()) < now_ms;
  const bool expires = place->expires() && keep_expiry && !expired;
  if (place->expires() != expires || !place->replace_value(value)) remake(place, value, expires);
  return expired;
}

bool HashTable::erase(std::string_view name) {
  HashField* field = fields_.erase(name, fields_.hash(name));
  if (field == nullptr) return false;
  if (field->expires()) heap_->remove(*field);
  HashField::free(field);
  fields_.shrink_if_sparse();
  return true;
}

void HashTable::set_expiry(const HashField& field, int64_t at_ms) {
  if (field.expires() && at_ms != no_expiry) return heap_->change(field, at_ms);
  if (field.expires() == (at_ms != no_expiry)) return;
  const Dict<Traits>::Place place = fields_.find(field.name(), fields_.hash(field.name()));
  // The value moves along: remake() reads it before it frees the old field.
  HashField* fresh = remake(place, field.value(), at_ms != no_expiry);
  if (at_ms != no_expiry) heap().add(*fresh, at_ms);
}

size_t HashTable::memory(size_t samples) const {
  size_t bytes = 0, count = 0;
  const auto measure = [&](const HashField& field) {
    bytes += good_size(field.bytes());
    ++count;
  };
  if (samples == 0 || samples >= size()) {
    for_each([&](const HashField& field, int64_t) { measure(field); });
  } else {
    // From one end: deterministic, as the same question should have the same answer.
    uint64_t cursor = 0;
    do {
      cursor = fields_.scan(cursor, [&](const HashField* field) {
        if (count < samples) measure(*field);
      });
    } while (cursor != 0 && count < samples);
  }
  if (count != 0)
    bytes = static_cast<size_t>(static_cast<double>(bytes) / static_cast<double>(count) * static_cast<double>(size()));
  const size_t heap_bytes = heap_ == nullptr ? 0 : good_size(sizeof(FieldHeap)) + heap_->memory();
  return good_size(sizeof(HashTable)) + fields_.memory() + heap_bytes + bytes;
}

}  // namespace redoubt
