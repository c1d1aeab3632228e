#include "check-aof/salvage/salvage_loss.h"

#include <algorithm>
#include <utility>

#include "check-aof/log_database.h"

namespace redoubt {

void AofLossCollector::clear() {
  recognised_.clear();
  found_.clear();
  more_keys_ = 0;
  last_select_.reset();
  run_.clear();
  after_header_ = name_damaged_ = false;
}

void AofLossCollector::note_name(const std::string& name) {
  if (recognised_.size() < AofLoss::most_keys || recognised_.contains(name)) ++recognised_[name];
}

void AofLossCollector::note_key(std::string_view key) {
  key = key.substr(0, AofLoss::longest_key);
  if (found_.contains(key)) return;
  if (found_.size() < AofLoss::most_keys) {
    found_.emplace(key);
  } else {
    ++more_keys_;
  }
}

void AofLossCollector::add_command(std::span<const std::string_view> args) {
  const CommandEntry& entry = book_.find(args[0]);
  note_name(entry.name);
  book_.find_keys(entry, args, keys_);
  for (const std::string_view key : keys_) note_key(key);
}

void AofLossCollector::skipped_header(uint64_t) {
  finish_run(false);
  after_header_ = true;
}

void AofLossCollector::skipped_argument(std::string_view bytes) {
  if (run_.size() < most_arguments) run_.emplace_back(bytes.substr(0, longest_argument));
}

// The name comes first where a command's first line was whole, or where it is a name that we know. Of others the first argument
// after a damaged name is the likely key; pieces that are neither tell nothing.
void AofLossCollector::finish_run(bool by_damage) {
  const bool had_header = std::exchange(after_header_, false);
  const bool lost_name = std::exchange(name_damaged_, false);
  if (run_.empty()) {
    name_damaged_ = by_damage && (had_header || lost_name);
    return;
  }
  std::vector<std::string_view> args(run_.begin(), run_.end());
  const CommandEntry& entry = book_.find(args[0]);
  if (lost_name && entry.spec == nullptr) {
    note_key(args[0]);
  } else if (had_header || entry.spec != nullptr) {
    note_name(entry.name);
    book_.find_keys(entry, args, keys_);
    // Too few arguments are left to tell: nearly all commands have a key there.
    if (keys_.empty() && entry.keys == CommandEntry::Keys::asked && args.size() > 1) keys_.push_back(args[1]);
    for (const std::string_view key : keys_) note_key(key);
    if (LogDatabase::is_select(args)) last_select_ = parse_u64(args[1]);
  }
  run_.clear();
}

void AofLossCollector::move_to(AofLoss& loss) {
  finish_run(false);
  loss.recognised = std::move(recognised_);
  loss.keys = std::move(found_);
  loss.more_keys = more_keys_;
  clear();
}

}  // namespace redoubt
