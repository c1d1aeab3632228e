// The hash table of the keyspace, and of big sets, hashes and sorted sets. Holds pointers to items that know their key;
// owns the table, not the items.
//
// A bucket is one cache line: nine pointers and nine one-byte hash tags, so that a look-up touches one line of the table
// and, but for one case in thirty, only the item that it wants. A bucket that is full chains to another.
//
//   byte 0..8    tags: 1..255 from the hash's lowest byte, 0 when there is no item in the slot
//   byte 9       1: slot 8 is a link to the next bucket of the chain (its tag is 0), else 0
//   byte 10..63  nine pointers of 6 bytes: more are not used in user space
//
// Buckets stand in the order of the hash: of n buckets, number i holds the hashes whose upper 48 bits, their position, lie
// in [i * 2^48 / n, (i + 1) * 2^48 / n). From this follow three things. Any n will do. While a table is replaced by a larger or smaller one, its buckets are moved in
// order, so that a hash tells in which of the two tables its key is: no look-up ever visits both. And the cursor of a scan
// is simply a position, up to which all has been seen, which stays right however often the table was replaced.
//
// Memory of big tables is mapped, not allocated: it comes zeroed, page by page, and goes back while the buckets move on,
// so that neither growing nor the end of it costs a long tick.
//
// Traits give: Item (a pointer type), `static std::string_view key(Item)` and `static uint64_t hash(Item, const HashKey&)`.
// Not thread-safe. No callback may change the dict.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/prefetch.h"
#include "common/base/random.h"
#include "common/hash/keyed_hash.h"
#include "server/dict/dict_table.h"

namespace redoubt {

template <typename Traits>
class Dict {
 public:
  using Item = typename Traits::Item;

  explicit Dict(const HashKey& key) : hash_key_(&key) {}
  Dict(Dict&& other) noexcept : hash_key_(other.hash_key_) { swap(other); }
  Dict& operator=(Dict&& other) noexcept {
    swap(other);
    return *this;
  }
  void swap(Dict& other) noexcept;

  size_t size() const { return size_; }
  uint64_t hash(std::string_view key) const { return keyed_hash(key, *hash_key_); }
  const HashKey& hash_key() const { return *hash_key_; }

  // An item and where it stands. Good until the next insert, erase or rehash; false when there is none.
  class Place {
   public:
    Place() = default;
    explicit operator bool() const { return item_ != nullptr; }
    Item item() const { return item_; }
    Item operator->() const { return item_; }
    // Puts another item of the same key there.
    void replace(Item item) {
      item_ = item;
      DictBucket::store_pointer(at_, item);
    }

   private:
    friend class Dict;
    Place(Item item, uint8_t* at) : item_(item), at_(at) {}
    Item item_ = nullptr;
    uint8_t* at_ = nullptr;
  };

  // The place of the item with this key.
  Place find(std::string_view key, uint64_t hash) const;
  Item get(std::string_view key, uint64_t hash) const { return find(key, hash).item(); }
  // The key of `item` must not be present. Moves a bucket on when a rehash is under way.
  void insert(uint64_t hash, Item item);
  // Takes the item out; null when there is none.
  Item erase(std::string_view key, uint64_t hash);

  // For batches: bring into the cache first the buckets, then what they say is the item, and then the items of those
  // hashes for which prefetch_item() was true: these are further down the chain. None changes anything. Worth it for what
  // is not in the cache only.
  void prefetch_bucket(uint64_t hash) const { prefetch(bucket_of(hash)); }
  bool prefetch_item(uint64_t hash) const;
  void prefetch_chained_item(uint64_t hash) const { prefetch_match(*bucket_of(hash)->link(), Bucket::tag_of(hash)); }

  // Calls f(Item) for everything in the next stretch of hashes and returns the cursor for the one after; 0 begins and 0
  // ends. Every item that is present from the first call to the last is seen exactly once.
  template <typename F>
  uint64_t scan(uint64_t cursor, F&& f) const;
  template <typename F>
  void for_each(F&& f) const {
    for_each_while([] { return true; }, f);
  }
  // The same until go_on(), which is asked between buckets, says no.
  template <typename G, typename F>
  void for_each_while(G&& go_on, F&& f) const;
  // A random item, all equally likely (but those beyond the fourth bucket of a chain, of which there are none to speak of);
  // null when empty.
  Item random(Random& random) const;
  // Calls f(Item) for `count` different items, or all if there are fewer, that follow a random place: cheap, and random
  // enough to sample.
  template <typename F>
  void sample(Random& random, size_t count, F&& f) const;

  bool rehashing() const { return next_.buckets != nullptr; }
  // Moves up to `buckets` buckets; false when nothing is left to do.
  bool rehash(size_t buckets);
  // Starts to shrink when most of the table is empty, to a sixteenth at most: call it again. Growing starts by itself.
  void shrink_if_sparse();
  // Makes room for `items` at once, when the dict is empty.
  void reserve(size_t items);

  // Bytes of tables and chained buckets.
  size_t memory() const { return (table_.count + next_.count + chained_) * sizeof(DictBucket); }
  struct Shape {
    size_t buckets = 0, next_buckets = 0, chained = 0, longest_chain = 0;
  };
  Shape shape() const;

 private:
  using Bucket = DictBucket;
  static constexpr uint64_t mean_per_bucket = 8;  // grows above this
  static constexpr uint64_t sparse = 12;          // shrinks below a twelfth of that, to half of it
  static constexpr size_t prefetch_from = 4096;   // buckets: smaller tables and their items stay in the cache
  static constexpr size_t max_shrink = 16;        // one table is at most so many times smaller than the one before

  // What each insert and erase contributes. A table that shrinks must be done before inserts can crowd the small one.
  void step() { rehash(next_.count < table_.count ? max_shrink : 1); }

  static Item item_of(const Bucket& bucket, int slot) { return static_cast<Item>(bucket.pointer(slot)); }
  Bucket* bucket_of(uint64_t hash) const {
    const uint64_t position = DictTable::position(hash);
    const size_t i = table_.index(position);
    if (i < moved_) [[unlikely]]
      return next_.buckets + next_.index(position);
    return table_.buckets + i;
  }
  void add_to(Bucket* bucket, uint64_t hash, Item item);
  void remove_from(Bucket* first, Bucket* bucket, int slot);
  void move_bucket(Bucket* bucket);
  void start_rehash(size_t buckets);
  void finish_rehash();
  template <typename F>
  static void each_in(const Bucket* bucket, F&& f);
  static bool prefetch_match(const Bucket& bucket, uint8_t tag);
  static void prefetch_items_of(const Bucket& bucket);
  // The first buckets of all chains that can hold something, counted through both tables.
  struct Live {
    size_t fresh;  // those of the next table; then come those of the old one that have not moved
    size_t count;
  };
  Live live() const;
  Bucket* live_bucket(const Live& live, size_t i) const {
    return i < live.fresh ? next_.buckets + i : table_.buckets + moved_ + (i - live.fresh);
  }
  const Bucket* random_link(Random& random, const Live& live) const;

  // A dict without items still has a bucket to look into, so that look-ups need not ask.
  DictTable table_ = DictTable::empty();
  DictTable next_;
  size_t moved_ = 0;  // buckets of table_ that went to next_
  size_t size_ = 0;
  size_t chained_ = 0;
  const HashKey* hash_key_;

 public:
  ~Dict();
};

}  // namespace redoubt

#include "server/dict/dict_impl.h"
