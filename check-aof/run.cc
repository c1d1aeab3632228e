#include "check-aof/run.h"

namespace redoubt {
namespace {

CheckStatus run_mode(const CheckAofOptions& options, const CheckedLog& log, CheckAofContext& context) {
  if (options.print) return run_print(options, log, context);
  return run_verify(options, log, context);
}

}  // namespace

CheckStatus run_check_aof(const CheckAofOptions& options, CheckAofContext& context) {
  const auto log = open_checked_log(context.files, options.path);
  if (!log) {
    context.out.print("{}\n", log.error().text);
    return CheckStatus::io;
  }
  if (log->damage) {
    context.out.print("{}\n", log->damage->error);
    return CheckStatus::damaged;
  }
  const CheckStatus status = run_mode(options, *log, context);
  context.out.flush();
  if (!context.out.error().empty() && !context.out.closed()) {
    context.err.print("redoubt-check-aof: cannot write the answer: {}\n", context.out.error());
    return CheckStatus::io;
  }
  return status;
}

}  // namespace redoubt
