// Reads one file of a log and finds out whether it is sound, where it could be cut, and what is wrong with it. Prints nothing but
// what a person should see while an RDB preamble is read. Takes 256 KB for commands of any size; a preamble takes
// its largest string more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "check-aof/checked_log.h"
#include "common/aof/aof_reader.h"
#include "common/base/file.h"
#include "common/tool/output.h"
#include "common/tool/progress.h"

namespace redoubt {

enum class FileVerdict : uint8_t {
  sound,
  empty,
  truncated,         // it ends within a command
  open_transaction,  // it ends between MULTI and EXEC
  damaged,           // there are bytes that cannot stand there
  bad_preamble,      // its RDB part is unsound: cutting cannot help
  bad_annotation,    // no time can be read where one should stand; only when a time is looked for
  missing,
  unreadable,
};
std::string_view name_of(FileVerdict verdict);

// Whole commands that stand after the damage.
struct CommandsAfter {
  uint64_t offset = 0;
  uint64_t end = 0;  // just behind the last of them
  uint64_t commands = 0;
  bool to_the_end = false;  // of the file
};

struct FileDamage {
  uint64_t offset = 0;       // of the first byte that is wrong, or of the end
  uint64_t record = 0;       // where the command begins in which that is
  uint64_t line = 0;         // of `offset`; an argument counts as one line, whatever is in it
  uint64_t record_line = 0;  // of `record`
  uint64_t number = 0;       // of the command, 1-based
  std::string command;       // its name; empty: not known
  std::string expected;      // a sentence on what should have been there
  std::string dump;          // hex_dump() of the bytes around `offset`
  uint64_t zeros = 0;        // so many zero bytes from `offset` on make the rest of the file
  std::optional<CommandsAfter> after;
};

struct FileAnalysis {
  FileVerdict verdict = FileVerdict::sound;
  uint64_t size = 0;
  uint64_t ok_up_to = 0;  // where to cut
  uint64_t lines = 0;     // that were read, as redis-check-aof counts them: without annotations
  uint64_t commands = 0;  // whole ones
  bool rdb = false;
  bool grew = false;                             // since the log was opened: a server is writing it
  std::optional<int64_t> first_time, last_time;  // of the annotations
  std::string message;                           // what redis-check-aof says before its verdict
  std::string error;                             // of unreadable, bad_preamble, missing, bad_annotation
  std::optional<FileDamage> damage;
  // The first annotation later than the time that was asked for: where to cut. Then nothing behind it was looked at.
  std::optional<uint64_t> time_cut;
  bool time_within_transaction = false;  // the cut is before its MULTI

  bool is_damaged() const { return verdict != FileVerdict::sound && verdict != FileVerdict::empty && !time_cut; }
};

struct AnalysisRequest {
  FileSystem& files;
  Output* preamble_out = nullptr;  // where lines on an RDB preamble go, as redis-check-aof prints them; none: null
  Output& progress_out;
  bool shows_progress = false;
  std::optional<int64_t> truncate_to_timestamp;  // Unix seconds
};

FileAnalysis analyze_file(const AnalysisRequest& request, const CheckedFile& file);

}  // namespace redoubt
