#include "check-aof/stats/stats_collector.h"

#include <algorithm>

namespace redoubt {

AofStatsCollector::AofStatsCollector() : rewrite_(hash_key_) {}

void AofStatsCollector::begin_file(const CheckedFile&) {
  database_.begin_file();
  current_database_ = nullptr;
  in_transaction_ = false;
}

Status AofStatsCollector::timestamp(int64_t unix_seconds, uint64_t) {
  ++timestamps_;
  first_time_ = std::min(first_time_.value_or(unix_seconds), unix_seconds);
  last_time_ = std::max(last_time_.value_or(unix_seconds), unix_seconds);
  return {};
}

Status AofStatsCollector::commands(std::span<const AofCommand> batch) {
  for (const AofCommand& command : batch) add(command);
  return {};
}

Traffic& AofStatsCollector::traffic_of_database() {
  const uint64_t number = database_.number();
  const bool counted = by_database_.size() < most_databases || by_database_.contains(number);
  return by_database_[counted ? number : other_databases];
}

void AofStatsCollector::follow_transaction(const AofCommand& command) {
  const std::string_view name = command.args[0];
  if (equal_ignoring_case(name, "multi")) {
    in_transaction_ = true;
    open_commands_ = 0;
  } else if (equal_ignoring_case(name, "exec") && in_transaction_) {
    in_transaction_ = false;
    ++transactions_;
    commands_in_transactions_ += open_commands_ - 1;
  } else if (equal_ignoring_case(name, "discard")) {
    in_transaction_ = false;
  }
}

void AofStatsCollector::add(const AofCommand& command) {
  const uint64_t bytes = command.end - command.offset;
  const CommandEntry& entry = book_.find(command.args[0]);
  if (by_command_.size() <= entry.index) by_command_.resize(entry.index + 1);
  by_command_[entry.index].add(bytes);
  if (database_.see(command.args)) current_database_ = nullptr;
  if (current_database_ == nullptr) current_database_ = &traffic_of_database();
  current_database_->add(bytes);
  if (in_transaction_) ++open_commands_;
  if (command.args.size() == 1) follow_transaction(command);
  book_.find_keys(entry, command.args, found_keys_);
  for (const std::string_view key : found_keys_) {
    const uint64_t salt = database_.number() * 0x9e3779b97f4a7c15u;
    // A command of several keys is traffic of each.
    keys_.add(keyed_hash(key, hash_key_) ^ salt, database_.number(), key, bytes);
  }
  rewrite_.add(entry, command.args, found_keys_, database_.number(), bytes);
}

Traffic AofStatsCollector::all() const {
  Traffic all;
  for (const Traffic& traffic : by_command_) {
    all.commands += traffic.commands;
    all.bytes += traffic.bytes;
  }
  return all;
}

}  // namespace redoubt
