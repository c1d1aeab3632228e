// redoubt-check-aof in process, on files in memory: the command line in, what it printed and answered out. And logs to feed it.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/file.h"
#include "common/tool/check_status.h"

namespace redoubt {

struct CheckAofRun {
  int status = 0;
  std::string out;
  std::string err;
  int questions = 0;

  bool says(std::string_view text) const { return out.find(text) != std::string::npos; }
};

// `words` come after the program's name; `yes` is the answer to all questions.
CheckAofRun run_check_aof(FileSystem& files, const std::vector<std::string>& words, bool yes = false);
// The lines of an output that redis-check-aof prints, too: without the explanations, which begin with two blanks.
std::string verdict_lines(std::string_view out);

// One command as it stands in a log; words are separated by single spaces.
std::string aof_record(std::string_view words);
// Several.
std::string aof_records(std::initializer_list<std::string_view> commands);
std::string aof_record_of(const std::vector<std::string>& args);

}  // namespace redoubt
