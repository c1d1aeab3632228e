#include "server/persistence/snapshot.h"

#include <algorithm>
#include <utility>

#include "common/base/clock.h"

namespace redoubt {
namespace {

// What an entry's expiry is in its index, wherever that is.
int64_t expiry_in(const ExpiryIndex& index, const Entry& entry) {
  return entry.is_volatile() ? index.time_of(entry) : Database::never;
}

// The walk meets entries in the order of their hashes, that is, anywhere in memory: they are fetched some way ahead.
void prefetch_value(const Entry& entry) {
  if (!entry.is_embedded() && !entry.is_integer()) __builtin_prefetch(entry.object_pointer());
}

}  // namespace

Snapshot::Table::Table(KeyDict& taken_keys, ExpiryIndex& taken_expiry) : keys(std::move(taken_keys)) {
  std::swap(expiry, taken_expiry);
}

void Snapshot::start(SnapshotSink& sink) {
  // After a snapshot that was not walked to its end, entries have any of the colours since. One that comes round again must
  // not be found.
  if (++begun_ >= Entry::colours) repaint();
  KeyspaceShared& shared = keyspace_.shared();
  shared.colour = static_cast<uint8_t>((shared.colour + 1) % Entry::colours);
  shared.snapshot = this;
  sink_ = &sink;
  const auto count = static_cast<size_t>(keyspace_.count());
  parts_ = std::vector<Part>(count);
  part_of_.resize(count);
  keys_told_ = keys_total_ = 0;
  for (size_t i = 0; i < count; ++i) {
    Database& db = keyspace_[static_cast<int>(i)];
    parts_[i].db = db.id();
    parts_[i].sizes = {db.size(), db.volatile_size()};
    parts_[i].holder = &db;
    part_of_[i] = i;
    keys_total_ += db.size();
  }
  current_ = 0;
  selected_ = nullptr;
  if (keys_total_ == 0) finish();
}

void Snapshot::walk(int64_t until_ns, uint64_t most_keys) {
  const uint64_t begin = keys_told_;
  while (active() && sink_->has_room() && keys_told_ - begin < most_keys) {
    const uint64_t left = most_keys - (keys_told_ - begin);
    const size_t told = walk_step(parts_[current_], static_cast<size_t>(std::min<uint64_t>(left, batch)));
    if (!active()) return;
    if (told > 0 && monotonic_ns() >= until_ns) return;
  }
}

// Tells of some keys; 0 when the part had none left.
size_t Snapshot::walk_step(Part& part, size_t most) {
  const KeyDict& keys = part.table != nullptr ? part.table->keys : part.holder->keys();
  const ExpiryIndex& expiry = part.table != nullptr ? part.table->expiry : part.holder->expiries();
  const uint8_t colour = keyspace_.shared().colour;
  bool more = keys.size() > 0;
  found_.clear();
  for (size_t steps = 0; more && found_.size() < most && steps < batch; ++steps) {
    part.cursor = keys.scan(part.cursor, [&](Entry* entry) {
      __builtin_prefetch(entry);
      found_.push_back(entry);
    });
    more = part.cursor != 0;
  }
  std::erase_if(found_, [&](const Entry* entry) { return entry->colour() == colour; });
  for (const Entry* entry : found_) prefetch_value(*entry);
  const size_t told = found_.size();
  for (Entry* entry : found_) {
    tell(part, *entry, expiry_in(expiry, *entry));
    entry->set_colour(colour);
  }
  if (!more) next_part();
  return std::max<size_t>(told, 1);
}

void Snapshot::tell(Part& part, const Entry& entry, int64_t expires_ms) {
  if (selected_ != &part) {
    sink_->select(part.db, part.named ? nullptr : &part.sizes);
    part.named = true;
    selected_ = &part;
  }
  ++keys_told_;
  sink_->key(entry, expires_ms);
}

void Snapshot::next_part() {
  release(parts_[current_]);
  if (++current_ == parts_.size()) finish();
}

void Snapshot::finish() {
  begun_ = 0;
  std::exchange(sink_, nullptr)->end();
  cancel();
}

void Snapshot::cancel() {
  sink_ = nullptr;
  if (keyspace_.shared().snapshot == this) keyspace_.shared().snapshot = nullptr;
  for (Part& part : parts_) release(part);
  parts_.clear();
}

void Snapshot::release(Part& part) {
  if (part.holder != nullptr) part_of_[static_cast<size_t>(part.holder->id())] = no_part;
  part.holder = nullptr;
  if (part.table != nullptr) keyspace_.lazy_free().free_keys(std::move(part.table->keys));
  part.table = nullptr;
}

// Gives all entries the present colour.
void Snapshot::repaint() {
  const uint8_t colour = keyspace_.shared().colour;
  for (int id = 0; id < keyspace_.count(); ++id) {
    keyspace_[id].keys().for_each([colour](Entry* entry) { entry->set_colour(colour); });
  }
  begun_ = 1;
}

// ---- what happens to the databases meanwhile -----------------------------------------------------

void Snapshot::before_change(Database& db, Entry& entry) {
  const size_t number = part_of_[static_cast<size_t>(db.id())];
  if (!active() || number == no_part) return;
  sink_->wait_for_room();
  tell(parts_[number], entry, db.expiry_of(entry));
}

bool Snapshot::take_over(Database& db, KeyDict& keys, ExpiryIndex& expiry) {
  const size_t number = part_of_[static_cast<size_t>(db.id())];
  if (!active() || number == no_part) return false;
  Part& part = parts_[number];
  part.table = std::make_unique<Table>(keys, expiry);
  part.holder = nullptr;
  part_of_[static_cast<size_t>(db.id())] = no_part;
  return true;
}

void Snapshot::swapped(const Database& one, const Database& other) {
  if (!active()) return;
  std::swap(part_of_[static_cast<size_t>(one.id())], part_of_[static_cast<size_t>(other.id())]);
  for (const Database* db : {&one, &other}) {
    const size_t number = part_of_[static_cast<size_t>(db->id())];
    if (number != no_part) parts_[number].holder = &keyspace_[db->id()];
  }
}

// --------------------------------------------------------------------------------------------------

void tell_everything(Keyspace& keyspace, SnapshotSink& sink) {
  for (int id = 0; id < keyspace.count(); ++id) {
    const Database& db = keyspace[id];
    if (db.size() == 0) continue;
    const SnapshotSink::Sizes sizes{db.size(), db.volatile_size()};
    sink.select(id, &sizes);
    uint64_t keys = 0;
    db.keys().for_each([&](const Entry* entry) {
      if (++keys % 64 == 0) sink.wait_for_room();
      sink.key(*entry, db.expiry_of(*entry));
    });
  }
  sink.end();
}

}  // namespace redoubt
