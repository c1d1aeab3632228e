// What redoubt-check-rdb --salvage makes of damaged files, in running servers: ours and Debian's load it, have the same, and
// have each key whose bytes were not touched as it was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "common/rdb/rdb_null_visitor.h"
#include "common/rdb/rdb_reader.h"
#include "tests/support/program.h"
#include "tests/support/rdb_recorder.h"
#include "tests/support/sample_data.h"
#include "tests/support/server_run.h"

namespace redoubt {
namespace {

using Words = std::vector<std::string>;

constexpr const char* tool = REDOUBT_BIN_DIR "/redoubt-check-rdb";

// A key, and where its record stands.
struct Record {
  uint64_t db;
  std::string name;
  size_t begin;
  size_t end;
};

class Lister final : public RdbNullVisitor {
 public:
  std::vector<Record> records;
  bool begin_key(const RdbKey& key) override {
    records.push_back({key.db, std::string(key.name), key.offset, 0});
    return true;
  }
};

std::vector<Record> records_of(const std::string& file) {
  PieceSource source(file);
  RdbReader reader(source);
  Lister lister;
  for (;;) {
    const Result<bool> more = reader.next(lister);
    EXPECT_TRUE(more.has_value());
    if (!more || !*more) return lister.records;
    if (!lister.records.empty() && lister.records.back().end == 0) lister.records.back().end = reader.offset();
  }
}

// What a server has of a key: its type, its value and when it expires.
std::string held(Link& link, const Record& key) {
  link.run({"SELECT", std::to_string(key.db)});
  return to_line(link.run({"TYPE", key.name})) + to_line(link.run({"DEBUG", "DIGEST-VALUE", key.name})) +
         to_line(link.run({"PEXPIRETIME", key.name}));
}

// Changes a file, and says which of its bytes are not there any more as they were.
struct Damage {
  std::string name;
  std::function<std::pair<size_t, size_t>(std::string& file, const std::vector<Record>& records)> make;
};

std::pair<size_t, size_t> overwrite(std::string& file, size_t at, const std::string& bytes) {
  file.replace(at, bytes.size(), bytes);
  return {at, at + bytes.size()};
}

// Zeros are followed by the rest of some small record. What is left of a large one may hold bytes that look like records.
const Record& small_one(const std::vector<Record>& records) {
  constexpr size_t zeros = 100;
  const auto is_followed_by_small_ones = [](const Record& first) {
    const Record* last = &first;
    while (last->end < first.begin + 2 + zeros) ++last;
    return last->end - last->begin < zeros;
  };
  for (size_t index = records.size() / 3; index + zeros < records.size(); ++index) {
    if (is_followed_by_small_ones(records[index])) return records[index];
  }
  throw std::runtime_error("all records are large");
}

class CheckRdbSalvageInterop : public testing::TestWithParam<Damage> {};

TEST_P(CheckRdbSalvageInterop, BothServersLoadItWithAllIntactKeys) {
  const Words debug = {"--enable-debug-command", "yes"};
  const Program source = Program::start_oracle(debug);
  Link original(source.port());
  fill_with_all_types(original);
  for (int i = 0; i < 200; ++i) original.run({"SET", "key:" + std::to_string(i), "value of " + std::to_string(i)});
  ASSERT_EQ(original.run({"SAVE"}).text, "OK");
  std::string file = read_file(source.directory() + "/dump.rdb");
  const std::vector<Record> records = records_of(file);
  ASSERT_GT(records.size(), 200U);
  const auto [begin, end] = GetParam().make(file, records);

  TemporaryDirectory directory;
  write_file(directory.path() + "/damaged.rdb", file);
  ProcessRun run({tool, directory.path() + "/damaged.rdb", "--salvage", directory.path() + "/dump.rdb"});
  ASSERT_EQ(run.wait_for_exit(), 2) << run.out() << run.err();
  Words words = debug;
  words.insert(words.end(), {"--dir", directory.path(), "--save", ""});
  ServerRun ours(words);
  const Program oracle = Program::start_oracle(words);
  Link our_link(ours.port());
  Link its_link(oracle.port());
  EXPECT_EQ(to_line(our_link.run({"DEBUG", "DIGEST"})), to_line(its_link.run({"DEBUG", "DIGEST"})));
  size_t intact = 0;
  for (const Record& record : records) {
    if (record.begin < end && begin < record.end) continue;
    // What begins like zeros is not taken for a beginning.
    if (record.name.empty()) continue;
    ++intact;
    const std::string expected = held(original, record);
    EXPECT_EQ(held(our_link, record), expected) << record.name;
    EXPECT_EQ(held(its_link, record), expected) << record.name;
  }
  EXPECT_GT(intact, 50U);
}

INSTANTIATE_TEST_SUITE_P(
    Damages, CheckRdbSalvageInterop,
    testing::Values(Damage{"Garbage",
                           [](std::string& file, const std::vector<Record>& records) {
                             return overwrite(file, records[records.size() / 2].begin, "\xff\xfe garbage \xfb\xc3\x01");
                           }},
                    Damage{"Zeros",
                           [](std::string& file, const std::vector<Record>& records) {
                             return overwrite(file, small_one(records).begin + 2, std::string(100, '\0'));
                           }},
                    Damage{"LostHeader",
                           [](std::string& file, const auto&) { return overwrite(file, 0, "\x01\x02\x03\x04\x05"); }},
                    Damage{"CutShort",
                           [](std::string& file, const std::vector<Record>& records) {
                             const size_t size = records[records.size() * 2 / 3].begin + 3;
                             const std::pair<size_t, size_t> lost = {size, file.size()};
                             file.resize(size);
                             return lost;
                           }},
                    Damage{"Inserted",
                           [](std::string& file, const std::vector<Record>& records) {
                             const size_t at = records[records.size() / 2].begin + 1;
                             file.insert(at, "\xc3\xff\xff inserted");
                             return std::pair<size_t, size_t>{at, at + 1};
                           }},
                    Damage{"Type",
                           [](std::string& file, const std::vector<Record>& records) {
                             return overwrite(file, records[records.size() / 2].begin, "\x63");
                           }}),
    [](const auto& given) { return given.param.name; });

}  // namespace
}  // namespace redoubt
