// Makes keys of what an RdbReader tells: those of an RDB file, or of the RDB part of an append log. Keys that have expired are
// left out (but not of a log, whose commands may speak of them), empty collections too. Entries come into their tables by
// batches whose buckets were fetched from memory meanwhile. What Redis logs of a file is logged. Executor thread only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "server/keyspace/keyspace.h"
#include "server/persistence/surroundings.h"
#include "server/persistence/value_loader.h"

namespace redoubt {

class KeyLoader final : public ValueLoader {
 public:
  struct Options {
    uint64_t file_bytes = 0;
    bool log_base = false;  // of an append log
    bool merge = false;     // a key that exists is replaced; else it is an error
  };
  struct Counts {
    uint64_t loaded = 0;
    uint64_t expired = 0;
    uint64_t empty = 0;
  };

  KeyLoader(const PersistenceSurroundings& surroundings, const Options& options);
  // Keys that are not in their tables yet are put there; call finish() to learn whether that went well.
  ~KeyLoader() override;

  void version(int version) override;
  void aux(std::string_view name, std::string_view value) override;
  void select_db(uint64_t db) override;
  void sizes(uint64_t keys, uint64_t volatile_keys) override;
  Status function(std::string_view code) override;
  bool begin_key(const RdbKey& key) override;
  Status end_key() override;

  // All was told. An error, as end_key() gives one, is for the log.
  Status finish();
  // "Done loading RDB, …"
  void tell_done() const;

  const Counts& counts() const { return counts_; }
  uint64_t used_memory_then() const { return used_memory_then_; }  // as the file says; 0: it does not

 private:
  static constexpr size_t batch = 16;
  struct Pending {
    Entry* entry;
    uint64_t hash;
    int64_t expires_ms;
    int64_t idle_seconds;
    int frequency;
  };

  Status add_pending();
  Status add(const Pending& pending);

  const PersistenceSurroundings& surroundings_;
  Options options_;
  Database* db_;
  bool unknown_db_ = false;
  int64_t now_ms_;
  Pending next_{};
  std::array<Pending, batch> pending_;
  size_t pending_count_ = 0;
  Counts counts_;
  uint64_t used_memory_then_ = 0;
};

}  // namespace redoubt
