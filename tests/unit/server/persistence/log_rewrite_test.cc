// The files are in memory, what threads would do is done by hand, and the walk of the snapshot too. What a log is worth is
// tried by loading it.
#include "server/persistence/log_rewrite.h"

#include <algorithm>
#include <map>

#include "server/persistence/log_load.h"
#include "tests/support/persistence_fixture.h"

namespace redoubt {
namespace {

using State = LogRewrite::State;
using Strings = std::map<std::string, std::string>;

constexpr const char* manifest_path = "appendonlydir/appendonly.aof.manifest";

// What a log of SET and DEL makes, whatever form its base has.
class StringsOf final : public CommandExecutor {
 public:
  explicit StringsOf(Database& db) : db_(db) {}

  void begin_log() override {}
  Status execute_logged(Arguments args) override {
    if (args[0] == "SET") db_.set_string(args[1], args[2]);
    if (args[0] == "DEL") (void)db_.erase(args[1]);
    return {};
  }
  size_t execute_logged(std::span<const Arguments> commands, Status&) override {
    for (const Arguments& args : commands) (void)execute_logged(args);
    return commands.size();
  }
  bool in_transaction() const override { return false; }

 private:
  Database& db_;
};

class LogRewriteTest : public PersistenceTest {
 protected:
  struct ProcessEnded {};

  LogRewriteTest() {
    config_.appendonly = true;
    append_log_.set_ending([] { throw ProcessEnded(); });
  }

  void open() {
    ASSERT_TRUE(log_files_.read_manifest());
    ASSERT_TRUE(rewrite_.open(0, 0));
  }
  void set(const std::string& key, const std::string& value) {
    keyspace_[0].set_string(key, value);
    const std::string_view args[] = {"SET", key, value};
    append_log_.feed(0, args);
  }
  void del(const std::string& key) {
    (void)keyspace_[0].erase(key);
    const std::string_view args[] = {"DEL", key};
    append_log_.feed(0, args);
  }
  void advance(int64_t seconds) { keyspace_.set_now(keyspace_.shared().now_ms + seconds * 1000); }
  // What the server does in each tick, and the threads meanwhile.
  void tick() {
    append_log_.tick();
    append_log_.background().drain();
    append_log_.tick();
    rewrite_.background().drain();
    rewrite_.tick();
    log_files_.background().drain();
    log_files_.tick();
  }
  void walk(uint64_t keys = UINT64_MAX) {
    if (snapshot_.active()) snapshot_.walk(INT64_MAX, keys);
  }
  void finish() {
    for (int i = 0; i < 20 && (rewrite_.running() || i < 2); ++i) {
      walk();
      tick();
    }
    ASSERT_FALSE(rewrite_.running());
  }
  void fail(FileOperation operation, const std::string& path = "", size_t times = 1) {
    FileFault fault;
    fault.operation = operation;
    fault.path = path;
    fault.times = times;
    fault.error = "wrong";
    files_.fail(fault);
  }
  // What the next process would load; nothing when it would refuse.
  std::optional<Strings> loaded(SimulatedFiles& files) {
    Keyspace keyspace(1);
    keyspace.set_now(keyspace_.shared().now_ms);
    const PersistenceSurroundings next{keyspace, config_, files, log_, [] {}, false};
    LogFiles log_files(next);
    if (!log_files.read_manifest() || !log_files.take_over_old_file()) return std::nullopt;
    StringsOf executor(keyspace[0]);
    if (LogLoad(next, log_files, executor).run() == LoadOutcome::failed) return std::nullopt;
    Strings strings;
    keyspace[0].keys().for_each([&strings](const Entry* entry) {
      char digits[max_integer_text];
      strings.emplace(entry->key(), entry->string(digits));
    });
    return strings;
  }
  std::optional<Strings> loaded() { return loaded(*files_.after_power_cut(Kept::everything)); }
  std::string manifest() { return files_.content(manifest_path); }
  std::vector<std::string> names() { return *files_.list("appendonlydir"); }

  Snapshot snapshot_{keyspace_};
  LogFiles log_files_{surroundings_};
  AppendLog append_log_{surroundings_};
  LogRewrite rewrite_{surroundings_, snapshot_, log_files_, append_log_};
};

// ---- the log at start ------------------------------------------------------------------------------

TEST_F(LogRewriteTest, ANewLogBeginsWithAnEmptyBase) {
  for (const bool rdb : {true, false}) {
    SetUp();
    config_.aof_use_rdb_preamble = rdb;
    config_.appendfilename = rdb ? "one" : "two";
    ASSERT_TRUE(log_files_.read_manifest());
    LogRewrite rewrite(surroundings_, snapshot_, log_files_, append_log_);
    ASSERT_TRUE(rewrite.open(0, 0));
    EXPECT_EQ(rewrite.state(), State::on);
    const std::string name = config_.appendfilename;
    EXPECT_EQ(files_.content("appendonlydir/" + name + ".manifest"),
              "file " + name + ".1.base." + (rdb ? "rdb" : "aof") + " seq 1 type b\nfile " + name +
                  ".1.incr.aof seq 1 type i\n");
    EXPECT_TRUE(logged("Creating AOF base file " + name + ".1.base." + (rdb ? "rdb" : "aof") + " on server start"));
    EXPECT_TRUE(logged("Creating AOF incr file " + name + ".1.incr.aof on server start"));
    EXPECT_EQ(append_log_.current_size(),
              files_.content("appendonlydir/" + name + ".1.base." + (rdb ? "rdb" : "aof")).size());
    EXPECT_EQ(loaded(), Strings{});
    append_log_.stop();
  }
}

TEST_F(LogRewriteTest, AnExistingLogIsGoneOnWith) {
  open();
  set("a", "1");
  tick();
  append_log_.stop();
  LogFiles log_files(surroundings_);
  ASSERT_TRUE(log_files.read_manifest());
  LogRewrite rewrite(surroundings_, snapshot_, log_files, append_log_);
  const std::string before = manifest();
  ASSERT_TRUE(rewrite.open(1000, 900));
  EXPECT_EQ(manifest(), before);
  EXPECT_TRUE(logged("Opening AOF incr file appendonly.aof.1.incr.aof on server start"));
  EXPECT_EQ(append_log_.current_size(), 1000u);
  EXPECT_EQ(append_log_.base_size(), 900u);
  set("b", "2");
  tick();
  EXPECT_EQ(loaded(), (Strings{{"a", "1"}, {"b", "2"}}));
}

TEST_F(LogRewriteTest, ALogThatCannotBeBegunIsTold) {
  for (const FileOperation operation : {FileOperation::make_directory, FileOperation::open_to_write,
                                        FileOperation::sync, FileOperation::rename, FileOperation::sync_directory}) {
    ASSERT_TRUE(log_files_.read_manifest());
    fail(operation);
    EXPECT_FALSE(rewrite_.open(0, 0)) << name_of(operation);
    files_.clear_faults();
  }
  open();
}

// ---- rewrites --------------------------------------------------------------------------------------

TEST_F(LogRewriteTest, ARewriteReplacesAllFiles) {
  for (const bool rdb : {true, false}) {
    config_.aof_use_rdb_preamble = rdb;
    if (rewrite_.state() == State::off) open();
    set("a", "1");
    set("gone", "x");
    tick();
    ASSERT_TRUE(rewrite_.start());
    EXPECT_TRUE(rewrite_.running());
    EXPECT_TRUE(snapshot_.active());
    set("b", "2");
    set("a", "3");
    del("gone");
    finish();
    EXPECT_TRUE(rewrite_.last_ok());
    EXPECT_EQ(loaded(), (Strings{{"a", "3"}, {"b", "2"}}));
    EXPECT_EQ(names().size(), 3u) << testing::PrintToString(names());
  }
  EXPECT_EQ(manifest(), "file appendonly.aof.3.base.aof seq 3 type b\nfile appendonly.aof.3.incr.aof seq 3 type i\n");
  EXPECT_EQ(rewrite_.rewrites(), 2u);
  for (const char* line :
       {"Creating AOF incr file appendonly.aof.2.incr.aof on background rewrite",
        "Background append only file rewriting started by pid ",
        "Successfully created the temporary AOF base file temp-", "Background AOF rewrite terminated with success",
        "Successfully renamed the temporary AOF base file temp-", "into appendonly.aof.2.base.rdb",
        "Removing the history file appendonly.aof.1.base.rdb in the background",
        "Removing the history file appendonly.aof.1.incr.aof in the background",
        "Background AOF rewrite finished successfully"}) {
    EXPECT_TRUE(logged(line)) << line;
  }
  const uint64_t there = files_.content("appendonlydir/appendonly.aof.3.base.aof").size() +
                         files_.content("appendonlydir/appendonly.aof.3.incr.aof").size();
  EXPECT_EQ(append_log_.current_size(), there);
  EXPECT_EQ(append_log_.base_size(), there);
}

TEST_F(LogRewriteTest, ABaseOfCommandsTellsDatabasesAndTimes) {
  config_.aof_use_rdb_preamble = false;
  config_.aof_timestamp_enabled = true;
  open();
  keyspace_[0].set_string("a", "1");
  keyspace_[3].set_expiry(keyspace_[3].set_string("b", "2"), 1'800'000'000'000);
  ASSERT_TRUE(rewrite_.start());
  finish();
  EXPECT_EQ(files_.content("appendonlydir/appendonly.aof.2.base.aof"),
            "#TS:1700000000\r\n" + logged_command({"SELECT", "0"}) + logged_command({"SET", "a", "1"}) +
                logged_command({"SELECT", "3"}) + logged_command({"SET", "b", "2"}) +
                logged_command({"PEXPIREAT", "b", "1800000000000"}));
}

TEST_F(LogRewriteTest, WhateverFailsTheLogStaysWhole) {
  open();
  set("a", "1");
  tick();
  struct Case {
    FileOperation operation;
    const char* path;
    const char* line;
  };
  const Case cases[] = {
      {FileOperation::sync, "incr.aof", "Fail to fsync the AOF file: wrong"},
      {FileOperation::open_to_write, "incr.aof", "Can't open the append-only file"},
      {FileOperation::open_to_write, "temp-appendonly.aof.manifest", "Can't open the AOF manifest file"},
      {FileOperation::rename, "temp-appendonly.aof.manifest", "Error trying to rename the temporary AOF manifest"},
      {FileOperation::sync_directory, "", "Fail to fsync AOF directory"},
      {FileOperation::open_to_write, "temp-rewriteaof", "Opening the temp file for AOF rewrite in"},
      {FileOperation::write, "temp-rewriteaof", "Write error writing append only file on disk: wrong"},
      {FileOperation::sync, "temp-rewriteaof", "Write error writing append only file on disk: wrong"},
      {FileOperation::rename, "temp-rewriteaof", "Error trying to rename the temporary AOF base file"},
  };
  int round = 0;
  for (const Case& c : cases) {
    fail(c.operation, c.path);
    const bool started = rewrite_.start().has_value();
    set("k" + std::to_string(round++), "v");
    if (started) finish();
    tick();
    files_.clear_faults();
    EXPECT_FALSE(rewrite_.last_ok()) << c.line;
    EXPECT_FALSE(snapshot_.active()) << c.line;
    EXPECT_TRUE(logged(c.line)) << c.line;
    const auto strings = loaded();
    ASSERT_TRUE(strings) << c.line;
    EXPECT_EQ(strings->size(), 1u + static_cast<size_t>(round)) << c.line;
    const std::vector<std::string> there = names();
    EXPECT_EQ(std::count_if(there.begin(), there.end(), [](const std::string& n) { return n.starts_with("temp-"); }), 0)
        << c.line << testing::PrintToString(there);
  }
  EXPECT_EQ(rewrite_.consecutive_failures(), std::size(cases));
  ASSERT_TRUE(rewrite_.start());
  finish();
  EXPECT_TRUE(rewrite_.last_ok());
  EXPECT_EQ(rewrite_.consecutive_failures(), 0u);
  EXPECT_EQ(names().size(), 3u) << testing::PrintToString(names());
  EXPECT_EQ(loaded()->size(), 1u + static_cast<size_t>(round));
}

TEST_F(LogRewriteTest, ARewriteCanBeGivenUpAtAnyTime) {
  open();
  for (int i = 0; i < 500; ++i) set("k" + std::to_string(i), "v");
  tick();
  for (int stage = 0; stage < 4; ++stage) {
    ASSERT_TRUE(rewrite_.start());
    if (stage > 0) walk(100);
    if (stage > 1) walk();
    if (stage > 2) rewrite_.tick();
    rewrite_.cancel();
    log_files_.background().drain();
    EXPECT_FALSE(rewrite_.running());
    EXPECT_FALSE(snapshot_.active());
    EXPECT_EQ(loaded()->size(), 500u);
    for (const std::string& name : names()) {
      EXPECT_FALSE(name.starts_with("temp-")) << name;
      EXPECT_EQ(name.find(".2.base"), std::string::npos) << stage;
    }
  }
}

// ---- when ------------------------------------------------------------------------------------------

TEST_F(LogRewriteTest, GrowthStartsARewrite) {
  config_.auto_aof_rewrite_min_size = 10'000;
  open();
  const std::string value(100, 'v');
  int commands = 0;
  while (!rewrite_.running() && commands < 1000) {
    set("k", value);
    ++commands;
    tick();
    rewrite_.start_if_due();
  }
  ASSERT_TRUE(rewrite_.running());
  EXPECT_GT(append_log_.current_size(), 10'000u);
  EXPECT_TRUE(logged("Starting automatic rewriting of AOF on "));
  finish();
  EXPECT_LT(append_log_.current_size(), 1000u);
  rewrite_.start_if_due();
  EXPECT_FALSE(rewrite_.running());
  config_.auto_aof_rewrite_percentage = 0;
  for (int i = 0; i < 1000; ++i) set("k", value);
  tick();
  rewrite_.start_if_due();
  EXPECT_FALSE(rewrite_.running());
}

TEST_F(LogRewriteTest, RepeatedFailuresAreTriedLessAndLessOften) {
  open();
  fail(FileOperation::open_to_write, "temp-rewriteaof", SIZE_MAX);
  rewrite_.schedule();
  for (int i = 0; i < 3; ++i) {
    rewrite_.schedule();
    // schedule() forgets the failures before.
  }
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(rewrite_.start());
    finish();
  }
  EXPECT_EQ(rewrite_.consecutive_failures(), 3u);
  config_.auto_aof_rewrite_min_size = 0;
  config_.auto_aof_rewrite_percentage = 1;
  set("k", std::string(10'000, 'v'));
  tick();
  for (const int minutes : {1, 2, 4, 8, 16, 32, 60, 60}) {
    rewrite_.start_if_due();
    EXPECT_FALSE(rewrite_.running());
    EXPECT_TRUE(logged("Background AOF rewrite has repeatedly failed and triggered the limit, will retry in " +
                       std::to_string(minutes) + " minutes"));
    advance(minutes * 60 - 1);
    rewrite_.start_if_due();
    EXPECT_FALSE(rewrite_.running()) << minutes;
    advance(1);
    rewrite_.start_if_due();
    EXPECT_TRUE(rewrite_.running()) << minutes;
    finish();
  }
  // A person who asks need not wait.
  rewrite_.schedule();
  files_.clear_faults();
  rewrite_.start_if_due();
  EXPECT_TRUE(rewrite_.running());
  finish();
  EXPECT_TRUE(rewrite_.last_ok());
}

// ---- on and off ------------------------------------------------------------------------------------

TEST_F(LogRewriteTest, TurnedOnTheLogBeginsWithARewrite) {
  keyspace_[0].set_string("before", "1");
  ASSERT_TRUE(rewrite_.turn_on(true, false));
  EXPECT_EQ(rewrite_.state(), State::waiting);
  EXPECT_TRUE(append_log_.on());
  set("during", "2");
  tick();
  EXPECT_EQ(manifest(), "(none)");
  EXPECT_EQ(loaded(), Strings{});
  EXPECT_FALSE(rewrite_.end(false));
  EXPECT_TRUE(logged("Writing initial AOF, can't exit"));
  finish();
  EXPECT_EQ(rewrite_.state(), State::on);
  set("after", "3");
  tick();
  EXPECT_EQ(manifest(), "file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n");
  EXPECT_EQ(loaded(), (Strings{{"before", "1"}, {"during", "2"}, {"after", "3"}}));
  EXPECT_TRUE(logged(
      "Successfully renamed the temporary AOF incr file temp-appendonly.aof.incr into appendonly.aof.1.incr.aof"));
  EXPECT_TRUE(rewrite_.end(false));
}

TEST_F(LogRewriteTest, TurnedOnThatCanWait) {
  ASSERT_TRUE(rewrite_.turn_on(false, false));
  EXPECT_TRUE(rewrite_.scheduled());
  EXPECT_TRUE(
      logged("AOF was enabled but there is already another background operation. An AOF background was scheduled to "
             "start when possible."));
  EXPECT_FALSE(append_log_.on());
  rewrite_.start_if_due();
  finish();
  EXPECT_EQ(rewrite_.state(), State::on);
  rewrite_.turn_off();
  EXPECT_EQ(rewrite_.state(), State::off);
  ASSERT_TRUE(rewrite_.turn_on(true, true));
  EXPECT_TRUE(rewrite_.scheduled());
  EXPECT_TRUE(logged("AOF was enabled during a transaction."));
}

TEST_F(LogRewriteTest, TurnedOnDuringARewriteBeginsAnother) {
  keyspace_[0].set_string("a", "1");
  ASSERT_TRUE(rewrite_.start());
  EXPECT_EQ(rewrite_.state(), State::off);
  ASSERT_TRUE(rewrite_.turn_on(false, false));
  EXPECT_TRUE(logged("Stopping background AOF and starting a rewrite now."));
  set("b", "2");
  finish();
  EXPECT_EQ(loaded(), (Strings{{"a", "1"}, {"b", "2"}}));
}

TEST_F(LogRewriteTest, ARewriteWithoutALogLeavesABaseAlone) {
  keyspace_[0].set_string("a", "1");
  ASSERT_TRUE(rewrite_.start());
  finish();
  EXPECT_EQ(manifest(), "file appendonly.aof.1.base.rdb seq 1 type b\n");
  EXPECT_EQ(loaded(), (Strings{{"a", "1"}}));
}

TEST_F(LogRewriteTest, TurnedOffAndOnAgainAllIsNew) {
  open();
  set("a", "1");
  tick();
  rewrite_.turn_off();
  EXPECT_FALSE(append_log_.on());
  keyspace_[0].set_string("b", "2");
  ASSERT_TRUE(rewrite_.turn_on(true, false));
  // Until the rewrite is through, what there was stays.
  tick();
  EXPECT_EQ(loaded(), (Strings{{"a", "1"}}));
  rewrite_.turn_off();
  log_files_.background().drain();
  EXPECT_EQ(loaded(), (Strings{{"a", "1"}}));
  EXPECT_FALSE(files_.exists("appendonlydir/temp-appendonly.aof.incr"));
  ASSERT_TRUE(rewrite_.turn_on(true, false));
  set("c", "3");
  finish();
  EXPECT_EQ(loaded(), (Strings{{"a", "1"}, {"b", "2"}, {"c", "3"}}));
  EXPECT_EQ(names().size(), 3u) << testing::PrintToString(names());
}

TEST_F(LogRewriteTest, AFirstRewriteThatFailsIsTriedAgain) {
  keyspace_[0].set_string("a", "1");
  ASSERT_TRUE(rewrite_.turn_on(true, false));
  fail(FileOperation::write, "temp-rewriteaof");
  set("b", "2");
  finish();
  EXPECT_EQ(rewrite_.state(), State::waiting);
  EXPECT_FALSE(rewrite_.last_ok());
  EXPECT_TRUE(rewrite_.scheduled());
  EXPECT_FALSE(append_log_.on());
  EXPECT_TRUE(logged("Removing the temp incr aof file temp-appendonly.aof.incr in the background"));
  EXPECT_EQ(names(), std::vector<std::string>{});
  keyspace_[0].set_string("c", "3");
  rewrite_.start_if_due();
  set("d", "4");
  finish();
  EXPECT_EQ(rewrite_.state(), State::on);
  EXPECT_EQ(loaded(), (Strings{{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}}));
}

TEST_F(LogRewriteTest, TurningOnThatFailsAtOnceLeavesItOff) {
  fail(FileOperation::make_directory);
  EXPECT_EQ(rewrite_.turn_on(true, false).error().text, "Unable to turn on AOF. Check server logs.");
  EXPECT_EQ(rewrite_.state(), State::off);
  EXPECT_FALSE(rewrite_.scheduled());
  EXPECT_TRUE(logged("Can't open or create append-only dir appendonlydir: wrong"));
}

// ---- crashes ---------------------------------------------------------------------------------------

// Stops at every step of a rewrite with commands before, during and after it. What a sync has covered must be there, and
// nothing of it must be mixed: all keys that are set are set in order, so that what is loaded is a prefix.
TEST_F(LogRewriteTest, ACrashAtAnyStepLosesNothingThatWasDurable) {
  size_t points = 0;
  for (const bool at_run_time : {false, true}) {
    for (size_t step = 1;; ++step) {
      SimulatedFiles files;
      Keyspace keyspace(2);
      keyspace.set_now(1'700'000'000'000);
      const PersistenceSurroundings mine{keyspace, config_, files, log_, [] {}, false};
      files.stop_at(step);
      Snapshot snapshot(keyspace);
      LogFiles log_files(mine);
      AppendLog append_log(mine);
      append_log.set_ending([] { throw ProcessEnded(); });
      LogRewrite rewrite(mine, snapshot, log_files, append_log);
      int told = 0;
      std::map<uint64_t, int> ends;  // AppendLog::end() after so many keys
      const auto set_one = [&] {
        const std::string key = "k" + std::to_string(1000 + told++);
        keyspace[0].set_string(key, "v");
        const std::string_view args[] = {"SET", key, "v"};
        append_log.feed(0, args);
        append_log.tick();
        ends[append_log.end()] = told;
      };
      const auto work = [&] {
        append_log.background().drain();
        append_log.tick();
        rewrite.background().drain();
        rewrite.tick();
        log_files.background().drain();
        log_files.tick();
      };
      bool was_on = false;
      if (at_run_time) {
        for (int i = 0; i < 3; ++i) set_one();
        (void)rewrite.turn_on(true, false);
      } else {
        (void)log_files.read_manifest();
        was_on = rewrite.open(0, 0).has_value();
        for (int i = 0; i < 3; ++i) set_one();
        (void)append_log.sync_now();
        // These are written, but not synced by anybody so far.
        for (int i = 0; i < 3; ++i) set_one();
        (void)rewrite.start();
        for (int i = 0; i < 3; ++i) set_one();
      }
      for (int i = 0; i < 6; ++i) {
        set_one();
        if (snapshot.active()) snapshot.walk(INT64_MAX);
        work();
        if (i % 2 == 1 && append_log.on()) (void)append_log.sync_now();
      }
      const uint64_t durable = append_log.on() ? append_log.durable() : 0;
      int promised = 0;
      for (const auto& [end, keys] : ends) {
        if (end <= durable && append_log.on()) promised = std::max(promised, keys);
      }
      if (!was_on && !(at_run_time && rewrite.state() == State::on)) promised = 0;
      for (const Kept kept : {Kept::nothing, Kept::some, Kept::everything}) {
        for (uint64_t seed = 0; seed < (kept == Kept::some ? 25u : 1u); ++seed) {
          const auto after = files.after_power_cut(kept, seed);
          const auto strings = loaded(*after);
          ++points;
          ASSERT_TRUE(strings) << "step " << step << ", " << lines().substr(lines().size() - 500);
          EXPECT_GE(static_cast<int>(strings->size()), promised) << "step " << step << " seed " << seed;
          int number = 1000;
          for (const auto& [key, value] : *strings) EXPECT_EQ(key, "k" + std::to_string(number++)) << step;
        }
      }
      files.clear_faults();
      if (!files.stopped()) break;
      ASSERT_LT(step, 300u);
    }
  }
  EXPECT_GT(points, 1000u);
}

}  // namespace
}  // namespace redoubt
