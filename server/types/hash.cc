#include "server/types/hash.h"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

#include "common/base/memory.h"

namespace redoubt {
namespace {

// A value of a listpack that outlives the next change.
struct OwnedValue {
  explicit OwnedValue(ListpackValue value) : text(value.is_integer() ? "" : value.text), value_(value) {}
  void append_to(Listpack& list) const {
    if (value_.is_integer()) {
      list.append(value_.integer);
    } else {
      list.append(text);
    }
  }
  ListpackView::Position insert_into(Listpack& list, ListpackView::Position at) const {
    return value_.is_integer() ? list.insert(at, value_.integer) : list.insert(at, text);
  }

 private:
  std::string text;
  ListpackValue value_;
};

Hash::Pair pair_of(const HashField& field) { return {{field.name()}, {field.value()}}; }

HashListpackEx* make_ex(uint8_t* blob) {
  auto* ex = static_cast<HashListpackEx*>(allocate(sizeof(HashListpackEx)));
  *ex = {blob, Hash::no_index_place};
  return ex;
}

constexpr size_t spare_for_expiries = 2;  // bytes of an element that is 0

}  // namespace

ObjectValue Hash::make(const TypeSettings& /*settings*/) { return {Encoding::listpack, Listpack().release()}; }

ObjectValue Hash::make_of(const void* blob, bool with_expiry) {
  uint8_t* copy = Listpack::copy_of(blob, ListpackView(blob).bytes()).release();
  if (with_expiry) return {Encoding::listpackex, make_ex(copy)};
  return {Encoding::listpack, copy};
}

void Hash::put_blob(Listpack&& blob) {
  uint8_t* data = blob.release();
  if (extended()) {
    ex().blob = data;
  } else {
    value_.data = data;
  }
}

// ---- reading -------------------------------------------------------------------------------------

size_t Hash::size() const { return is_table() ? table().size() : view().size() / stride(); }

Hash::Position Hash::find_in_listpack(std::string_view field) const {
  const ListpackView list = view();
  const Position first = list.first();
  return first == ListpackView::none ? first : list.find(field, first, stride() - 1);
}

int64_t Hash::expiry_at(ListpackView list, Position field) const {
  return extended() ? list.get(list.next(list.next(field))).integer : no_expiry;
}

std::optional<ListpackValue> Hash::get(std::string_view field) const {
  if (is_table()) {
    const HashField* found = table().find(field);
    if (found == nullptr) return std::nullopt;
    if (found->expires() && is_past(table().expiry_of(*found), now())) return std::nullopt;
    return ListpackValue{found->value()};
  }
  const Position at = find_in_listpack(field);
  if (at == ListpackView::none) return std::nullopt;
  const ListpackView list = view();
  if (extended() && is_past(expiry_at(list, at), now())) return std::nullopt;
  return list.get(list.next(at));
}

// ---- random choices ------------------------------------------------------------------------------

std::vector<const HashField*> Hash::live_fields() const {
  std::vector<const HashField*> fields;
  fields.reserve(size());
  const int64_t now_ms = now();
  table().for_each([&](const HashField& field, int64_t at_ms) {
    if (!is_past(at_ms, now_ms)) fields.push_back(&field);
  });
  return fields;
}

Hash::Picker::Picker(const Hash& hash, Random& random) : hash_(hash), random_(random), live_(hash.live_size()) {
  if (hash.is_table()) return;
  const ListpackView list = hash.view();
  positions_.reserve(live_);
  const int64_t now_ms = hash.now();
  for (Position at = list.first(); at != ListpackView::none;) {
    if (!is_past(hash.expiry_at(list, at), now_ms)) positions_.push_back(at);
    for (size_t i = hash.stride(); i > 0; --i) at = list.next(at);
  }
}

Hash::Pair Hash::Picker::next() {
  if (hash_.is_table()) return next_in_table();
  const ListpackView list = hash_.view();
  const Position at = positions_[random_.below(positions_.size())];
  return {list.get(at), list.get(list.next(at))};
}

Hash::Pair Hash::Picker::next_in_table() {
  constexpr int tries = 100;
  const HashTable& table = hash_.table();
  for (int i = 0; candidates_.empty() && i < tries; ++i) {
    const HashField* field = table.random(random_);
    if (!is_past(table.expiry_of(*field), hash_.now())) return pair_of(*field);
  }
  if (candidates_.empty()) candidates_ = hash_.live_fields();
  return pair_of(*candidates_[random_.below(candidates_.size())]);
}

// In the order of the listpack: each is taken with the chance that makes all choices equally likely.
std::vector<Hash::Pair> Hash::sample_listpack(Random& random, size_t count) const {
  size_t left = live_size();
  count = std::min(count, left);
  std::vector<Pair> pairs;
  pairs.reserve(count);
  for_each([&](ListpackValue field, ListpackValue value) {
    const size_t wanted = count - pairs.size();
    if (wanted == left || (wanted > 0 && random.below(left) < wanted)) pairs.push_back({field, value});
    --left;
  });
  return pairs;
}

std::vector<Hash::Pair> Hash::sample(Random& random, size_t count) const {
  if (!is_table()) return sample_listpack(random, count);
  std::vector<Pair> pairs;
  if (!has_expired() && count < size() / 3) {
    pairs.reserve(count);
    std::unordered_set<const HashField*> seen;
    while (pairs.size() < count) {
      const HashField* field = table().random(random);
      if (seen.insert(field).second) pairs.push_back(pair_of(*field));
    }
    return pairs;
  }
  std::vector<const HashField*> fields = live_fields();
  count = std::min(count, fields.size());
  pairs.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    if (count < fields.size()) std::swap(fields[i], fields[i + random.below(fields.size() - i)]);
    pairs.push_back(pair_of(*fields[i]));
  }
  return pairs;
}

// ---- changing ------------------------------------------------------------------------------------

void Hash::expect(size_t fields) {
  if (!is_table() && fields > settings_->limits.hash_max_listpack_entries) convert_to_table(fields);
}

bool Hash::fits_listpack(std::string_view field, std::string_view value) const {
  const size_t most = settings_->limits.hash_max_listpack_value;
  return field.size() <= most && value.size() <= most &&
         !listpack_would_overflow(view().bytes(), listpack_element_size(field) + listpack_element_size(value) +
                                                      listpack_element_size("9223372036854775807"));
}

bool Hash::set(std::string_view field, std::string_view value, Expiry expiry) {
  if (!is_table() && !fits_listpack(field, value)) convert_to_table();
  if (is_table()) return table().set(field, value, expiry == Expiry::keep, now());
  const bool created = set_in_listpack(field, value, expiry);
  if (size() > settings_->limits.hash_max_listpack_entries) convert_to_table();
  return created;
}

bool Hash::set_in_listpack(std::string_view field, std::string_view value, Expiry expiry) {
  const Position at = find_in_listpack(field);
  Listpack list = take_blob();
  bool created = at == ListpackView::none;
  if (!created) {
    const int64_t at_ms = expiry_at(list, at);
    created = is_past(at_ms, now());
    if (at_ms == no_expiry || (expiry == Expiry::keep && !created)) {
      list.replace(list.next(at), value);
      put_blob(std::move(list));
      return false;
    }
    // One that loses its expiry goes to the end.
    list.erase(at, stride());
  }
  list.append(field);
  list.append(value);
  if (extended()) list.append(no_expiry);
  put_blob(std::move(list));
  return created;
}

bool Hash::erase(std::string_view field) {
  if (is_table()) {
    const bool there = !has_expired() || contains(field);
    return table().erase(field) && there;
  }
  const Position at = find_in_listpack(field);
  if (at == ListpackView::none) return false;
  Listpack list = take_blob();
  const bool expired = is_past(expiry_at(list, at), now());
  list.erase(at, stride());
  put_blob(std::move(list));
  return !expired;
}

// ---- conversions ---------------------------------------------------------------------------------

void Hash::convert_to_listpackex() {
  const ListpackView old = view();
  Listpack list(old.bytes() + old.size() / 2 * spare_for_expiries);
  for_each_stored([&](ListpackValue field, ListpackValue value, int64_t) {
    for (const ListpackValue& element : {field, value}) {
      if (element.is_integer()) {
        list.append(element.integer);
      } else {
        list.append(element.text);
      }
    }
    list.append(no_expiry);
  });
  Listpack::free(value_.data);
  value_ = {Encoding::listpackex, make_ex(list.release())};
}

void Hash::convert_to_table(size_t expected) {
  auto fresh = std::make_unique<HashTable>(settings_->hash_key);
  fresh->reserve(std::max(size() + 1, expected));
  for_each_stored([&](ListpackValue field, ListpackValue value, int64_t at_ms) {
    char digits[max_integer_text], more_digits[max_integer_text];
    fresh->add(field.bytes(digits), value.bytes(more_digits), at_ms);
  });
  if (extended()) fresh->index_place = ex().index_place;
  destroy(value_.encoding, value_.data);
  value_ = {Encoding::hashtable, fresh.release()};
}

// ---- expiry of fields ----------------------------------------------------------------------------

std::optional<int64_t> Hash::expiry_of(std::string_view field) const {
  int64_t at_ms = no_expiry;
  if (is_table()) {
    const HashField* found = table().find(field);
    if (found == nullptr) return std::nullopt;
    at_ms = table().expiry_of(*found);
  } else {
    const Position at = find_in_listpack(field);
    if (at == ListpackView::none) return std::nullopt;
    at_ms = expiry_at(view(), at);
  }
  if (is_past(at_ms, now())) return std::nullopt;
  return at_ms;
}

// Where a field with this expiry belongs: before the first that expires later or never; none: at the end.
Hash::Position Hash::place_for(ListpackView list, int64_t at_ms) {
  if (at_ms == no_expiry) return ListpackView::none;
  for (Position at = list.first(); at != ListpackView::none;) {
    const Position expiry = list.next(list.next(at));
    const int64_t other = list.get(expiry).integer;
    if (other == no_expiry || other > at_ms) return at;
    at = list.next(expiry);
  }
  return ListpackView::none;
}

void Hash::set_expiry(std::string_view field, int64_t at_ms) {
  if (is_table()) {
    const HashField* found = table().find(field);
    if (found != nullptr) table().set_expiry(*found, at_ms);
    return;
  }
  if (!extended()) {
    if (at_ms == no_expiry || find_in_listpack(field) == ListpackView::none) return;
    convert_to_listpackex();
  }
  const Position old = find_in_listpack(field);
  if (old == ListpackView::none) return;
  Listpack list = take_blob();
  const OwnedValue value(list.get(list.next(old)));
  list.erase(old, 3);
  Position at = place_for(list, at_ms);
  if (at == ListpackView::none) {
    list.append(field);
    value.append_to(list);
    list.append(at_ms);
  } else {
    at = list.insert(at, field);
    at = value.insert_into(list, list.next(at));
    list.insert(list.next(at), at_ms);
  }
  put_blob(std::move(list));
}

int64_t Hash::next_expiry() const {
  if (is_table()) return table().next_expiry();
  if (!extended()) return no_expiry;
  const ListpackView list = view();
  const Position first = list.first();
  return first == ListpackView::none ? no_expiry : expiry_at(list, first);
}

size_t Hash::expired_size() const {
  if (!has_expired()) return 0;
  const int64_t now_ms = now();
  if (is_table()) return table().expired_before(now_ms);
  const ListpackView list = view();
  size_t count = 0;
  for (Position at = list.first(); at != ListpackView::none; ++count) {
    const Position expiry = list.next(list.next(at));
    if (!is_past(list.get(expiry).integer, now_ms)) break;
    at = list.next(expiry);
  }
  return count;
}

bool Hash::remove_if_expired(std::string_view field) {
  if (!has_expired()) return false;
  if (is_table()) {
    const HashField* found = table().find(field);
    return found != nullptr && is_past(table().expiry_of(*found), now()) && table().erase(field);
  }
  const Position at = find_in_listpack(field);
  if (at == ListpackView::none || !is_past(expiry_at(view(), at), now())) return false;
  Listpack list = take_blob();
  list.erase(at, 3);
  put_blob(std::move(list));
  return true;
}

size_t Hash::remove_expired(size_t most, FunctionRef<void(std::string_view field)> about_to_go) {
  if (!has_expired()) return 0;
  size_t removed = 0;
  if (is_table()) {
    for (; removed < most && has_expired(); ++removed) {
      const std::string_view field = table().next_to_expire().name();
      about_to_go(field);
      table().erase(field);
    }
    return removed;
  }
  removed = std::min(most, expired_size());
  if (removed == 0) return 0;
  char digits[max_integer_text];
  Position at = view().first();
  for (size_t i = 0; i < removed; ++i) {
    about_to_go(view().get(at).bytes(digits));
    for (size_t step = 0; step < stride() && i + 1 < removed; ++step) at = view().next(at);
  }
  Listpack list = take_blob();
  list.erase(list.first(), removed * 3);
  put_blob(std::move(list));
  return removed;
}

uint32_t* Hash::index_place(Encoding encoding, void* data) {
  switch (encoding) {
    case Encoding::listpackex: return &static_cast<HashListpackEx*>(data)->index_place;
    case Encoding::hashtable: return &static_cast<HashTable*>(data)->index_place;
    default: return nullptr;
  }
}

// ---- the table in type.cc ------------------------------------------------------------------------

void Hash::destroy(Encoding encoding, void* data) {
  switch (encoding) {
    case Encoding::hashtable: std::unique_ptr<HashTable>(static_cast<HashTable*>(data)).reset(); break;
    case Encoding::listpackex:
      Listpack::free(static_cast<HashListpackEx*>(data)->blob);
      deallocate(data, sizeof(HashListpackEx));
      break;
    default: Listpack::free(data);
  }
}

size_t Hash::memory(Encoding encoding, const void* data, size_t samples) {
  switch (encoding) {
    case Encoding::hashtable: return static_cast<const HashTable*>(data)->memory(samples);
    case Encoding::listpackex:
      return good_size(sizeof(HashListpackEx)) + Listpack::allocation(static_cast<const HashListpackEx*>(data)->blob);
    default: return Listpack::allocation(data);
  }
}

void* Hash::copy(Encoding encoding, const void* data) {
  const auto copy_blob = [](const void* blob) { return Listpack::copy_of(blob, ListpackView(blob).bytes()).release(); };
  switch (encoding) {
    case Encoding::hashtable: return static_cast<const HashTable*>(data)->copy().release();
    case Encoding::listpackex: return make_ex(copy_blob(static_cast<const HashListpackEx*>(data)->blob));
    default: return copy_blob(data);
  }
}

size_t Hash::free_effort(Encoding encoding, const void* data) {
  return encoding == Encoding::hashtable ? static_cast<const HashTable*>(data)->size() : 1;
}

}  // namespace redoubt
