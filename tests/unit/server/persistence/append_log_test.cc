// The log by itself: its files are in memory, its syncs are carried out by hand.
#include "server/persistence/append_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "server/config/config.h"
#include "server/keyspace/keyspace.h"
#include "tests/support/simulated_files.h"

namespace redoubt {
namespace {

using testing::HasSubstr;

struct ProcessEnded {};

constexpr std::string_view select_0 = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n";
constexpr std::string_view set_k_v = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n";
constexpr const char* no_space = "No space left on device";

class AppendLogTest : public testing::Test {
 protected:
  AppendLogTest() {
    log_.set_ending([] { throw ProcessEnded(); });
    advance(1'700'000'000'000);
    files_.add_directory("dir");
  }
  ~AppendLogTest() override { std::filesystem::remove(log_path_); }

  void advance(int64_t ms) { keyspace_.set_now(keyspace_.shared().now_ms + ms); }
  void open(const std::string& name = "dir/1.aof", AppendLog::Whole whole = AppendLog::Whole::yes) {
    ASSERT_TRUE(log_.switch_file(std::move(files_.open(name, OpenMode::append).value()), 0, whole));
    files_.clear_faults();
  }
  void set(int db = 0) {
    const std::string_view args[] = {"SET", "k", "v"};
    log_.feed(db, args);
  }
  void set_and_tick() {
    set();
    log_.tick();
  }
  bool sync() {
    const bool any = log_.background().run_one();
    log_.tick();
    return any;
  }
  void fail(FileOperation operation, size_t bytes = 0, size_t times = SIZE_MAX) {
    files_.fail({.operation = operation, .times = times, .error = no_space, .bytes = bytes});
  }
  std::string content(const std::string& name = "dir/1.aof") { return files_.content(name); }
  size_t syncs() const { return files_.operations(FileOperation::sync); }
  std::string lines() const {
    std::ifstream in(log_path_);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
  }

  const std::string log_path_ = testing::TempDir() + "append_log_test." + std::to_string(getpid());
  Log server_log_{{LogLevel::notice, log_path_}};
  Config config_;
  Keyspace keyspace_{2};
  SimulatedFiles files_;
  int wakes_ = 0;
  PersistenceSurroundings surroundings_{keyspace_, config_, files_, server_log_, [this] { ++wakes_; }, false};
  AppendLog log_{surroundings_};
};

// ---- what is written ---------------------------------------------------------------------------

TEST_F(AppendLogTest, WantsNothingBeforeThereIsAFile) {
  EXPECT_FALSE(log_.on());
  set_and_tick();
  EXPECT_EQ(log_.end(), 0u);
  EXPECT_EQ(files_.operations(), 0u);
}

TEST_F(AppendLogTest, NamesTheDatabaseOnceAndAfterEachSwitch) {
  open();
  const std::string_view multi[] = {"MULTI"};
  log_.feed(CommandFeed::any_db, multi);
  set(0);
  set(0);
  set(1);
  log_.tick();
  const std::string all = "*1\r\n$5\r\nMULTI\r\n" + std::string(select_0) + std::string(set_k_v) +
                          std::string(set_k_v) + "*2\r\n$6\r\nSELECT\r\n$1\r\n1\r\n" + std::string(set_k_v);
  EXPECT_EQ(content(), all);
  EXPECT_EQ(log_.end(), all.size());
  open("dir/2.aof");
  set(1);
  log_.tick();
  EXPECT_EQ(content("dir/2.aof"), "*2\r\n$6\r\nSELECT\r\n$1\r\n1\r\n" + std::string(set_k_v));
}

TEST_F(AppendLogTest, WritesOncePerTick) {
  open();
  const size_t before = files_.operations(FileOperation::write);
  set();
  set();
  set();
  EXPECT_EQ(files_.operations(FileOperation::write), before);
  EXPECT_EQ(log_.buffer_length(), log_.end());
  log_.tick();
  EXPECT_EQ(files_.operations(FileOperation::write), before + 1);
  EXPECT_EQ(log_.buffer_length(), 0u);
  EXPECT_EQ(log_.current_size(), log_.end());
}

TEST_F(AppendLogTest, AnnotatesEachSecondWhenAsked) {
  config_.aof_timestamp_enabled = true;
  open();
  set();
  set();
  advance(1000);
  set();
  log_.tick();
  EXPECT_EQ(content(), "#TS:1700000000\r\n" + std::string(select_0) + std::string(set_k_v) + std::string(set_k_v) +
                           "#TS:1700000001\r\n" + std::string(set_k_v));
}

TEST_F(AppendLogTest, WritesTakeAsLongAsTestsWant) {
  open();
  log_.set_write_delay(20'000);
  const int64_t start_us = monotonic_us();
  set_and_tick();
  EXPECT_GE(monotonic_us() - start_us, 20'000);
  const int64_t written_us = monotonic_us();
  log_.tick();
  EXPECT_LT(monotonic_us() - written_us, 20'000) << "there was nothing to write";
}

TEST_F(AppendLogTest, GivesTheMemoryOfABigCommandBack) {
  open();
  const std::string value(8 * 1024 * 1024, 'x');
  const std::string_view args[] = {"SET", "k", value};
  log_.feed(0, args);
  EXPECT_GT(log_.buffer_memory(), value.size());
  log_.tick();
  EXPECT_LE(log_.buffer_memory(), 1024u * 1024);
}

// ---- everysec ----------------------------------------------------------------------------------

TEST_F(AppendLogTest, EverysecSyncsOnceASecondAndHoldsNothing) {
  open();
  set_and_tick();
  EXPECT_FALSE(log_.progress().hold);
  EXPECT_EQ(log_.pending_syncs(), 1u);
  EXPECT_TRUE(sync());
  EXPECT_EQ(log_.durable(), log_.end());
  set_and_tick();
  EXPECT_EQ(log_.pending_syncs(), 0u);
  EXPECT_LT(log_.durable(), log_.end());
  advance(999);
  log_.tick();
  EXPECT_EQ(log_.pending_syncs(), 0u);
  advance(1);
  log_.tick();
  EXPECT_EQ(log_.pending_syncs(), 1u);
  EXPECT_TRUE(sync());
  EXPECT_EQ(log_.durable(), log_.end());
  EXPECT_EQ(wakes_, 2);
  advance(5000);
  log_.tick();
  EXPECT_EQ(log_.pending_syncs(), 0u) << "there is nothing new";
}

TEST_F(AppendLogTest, EverysecWritesWaitForTheSyncUnderWayForTwoSeconds) {
  open();
  set_and_tick();
  ASSERT_EQ(log_.pending_syncs(), 1u);
  const std::string first = content();
  set_and_tick();
  advance(1999);
  set_and_tick();
  EXPECT_EQ(content(), first);
  EXPECT_EQ(log_.delayed_syncs(), 0u);
  advance(1);
  log_.tick();
  EXPECT_EQ(content(), first + std::string(set_k_v) + std::string(set_k_v));
  EXPECT_EQ(log_.delayed_syncs(), 1u);
  EXPECT_THAT(lines(), HasSubstr("Asynchronous AOF fsync is taking too long (disk is busy?)."));
  set_and_tick();
  EXPECT_EQ(log_.buffer_length(), set_k_v.size()) << "the next one waits again";
  EXPECT_TRUE(sync());
  EXPECT_EQ(log_.buffer_length(), 0u);
}

TEST_F(AppendLogTest, NoNeverSyncs) {
  config_.appendfsync = AppendFsync::no;
  open();
  for (int i = 0; i < 5; ++i) {
    set_and_tick();
    advance(1000);
  }
  EXPECT_EQ(log_.pending_syncs(), 0u);
  EXPECT_EQ(log_.durable(), 0u);
  EXPECT_EQ(content().size(), log_.end());
}

TEST_F(AppendLogTest, NoSyncsDuringARewriteWhenToldSo) {
  config_.no_appendfsync_on_rewrite = true;
  open();
  log_.set_rewriting(true);
  for (const AppendFsync policy : {AppendFsync::everysec, AppendFsync::always}) {
    config_.appendfsync = policy;
    set_and_tick();
    advance(2000);
    log_.tick();
    EXPECT_EQ(log_.pending_syncs(), 0u);
    EXPECT_FALSE(log_.progress().hold);
  }
  log_.set_rewriting(false);
  log_.tick();
  EXPECT_TRUE(log_.progress().hold);
  EXPECT_TRUE(sync());
  EXPECT_EQ(log_.durable(), log_.end());
}

// ---- always ------------------------------------------------------------------------------------

TEST_F(AppendLogTest, AlwaysSyncsAtOnceAndWhatCameMeanwhileTogether) {
  config_.appendfsync = AppendFsync::always;
  open();
  set_and_tick();
  EXPECT_TRUE(log_.progress().hold);
  const uint64_t first = log_.end();
  EXPECT_EQ(log_.progress().syncing, first);
  for (int i = 0; i < 10; ++i) set_and_tick();
  EXPECT_EQ(log_.pending_syncs(), 1u);
  EXPECT_EQ(content().size(), first) << "one write before the next sync is enough";
  EXPECT_TRUE(sync());
  EXPECT_EQ(content().size(), log_.end());
  EXPECT_EQ(log_.progress().synced, first);
  EXPECT_EQ(log_.progress().syncing, log_.end());
  EXPECT_TRUE(sync());
  EXPECT_EQ(log_.progress().synced, log_.end());
  EXPECT_EQ(syncs(), 2u);
  EXPECT_FALSE(sync());
}

TEST_F(AppendLogTest, AfterAQuickSyncTheExecutorSyncsByItselfOnceNothingMoreIsReady) {
  config_.appendfsync = AppendFsync::always;
  surroundings_.threads = true;
  surroundings_.wake = {};
  AppendLog first(surroundings_);
  first.set_quick_sync(INT64_MAX);
  ASSERT_TRUE(first.switch_file(files_.open("dir/1.aof", OpenMode::append).value(), 0, AppendLog::Whole::yes));
  const std::string_view args[] = {"SET", "k", "v"};
  first.feed(0, args);
  first.tick();
  EXPECT_EQ(first.progress().synced, 0u) << "nobody knows yet how long syncs take";
  first.background().drain();
  first.take_ended_syncs();
  EXPECT_EQ(first.progress().synced, first.end());

  std::atomic<int> wakes = 0;
  surroundings_.wake = [&wakes] { ++wakes; };
  first.feed(0, args);
  first.tick();
  EXPECT_EQ(first.progress().synced, first.end());
  EXPECT_EQ(first.pending_syncs(), 0u);
  EXPECT_EQ(wakes, 0);
  first.stop();
}

TEST_F(AppendLogTest, WhatWasHeldUnderAlwaysIsSyncedUnderAnotherPolicyToo) {
  config_.appendfsync = AppendFsync::always;
  open();
  set_and_tick();
  set_and_tick();
  config_.appendfsync = AppendFsync::no;
  const uint64_t promised = log_.end();
  set_and_tick();
  EXPECT_FALSE(log_.progress().hold);
  EXPECT_TRUE(sync());
  EXPECT_TRUE(sync());
  EXPECT_GE(log_.progress().synced, promised);
  set_and_tick();
  EXPECT_FALSE(sync());
}

TEST_F(AppendLogTest, AlwaysEndsTheProcessWhenItCannotWrite) {
  config_.appendfsync = AppendFsync::always;
  open();
  fail(FileOperation::write);
  set();
  EXPECT_THROW(log_.tick(), ProcessEnded);
  EXPECT_EQ(log_.progress().synced, 0u);
  EXPECT_THAT(lines(), HasSubstr("Error writing to the AOF file: No space left on device"));
  EXPECT_THAT(lines(),
              HasSubstr("Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting..."));
}

TEST_F(AppendLogTest, AlwaysEndsTheProcessWhenItCannotSync) {
  config_.appendfsync = AppendFsync::always;
  open();
  fail(FileOperation::sync);
  set_and_tick();
  EXPECT_THROW(sync(), ProcessEnded);
  EXPECT_EQ(log_.progress().synced, 0u);
  EXPECT_THAT(lines(),
              HasSubstr("Can't persist AOF for fsync error when the AOF fsync policy is 'always': No space left "
                        "on device. Exiting..."));
}

TEST_F(AppendLogTest, AFailingSyncThatRepliesWaitForEndsTheProcessWhateverThePolicyIsNow) {
  config_.appendfsync = AppendFsync::always;
  open();
  fail(FileOperation::sync);
  set_and_tick();
  config_.appendfsync = AppendFsync::everysec;
  EXPECT_THROW(sync(), ProcessEnded);
}

// ---- errors ------------------------------------------------------------------------------------

TEST_F(AppendLogTest, AFailingWriteIsTriedAgainUntilItSucceeds) {
  open();
  set_and_tick();
  sync();
  const std::string before = content();
  fail(FileOperation::write);
  set_and_tick();
  EXPECT_FALSE(log_.write_ok());
  EXPECT_EQ(log_.refusal(), "MISCONF Errors writing to the AOF file: No space left on device");
  EXPECT_EQ(log_.buffer_length(), set_k_v.size());
  const size_t tries = files_.operations(FileOperation::write);
  log_.tick();
  EXPECT_EQ(files_.operations(FileOperation::write), tries) << "not in each tick";
  advance(100);
  log_.tick();
  EXPECT_EQ(files_.operations(FileOperation::write), tries + 1);
  files_.clear_faults();
  advance(100);
  log_.tick();
  EXPECT_TRUE(log_.write_ok());
  EXPECT_EQ(content(), before + std::string(set_k_v));
  EXPECT_THAT(lines(), HasSubstr("AOF write error looks solved. The server can write again."));
}

TEST_F(AppendLogTest, AShortWriteIsTakenAway) {
  open();
  set_and_tick();
  sync();
  const std::string before = content();
  fail(FileOperation::write, 5);
  set_and_tick();
  EXPECT_EQ(content(), before);
  EXPECT_FALSE(log_.write_ok());
  EXPECT_THAT(lines(), HasSubstr("Short write while writing to the AOF file: (nwritten=5, expected=27)"));
  files_.clear_faults();
  advance(100);
  log_.tick();
  EXPECT_EQ(content(), before + std::string(set_k_v));
}

TEST_F(AppendLogTest, AShortWriteThatCannotBeTakenAwayIsFinished) {
  open();
  set_and_tick();
  sync();
  const std::string before = content();
  fail(FileOperation::write, 5);
  fail(FileOperation::truncate);
  set_and_tick();
  EXPECT_EQ(content(), before + std::string(set_k_v.substr(0, 5)));
  EXPECT_THAT(lines(), HasSubstr("Could not remove short write from the append-only file."));
  EXPECT_EQ(log_.end(), before.size() + set_k_v.size());
  files_.clear_faults();
  advance(100);
  log_.tick();
  EXPECT_EQ(content(), before + std::string(set_k_v));
  EXPECT_EQ(log_.current_size(), content().size());
}

TEST_F(AppendLogTest, TellsOfOneTroubleOnceInAWhile) {
  open();
  fail(FileOperation::write);
  set();
  for (int i = 0; i < 100; ++i) {
    log_.tick();
    advance(100);
  }
  const std::string said = lines();
  EXPECT_EQ(said.find("Error writing"), said.rfind("Error writing"));
}

TEST_F(AppendLogTest, AFailingSyncStopsWritesUntilOneSucceeds) {
  for (const AppendFsync policy : {AppendFsync::everysec, AppendFsync::no}) {
    config_.appendfsync = AppendFsync::everysec;
    open();
    advance(1000);
    const uint64_t before = log_.durable();
    set_and_tick();
    fail(FileOperation::sync);
    EXPECT_TRUE(sync());
    config_.appendfsync = policy;
    EXPECT_FALSE(log_.write_ok());
    EXPECT_EQ(log_.refusal(), "MISCONF Errors writing to the AOF file: No space left on device");
    EXPECT_THAT(lines(), HasSubstr("Fail to fsync the AOF file: No space left on device"));
    files_.clear_faults();
    log_.tick();
    EXPECT_FALSE(log_.write_ok());
    advance(1000);
    log_.tick();
    EXPECT_TRUE(sync());
    EXPECT_TRUE(log_.write_ok());
    EXPECT_TRUE(log_.needs_rewrite());
    EXPECT_EQ(log_.durable(), before) << "the system may have dropped what it could not write";
    log_.stop();
    log_.set_sizes(0, 0);
  }
}

TEST_F(AppendLogTest, OnlyARewriteMakesAFailedSyncGood) {
  open();
  set_and_tick();
  fail(FileOperation::sync, 0, 1);
  sync();
  advance(1000);
  log_.tick();
  sync();
  log_.base_replaced();
  EXPECT_TRUE(log_.needs_rewrite()) << "the base is older than the failure";
  open("dir/2.aof");
  const uint64_t begin = log_.end();
  sync();
  EXPECT_EQ(log_.durable(), 0u);
  log_.base_replaced();
  EXPECT_FALSE(log_.needs_rewrite());
  EXPECT_EQ(log_.durable(), begin);
}

// ---- files -------------------------------------------------------------------------------------

TEST_F(AppendLogTest, ASwitchSyncsTheFileBeforeFirst) {
  config_.appendfsync = AppendFsync::always;
  open();
  set();
  open("dir/2.aof");
  EXPECT_EQ(content(), std::string(select_0) + std::string(set_k_v));
  const uint64_t first = log_.end();
  set_and_tick();
  EXPECT_EQ(log_.progress().synced, 0u);
  EXPECT_TRUE(log_.background().run_one());
  EXPECT_EQ(files_.journal().back(), "sync dir/1.aof");
  log_.tick();
  EXPECT_EQ(log_.progress().synced, first);
  EXPECT_TRUE(sync());
  EXPECT_EQ(files_.journal().back(), "sync dir/2.aof");
  EXPECT_EQ(log_.progress().synced, log_.end());
}

TEST_F(AppendLogTest, DoesNotSwitchWhileItCannotWrite) {
  open();
  set();
  auto next = std::move(files_.open("dir/2.aof", OpenMode::append).value());
  fail(FileOperation::write);
  const Status done = log_.switch_file(std::move(next), 0, AppendLog::Whole::yes);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().text, no_space);
  files_.clear_faults();
  advance(100);
  log_.tick();
  EXPECT_EQ(content("dir/2.aof"), "");
  EXPECT_EQ(content(), std::string(select_0) + std::string(set_k_v));
}

TEST_F(AppendLogTest, IsNotDurableBeforeItsFirstBase) {
  open("dir/1.aof", AppendLog::Whole::no);
  set_and_tick();
  EXPECT_TRUE(sync());
  EXPECT_EQ(log_.durable(), log_.end());
  EXPECT_FALSE(log_.has_base());
  EXPECT_FALSE(log_.needs_rewrite()) << "one is under way";
  log_.base_replaced();
  EXPECT_TRUE(log_.has_base());
}

TEST_F(AppendLogTest, StopWritesSyncsAndReleases) {
  config_.appendfsync = AppendFsync::always;
  open();
  set_and_tick();
  set();
  log_.stop();
  EXPECT_FALSE(log_.on());
  EXPECT_TRUE(log_.has_base());
  EXPECT_EQ(content(), std::string(select_0) + std::string(set_k_v) + std::string(set_k_v));
  EXPECT_EQ(files_.journal().back(), "sync dir/1.aof");
  EXPECT_EQ(log_.progress().synced, log_.end());
  EXPECT_FALSE(log_.progress().hold);
  const uint64_t end = log_.end();
  set_and_tick();
  EXPECT_EQ(log_.end(), end);
  open("dir/2.aof", AppendLog::Whole::no);
  set_and_tick();
  EXPECT_EQ(content("dir/2.aof"), std::string(select_0) + std::string(set_k_v));
  EXPECT_TRUE(log_.progress().hold);
}

TEST_F(AppendLogTest, StopGivesUpWhatCannotBeWritten) {
  open();
  set_and_tick();
  sync();
  fail(FileOperation::write);
  set_and_tick();
  EXPECT_FALSE(log_.write_ok());
  log_.stop();
  EXPECT_TRUE(log_.write_ok());
  EXPECT_EQ(log_.buffer_length(), 0u);
  EXPECT_EQ(log_.progress().synced, log_.progress().end);
}

TEST_F(AppendLogTest, SyncNowLeavesNothing) {
  open();
  set_and_tick();
  set();
  ASSERT_TRUE(log_.sync_now());
  EXPECT_EQ(log_.buffer_length(), 0u);
  EXPECT_EQ(log_.durable(), log_.end());
  EXPECT_EQ(log_.pending_syncs(), 0u);
  fail(FileOperation::sync);
  const Status done = log_.sync_now();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().text, no_space);
}

}  // namespace
}  // namespace redoubt
