// The command line of redoubt-check-rdb as a plain struct: what is to be done, and with which file. What contradicts itself is
// refused here, so that the modes need not ask.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/rdb/rdb_visitor.h"
#include "common/tool/check_status.h"
#include "common/tool/output.h"

namespace redoubt {

enum class CheckRdbMode : uint8_t { verify, stats, export_keys, salvage, diff };

// How a mode says what it found.
enum class CheckRdbForm : uint8_t { text, csv, json };

enum class ExportFormat : uint8_t { resp, json, csv, aof };

// Keys whose time has come: a server that loads the file drops them.
enum class ExpiredKeys : uint8_t { skip, include, only };

// Which keys are exported.
struct KeyFilter {
  std::optional<std::string> match = {};  // a glob pattern for names
  std::optional<RdbKind> kind = {};
  std::optional<uint64_t> db = {};
  ExpiredKeys expired = ExpiredKeys::skip;
};

struct CheckRdbOptions {
  CheckRdbMode mode = CheckRdbMode::verify;
  std::string file;
  CheckRdbForm form = CheckRdbForm::text;  // csv with --stats only

  // ---- stats
  std::string html_file;  // empty: none
  uint64_t top = 20;      // the largest keys, so many; 0: none
  char prefix_separator = ':';

  // ---- export
  ExportFormat export_format = ExportFormat::resp;
  std::string output_file;  // empty: standard output
  KeyFilter filter;

  // ---- salvage
  std::string salvage_file;

  // ---- diff
  std::string other_file;
  uint64_t ttl_tolerance_ms = 0;

  // ---- salvage, diff: what does not fit the memory is sorted in a temporary file
  uint64_t memory = uint64_t{32} << 20;
  std::string spill_directory = "/tmp";

  // ---- the terminal; main() finds out
  bool progress = false;  // on standard error
  bool colours = false;   // on standard output
};

struct ParsedCheckRdb {
  CheckRdbOptions options;
  // There is nothing to do: help or version were asked for (sound), or the line made no sense (usage; `err` says why).
  std::optional<CheckStatus> status;
};

ParsedCheckRdb parse_check_rdb_options(int argc, const char* const* argv, Output& out, Output& err);

// "string", "list", "set", "zset", "hash" or "stream", as TYPE answers.
std::optional<RdbKind> parse_kind(std::string_view name);
std::string_view name_of(RdbKind kind);

}  // namespace redoubt
