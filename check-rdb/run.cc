#include "check-rdb/modes.h"

namespace redoubt {
namespace {

CheckStatus run_mode(const CheckRdbOptions& options, FileSystem& files, Output& out, Output& err) {
  switch (options.mode) {
    case CheckRdbMode::verify: return run_verify(options, files, out, err);
    case CheckRdbMode::stats: return run_stats(options, files, out, err);
    case CheckRdbMode::export_keys: return run_export(options, files, out, err);
    case CheckRdbMode::salvage: return run_salvage(options, files, out, err);
    case CheckRdbMode::diff: return run_diff(options, files, out, err);
  }
  return CheckStatus::usage;  // all modes stand above
}

}  // namespace

CheckStatus run_check_rdb(const CheckRdbOptions& options, FileSystem& files, Output& out, Output& err) {
  const CheckStatus status = run_mode(options, files, out, err);
  out.flush();
  // A reader that went away had enough.
  if (out.error().empty() || out.closed()) return status;
  err.print("redoubt-check-rdb: cannot write the output: {}\n", out.error());
  return CheckStatus::io;
}

}  // namespace redoubt
