#include "check-aof/stats/rewrite_estimate.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <unordered_set>
#include <utility>

#include "common/aof/aof_writer.h"
#include "common/base/number.h"
#include "common/command/letter_case.h"

namespace redoubt {

namespace {

constexpr size_t counter_size = 20;
// Of "PEXPIREAT" but its key.
constexpr uint64_t expiry_size = 45;

uint64_t argument_size(std::string_view text) { return text.size() + count_digits(text.size()) + 5; }

std::optional<uint64_t> number_at(std::span<const std::string_view> args, size_t at) {
  return at < args.size() ? parse_u64(args[at]) : std::nullopt;
}

uint64_t sum_of_sizes(std::span<const std::string_view> args) {
  uint64_t sum = 0;
  for (const std::string_view arg : args) sum += argument_size(arg);
  return sum;
}

}  // namespace

RewriteEstimate::RewriteEstimate(const HashKey& key, size_t slots) : hash_key_(key), keys_(slots), elements_(slots) {}

uint64_t RewriteEstimate::id_of(uint64_t database) const {
  if (database_ids_.empty()) return database;
  const auto found = database_ids_.find(database);
  return found != database_ids_.end() ? found->second : database;
}

uint64_t RewriteEstimate::hash_of(std::string_view text, uint64_t salt) const {
  // The low bits choose the sample, so that the salt must reach them.
  uint64_t hash = keyed_hash(text, hash_key_) ^ (salt * 0x9e3779b97f4a7c15u);
  hash = (hash ^ (hash >> 32)) * 0xd6e8feb86659fd93u;
  hash ^= hash >> 32;
  return hash != 0 ? hash : 1;
}

RewriteEstimate::Key* RewriteEstimate::find_key(std::string_view name, uint64_t database) {
  return keys_.find(hash_of(name, id_of(database)));
}

RewriteEstimate::Key* RewriteEstimate::find_or_add_key(std::string_view name, uint64_t database) {
  const uint64_t hash = hash_of(name, id_of(database));
  if (Key* const key = keys_.find(hash)) return key;
  if (keys_.full()) make_room_for_keys();
  // The table's own slots go by the low bits, and must not lose them.
  if (key_bits_ > 0 && hash >> (64 - key_bits_) != 0) return nullptr;
  Key& key = keys_.find_or_add(hash);
  key.database = id_of(database);
  return &key;
}

RewriteEstimate::Key* RewriteEstimate::key_with_value(const Call& call, std::string_view name) {
  Key* const key = find_or_add_key(name, call.database);
  if (key != nullptr && key->identity == 0) {
    key->set(++last_identity_, argument_size(name) + argument_size(call.args[0]) + 4);
  }
  return key;
}

void RewriteEstimate::make_room_for_keys() {
  keys_.keep_if([&](const Key& key) { return is_alive(key); });
  while (keys_.full()) {
    ++key_bits_;
    keys_.keep_if([&](const Key& key) { return key.hash >> (64 - key_bits_) == 0; });
  }
}

// Those of values that are gone first.
void RewriteEstimate::make_room_for_elements() {
  std::unordered_set<uint64_t> alive;
  keys_.each([&](const Key& key) {
    if (is_alive(key)) alive.insert(key.identity);
  });
  elements_.keep_if([&](const Element& element) { return alive.contains(element.identity); });
  while (elements_.full()) {
    ++element_bits_;
    elements_.keep_if([&](const Element& element) { return element.hash >> (64 - element_bits_) == 0; });
  }
}

void RewriteEstimate::put_element(const Key& key, std::string_view element, uint64_t bytes) {
  const uint64_t identity = key.identity;
  const uint64_t hash = hash_of(element, identity);
  if (element_bits_ > 0 && hash >> (64 - element_bits_) != 0) return;
  if (elements_.full() && elements_.find(hash) == nullptr) {
    make_room_for_elements();
    if (element_bits_ > 0 && hash >> (64 - element_bits_) != 0) return;
  }
  Element& record = elements_.find_or_add(hash);
  record.identity = identity;
  record.bytes = bytes;
}

void RewriteEstimate::grow(const Call& call, uint64_t bytes) {
  Key* const key = call.keys.empty() ? nullptr : key_with_value(call, call.keys[0]);
  if (key != nullptr) key->bytes += bytes;
}

void RewriteEstimate::replace(const Call& call, std::string_view name, uint64_t bytes) {
  Key* const key = find_or_add_key(name, call.database);
  if (key != nullptr) key->set(++last_identity_, bytes);
}

void RewriteEstimate::set_string(const Call& call) {
  if (call.args.size() < 3) return;
  int64_t expires = 0;
  for (size_t i = 3; i < call.args.size(); ++i) {
    const bool ms = equal_ignoring_case(call.args[i], "pxat");
    if (equal_ignoring_case(call.args[i], "keepttl")) {
      const Key* const key = find_key(call.args[1], call.database);
      if (key != nullptr) expires = key->expires_ms;
    } else if ((ms || equal_ignoring_case(call.args[i], "exat")) && i + 1 < call.args.size()) {
      expires = parse_i64(call.args[i + 1]).value_or(0) * (ms ? 1 : 1000);
    }
  }
  replace(call, call.args[1], call.bytes);
  if (expires == 0) return;
  if (Key* const key = find_key(call.args[1], call.database)) key->expires_ms = expires;
}

void RewriteEstimate::set_many(const Call& call) {
  for (size_t i = 1; i + 1 < call.args.size(); i += 2) {
    replace(call, call.args[i], 13 + sum_of_sizes(call.args.subspan(i, 2)));
  }
}

void RewriteEstimate::remove_keys(const Call& call) {
  for (const std::string_view name : call.keys) {
    if (Key* const key = find_key(name, call.database)) key->set(0, 0);
  }
}

void RewriteEstimate::move_value(const Call& call, std::string_view to, uint64_t to_database) {
  Key value;
  if (Key* const from = find_key(call.args[1], call.database)) {
    value = *from;
    from->set(0, 0);
  }
  Key* const key = find_or_add_key(to, to_database);
  if (key == nullptr) return;
  value.hash = key->hash;
  value.database = key->database;
  *key = value;
}

void RewriteEstimate::put_elements(const Call& call, size_t first, size_t step, size_t name) {
  const Key* const key = key_with_value(call, call.args[1]);
  if (key == nullptr) return;
  for (size_t i = first; i + step <= call.args.size(); i += step) {
    put_element(*key, call.args[i + name], sum_of_sizes(call.args.subspan(i, step)));
  }
}

void RewriteEstimate::put_scored(const Call& call) {
  static constexpr std::string_view options[] = {"nx", "xx", "gt", "lt", "ch", "incr"};
  size_t first = 2;
  while (first < call.args.size() && std::any_of(std::begin(options), std::end(options), [&](std::string_view option) {
           return equal_ignoring_case(call.args[first], option);
         })) {
    ++first;
  }
  put_elements(call, first, 2, 1);
}

void RewriteEstimate::remove_elements(const Call& call) {
  const Key* const key = find_key(call.args[1], call.database);
  if (key == nullptr || key->identity == 0) return;
  for (const std::string_view element : call.args.subspan(2)) {
    if (Element* const record = elements_.find(hash_of(element, key->identity))) record->bytes = 0;
  }
}

void RewriteEstimate::push(const Call& call, size_t first) {
  Key* const key = key_with_value(call, call.args[1]);
  if (key == nullptr || first >= call.args.size()) return;
  key->bytes += sum_of_sizes(call.args.subspan(first));
  key->elements += call.args.size() - first;
}

void RewriteEstimate::keep_only(Key& key, uint64_t elements) {
  if (elements >= key.elements) return;
  if (elements == 0) {
    key.set(0, 0);
    return;
  }
  const double share = static_cast<double>(elements) / static_cast<double>(key.elements);
  key.bytes = static_cast<uint64_t>(static_cast<double>(key.bytes) * share);
  key.elements = elements;
}

void RewriteEstimate::pop(const Call& call, uint64_t count) {
  Key* const key = find_key(call.args[1], call.database);
  if (key != nullptr) keep_only(*key, key->elements - std::min(count, key->elements));
}

void RewriteEstimate::limit_list(const Call& call) {
  Key* const key = find_key(call.args[1], call.database);
  const auto first = number_at(call.args, 2);
  const auto last = number_at(call.args, 3);
  if (key == nullptr || !first || !last) return;
  const uint64_t end = std::min(*last, key->elements) + (*last < key->elements ? 1 : 0);
  keep_only(*key, end > *first ? end - *first : 0);
}

void RewriteEstimate::limit_stream(const Call& call) {
  Key* const key = find_key(call.args[1], call.database);
  if (key == nullptr) return;
  for (size_t i = 2; i + 1 < call.args.size(); ++i) {
    if (!equal_ignoring_case(call.args[i], "maxlen")) continue;
    const bool sign = call.args[i + 1] == "~" || call.args[i + 1] == "=";
    const auto most = number_at(call.args, i + (sign ? 2 : 1));
    // An empty stream stays; one entry is near enough.
    if (most) keep_only(*key, std::max<uint64_t>(*most, 1));
    return;
  }
}

void RewriteEstimate::add_to_stream(const Call& call) {
  Key* const key = key_with_value(call, call.args[1]);
  if (key == nullptr) return;
  key->bytes += call.bytes;
  ++key->elements;
  limit_stream(call);
}

void RewriteEstimate::expire(const Call& call, int64_t unit) {
  Key* const key = find_key(call.args[1], call.database);
  const auto time = call.args.size() > 2 ? parse_i64(call.args[2]) : std::nullopt;
  if (key != nullptr && key->identity != 0 && time) key->expires_ms = *time * unit;
}

void RewriteEstimate::persist(const Call& call) {
  if (Key* const key = find_key(call.args[1], call.database)) key->expires_ms = 0;
}

void RewriteEstimate::count_up(const Call& call) {
  if (Key* const key = key_with_value(call, call.args[1])) {
    key->bytes = argument_size(call.args[1]) + counter_size + 13;
  }
}

void RewriteEstimate::set_range(const Call& call) {
  Key* const key = key_with_value(call, call.args[1]);
  if (key == nullptr || call.args.size() < 4) return;
  key->bytes = std::max(key->bytes, number_at(call.args, 2).value_or(0) + call.args[3].size());
}

void RewriteEstimate::move_member(const Call& call) {
  if (call.args.size() < 4) return;
  const std::string_view member = call.args[3];
  const Key* const from = find_key(call.args[1], call.database);
  Element* const record = from != nullptr ? elements_.find(hash_of(member, from->identity)) : nullptr;
  if (record != nullptr) record->bytes = 0;
  if (const Key* const to = key_with_value(call, call.args[2])) put_element(*to, member, argument_size(member));
}

void RewriteEstimate::move_element(const Call& call) {
  if (call.args.size() < 3) return;
  const Key* const from = find_key(call.args[1], call.database);
  if (from == nullptr || from->elements == 0) return;
  const uint64_t bytes = from->bytes / from->elements;
  pop(call, 1);
  if (Key* const to = key_with_value(call, call.args[2])) {
    to->bytes += bytes;
    ++to->elements;
  }
}

void RewriteEstimate::swap(const Call& call) {
  const auto one = number_at(call.args, 1);
  const auto other = number_at(call.args, 2);
  if (!one || !other) return;
  const uint64_t id = id_of(*one);
  database_ids_[*one] = id_of(*other);
  database_ids_[*other] = id;
}

void RewriteEstimate::flush_all() {
  keys_.clear();
  elements_.clear();
  key_bits_ = element_bits_ = 0;
  database_ids_.clear();
}

void RewriteEstimate::add(const CommandEntry& entry, std::span<const std::string_view> args,
                          std::span<const std::string_view> keys, uint64_t database, uint64_t bytes) {
  if (effects_.size() <= entry.index) effects_.resize(entry.index + 1, RewriteEffect::unknown);
  RewriteEffect& effect = effects_[entry.index];
  if (effect == RewriteEffect::unknown) effect = rewrite_effect_of(entry.name);
  const Call call{args, keys, database, bytes};
  switch (effect) {
    case RewriteEffect::none: return;
    case RewriteEffect::outside: outside_ += bytes; return;
    case RewriteEffect::flush_all: return flush_all();
    case RewriteEffect::flush_one: database_ids_[database] = ++last_database_id_; return;
    case RewriteEffect::swap: return swap(call);
    default:
      if (args.size() > 1) apply(effect, call);
  }
}

// The number of a database names its first content, until that is flushed or swapped away.
bool RewriteEstimate::is_there(uint64_t id) const {
  const bool first = id <= UINT32_MAX && !database_ids_.contains(id);
  return first ||
         std::any_of(database_ids_.begin(), database_ids_.end(), [&](const auto& pair) { return pair.second == id; });
}

uint64_t RewriteEstimate::remaining(int64_t now_ms) const {
  std::unordered_set<uint64_t> alive;
  uint64_t of_keys = 0;
  keys_.each([&](const Key& key) {
    if (!is_alive(key) || (key.expires_ms != 0 && key.expires_ms <= now_ms)) return;
    alive.insert(key.identity);
    of_keys += key.bytes + (key.expires_ms != 0 ? expiry_size : 0);
  });
  uint64_t of_elements = 0;
  elements_.each([&](const Element& element) {
    if (alive.contains(element.identity)) of_elements += element.bytes;
  });
  return outside_ + (of_keys << key_bits_) + (of_elements << (key_bits_ + element_bits_));
}

void RewriteEstimate::apply(RewriteEffect effect, const Call& call) {
  const auto& args = call.args;
  switch (effect) {
    case RewriteEffect::set: return set_string(call);
    case RewriteEffect::set_many: return set_many(call);
    case RewriteEffect::replace: return replace(call, args[1], call.bytes);
    case RewriteEffect::counter: return count_up(call);
    case RewriteEffect::append: return grow(call, args.size() > 2 ? args[2].size() : 0);
    case RewriteEffect::set_range: return set_range(call);
    case RewriteEffect::remove: return remove_keys(call);
    case RewriteEffect::hash_set: return put_elements(call, 2, 2, 0);
    case RewriteEffect::hash_count: return put_elements(call, 2, 2, 0);
    case RewriteEffect::members: return put_elements(call, 2, 1, 0);
    case RewriteEffect::scored: return put_scored(call);
    case RewriteEffect::scored_count: return put_elements(call, 2, 2, 1);
    case RewriteEffect::remove_elements: return remove_elements(call);
    case RewriteEffect::move_member: return move_member(call);
    case RewriteEffect::move_element: return move_element(call);
    case RewriteEffect::push: return push(call, 2);
    case RewriteEffect::insert: return push(call, 4);
    case RewriteEffect::pop: return pop(call, number_at(args, 2).value_or(1));
    case RewriteEffect::trim: return limit_list(call);
    case RewriteEffect::stream_add: return add_to_stream(call);
    case RewriteEffect::stream_trim: return limit_stream(call);
    case RewriteEffect::stream_remove: return pop(call, args.size() - 2);
    case RewriteEffect::expire_at: return expire(call, 1000);
    case RewriteEffect::expire_at_ms: return expire(call, 1);
    case RewriteEffect::persist: return persist(call);
    case RewriteEffect::rename: return move_value(call, args.back(), call.database);
    case RewriteEffect::move: return move_value(call, args[1], number_at(args, 2).value_or(0));
    default: return grow(call, call.bytes);
  }
}

}  // namespace redoubt
