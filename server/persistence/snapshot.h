// The data set as it was at one moment, told in slices while commands go on changing it. Nothing is copied: every entry
// carries a colour, and a snapshot begins by choosing a new one for all entries to come. Its walk tells a sink of each entry
// that does not have it, and gives it to it; an entry that is about to change is told of first (SnapshotHook). So each entry
// that there was is told of exactly once, as it was.
//
// The databases are told of under the numbers that they had at the start, whatever SWAPDB does to them. A database that is
// emptied gives its table to the walk, which frees it when it is through.
//
// BGSAVE, the base of a rewritten log and a full resynchronisation are sinks of this one walk; one at a time. Executor
// thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "server/keyspace/keyspace.h"

namespace redoubt {

// Who is told. May not change the keyspace.
class SnapshotSink {
 public:
  virtual ~SnapshotSink() = default;

  struct Sizes {
    uint64_t keys = 0;
    uint64_t volatile_keys = 0;
  };
  // The keys that follow are of this database, until another is named. `sizes`: as of the start, when it is named for the
  // first time; else null.
  virtual void select(int db, const Sizes* sizes) = 0;
  // `expires_ms`: Database::never for a key that stays. The entry is not in any table of a Database any more, maybe.
  virtual void key(const Entry& entry, int64_t expires_ms) = 0;
  // All was told. The sink is not called again.
  virtual void end() = 0;

  // False: the walk had better wait, because what was told is not stored away yet.
  virtual bool has_room() const { return true; }
  // Called before a key is told of that cannot wait: may block so that what is told does not pile up without bounds.
  virtual void wait_for_room() {}
};

class Snapshot final : public SnapshotHook {
 public:
  explicit Snapshot(Keyspace& keyspace) : keyspace_(keyspace) {}
  ~Snapshot() override { cancel(); }
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  bool active() const { return sink_ != nullptr; }
  // The snapshot is of now. None may be active.
  void start(SnapshotSink& sink);
  // Walks on until that time (monotonic) or for so many keys, a few more at most, or until the sink has no room. When all has
  // been told, tells the sink so and is not active any more.
  void walk(int64_t until_ns, uint64_t most_keys = UINT64_MAX);
  bool sink_has_room() const { return sink_ == nullptr || sink_->has_room(); }
  // Forgets the sink, which is not told.
  void cancel();

  // Of the present snapshot, or the last.
  uint64_t keys_told() const { return keys_told_; }
  uint64_t keys_total() const { return keys_total_; }

  void before_change(Database& db, Entry& entry) override;
  bool take_over(Database& db, KeyDict& keys, ExpiryIndex& expiry) override;
  void swapped(const Database& one, const Database& other) override;

 private:
  static constexpr size_t no_part = SIZE_MAX;
  static constexpr size_t batch = 64;

  // A table of a database that is no database's any more.
  struct Table {
    Table(KeyDict& taken_keys, ExpiryIndex& taken_expiry);
    KeyDict keys;
    ExpiryIndex expiry;
  };
  // What one database held at the start.
  struct Part {
    int db = 0;  // its number then
    SnapshotSink::Sizes sizes;
    bool named = false;
    Database* holder = nullptr;    // where its keys are now, or
    std::unique_ptr<Table> table;  // here
    uint64_t cursor = 0;
  };

  size_t walk_step(Part& part, size_t most);
  void tell(Part& part, const Entry& entry, int64_t expires_ms);
  void next_part();
  void finish();
  void release(Part& part);
  void repaint();

  Keyspace& keyspace_;
  SnapshotSink* sink_ = nullptr;
  std::vector<Part> parts_;
  std::vector<size_t> part_of_;  // by the number of the database that holds it now
  size_t current_ = 0;           // the part that the walk is in
  Part* selected_ = nullptr;     // the part whose database the sink was told last
  uint64_t keys_told_ = 0;
  uint64_t keys_total_ = 0;
  int begun_ = 0;  // snapshots since all entries had one colour
  std::vector<Entry*> found_;
};

// Tells the sink of all that there is now, at once and without a change of colours: also while a snapshot is active.
void tell_everything(Keyspace& keyspace, SnapshotSink& sink);

}  // namespace redoubt
