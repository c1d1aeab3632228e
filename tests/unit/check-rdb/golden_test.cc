// --stats and --export over the golden files of every version: whole, cut off at many places, and with bytes that were changed.
// Whatever the file, what comes out is well-formed.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <filesystem>

#include "check-rdb/export/exporter.h"
#include "check-rdb/report/stats_report.h"
#include "check-rdb/stats/stats_collector.h"
#include "common/resp/request_parser.h"
#include "tests/support/process_run.h"
#include "tests/support/rdb_recorder.h"

namespace redoubt {
namespace {

constexpr int64_t now = 1'700'000'000'000;

std::vector<std::string> golden_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(REDOUBT_SOURCE_DIR "/tests/data/rdb")) {
    if (entry.path().extension() == ".rdb") files.push_back(read_file(entry.path()));
  }
  return files;
}

std::string exported(ExportFormat format, const std::string& file, uint64_t* keys = nullptr) {
  PieceSource source(file);
  RdbReader reader(source);
  const KeyFilter filter;
  std::string text;
  Output out(text);
  ExportTarget target(out);
  const auto exporter = Exporter::make(format, target, filter, now);
  exporter->begin();
  if (!reader.read_all(*exporter)) exporter->break_off();
  EXPECT_TRUE(target.finish());
  out.flush();
  if (keys != nullptr) *keys = exporter->keys();
  return text;
}

void expect_commands(const std::string& text) {
  RequestBatch batch;
  RequestParser parser;
  EXPECT_EQ(parser.parse(text, 100'000, {}, batch), text.size());
}

// The number of objects.
uint64_t expect_json_lines(std::string_view text) {
  uint64_t lines = 0;
  for (; !text.empty(); ++lines) {
    const size_t end = text.find('\n');
    EXPECT_NE(end, std::string_view::npos);
    boost::system::error_code error;
    boost::json::parse(text.substr(0, end), error);
    EXPECT_FALSE(error) << text.substr(0, end);
    text.remove_prefix(end + 1);
  }
  return lines;
}

FileStats stats_of(const std::string& file) {
  PieceSource source(file);
  RdbReader reader(source);
  StatsCollector collector(reader, now, ':', 5);
  const Status done = reader.read_all(collector);
  FileStats stats = collector.finish();
  if (!done) stats.damage = done.error().text;
  return stats;
}

void expect_well_formed(const std::string& file) {
  expect_commands(exported(ExportFormat::resp, file));
  expect_json_lines(exported(ExportFormat::json, file));
  std::string text;
  {
    Output out(text);
    print_stats_json(stats_of(file), out);
  }
  EXPECT_EQ(expect_json_lines(text), 1U);
}

TEST(CheckRdbGolden, WholeFilesOfEveryVersion) {
  const auto files = golden_files();
  ASSERT_GE(files.size(), 12U);
  for (const std::string& file : files) {
    uint64_t keys = 0;
    const std::string json = exported(ExportFormat::json, file, &keys);
    const FileStats stats = stats_of(file);
    EXPECT_EQ(stats.damage, "");
    EXPECT_EQ(keys, stats.total().keys - stats.total().expired);
    EXPECT_EQ(expect_json_lines(json), keys + stats.functions);
    expect_well_formed(file);
    EXPECT_NE(stats_page(stats).find("</html>"), std::string::npos);
  }
}

TEST(CheckRdbGolden, CutOffAnywhere) {
  for (const std::string& file : golden_files()) {
    for (size_t size = 0; size < file.size(); size += 17) expect_well_formed(file.substr(0, size));
  }
}

TEST(CheckRdbGolden, WithAByteThatWasChanged) {
  for (const std::string& whole : golden_files()) {
    for (size_t at = 9; at < whole.size(); at += 29) {
      std::string file = whole;
      file[at] = static_cast<char>(file[at] ^ (1 << at % 8));
      expect_well_formed(file);
    }
  }
}

}  // namespace
}  // namespace redoubt
