// What the argument of redoubt-check-aof names: one file, or a manifest with the files of its directory. Looks at names, sizes
// and first bytes; what is in the files is read by the modes (modes.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/aof/aof_manifest.h"
#include "common/base/byte_source.h"
#include "common/base/file.h"
#include "common/base/result.h"

namespace redoubt {

enum class CheckedRole : uint8_t { single, base, increment, history };

struct CheckedFile {
  std::string name;  // as it is called in messages: its name in the manifest; of a single file the argument
  std::string path;  // to open it
  CheckedRole role = CheckedRole::single;
  int64_t sequence = 0;          // 0: a single file
  std::optional<uint64_t> size;  // nothing: it cannot be opened
  std::string error;             // why not, in the system's words
  bool rdb = false;              // it begins with an RDB file
};

// A manifest that no server would take.
struct ManifestDamage {
  std::string error;                    // Redis's own sentence
  AofManifestProblem where;             // line 0: none
  std::vector<std::string> duplicates;  // "increment 2 on lines 3 and 4", by sequence number
};

struct CheckedLog {
  std::string argument;
  bool multi_part = false;
  std::vector<CheckedFile> files;  // in the order in which a server loads them

  // ---- of a manifest
  std::string directory;
  AofManifest manifest;
  std::optional<ManifestDamage> damage;  // then all else is empty
  std::vector<CheckedFile> history;      // named to be deleted; most often gone
  std::vector<std::string> surplus;  // names in the directory that look like parts of this log, but no line tells of
};

// The error is a sentence with the path in it: the argument cannot be read. A file that the manifest names and that is missing is
// no error.
Result<CheckedLog> open_checked_log(FileSystem& files, const std::string& path);

// Reads a file of it from `offset` on.
Result<std::unique_ptr<ByteSource>> open_checked_file(FileSystem& files, const CheckedFile& file, uint64_t offset = 0);

}  // namespace redoubt
