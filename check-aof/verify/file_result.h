// What became of one file of a log: for the person and for the machine that asked.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "check-aof/checked_log.h"
#include "check-aof/options.h"
#include "check-aof/verify/analysis.h"
#include "common/tool/check_status.h"
#include "common/tool/terminal.h"

namespace redoubt {

struct CutOutcome {
  uint64_t from = 0;
  uint64_t to = 0;
  bool done = false;
  std::string refused;  // why it was not done
  std::string backup;   // the path of the copy
};

struct FileResult {
  const CheckedFile* file = nullptr;
  bool last = false;  // of the log
  FileAnalysis analysis;
  uint64_t ok_up_to_line = 0;  // as redis-check-aof counts: through all files, up to where reading stopped
  std::optional<CutOutcome> cut;
};

// The name of a file's part in its log.
std::string_view name_of(CheckedRole role);

// Lines that begin with two blanks, so that nobody who looks for a verdict mistakes them: where the damage is, what was expected,
// the bytes around it, what a cut would lose and what else can be done. Empty for a sound file.
std::string explain(const FileResult& result, const CheckedLog& log, const Painter& painter);
// The same for a manifest: missing and surplus files.
std::string explain_files(const CheckedLog& log);
std::string explain_manifest(const CheckedLog& log);

// The document that --json prints.
boost::json::object json_of(const CheckedLog& log, const std::vector<FileResult>& results, CheckStatus status);

}  // namespace redoubt
