// redoubt-check-aof in process, over files in memory.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check-aof/options.h"
#include "check-aof/run.h"
#include "common/aof/aof_writer.h"
#include "tests/support/simulated_files.h"

namespace redoubt {

struct CheckRun {
  int status = -1;
  std::string out, err;
  int questions = 0;

  bool says(std::string_view text) const { return out.find(text) != std::string::npos; }
  // Without the explanations: what redis-check-aof prints, too.
  std::string verdicts() const {
    std::string kept;
    for (size_t at = 0; at < out.size();) {
      const size_t next = std::min(out.find('\n', at), out.size() - 1) + 1;
      if (out.compare(at, 2, "  ") != 0) kept.append(out, at, next - at);
      at = next;
    }
    return kept;
  }
};

// `yes` is the answer to all questions.
inline CheckRun check_aof(FileSystem& files, std::vector<const char*> words, bool yes = false) {
  words.insert(words.begin(), "redoubt-check-aof");
  CheckRun run;
  Output out(run.out);
  Output err(run.err);
  const ParsedCheckAof parsed = parse_check_aof(static_cast<int>(words.size()), words.data(), out, err);
  if (parsed.exit_status) {
    run.status = *parsed.exit_status;
    return run;
  }
  CheckAofContext context{files, out, err};
  context.confirm = [&](std::string_view question) {
    out.write(question);
    ++run.questions;
    return yes;
  };
  run.status = static_cast<int>(run_check_aof(parsed.options, context));
  out.flush();
  return run;
}

inline std::string record(std::initializer_list<std::string_view> args) {
  std::string bytes;
  AofWriter(bytes).command(args);
  return bytes;
}

}  // namespace redoubt
