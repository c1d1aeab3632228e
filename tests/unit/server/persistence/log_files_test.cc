#include "server/persistence/log_files.h"

#include "tests/support/persistence_fixture.h"

namespace redoubt {
namespace {

constexpr const char* manifest_path = "appendonlydir/appendonly.aof.manifest";

class LogFilesTest : public PersistenceTest {
 protected:
  // With a base and an increment.
  AofManifest first() {
    AofManifest manifest;
    manifest.replace_base("appendonly.aof", true);
    manifest.add_increment("appendonly.aof");
    return manifest;
  }
  void tick() {
    log_files_.background().drain();
    log_files_.tick();
  }

  LogFiles log_files_{surroundings_};
};

TEST_F(LogFilesTest, NoManifestIsAnEmptyOne) {
  EXPECT_TRUE(log_files_.read_manifest());
  EXPECT_TRUE(log_files_.manifest().empty());
  files_.add_directory("appendonlydir");
  EXPECT_TRUE(log_files_.read_manifest());
  EXPECT_TRUE(log_files_.manifest().empty());
  EXPECT_EQ(log_files_.path("x"), "appendonlydir/x");
  EXPECT_EQ(lines(), "");
}

TEST_F(LogFilesTest, ABadManifestIsTold) {
  files_.add_directory("appendonlydir");
  files_.add_file(manifest_path, "file a seq 1 type b\nfile b seq 1 type x\n");
  EXPECT_EQ(log_files_.read_manifest().error().text, "Unknown AOF file type");
  EXPECT_TRUE(logged("*** FATAL AOF MANIFEST FILE ERROR ***"));
  EXPECT_TRUE(logged("Reading the manifest file, at line 2\n"));
  EXPECT_TRUE(logged(">>> 'file b seq 1 type x'\n"));
  EXPECT_TRUE(logged("Unknown AOF file type"));
}

TEST_F(LogFilesTest, AManifestIsReplacedInStepsThatLast) {
  ASSERT_TRUE(log_files_.make_directory());
  ASSERT_TRUE(log_files_.create("appendonly.aof.1.incr.aof"));
  ASSERT_TRUE(log_files_.sync_directory());
  EXPECT_EQ(*log_files_.replace_manifest(first()), LogFiles::Replaced::lasting);
  EXPECT_EQ(files_.content(manifest_path), format_aof_manifest(first()));
  const auto after = files_.after_power_cut(Kept::nothing);
  EXPECT_EQ(after->content(manifest_path), format_aof_manifest(first()));
  EXPECT_TRUE(after->exists("appendonlydir/appendonly.aof.1.incr.aof"));
  EXPECT_FALSE(after->exists("appendonlydir/temp-appendonly.aof.manifest"));
}

TEST_F(LogFilesTest, WhateverFailsTheOldManifestStays) {
  ASSERT_TRUE(log_files_.make_directory());
  ASSERT_TRUE(log_files_.replace_manifest(first()));
  const std::string before = files_.content(manifest_path);
  AofManifest next = log_files_.manifest();
  next.add_increment("appendonly.aof");
  struct Case {
    FileOperation operation;
    const char* line;
  };
  const Case cases[] = {
      {FileOperation::open_to_write, "Can't open the AOF manifest file appendonly.aof.manifest: wrong"},
      {FileOperation::write, "Error trying to write the temporary AOF manifest file appendonly.aof.manifest: wrong"},
      {FileOperation::sync, "Fail to fsync the temp AOF file temp-appendonly.aof.manifest: wrong."},
      {FileOperation::rename,
       "Error trying to rename the temporary AOF manifest file temp-appendonly.aof.manifest into "
       "appendonly.aof.manifest: wrong"},
  };
  for (const Case& c : cases) {
    FileFault fault;
    fault.operation = c.operation;
    fault.error = "wrong";
    files_.fail(fault);
    EXPECT_FALSE(log_files_.replace_manifest(next)) << c.line;
    EXPECT_TRUE(logged(c.line)) << c.line;
    EXPECT_EQ(files_.content(manifest_path), before);
    EXPECT_EQ(log_files_.manifest(), first());
    EXPECT_FALSE(files_.exists("appendonlydir/temp-appendonly.aof.manifest"));
    files_.clear_faults();
  }
  EXPECT_TRUE(log_files_.replace_manifest(next));
}

TEST_F(LogFilesTest, WhileTheManifestIsDoubtfulNothingIsRemoved) {
  ASSERT_TRUE(log_files_.make_directory());
  ASSERT_TRUE(log_files_.create("appendonly.aof.1.base.rdb"));
  ASSERT_TRUE(log_files_.replace_manifest(first()));
  AofManifest next = log_files_.manifest();
  next.replace_base("appendonly.aof", true);
  FileFault fault;
  fault.operation = FileOperation::sync_directory;
  fault.error = "wrong";
  files_.fail(fault);
  EXPECT_EQ(*log_files_.replace_manifest(next), LogFiles::Replaced::doubtful);
  EXPECT_TRUE(logged("Fail to fsync AOF directory appendonlydir: wrong."));
  log_files_.remove_history();
  tick();
  EXPECT_TRUE(files_.exists("appendonlydir/appendonly.aof.1.base.rdb"));
  EXPECT_EQ(log_files_.manifest(), next);

  EXPECT_EQ(*log_files_.replace_manifest(next), LogFiles::Replaced::lasting);
  log_files_.remove_history();
  EXPECT_TRUE(files_.exists("appendonlydir/appendonly.aof.1.base.rdb"));
  EXPECT_NE(files_.content(manifest_path).find(" type h"), std::string::npos);
  tick();
  EXPECT_FALSE(files_.exists("appendonlydir/appendonly.aof.1.base.rdb"));
  EXPECT_EQ(files_.content(manifest_path).find(" type h"), std::string::npos);
  EXPECT_TRUE(logged("Removing the history file appendonly.aof.1.base.rdb in the background"));
}

TEST_F(LogFilesTest, HistoryStaysIfItShall) {
  config_.aof_disable_auto_gc = true;
  ASSERT_TRUE(log_files_.make_directory());
  AofManifest manifest = first();
  manifest.replace_base("appendonly.aof", true);
  ASSERT_TRUE(log_files_.create("appendonly.aof.1.base.rdb"));
  ASSERT_TRUE(log_files_.replace_manifest(manifest));
  log_files_.remove_history();
  tick();
  EXPECT_TRUE(files_.exists("appendonlydir/appendonly.aof.1.base.rdb"));
  EXPECT_EQ(log_files_.manifest().history.size(), 1u);
  config_.aof_disable_auto_gc = false;
  log_files_.remove_history();
  tick();
  EXPECT_FALSE(files_.exists("appendonlydir/appendonly.aof.1.base.rdb"));
}

TEST_F(LogFilesTest, AnOldFileBecomesTheBase) {
  files_.add_file("appendonly.aof", "old bytes");
  ASSERT_TRUE(log_files_.read_manifest());
  ASSERT_TRUE(log_files_.take_over_old_file());
  EXPECT_TRUE(logged(
      "Successfully migrated an old-style AOF configuration (appendonly.aof) into the AOF directory (appendonlydir)."));
  EXPECT_FALSE(files_.exists("appendonly.aof"));
  EXPECT_EQ(files_.content("appendonlydir/appendonly.aof"), "old bytes");
  EXPECT_EQ(files_.content(manifest_path), "file appendonly.aof seq 1 type b\n");
  EXPECT_EQ(log_files_.manifest().base->name, "appendonly.aof");
  const auto after = files_.after_power_cut(Kept::nothing);
  EXPECT_EQ(after->content("appendonlydir/appendonly.aof"), "old bytes");
  // Not twice, even if such a file comes again.
  files_.add_file("appendonly.aof", "another");
  ASSERT_TRUE(log_files_.read_manifest());
  ASSERT_TRUE(log_files_.take_over_old_file());
  EXPECT_EQ(files_.content("appendonlydir/appendonly.aof"), "old bytes");
}

TEST_F(LogFilesTest, NoOldFileIsTakenBesideALog) {
  ASSERT_TRUE(log_files_.make_directory());
  ASSERT_TRUE(log_files_.replace_manifest(first()));
  files_.add_file("appendonly.aof", "old bytes");
  ASSERT_TRUE(log_files_.take_over_old_file());
  EXPECT_EQ(files_.content("appendonly.aof"), "old bytes");
  EXPECT_EQ(log_files_.manifest(), first());
}

TEST_F(LogFilesTest, TakingOverAnOldFileSurvivesACrashAtAnyStep) {
  SimulatedDisk disk;
  disk.add_file("appendonly.aof", "old bytes");
  for (size_t step = 1;; ++step) {
    SimulatedFiles files(disk);
    files.stop_at(step);
    const PersistenceSurroundings dying{keyspace_, config_, files, log_, [] {}, false};
    LogFiles before(dying);
    (void)before.read_manifest();
    (void)before.take_over_old_file();
    for (const Kept kept : {Kept::nothing, Kept::some, Kept::everything}) {
      for (uint64_t seed = 0; seed < (kept == Kept::some ? 5u : 1u); ++seed) {
        const auto after = files.after_power_cut(kept, seed);
        const PersistenceSurroundings next{keyspace_, config_, *after, log_, [] {}, false};
        LogFiles again(next);
        ASSERT_TRUE(again.read_manifest()) << step;
        ASSERT_TRUE(again.take_over_old_file()) << step;
        EXPECT_EQ(after->content("appendonlydir/appendonly.aof"), "old bytes") << step;
        EXPECT_EQ(again.manifest().base->name, "appendonly.aof") << step;
      }
    }
    if (!files.stopped()) break;
    ASSERT_LT(step, 50u);
  }
}

TEST_F(LogFilesTest, WhatWasNotFinishedIsRemoved) {
  files_.add_directory("appendonlydir");
  for (const std::string name : {"temp-appendonly.aof.manifest", "temp-appendonly.aof.incr", "temp-rewriteaof-bg-7.aof",
                                 "temp-other", "appendonly.aof.9.incr.aof"}) {
    files_.add_file("appendonlydir/" + name, "x");
  }
  log_files_.remove_unfinished();
  log_files_.background().drain();
  EXPECT_EQ(*files_.list("appendonlydir"), (std::vector<std::string>{"appendonly.aof.9.incr.aof", "temp-other"}));
  EXPECT_TRUE(logged("Removing the temp incr aof file temp-appendonly.aof.incr in the background"));
}

TEST_F(LogFilesTest, ANameThatIsAboutToGoIsFreeWhenItIsCreatedAgain) {
  files_.add_directory("appendonlydir");
  files_.add_file("appendonlydir/x", "old");
  log_files_.remove_later("x");
  ASSERT_TRUE(log_files_.create("x"));
  log_files_.background().drain();
  EXPECT_EQ(files_.content("appendonlydir/x"), "");
}

}  // namespace
}  // namespace redoubt
