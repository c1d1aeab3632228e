// The manifest of a multi-part append-only file: which files there are, in which order they are loaded, and how the next ones
// are called. Text in, text out; knows no files. The format is in aof_format.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace redoubt {

enum class AofFileType : char { base = 'b', history = 'h', increment = 'i' };

struct AofFileInfo {
  std::string name;  // in the log's directory; never a path
  int64_t sequence = 0;
  AofFileType type = AofFileType::base;

  bool operator==(const AofFileInfo&) const = default;
};

struct AofManifest {
  std::optional<AofFileInfo> base;
  std::vector<AofFileInfo> history;  // of no use any more, to be deleted
  std::vector<AofFileInfo> increments;
  // The highest so far.
  int64_t base_sequence = 0;
  int64_t increment_sequence = 0;

  // Whether there is a log at all.
  bool empty() const { return !base && increments.empty(); }
  // Adds an increment and returns its name. `file_name` is the directive appendfilename.
  const std::string& add_increment(std::string_view file_name);
  // Makes what was the base history, and a new one; returns its name.
  const std::string& replace_base(std::string_view file_name, bool rdb);
  // Makes all increments but the last `keep` history.
  void retire_increments(size_t keep);

  bool operator==(const AofManifest&) const = default;
};

// What was wrong, for messages.
struct AofManifestProblem {
  size_t line = 0;   // 1-based
  std::string text;  // of the line, trimmed; empty when there is no such line
};

// The error is Redis's own sentence ("Invalid AOF manifest file format"); `problem`, where given, says where.
Result<AofManifest> parse_aof_manifest(std::string_view text, AofManifestProblem* problem = nullptr);
std::string format_aof_manifest(const AofManifest& manifest);

std::string aof_manifest_name(std::string_view file_name);
std::string aof_temporary_manifest_name(std::string_view file_name);
std::string aof_temporary_increment_name(std::string_view file_name);

}  // namespace redoubt
