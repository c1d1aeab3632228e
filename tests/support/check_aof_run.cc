#include "tests/support/check_aof_run.h"

#include <algorithm>

#include "check-aof/options.h"
#include "check-aof/run.h"
#include "common/aof/aof_writer.h"

namespace redoubt {

CheckAofRun run_check_aof(FileSystem& files, const std::vector<std::string>& words, bool yes) {
  CheckAofRun run;
  std::vector<const char*> argv = {"redoubt-check-aof"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  Output out(run.out);
  Output err(run.err);
  const ParsedCheckAof parsed = parse_check_aof(static_cast<int>(argv.size()), argv.data(), out, err);
  if (parsed.exit_status) {
    run.status = *parsed.exit_status;
  } else {
    CheckAofContext context{files, out, err};
    context.confirm = [&](std::string_view question) {
      out.write(question);
      ++run.questions;
      return yes;
    };
    run.status = static_cast<int>(run_check_aof(parsed.options, context));
  }
  out.flush();
  err.flush();
  return run;
}

std::string verdict_lines(std::string_view out) {
  std::string kept;
  while (!out.empty()) {
    const std::string_view line = out.substr(0, std::min(out.find('\n'), out.size() - 1) + 1);
    if (!line.starts_with("  ")) kept += line;
    out.remove_prefix(line.size());
  }
  return kept;
}

std::string aof_record_of(const std::vector<std::string>& args) {
  std::string bytes;
  const std::vector<std::string_view> views(args.begin(), args.end());
  AofWriter(bytes).command(views);
  return bytes;
}

std::string aof_record(std::string_view words) {
  std::vector<std::string> args;
  for (size_t begin = 0; begin <= words.size();) {
    const size_t end = std::min(words.find(' ', begin), words.size());
    args.emplace_back(words.substr(begin, end - begin));
    begin = end + 1;
  }
  return aof_record_of(args);
}

std::string aof_records(std::initializer_list<std::string_view> commands) {
  std::string bytes;
  for (const std::string_view command : commands) bytes += aof_record(command);
  return bytes;
}

}  // namespace redoubt
