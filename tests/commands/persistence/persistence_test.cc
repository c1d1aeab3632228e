// SAVE, BGSAVE, LASTSAVE, saving by rule, what is refused when saving fails, loading at start, DEBUG RELOAD: with files in
// memory, where faults can be had.
#include "server/persistence/persistence.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/command_fixture.h"
#include "tests/support/simulated_files.h"

namespace redoubt {
namespace {

const std::string misconf =
    "(error) MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands "
    "that may modify the data set are disabled, because this instance is configured to report errors during writes if "
    "RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the "
    "RDB error.";

class PersistenceTest : public testing::Test {
 protected:
  explicit PersistenceTest(const std::string& config = "enable-debug-command yes\nenable-protected-configs yes\n")
      : server_(config, &files_) {}

  template <typename... Words>
  Reply run(const Words&... words) {
    return server_.run(words...);
  }
  Saver& saver() { return server_.persistence().saver(); }
  // Ticks until a background save is through.
  void finish_save() {
    while (saver().running()) {
      server_.tick();
      saver().background().drain();
    }
    server_.tick();
  }
  std::string info(const std::string& name) {
    const std::string text = run("INFO", "persistence").text;
    const size_t found = text.find("\n" + name + ":");
    if (found == std::string::npos) return "(none)";
    const size_t begin = found + name.size() + 2;
    return text.substr(begin, text.find('\r', begin) - begin);
  }
  std::vector<std::string> names() { return files_.list(".").value(); }

  using Names = std::vector<std::string>;
  SimulatedFiles files_;
  TestServer server_;
};

TEST_F(PersistenceTest, SaveWritesTheFileAndMakesItLast) {
  run("SET", "a", "1");
  EXPECT_EQ(info("rdb_changes_since_last_save"), "1");
  server_.advance(5000);
  EXPECT_EQ(run("SAVE"), "OK");
  EXPECT_EQ(names(), Names{"dump.rdb"});
  EXPECT_TRUE(files_.content("dump.rdb").starts_with("REDIS0011"));
  EXPECT_EQ(info("rdb_changes_since_last_save"), "0");
  EXPECT_EQ(info("rdb_saves"), "1");
  EXPECT_EQ(run("LASTSAVE"), "(integer) " + std::to_string(server_.now_ms() / 1000));
  // What a power cut leaves is the same.
  const auto after = files_.after_power_cut(Kept::nothing);
  EXPECT_EQ(after->content("dump.rdb"), files_.content("dump.rdb"));
  EXPECT_EQ(run("CONFIG", "RESETSTAT"), "OK");
  EXPECT_EQ(info("rdb_saves"), "0");
}

TEST_F(PersistenceTest, LastsaveIsTheStartAtFirst) {
  EXPECT_EQ(run("LASTSAVE"), "(integer) " + std::to_string(TestServer::start_ms / 1000));
}

TEST_F(PersistenceTest, BgsaveKeepsWhatWasThereAtItsStart) {
  run("CONFIG", "SET", "rdbcompression", "no");
  for (int i = 0; i < 300; ++i) run("SET", "key" + std::to_string(i), "value");
  EXPECT_EQ(run("BGSAVE"), "Background saving started");
  EXPECT_EQ(info("rdb_bgsave_in_progress"), "1");
  EXPECT_EQ(info("current_save_keys_total"), "300");
  EXPECT_EQ(info("rdb_current_bgsave_time_sec"), "0");
  run("SET", "key7", "later");
  run("SET", "fresh", "later");
  server_.advance(3000);
  EXPECT_EQ(info("rdb_current_bgsave_time_sec"), "3");
  finish_save();
  EXPECT_EQ(info("rdb_bgsave_in_progress"), "0");
  EXPECT_EQ(info("rdb_last_bgsave_status"), "ok");
  EXPECT_EQ(info("rdb_last_bgsave_time_sec"), "3");
  EXPECT_EQ(info("rdb_changes_since_last_save"), "2");
  EXPECT_EQ(info("current_save_keys_total"), "0");
  EXPECT_EQ(names(), Names{"dump.rdb"});
  EXPECT_EQ(files_.content("dump.rdb").find("later"), std::string::npos);
  TestServer again("", &files_);
  again.finish_loading();
  EXPECT_EQ(again.run("DBSIZE"), "(integer) 300");
  EXPECT_EQ(again.run("GET", "key7"), "\"value\"");
}

TEST_F(PersistenceTest, OneSaveAtATime) {
  run("SET", "a", "1");
  EXPECT_EQ(run("BGSAVE"), "Background saving started");
  for (const std::string command : {"BGSAVE", "SAVE"}) {
    EXPECT_EQ(run(command), "(error) ERR Background save already in progress");
  }
  EXPECT_EQ(run("BGSAVE", "SCHEDULE"), "(error) ERR Background save already in progress");
  finish_save();
  EXPECT_EQ(run("BGSAVE", "schedule"), "Background saving started");
  finish_save();
}

TEST_F(PersistenceTest, WrongArguments) {
  EXPECT_EQ(run("BGSAVE", "now"), "(error) ERR syntax error");
  EXPECT_EQ(run("BGSAVE", "SCHEDULE", "x"), "(error) ERR syntax error");
  EXPECT_EQ(run("SAVE", "x"), "(error) ERR wrong number of arguments for 'save' command");
  EXPECT_EQ(run("DEBUG", "RELOAD", "x"),
            "(error) ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
}

TEST_F(PersistenceTest, RulesStartASave) {
  run("CONFIG", "SET", "save", "10 3");
  run("SET", "a", "1");
  run("SET", "b", "1");
  server_.advance(20'000);
  server_.tick();
  EXPECT_FALSE(saver().running()) << "not enough changes";
  run("SET", "c", "1");
  server_.advance(200);
  server_.tick();
  EXPECT_TRUE(saver().running());
  finish_save();
  EXPECT_EQ(names(), Names{"dump.rdb"});
  for (int i = 0; i < 3; ++i) run("INCR", "n");
  server_.advance(10'000);
  server_.tick();
  EXPECT_FALSE(saver().running()) << "not enough time";
  server_.advance(1'000);
  server_.tick();
  EXPECT_TRUE(saver().running());
  finish_save();
}

TEST_F(PersistenceTest, FlushallGivesUpTheSaveAndSavesWhatIsLeft) {
  run("SET", "a", "1");
  run("BGSAVE");
  EXPECT_EQ(run("FLUSHALL"), "OK");
  EXPECT_FALSE(saver().running());
  EXPECT_EQ(names(), Names{"dump.rdb"}) << "nothing temporary";
  TestServer again("", &files_);
  again.finish_loading();
  EXPECT_EQ(again.run("DBSIZE"), "(integer) 0");
  run("CONFIG", "SET", "save", "");
  ASSERT_TRUE(files_.remove("dump.rdb").has_value());
  run("FLUSHALL");
  EXPECT_TRUE(names().empty()) << "without rules nothing is saved";
}

// ---- when it fails -------------------------------------------------------------------------------

struct Failure {
  const char* name;
  FileFault fault;
};

class SaveFails : public PersistenceTest, public testing::WithParamInterface<Failure> {};

TEST_P(SaveFails, AndTheOldFileStays) {
  run("SET", "a", "old");
  ASSERT_EQ(run("SAVE"), "OK");
  const std::string old = files_.content("dump.rdb");
  run("SET", "a", "new");
  FileFault fault = GetParam().fault;
  fault.times = SIZE_MAX;
  files_.fail(fault);
  EXPECT_EQ(run("SAVE"), "(error) ERR");
  EXPECT_EQ(run("SET", "b", "1"), "OK") << "a SAVE that fails stops nothing";
  EXPECT_EQ(run("BGSAVE"), "Background saving started");
  finish_save();
  EXPECT_EQ(info("rdb_last_bgsave_status"), "err");
  EXPECT_EQ(info("rdb_changes_since_last_save"), "2");
  EXPECT_EQ(run("SET", "b", "2"), misconf);
  EXPECT_EQ(run("PING"), misconf);
  EXPECT_EQ(run("GET", "b"), "\"1\"");
  EXPECT_EQ(run("CONFIG", "SET", "stop-writes-on-bgsave-error", "no"), "OK");
  EXPECT_EQ(run("SET", "b", "2"), "OK");
  run("CONFIG", "SET", "stop-writes-on-bgsave-error", "yes", "save", "");
  EXPECT_EQ(run("SET", "b", "3"), "OK") << "nobody asked for saving";
  run("CONFIG", "SET", "save", "3600 1");
  files_.clear_faults();
  if (fault.operation != FileOperation::sync_directory) {
    EXPECT_EQ(files_.content("dump.rdb"), old);
    EXPECT_EQ(names(), Names{"dump.rdb"}) << "nothing temporary";
  }
  run("BGSAVE");
  finish_save();
  EXPECT_EQ(info("rdb_last_bgsave_status"), "ok");
  EXPECT_EQ(run("SET", "b", "4"), "OK");
}

INSTANTIATE_TEST_SUITE_P(
    Steps, SaveFails,
    testing::Values(Failure{"Open",
                            {.operation = FileOperation::open_to_write, .path = "temp", .error = "Permission denied"}},
                    Failure{"Write", {.operation = FileOperation::write, .error = "No space left on device"}},
                    Failure{"Sync", {.operation = FileOperation::sync, .error = "Input/output error"}},
                    Failure{"Rename", {.operation = FileOperation::rename, .error = "Permission denied"}},
                    Failure{"Directory", {.operation = FileOperation::sync_directory, .error = "Input/output error"}}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(PersistenceTest, AFailedSaveIsTriedAgainAfterFiveSeconds) {
  run("CONFIG", "SET", "save", "1 1");
  run("SET", "a", "1");
  files_.fail({.operation = FileOperation::write, .times = SIZE_MAX, .error = "No space left on device"});
  server_.advance(2'000);
  server_.tick();
  EXPECT_TRUE(saver().running());
  finish_save();
  server_.advance(5'000);
  server_.tick();
  EXPECT_FALSE(saver().running());
  server_.advance(1'000);
  server_.tick();
  EXPECT_TRUE(saver().running());
  files_.clear_faults();
  finish_save();
  EXPECT_EQ(info("rdb_saves"), "2");
}

TEST_F(PersistenceTest, EachPointOfAPowerCutLeavesTheOldFileOrTheNew) {
  run("SET", "a", "old");
  ASSERT_EQ(run("SAVE"), "OK");
  const std::string old = files_.content("dump.rdb");
  run("SET", "a", "new");
  run("SET", "b", std::string(5'000'000, 'x'));
  const size_t before = files_.operations();
  std::string fresh;
  for (size_t point = 1; point < 100; ++point) {
    auto copy = files_.after_power_cut(Kept::nothing);
    TestServer server("", copy.get());
    server.finish_loading();
    server.run("SET", "a", "new");
    server.run("CONFIG", "SET", "rdbcompression", "no");
    server.run("SET", "b", std::string(5'000'000, 'x'));
    copy->stop_at(point);
    const bool saved = server.run("SAVE") == "OK";
    for (const Kept kept : {Kept::nothing, Kept::some, Kept::everything}) {
      const auto after = copy->after_power_cut(kept, point);
      TestServer again("", after.get());
      again.finish_loading();
      EXPECT_FALSE(again.persistence().failed()) << point;
      const Reply value = again.run("GET", "a");
      const bool is_new = value == "\"new\"";
      EXPECT_TRUE(is_new || value == "\"old\"") << point;
      EXPECT_EQ(again.run("STRLEN", "b"), is_new ? "(integer) 5000000" : "(integer) 0");
      EXPECT_TRUE(is_new || !saved) << "said to be saved";
    }
    if (saved) {
      EXPECT_GT(point, 5u);
      break;
    }
  }
  EXPECT_EQ(files_.operations(), before);
  EXPECT_EQ(files_.content("dump.rdb"), old);
}

// ---- at the end ----------------------------------------------------------------------------------

TEST_F(PersistenceTest, TheEndSavesWhenAskedTo) {
  run("SET", "a", "1");
  run("BGSAVE");
  EXPECT_TRUE(server_.persistence().end(true, false));
  EXPECT_EQ(names(), Names{"dump.rdb"});
  files_.fail({.operation = FileOperation::write, .times = SIZE_MAX, .error = "No space left on device"});
  EXPECT_FALSE(server_.persistence().end(true, false));
  EXPECT_TRUE(server_.persistence().end(true, true));
  EXPECT_TRUE(server_.persistence().end(false, false));
}

TEST_F(PersistenceTest, EndingDuringABackgroundSaveLeavesNothingOfIt) {
  run("SET", "a", "1");
  run("BGSAVE");
  server_.tick();
  EXPECT_TRUE(server_.persistence().end(false, false));
  EXPECT_TRUE(names().empty());
}

// ---- loading -------------------------------------------------------------------------------------

TEST_F(PersistenceTest, LoadsWhatWasSaved) {
  run("SET", "s", "text");
  run("SET", "n", "12");
  run("RPUSH", "l", "a", "b");
  run("SADD", "t", "1", "2", "x");
  run("HSET", "h", "f", "v");
  run("ZADD", "z", "1.5", "m");
  run("SET", "e", "1", "PX", "5000");
  run("SET", "gone", "1", "PX", "50");
  run("SELECT", "9");
  run("SET", "other", "1");
  const Reply digest = run("DEBUG", "DIGEST");
  ASSERT_EQ(run("SAVE"), "OK");
  {
    TestServer again("enable-debug-command yes\n", &files_);
    EXPECT_TRUE(again.persistence().loading());
    again.finish_loading();
    EXPECT_EQ(again.run("DEBUG", "DIGEST"), to_string(digest));
    EXPECT_EQ(again.run("PTTL", "e"), "(integer) 5000");
    EXPECT_EQ(again.run("OBJECT", "ENCODING", "n"), "\"int\"");
    EXPECT_EQ(again.persistence().saver().unsaved_changes(), 0u);
  }
  run("SELECT", "0");
  server_.advance(100);
  EXPECT_EQ(run("DEBUG", "RELOAD", "NOSAVE"), "OK");
  EXPECT_EQ(info("rdb_last_load_keys_expired"), "1");
  EXPECT_EQ(info("rdb_last_load_keys_loaded"), "8");
  EXPECT_EQ(run("GET", "gone"), "(nil)");
}

TEST_F(PersistenceTest, OtherDatabasesThanThereAre) {
  run("SELECT", "9");
  run("SET", "a", "1");
  run("SAVE");
  TestServer small("databases 4\n", &files_);
  small.finish_loading();
  EXPECT_TRUE(small.persistence().failed());
}

TEST_F(PersistenceTest, CommandsWaitForTheEndOfLoading) {
  for (int i = 0; i < 2000; ++i) run("SET", "k" + std::to_string(i), "v");
  run("SAVE");
  TestServer again("loading-process-events-interval-bytes 1024\n", &files_);
  again.tick();
  ASSERT_TRUE(again.persistence().loading());
  const std::string loading = "(error) LOADING Redis is loading the dataset in memory";
  EXPECT_EQ(again.run("GET", "k1"), loading);
  EXPECT_EQ(again.run("SET", "k1", "x"), loading);
  EXPECT_EQ(again.run("PING"), loading);
  EXPECT_EQ(again.run("SAVE"), loading);
  EXPECT_EQ(again.run("CONFIG", "SET", "appendonly", "yes"), loading);
  EXPECT_EQ(again.run("CONFIG", "SET", "hz", "20"), "OK");
  EXPECT_EQ(again.run("FOO").kind, ReplyKind::error);
  const std::string text = again.run("INFO", "persistence").text;
  EXPECT_NE(text.find("loading:1\r\n"), std::string::npos);
  for (const std::string field : {"loading_start_time:", "loading_total_bytes:", "loading_rdb_used_mem:",
                                  "loading_loaded_bytes:", "loading_loaded_perc:", "loading_eta_seconds:"}) {
    EXPECT_NE(text.find(field), std::string::npos) << field;
  }
  again.finish_loading();
  EXPECT_EQ(again.run("GET", "k1"), "\"v\"");
  EXPECT_EQ(again.run("INFO", "persistence").text.find("loading_start_time"), std::string::npos);
}

TEST_F(PersistenceTest, DamageIsRefused) {
  for (int i = 0; i < 100; ++i) run("SET", "key" + std::to_string(i), "value");
  run("SAVE");
  const std::string good = files_.content("dump.rdb");
  struct Case {
    const char* name;
    std::string bytes;
  };
  std::string flipped = good;
  flipped[good.size() - 30] = static_cast<char>(flipped[good.size() - 30] ^ 1);
  const Case cases[] = {{"empty", ""},
                        {"no signature", "HELLO" + good.substr(5)},
                        {"of the future", "REDIS0099" + good.substr(9)},
                        {"cut", good.substr(0, good.size() / 2)},
                        {"flipped", flipped}};
  for (const Case& c : cases) {
    SimulatedFiles files;
    files.add_file("dump.rdb", c.bytes);
    TestServer again("", &files);
    again.finish_loading();
    EXPECT_TRUE(again.persistence().failed()) << c.name;
  }
}

TEST_F(PersistenceTest, AFileThatCannotBeReadIsRefused) {
  run("SAVE");
  files_.fail({.operation = FileOperation::open_to_read, .error = "Permission denied"});
  TestServer again("", &files_);
  EXPECT_TRUE(again.persistence().failed());
}

TEST_F(PersistenceTest, ReloadAndMerge) {
  run("SET", "a", "1");
  EXPECT_EQ(run("DEBUG", "RELOAD"), "OK");
  EXPECT_EQ(run("GET", "a"), "\"1\"");
  run("SET", "a", "2");
  run("SET", "b", "2");
  EXPECT_EQ(run("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH", "MERGE"), "OK");
  EXPECT_EQ(run("GET", "a"), "\"1\"");
  EXPECT_EQ(run("GET", "b"), "\"2\"");
  EXPECT_EQ(run("DEBUG", "RELOAD", "NOSAVE"), "OK");
  EXPECT_EQ(run("GET", "b"), "(nil)");
  EXPECT_FALSE(server_.persistence().failed());
  // The file has a key that is there.
  EXPECT_EQ(run("DEBUG", "RELOAD", "NOSAVE", "NOFLUSH"),
            "(error) ERR Error trying to load the RDB dump, check server logs.");
  EXPECT_TRUE(server_.persistence().failed());
}

TEST_F(PersistenceTest, ReloadNeedsAFile) {
  EXPECT_EQ(run("DEBUG", "RELOAD", "NOSAVE"), "(error) ERR Error trying to load the RDB dump, check server logs.");
  EXPECT_FALSE(server_.persistence().failed());
}

TEST_F(PersistenceTest, WithoutAChecksumTheFileLoadsToo) {
  SimulatedFiles files;
  {
    TestServer server("rdbchecksum no\n", &files);
    server.run("SET", "a", "1");
    ASSERT_EQ(server.run("SAVE"), "OK");
  }
  EXPECT_TRUE(files.content("dump.rdb").ends_with(std::string(8, '\0')));
  TestServer again("", &files);
  again.finish_loading();
  EXPECT_EQ(again.run("GET", "a"), "\"1\"");
}

TEST_F(PersistenceTest, IdlenessIsKeptUnderLruAndFrequencyUnderLfu) {
  for (const std::string policy : {"allkeys-lru", "allkeys-lfu"}) {
    SimulatedFiles files;
    TestServer server("maxmemory-policy " + policy + "\n", &files);
    configure_access(server.keyspace(), server.config());
    server.run("SET", "a", "1");
    server.advance(70'000);
    ASSERT_EQ(server.run("SAVE"), "OK");
    TestServer again("maxmemory-policy " + policy + "\n", &files);
    configure_access(again.keyspace(), again.config());
    again.finish_loading();
    if (policy == "allkeys-lru") {
      EXPECT_EQ(again.run("OBJECT", "IDLETIME", "a"), "(integer) 70");
    } else {
      EXPECT_EQ(again.run("OBJECT", "FREQ", "a"), "(integer) 4");
    }
  }
}

}  // namespace
}  // namespace redoubt
