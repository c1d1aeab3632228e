// The command line of redoubt-check-aof, checked: what contradicts itself is refused before any file is opened.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/tool/output.h"

namespace redoubt {

struct CheckAofOptions {
  std::string path;  // of a manifest, or of a single file

  // ---- repair
  bool fix = false;
  std::optional<int64_t> truncate_to_timestamp;  // Unix seconds
  bool yes = false;                              // asks nothing
  bool dry_run = false;                          // changes nothing, says what would go
  bool backup = false;                           // keeps the file as it was, beside it
  bool allow_middle = false;                     // cuts files of a manifest that are not its last
  std::optional<uint64_t> max_loss;              // bytes that a cut may take

  // ---- other work than to verify; at most one
  std::optional<std::string> salvage;  // the path of what is written
  bool stats = false;
  bool print = false;

  // ---- of print, as they were written
  std::optional<std::string> from, to;
  std::optional<std::string> match;   // a glob pattern of keys
  std::vector<std::string> commands;  // names; none: all

  bool json = false;
};

struct ParsedCheckAof {
  CheckAofOptions options;
  // There is nothing to do: help was shown (0), or the line makes no sense (3).
  std::optional<int> exit_status;
};

ParsedCheckAof parse_check_aof(int argc, const char* const* argv, Output& out, Output& err);

}  // namespace redoubt
