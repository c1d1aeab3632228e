// Which commands --print shows: those between two places, of some names, with a key that matches a pattern.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "check-aof/command_book.h"
#include "check-aof/options.h"
#include "check-aof/print/log_place.h"

namespace redoubt {

class CommandFilter {
 public:
  // The error says which option makes no sense. Offsets mean nothing when there are several files.
  static Result<CommandFilter> from_options(const CheckAofOptions& options, bool several_files);

  // Whether it picks some of the commands of a stretch, and not all.
  bool picks() const { return !names_.empty() || pattern_.has_value(); }
  bool wants(const CommandPlace& place, std::span<const std::string_view> args, CommandBook& book);
  // Neither this command nor any after it is wanted. A clock can go back, numbers and offsets cannot.
  bool ended(const CommandPlace& place) const {
    return to_ && to_->kind != LogPlace::Kind::time && is_behind(place, *to_);
  }

 private:
  bool name_matches(const CommandEntry& entry);
  bool key_matches(const CommandEntry& entry, std::span<const std::string_view> args, CommandBook& book);

  std::optional<LogPlace> from_, to_;
  std::vector<std::string> names_;     // lower case
  std::vector<int8_t> name_verdicts_;  // by the index of an entry: -1 not known yet
  std::optional<std::string> pattern_;
  std::vector<std::string_view> keys_;
};

}  // namespace redoubt
