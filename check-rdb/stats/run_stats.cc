#include <algorithm>

#include "check-rdb/damage.h"
#include "check-rdb/modes.h"
#include "check-rdb/rdb_file.h"
#include "check-rdb/report/stats_report.h"
#include "check-rdb/stats/stats_collector.h"
#include "common/base/clock.h"
#include "common/rdb/rdb_reader.h"

namespace redoubt {
namespace {

void print_stats(const FileStats& stats, const CheckRdbOptions& options, Output& out) {
  switch (options.form) {
    case CheckRdbForm::text: return print_stats_text(stats, Painter(options.colours), out);
    case CheckRdbForm::csv: return print_stats_csv(stats, out);
    case CheckRdbForm::json: return print_stats_json(stats, out);
  }
}

}  // namespace

CheckStatus run_stats(const CheckRdbOptions& options, FileSystem& files, Output& out, Output& err) {
  const Result<std::unique_ptr<RdbFile>> opened = RdbFile::open(files, options.file, "counting", options, err);
  if (!opened) {
    err.print("redoubt-check-rdb: {}\n", opened.error().text);
    return CheckStatus::io;
  }
  RdbFile& file = **opened;
  RdbReader reader(file);
  StatsCollector collector(reader, wall_ms(), options.prefix_separator, static_cast<size_t>(options.top));
  const Status done = reader.read_all(collector);
  file.progress().clear();
  if (!file.error().empty()) {
    err.print("redoubt-check-rdb: {}\n", file.error());
    return CheckStatus::io;
  }
  FileStats stats = collector.finish();
  stats.file = options.file;
  stats.file_bytes = std::max(file.size(), reader.offset());
  stats.has_checksum = done && reader.has_checksum();
  if (!done) {
    stats.damage = done.error().text;
    stats.damage_offset = reader.position().offset;
  }
  print_stats(stats, options, out);
  if (!options.html_file.empty()) {
    if (const Status written = replace_file(files, options.html_file, stats_page(stats)); !written) {
      err.print("redoubt-check-rdb: cannot write {}: {}\n", options.html_file, written.error().text);
      return CheckStatus::io;
    }
  }
  return done ? CheckStatus::sound : CheckStatus::damaged;
}

}  // namespace redoubt
