#include "check-aof/read_log.h"

#include <memory>
#include <utility>

#include "common/tool/progress.h"

namespace redoubt {
namespace {

LogEnd read_file(const CheckedFile& file, CheckAofContext& context, Progress& progress, LogVisitor& visitor,
                 bool& enough) {
  LogEnd end;
  end.file = file.name;
  auto source = file.size ? open_checked_file(context.files, file) : Error{file.error};
  if (!source) {
    end.status = CheckStatus::io;
    end.problem = "cannot be opened: " + source.error().text;
    return end;
  }
  ProgressSource shown(**source, progress);
  AofReadOptions options;
  options.source_size = *file.size;
  AofReader reader(shown, options);
  visitor.begin_file(file);
  while (reader.next(visitor) == AofState::reading) {
    if (visitor.take_end_of_preamble()) visitor.rdb_part(reader.position().offset);
  }
  end.position = reader.position();
  end.problem = reader.problem();
  visitor.end_file(end.position);
  enough = reader.state() == AofState::refused && end.problem.empty();
  if (reader.state() == AofState::end || enough) return end;
  end.status = reader.state() == AofState::unreadable ? CheckStatus::io : CheckStatus::damaged;
  return end;
}

}  // namespace

LogEnd read_log(const CheckedLog& log, CheckAofContext& context, std::string_view doing, LogVisitor& visitor) {
  uint64_t total = 0;
  for (const CheckedFile& file : log.files) total += file.size.value_or(0);
  Progress progress(context.err, context.show_progress, doing, total);
  for (const CheckedFile& file : log.files) {
    bool enough = false;
    LogEnd end = read_file(file, context, progress, visitor, enough);
    if (end.status != CheckStatus::sound) return end;
    if (enough) break;
  }
  return {};
}

void print_log_end(const LogEnd& end, CheckAofContext& context) {
  if (end.status == CheckStatus::sound) return;
  if (end.status == CheckStatus::io) {
    context.err.print("{}: {}\n", end.file, end.problem);
    return;
  }
  context.err.print("{}: stopped at offset {}, line {}, after {} commands: {}\n", end.file, end.position.problem,
                    end.position.line, end.position.commands, end.problem);
}

}  // namespace redoubt
