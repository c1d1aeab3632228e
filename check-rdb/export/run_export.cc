#include <memory>
#include <optional>

#include "check-rdb/damage.h"
#include "check-rdb/export/exporter.h"
#include "check-rdb/modes.h"
#include "check-rdb/rdb_file.h"
#include "common/base/clock.h"
#include "common/rdb/rdb_reader.h"

namespace redoubt {
namespace {

// Until the end, damage, or nobody who takes it any more.
Status read_into(Exporter& exporter, RdbReader& reader, const ExportTarget& target) {
  while (!target.failed()) {
    const Result<bool> more = reader.next(exporter);
    if (!more) return more.error();
    if (!*more) break;
  }
  return {};
}

void tell_damage(const CheckRdbOptions& options, const Status& done, const RdbReader& reader, const Exporter& exporter,
                 Output& err) {
  err.print("redoubt-check-rdb: {} is damaged at offset {}: {}\n", printable(options.file), reader.position().offset,
            printable(done.error().text));
  err.print("redoubt-check-rdb: {} keys that stand before the damage were exported\n", exporter.keys());
  if (!exporter.left_part_of_key()) return;
  err.print("redoubt-check-rdb: the last key of the output is not whole{}\n",
            options.export_format == ExportFormat::csv    ? ", its rows do not tell"
            : options.export_format == ExportFormat::json ? ", and is marked so"
                                                          : ", and is deleted again");
}

}  // namespace

CheckStatus run_export(const CheckRdbOptions& options, FileSystem& files, Output& out, Output& err) {
  const auto refuse = [&err](std::string_view what, std::string_view why, CheckStatus status) {
    err.print("redoubt-check-rdb: {}: {}\n", what, why);
    return status;
  };
  const Result<std::unique_ptr<RdbFile>> opened = RdbFile::open(files, options.file, "exporting", options, err);
  if (!opened) {
    err.print("redoubt-check-rdb: {}\n", opened.error().text);
    return CheckStatus::io;
  }
  const bool to_file = !options.output_file.empty();
  if (to_file && files.exists(options.output_file)) {
    return refuse(options.output_file, "there is such a file already", CheckStatus::usage);
  }
  RdbFile& file = **opened;
  RdbReader reader(file);
  std::optional<ExportTarget> target;
  if (to_file) {
    target.emplace(files, options.output_file);
  } else {
    target.emplace(out);
  }
  const std::unique_ptr<Exporter> exporter = Exporter::make(options.export_format, *target, options.filter, wall_ms());
  exporter->begin();
  const Status done = read_into(*exporter, reader, *target);
  file.progress().clear();
  if (!file.error().empty()) {
    err.print("redoubt-check-rdb: {}\n", file.error());
    return CheckStatus::io;
  }
  if (!done) exporter->break_off();
  if (const Status written = target->finish(); !written) {
    return refuse(options.output_file, written.error().text, CheckStatus::io);
  }
  if (!done) tell_damage(options, done, reader, *exporter, err);
  return done ? CheckStatus::sound : CheckStatus::damaged;
}

}  // namespace redoubt
