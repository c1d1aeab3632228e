#include "server/persistence/log_load.h"

#include "common/rdb/rdb_writer.h"
#include "tests/support/persistence_fixture.h"

namespace redoubt {
namespace {

using Words = std::vector<std::string>;
using Outcome = LoadOutcome;

constexpr const char* base_name = "appendonly.aof.1.base.aof";
constexpr const char* first_name = "appendonly.aof.1.incr.aof";
constexpr const char* second_name = "appendonly.aof.2.incr.aof";

std::string set(const std::string& key) { return logged_command({"SET", key, "v"}); }

std::string rdb_with(const std::string& key) {
  std::string out;
  RdbWriter writer(out, false);
  writer.header();
  writer.type(RdbType::string);
  writer.string(key);
  writer.string("v");
  writer.end();
  writer.checksum(0);
  return out;
}

class LogLoadTest : public PersistenceTest {
 protected:
  void add(const std::string& name, const std::string& bytes) { files_.add_file("appendonlydir/" + name, bytes); }
  // A base and two increments.
  void add_log(const std::string& base, const std::string& first, const std::string& second) {
    files_.add_directory("appendonlydir");
    add("appendonly.aof.manifest", std::string("file ") + base_name + " seq 1 type b\nfile " + first_name +
                                       " seq 1 type i\nfile " + second_name + " seq 2 type i\n");
    add(base_name, base);
    add(first_name, first);
    add(second_name, second);
  }
  // Loads in steps of so many microseconds.
  Outcome load(int64_t budget_us = 1'000'000) {
    executor_.done.clear();
    keyspace_[0].clear(false);
    EXPECT_TRUE(log_files_.read_manifest());
    load_ = std::make_unique<LogLoad>(surroundings_, log_files_, executor_);
    Outcome outcome = load_->begin();
    while (outcome == Outcome::more) {
      EXPECT_LE(load_->loaded_bytes(), load_->total_bytes());
      outcome = load_->step(budget_us);
      ++steps_;
    }
    return outcome;
  }
  // What keys were made of RDB parts: "key = value".
  Words keys() {
    Words keys;
    keyspace_[0].keys().for_each([&](const Entry* entry) {
      char digits[max_integer_text];
      keys.push_back(std::string(entry->key()) + " = " + std::string(entry->string(digits)));
    });
    return keys;
  }
  std::string content(const std::string& name) { return files_.content("appendonlydir/" + name); }

  LogFiles log_files_{surroundings_};
  RecordingExecutor executor_;
  std::unique_ptr<LogLoad> load_;
  int steps_ = 0;
};

TEST_F(LogLoadTest, NoLogIsNothing) {
  EXPECT_EQ(load(), Outcome::nothing);
  files_.add_directory("appendonlydir");
  add("appendonly.aof.manifest", "file old seq 1 type h\n");
  EXPECT_EQ(load(), Outcome::nothing);
}

TEST_F(LogLoadTest, BaseThenIncrementsInOrder) {
  add_log(set("a"), set("b") + set("c"), set("d"));
  EXPECT_EQ(load(), Outcome::done);
  EXPECT_EQ(executor_.done, (Words{"SET a v", "SET b v", "SET c v", "SET d v"}));
  EXPECT_EQ(load_->total_bytes(), 4 * set("a").size());
  EXPECT_EQ(load_->loaded_bytes(), load_->total_bytes());
  EXPECT_EQ(load_->base_bytes(), set("a").size());
  for (const char* line :
       {"DB loaded from base file appendonly.aof.1.base.aof: 0.", "DB loaded from append only file: 0.",
        "DB loaded from incr file appendonly.aof.1.incr.aof: 0.",
        "DB loaded from incr file appendonly.aof.2.incr.aof: 0."}) {
    EXPECT_TRUE(logged(line)) << line;
  }
  EXPECT_FALSE(logged("!!!"));
}

TEST_F(LogLoadTest, InSteps) {
  std::string many;
  for (int i = 0; i < 5000; ++i) many += set(std::to_string(i));
  add_log(many, many, many);
  EXPECT_EQ(load(0), Outcome::done);
  EXPECT_EQ(executor_.done.size(), 15'000u);
  EXPECT_GT(steps_, 20);
}

TEST_F(LogLoadTest, AnRdbBaseGoesToTheLoaderOfKeys) {
  add_log(rdb_with("k"), set("b"), "");
  EXPECT_EQ(load(), Outcome::done);
  EXPECT_EQ(keys(), Words{"k = v"});
  EXPECT_EQ(load_->counts().loaded, 1u);
  EXPECT_EQ(executor_.done, Words{"SET b v"});
  EXPECT_TRUE(logged("Reading RDB base file on AOF loading..."));
  EXPECT_TRUE(logged("DB loaded from base file"));
}

TEST_F(LogLoadTest, AnOldFileWithAPreamble) {
  files_.add_file("appendonly.aof", rdb_with("k") + set("b"));
  ASSERT_TRUE(log_files_.read_manifest());
  ASSERT_TRUE(log_files_.take_over_old_file());
  EXPECT_EQ(load(), Outcome::done);
  EXPECT_EQ(keys(), Words{"k = v"});
  EXPECT_EQ(load_->counts().loaded, 1u);
  EXPECT_EQ(executor_.done, Words{"SET b v"});
  EXPECT_TRUE(logged("Reading RDB preamble from AOF file..."));
  EXPECT_TRUE(logged("Reading the remaining AOF tail..."));
}

TEST_F(LogLoadTest, EmptyFilesAreLogsToo) {
  add_log("", "", "");
  EXPECT_EQ(load(), Outcome::done);
  EXPECT_TRUE(logged("DB loaded from append only file"));
  EXPECT_FALSE(logged("DB loaded from base file"));
}

TEST_F(LogLoadTest, MissingFilesAreRefused) {
  for (const char* name : {base_name, first_name, second_name}) {
    add_log(set("a"), set("b"), set("c"));
    ASSERT_TRUE(files_.remove(std::string("appendonlydir/") + name));
    EXPECT_EQ(load(), Outcome::failed);
    EXPECT_TRUE(executor_.done.empty());
    EXPECT_TRUE(
        logged(std::string("Unable to obtain the AOF file ") + name + " length. stat: No such file or directory"));
  }
}

TEST_F(LogLoadTest, ATailThatWasCutShortIsTakenAway) {
  const std::string whole = set("c");
  for (size_t size = 1; size < whole.size(); ++size) {
    add_log(set("a"), set("b"), set("x") + whole.substr(0, size));
    ASSERT_EQ(load(), Outcome::done);
    EXPECT_EQ(executor_.done, (Words{"SET a v", "SET b v", "SET x v"}));
    EXPECT_EQ(content(second_name), set("x"));
    EXPECT_EQ(load_->total_bytes(), 3 * whole.size());
    EXPECT_EQ(load_->loaded_bytes(), load_->total_bytes());
    // For good.
    EXPECT_EQ(files_.after_power_cut(Kept::nothing)->content(std::string("appendonlydir/") + second_name), set("x"));
  }
  const std::string text = lines();
  const size_t warning = text.find("!!! Warning: short read while loading the AOF file appendonly.aof.2.incr.aof!!!");
  const size_t cut = text.find("!!! Truncating the AOF appendonly.aof.2.incr.aof at offset 27 !!!");
  const size_t anyway = text.find("AOF appendonly.aof.2.incr.aof loaded anyway because aof-load-truncated is enabled");
  EXPECT_LT(warning, cut);
  EXPECT_LT(cut, anyway);
  EXPECT_NE(anyway, std::string::npos);
}

TEST_F(LogLoadTest, AnOpenTransactionIsTakenAway) {
  const std::string multi = logged_command({"MULTI"});
  for (const std::string& tail : {multi, multi + set("c"), multi + set("c") + "*1\r\n"}) {
    add_log(set("a"), set("b"), set("x") + tail);
    ASSERT_EQ(load(), Outcome::done);
    EXPECT_EQ(executor_.done, (Words{"SET a v", "SET b v", "SET x v"}));
    EXPECT_EQ(content(second_name), set("x"));
    EXPECT_FALSE(executor_.in_transaction());
  }
  EXPECT_TRUE(logged("Revert incomplete MULTI/EXEC transaction from AOF file appendonly.aof.2.incr.aof"));
}

TEST_F(LogLoadTest, WithoutLeaveNothingIsCut) {
  config_.aof_load_truncated = false;
  const std::string second = set("x") + "*3\r\n$3\r\nSE";
  add_log(set("a"), set("b"), second);
  EXPECT_EQ(load(), Outcome::failed);
  EXPECT_EQ(content(second_name), second);
  EXPECT_TRUE(
      logged("Unexpected end of file reading the append only file appendonly.aof.2.incr.aof. You can: 1) Make a "
             "backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>."));
  EXPECT_TRUE(
      logged("at offset 35, in command number 2 (which begins at offset 27). To cut off everything from offset 27 on, "
             "make a backup and run: redoubt-check-aof --fix appendonlydir/appendonly.aof.manifest"));
}

TEST_F(LogLoadTest, OnlyTheLastFileIsCut) {
  for (const bool in_base : {true, false}) {
    const std::string short_one = set("x") + "*3\r\n$3\r\nSET\r\n";
    add_log(in_base ? short_one : set("a"), in_base ? set("b") : short_one, set("c"));
    EXPECT_EQ(load(), Outcome::failed);
    EXPECT_EQ(content(in_base ? base_name : first_name), short_one);
    EXPECT_TRUE(logged("Fatal error: the truncated file is not the last file"));
    EXPECT_FALSE(logged("!!! Truncating"));
  }
}

TEST_F(LogLoadTest, DamageIsRefusedWithItsPlace) {
  const std::string damaged = set("a") + set("b") + "*3\r\n$3\r\nSET\r\nx" + set("c");
  add_log(set("a"), set("b"), damaged);
  EXPECT_EQ(load(), Outcome::failed);
  EXPECT_EQ(content(second_name), damaged);
  EXPECT_TRUE(
      logged("Bad file format reading the append only file appendonly.aof.2.incr.aof: make a backup of your AOF "
             "file, then use ./redis-check-aof --fix <filename.manifest>"));
  EXPECT_TRUE(logged(
      "appendonlydir/appendonly.aof.2.incr.aof: Expected prefix '$', got: 'x' at offset 67, in command number 3 (which "
      "begins at offset 54). To cut off everything from offset 54 on, make a backup and run: redoubt-check-aof --fix "
      "appendonlydir/appendonly.aof.manifest"));
}

TEST_F(LogLoadTest, CommandsThatCannotBeAreRefused) {
  add_log(set("a"), set("b") + logged_command({"NONSENSE", "x"}) + set("c"), set("d"));
  EXPECT_EQ(load(), Outcome::failed);
  EXPECT_EQ(executor_.done, (Words{"SET a v", "SET b v"}));
  EXPECT_TRUE(logged("Unknown command 'NONSENSE' reading the append only file appendonly.aof.1.incr.aof"));
  EXPECT_TRUE(logged("command number 2 at offset 27 can be no command of a log"));
}

TEST_F(LogLoadTest, ABadBaseIsRefused) {
  for (const size_t missing : {1u, 9u, 12u}) {
    const std::string rdb = rdb_with("k");
    add_log(rdb.substr(0, rdb.size() - missing), set("b"), "");
    EXPECT_EQ(load(), Outcome::failed);
    EXPECT_TRUE(executor_.done.empty());
  }
  EXPECT_TRUE(logged("Error reading the RDB base file appendonly.aof.1.base.aof, AOF loading aborted"));
  EXPECT_TRUE(logged("redoubt-check-rdb appendonlydir/appendonly.aof.1.base.aof"));
}

TEST_F(LogLoadTest, ErrorsOfTheDisk) {
  add_log(set("a"), set("b"), set("c") + "*");
  FileFault fault;
  fault.operation = FileOperation::read;
  fault.path = first_name;
  fault.error = "Input/output error";
  files_.fail(fault);
  EXPECT_EQ(load(), Outcome::failed);
  EXPECT_TRUE(logged("Unrecoverable error reading the append only file appendonly.aof.1.incr.aof: Input/output error"));
  files_.clear_faults();
  fault.operation = FileOperation::truncate;
  fault.path = second_name;
  files_.fail(fault);
  EXPECT_EQ(load(), Outcome::failed);
  EXPECT_TRUE(logged("Error truncating the AOF file appendonly.aof.2.incr.aof: Input/output error"));
  EXPECT_EQ(content(second_name), set("c") + "*");
}

}  // namespace
}  // namespace redoubt
