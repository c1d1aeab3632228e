// The function bodies of dict.h; include that.
#pragma once

#include <algorithm>
#include <utility>

#include "common/base/bytes.h"
#include "common/base/prefetch.h"
#include "server/dict/dict.h"

namespace redoubt {

template <typename Traits>
void Dict<Traits>::swap(Dict& other) noexcept {
  std::swap(table_, other.table_);
  std::swap(next_, other.next_);
  std::swap(moved_, other.moved_);
  std::swap(size_, other.size_);
  std::swap(chained_, other.chained_);
  std::swap(hash_key_, other.hash_key_);
}

template <typename Traits>
Dict<Traits>::~Dict() {
  for (DictTable* table : {&table_, &next_}) {
    if (chained_ > 0) {
      for (size_t i = table == &table_ ? moved_ : 0; i < table->count; ++i) {
        DictBucket* link = table->buckets[i].chained() ? table->buckets[i].link() : nullptr;
        while (link != nullptr) {
          DictBucket* after = link->chained() ? link->link() : nullptr;
          free_chained_bucket(link);
          link = after;
        }
      }
    }
    table->release();
  }
}

template <typename Traits>
auto Dict<Traits>::find(std::string_view key, uint64_t hash) const -> Place {
  const uint8_t tag = Bucket::tag_of(hash);
  for (Bucket* bucket = bucket_of(hash);; bucket = bucket->link()) {
    for (unsigned mask = bucket->matches(tag); mask != 0; mask &= mask - 1) {
      const int slot = __builtin_ctz(mask);
      Item item = item_of(*bucket, slot);
      if (same_bytes(Traits::key(item), key)) [[likely]]
        return Place(item, bucket->pointer_at(slot));
    }
    if (!bucket->chained()) [[likely]]
      return {};
  }
}

template <typename Traits>
bool Dict<Traits>::prefetch_match(const Bucket& bucket, uint8_t tag) {
  const unsigned mask = bucket.matches(tag);
  // Without a branch: when nothing matches it is what stands last, which in a chain is the link.
  prefetch(bucket.pointer(__builtin_ctz(mask | 1u << Bucket::link_slot)));
  return mask != 0;
}

template <typename Traits>
bool Dict<Traits>::prefetch_item(uint64_t hash) const {
  const Bucket* bucket = bucket_of(hash);
  const bool found = prefetch_match(*bucket, Bucket::tag_of(hash));
  return !found && bucket->chained();
}

template <typename Traits>
void Dict<Traits>::add_to(Bucket* bucket, uint64_t hash, Item item) {
  while (true) {
    if (const unsigned free_slots = bucket->free_slots(); free_slots != 0) [[likely]]
      return bucket->set(__builtin_ctz(free_slots), Bucket::tag_of(hash), item);
    if (!bucket->chained()) {
      // The link takes the place of the last item, which moves on with the new one.
      Bucket* link = new_chained_bucket();
      ++chained_;
      link->set(0, bucket->tag(Bucket::link_slot), bucket->pointer(Bucket::link_slot));
      bucket->set_link(link);
    }
    bucket = bucket->link();
  }
}

template <typename Traits>
void Dict<Traits>::insert(uint64_t hash, Item item) {
  if (rehashing()) {
    step();
  } else if (size_ >= table_.count * mean_per_bucket || table_.shared) [[unlikely]] {
    if (table_.shared) {
      table_ = DictTable::make(1);
    } else {
      start_rehash(table_.count * 2);
    }
  }
  add_to(bucket_of(hash), hash, item);
  ++size_;
}

template <typename Traits>
void Dict<Traits>::remove_from(Bucket* first, Bucket* bucket, int slot) {
  if (!first->chained()) return bucket->free_slot(slot);
  // Fill the hole from the end of the chain, so that chains get shorter and links go.
  Bucket* before = nullptr;
  Bucket* last = first;
  while (last->chained()) {
    before = last;
    last = last->link();
  }
  const int from = 31 - __builtin_clz(last->used());
  bucket->set(slot, last->tag(from), last->pointer(from));
  last->free_slot(from);
  if (last->used() == 0) {
    free_chained_bucket(last);
    --chained_;
    before->drop_link();
  }
}

template <typename Traits>
auto Dict<Traits>::erase(std::string_view key, uint64_t hash) -> Item {
  if (size_ == 0) return nullptr;
  if (rehashing()) step();
  const uint8_t tag = Bucket::tag_of(hash);
  Bucket* first = bucket_of(hash);
  for (Bucket* bucket = first;; bucket = bucket->link()) {
    for (unsigned mask = bucket->matches(tag); mask != 0; mask &= mask - 1) {
      const int slot = __builtin_ctz(mask);
      Item item = item_of(*bucket, slot);
      if (!same_bytes(Traits::key(item), key)) continue;
      remove_from(first, bucket, slot);
      --size_;
      return item;
    }
    if (!bucket->chained()) return nullptr;
  }
}

template <typename Traits>
template <typename F>
void Dict<Traits>::each_in(const Bucket* bucket, F&& f) {
  for (;; bucket = bucket->link()) {
    for (unsigned mask = bucket->used(); mask != 0; mask &= mask - 1) {
      f(item_of(*bucket, __builtin_ctz(mask)));
    }
    if (!bucket->chained()) return;
  }
}

template <typename Traits>
void Dict<Traits>::prefetch_items_of(const Bucket& bucket) {
  for (unsigned mask = bucket.used(); mask != 0; mask &= mask - 1) {
    prefetch(bucket.pointer(__builtin_ctz(mask)));
  }
}

template <typename Traits>
void Dict<Traits>::start_rehash(size_t buckets) {
  next_ = DictTable::make(std::max<size_t>(buckets, 1));
  moved_ = 0;
  if (table_.count <= 8) rehash(table_.count);
}

template <typename Traits>
void Dict<Traits>::move_bucket(Bucket* bucket) {
  Bucket* link = bucket->chained() ? bucket->link() : nullptr;
  each_in(bucket, [this](Item item) {
    const uint64_t hash = Traits::hash(item, *hash_key_);
    add_to(next_.buckets + next_.index(DictTable::position(hash)), hash, item);
  });
  while (link != nullptr) {
    Bucket* after = link->chained() ? link->link() : nullptr;
    free_chained_bucket(link);
    --chained_;
    link = after;
  }
  bucket->clear();
}

template <typename Traits>
bool Dict<Traits>::rehash(size_t buckets) {
  if (!rehashing()) return false;
  for (; buckets > 0 && moved_ < table_.count; --buckets) {
    // The items of the buckets to come are on their way while this one is moved.
    if (table_.count >= prefetch_from && moved_ + 2 < table_.count) {
      prefetch(table_.buckets + moved_ + 2);
      prefetch_items_of(table_.buckets[moved_ + 1]);
    }
    move_bucket(table_.buckets + moved_);
    table_.give_back(++moved_);
  }
  if (moved_ == table_.count) finish_rehash();
  return rehashing();
}

template <typename Traits>
void Dict<Traits>::finish_rehash() {
  table_.release();
  table_ = next_;
  next_ = {};
  moved_ = 0;
}

template <typename Traits>
void Dict<Traits>::shrink_if_sparse() {
  if (rehashing() || table_.shared) return;
  if (size_ == 0) {
    table_.release();
    table_ = DictTable::empty();
  } else if (table_.count > 4 && size_ * sparse < table_.count * mean_per_bucket) {
    start_rehash(std::max(size_ * 2 / mean_per_bucket + 1, table_.count / max_shrink));
  }
}

template <typename Traits>
void Dict<Traits>::reserve(size_t items) {
  const size_t buckets = items / mean_per_bucket + 1;
  if (size_ != 0 || rehashing() || buckets <= table_.count) return;
  table_.release();
  table_ = DictTable::make(buckets);
}

template <typename Traits>
template <typename F>
uint64_t Dict<Traits>::scan(uint64_t cursor, F&& f) const {
  if (size_ == 0) return 0;
  cursor &= (uint64_t{1} << DictTable::position_bits) - 1;
  // A stretch never crosses a bucket of the table that its hashes are in now. Where the table was replaced since the last
  // call, the cursor may point into a bucket: the hash of each item decides.
  const size_t i = table_.index(cursor);
  const bool in_next = i < moved_;
  const DictTable& table = in_next ? next_ : table_;
  const size_t at = in_next ? next_.index(cursor) : i;
  uint64_t end = table.first_position(at + 1);
  // Beyond the moved part the old table answers.
  if (in_next) end = std::min(end, table_.first_position(moved_));
  const bool whole = cursor == table.first_position(at);
  each_in(table.buckets + at, [&](Item item) {
    if (whole || DictTable::position(Traits::hash(item, *hash_key_)) >= cursor) f(item);
  });
  return end >> DictTable::position_bits != 0 ? 0 : end;
}

template <typename Traits>
template <typename G, typename F>
void Dict<Traits>::for_each_while(G&& go_on, F&& f) const {
  if (size_ == 0) return;
  const Live live = this->live();
  const size_t prefetched = live.count >= prefetch_from ? live.count - 1 : 0;
  for (size_t i = 0; i < live.count && go_on(); ++i) {
    if (i < prefetched) prefetch_items_of(*live_bucket(live, i + 1));
    each_in(live_bucket(live, i), f);
  }
}

template <typename Traits>
auto Dict<Traits>::live() const -> Live {
  const size_t fresh = moved_ == 0 ? 0 : next_.index(table_.first_position(moved_) - 1) + 1;
  return {fresh, fresh + table_.count - moved_};
}

// One of the buckets that others link to, all equally likely; null when none was found in time.
template <typename Traits>
auto Dict<Traits>::random_link(Random& random, const Live& live) const -> const Bucket* {
  constexpr size_t levels = 3;
  for (int tries = 0; tries < 1000; ++tries) {
    const uint64_t drawn = random.below(live.count * levels);
    const Bucket* bucket = live_bucket(live, drawn / levels);
    size_t level = drawn % levels + 1;
    while (level > 0 && bucket->chained()) {
      bucket = bucket->link();
      --level;
    }
    if (level == 0) return bucket;
  }
  return nullptr;
}

template <typename Traits>
auto Dict<Traits>::random(Random& random) const -> Item {
  if (size_ == 0) return nullptr;
  // A slot among those of all buckets, drawn anew until it holds an item. Some are drawn ahead, so that their buckets come
  // from memory together. When the table is so sparse that this would take long, walk on from where we are.
  constexpr size_t ahead = 4;
  const Live live = this->live();
  const uint64_t slots = (live.count + chained_) * Bucket::slots;
  for (int tries = 0; tries < 250; ++tries) {
    uint64_t drawn[ahead];
    for (uint64_t& slot : drawn) {
      slot = random.below(slots);
      if (slot / Bucket::slots < live.count) prefetch(live_bucket(live, slot / Bucket::slots));
    }
    for (const uint64_t slot : drawn) {
      const size_t i = slot / Bucket::slots;
      const Bucket* bucket = i < live.count ? live_bucket(live, i) : random_link(random, live);
      if (bucket == nullptr) continue;
      const int in_bucket = static_cast<int>(slot % Bucket::slots);
      if (bucket->tag(in_bucket) != 0) return item_of(*bucket, in_bucket);
    }
  }
  Item found = nullptr;
  sample(random, 1, [&](Item item) { found = item; });
  return found;
}

template <typename Traits>
template <typename F>
void Dict<Traits>::sample(Random& random, size_t count, F&& f) const {
  if (size_ == 0) return;
  count = std::min(count, size_);
  // From the beginning of a bucket: a whole round sees everything once.
  uint64_t cursor = DictTable::position(random.next());
  const size_t i = table_.index(cursor);
  cursor = i < moved_ ? next_.first_position(next_.index(cursor)) : table_.first_position(i);
  // One round at most: the cursor wraps to 0 at the end of the table.
  for (size_t steps = 0; count > 0 && steps <= table_.count + next_.count + 2; ++steps) {
    // Of the last bucket only a part is wanted: any of its items must have its chance, so that the part begins anywhere.
    size_t length = 0;
    scan(cursor, [&length](Item) { ++length; });
    const size_t wanted = std::min(count, length);
    size_t place = wanted < length ? random.below(length) : 0;
    cursor = scan(cursor, [&](Item item) {
      if (place < wanted) f(item);
      if (++place == length) place = 0;
    });
    count -= wanted;
  }
}

template <typename Traits>
auto Dict<Traits>::shape() const -> Shape {
  Shape shape{table_.count, next_.count, chained_, 0};
  for (const DictTable* table : {&table_, &next_}) {
    for (size_t i = table == &table_ ? moved_ : 0; i < table->count; ++i) {
      size_t length = 0;
      each_in(table->buckets + i, [&](Item) { ++length; });
      shape.longest_chain = std::max(shape.longest_chain, length);
    }
  }
  return shape;
}

}  // namespace redoubt
