// The figures of --stats, gathered while a log is read. Memory does not depend on the log's size: names of commands, databases and
// keys are counted up to a limit.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "check-aof/command_book.h"
#include "check-aof/log_database.h"
#include "check-aof/read_log.h"
#include "check-aof/stats/heavy_keys.h"
#include "check-aof/stats/rewrite_estimate.h"
#include "common/hash/keyed_hash.h"

namespace redoubt {

struct Traffic {
  uint64_t commands = 0;
  uint64_t bytes = 0;

  void add(uint64_t command_bytes) {
    ++commands;
    bytes += command_bytes;
  }
};

class AofStatsCollector final : public LogVisitor {
 public:
  // Of databases; those beyond are counted together under the number other_databases.
  static constexpr size_t most_databases = 1024;
  static constexpr uint64_t other_databases = UINT64_MAX;

  AofStatsCollector();

  void begin_file(const CheckedFile& file) override;
  void rdb_part(uint64_t bytes) override { rdb_bytes_ += bytes; }
  Status commands(std::span<const AofCommand> batch) override;
  Status timestamp(int64_t unix_seconds, uint64_t offset) override;

  const CommandBook& book() const { return book_; }
  Traffic all() const;
  // By the index of an entry of the book; may be shorter than that.
  const std::vector<Traffic>& by_command() const { return by_command_; }
  const std::map<uint64_t, Traffic>& by_database() const { return by_database_; }
  const HeavyKeys& keys() const { return keys_; }
  const RewriteEstimate& rewrite() const { return rewrite_; }
  uint64_t rdb_bytes() const { return rdb_bytes_; }

  // With an EXEC.
  uint64_t transactions() const { return transactions_; }
  uint64_t commands_in_transactions() const { return commands_in_transactions_; }

  uint64_t timestamps() const { return timestamps_; }
  std::optional<int64_t> first_time() const { return first_time_; }
  std::optional<int64_t> last_time() const { return last_time_; }

 private:
  void add(const AofCommand& command);
  void follow_transaction(const AofCommand& command);
  Traffic& traffic_of_database();

  HashKey hash_key_;
  CommandBook book_;
  LogDatabase database_;
  std::vector<Traffic> by_command_;
  std::map<uint64_t, Traffic> by_database_;
  Traffic* current_database_ = nullptr;  // in by_database_; nothing: it has changed
  HeavyKeys keys_;
  RewriteEstimate rewrite_;
  std::vector<std::string_view> found_keys_;
  uint64_t rdb_bytes_ = 0;
  bool in_transaction_ = false;
  uint64_t open_commands_ = 0;  // of the transaction so far
  uint64_t transactions_ = 0;
  uint64_t commands_in_transactions_ = 0;
  uint64_t timestamps_ = 0;
  std::optional<int64_t> first_time_, last_time_;
};

}  // namespace redoubt
