#include "check-aof/run.h"

#include <boost/json/serialize.hpp>

#include "check-aof/verify/file_result.h"
#include "common/aof/aof_format.h"
#include "common/tool/json_text.h"

namespace redoubt {
namespace {

CheckStatus run_mode(const CheckAofOptions& options, const CheckedLog& log, CheckAofContext& context) {
  if (options.salvage) return run_salvage(options, log, context);
  if (options.stats) return run_stats(options, log, context);
  if (options.print) return run_print(options, log, context);
  return run_verify(options, log, context);
}

// Who names the directory of a log means its manifest.
std::string hint_at_manifest(const std::string& path, FileSystem& files) {
  std::string hint;
  const auto names = files.list(path);
  if (!names) return hint;
  for (const std::string& name : *names) {
    if (!name.ends_with(aof_manifest_suffix) || name.starts_with(aof_temporary_prefix)) continue;
    hint += fmt::format("  The log in this directory: {}{}{}\n", path, path.ends_with('/') ? "" : "/", name);
  }
  return hint;
}

CheckStatus report_unreadable(const CheckAofOptions& options, const Error& error, CheckAofContext& context) {
  if (!options.json) {
    context.out.print("{}\n{}", error.text, hint_at_manifest(options.path, context.files));
    return CheckStatus::io;
  }
  boost::json::object object;
  object["log"] = json_of_bytes(options.path);
  object["verdict"] = "unreadable";
  object["status"] = static_cast<int>(CheckStatus::io);
  object["error"] = json_of_bytes(error.text);
  context.out.print("{}\n", boost::json::serialize(object));
  return CheckStatus::io;
}

CheckStatus report_manifest(const CheckAofOptions& options, const CheckedLog& log, CheckAofContext& context) {
  if (options.json) {
    context.out.print("{}\n", boost::json::serialize(json_of(log, {}, CheckStatus::damaged)));
  } else {
    context.out.print("Start checking Multi Part AOF\n{}", explain_manifest(log));
  }
  return CheckStatus::damaged;
}

CheckStatus run(const CheckAofOptions& options, CheckAofContext& context) {
  const auto log = open_checked_log(context.files, options.path);
  if (!log) return report_unreadable(options, log.error(), context);
  if (log->damage) return report_manifest(options, *log, context);
  return run_mode(options, *log, context);
}

}  // namespace

CheckStatus run_check_aof(const CheckAofOptions& options, CheckAofContext& context) {
  const CheckStatus status = run(options, context);
  context.out.flush();
  if (!context.out.error().empty() && !context.out.closed()) {
    context.err.print("redoubt-check-aof: cannot write the answer: {}\n", context.out.error());
    return CheckStatus::io;
  }
  return status;
}

}  // namespace redoubt
