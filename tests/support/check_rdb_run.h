// redoubt-check-rdb in process, over files in memory: its exit status and what it prints. And what a file holds, as text.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "check-rdb/modes.h"
#include "tests/support/rdb_recorder.h"
#include "tests/support/simulated_files.h"

namespace redoubt {

struct CheckRdbRun {
  int status = 0;
  std::string out;
  std::string err;
};

class CheckRdbFiles {
 public:
  CheckRdbFiles() { files.add_directory("/tmp"); }

  // The arguments behind the program's name.
  CheckRdbRun run(std::vector<const char*> arguments);
  void put(const std::string& path, std::string_view bytes) { files.add_file(path, bytes); }

  SimulatedFiles files;
};

// What was told of each key, by its database and name; empty with an error text in `error` when the file is unsound.
std::map<std::string, std::vector<std::string>> keys_in(std::string_view file, std::string* error = nullptr);
// Of tests/data/rdb: "v11.rdb".
std::string golden_rdb(const std::string& name);

}  // namespace redoubt
