// What redoubt-check-aof can do with a log, one function each. They print what they have to say, in JSON when the options ask for
// it (then nothing else goes to `out`), and answer with the exit status. The manifest of the log is sound when they are called.
#pragma once

#include <functional>
#include <string_view>

#include "check-aof/checked_log.h"
#include "check-aof/options.h"
#include "common/base/file.h"
#include "common/tool/check_status.h"
#include "common/tool/output.h"
#include "common/tool/terminal.h"

namespace redoubt {

// What a mode works with; the references outlive it.
struct CheckAofContext {
  FileSystem& files;
  Output& out;
  Output& err;  // progress and complaints
  bool show_progress = false;
  Painter out_painter{false};
  Painter err_painter{false};
  // Asks the person, and answers whether it was a yes.
  std::function<bool(std::string_view question)> confirm = [](std::string_view) { return false; };
};

// Verifies, and repairs as the options say.
CheckStatus run_verify(const CheckAofOptions& options, const CheckedLog& log, CheckAofContext& context);

CheckStatus run_salvage(const CheckAofOptions& options, const CheckedLog& log, CheckAofContext& context);
CheckStatus run_stats(const CheckAofOptions& options, const CheckedLog& log, CheckAofContext& context);
CheckStatus run_print(const CheckAofOptions& options, const CheckedLog& log, CheckAofContext& context);

}  // namespace redoubt
