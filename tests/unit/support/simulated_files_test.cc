#include "tests/support/simulated_files.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <thread>

namespace redoubt {
namespace {

std::unique_ptr<File> open(FileSystem& files, const std::string& path, OpenMode mode) {
  auto file = files.open(path, mode);
  EXPECT_TRUE(file) << path << ": " << file.error().text;
  return file ? std::move(*file) : nullptr;
}

std::string said(const Status& status) { return status ? "done" : status.error().text; }
template <typename T>
std::string said(const Result<T>& result) {
  return result ? "done" : result.error().text;
}

// One random step, and what came of it. The same seed is the same step.
std::string random_step(FileSystem& files, const std::string& root, std::mt19937_64& random) {
  const std::string names[] = {root + "/a", root + "/d/b", root + "//./c", root + "/none/e"};
  const std::string& name = names[random() % 4];
  const std::string& other = names[random() % 4];
  const std::string text(random() % 9, static_cast<char>('a' + random() % 26));
  const auto mode = static_cast<OpenMode>(random() % 4);
  const uint64_t size = random() % 12;
  switch (random() % 8) {
    case 0: return said(files.rename(name, other));
    case 1: return said(files.remove(name));
    case 2: return said(files.make_directory(random() % 2 == 0 ? name + "/below" : root + "/d"));
    case 3: return said(files.sync_directory(random() % 2 == 0 ? name : root + "/d"));
    case 4: {
      const auto list = files.list(random() % 2 == 0 ? root : root + "/d");
      std::string all = said(list);
      for (const auto& one : list ? *list : std::vector<std::string>()) all += " " + one;
      return all;
    }
    case 5: {
      auto text_of = read_file(files, name, 10);
      return said(text_of) + (files.exists(name) ? " there " : " not there ") + (text_of ? *text_of : "");
    }
    default: {
      auto file = files.open(name, mode);
      if (!file) return said(file);
      char buffer[5];
      std::string all =
          said((*file)->read({buffer, random() % 6})) + said((*file)->write(text)) + said((*file)->sync());
      if (random() % 2 == 0) all += said((*file)->truncate(size)) + said((*file)->write(text));
      return all + std::to_string((*file)->size().value());
    }
  }
}

TEST(SimulatedFiles, AnswersAsTheRealOneDoes) {
  for (uint64_t seed = 0; seed < 8; ++seed) {
    SCOPED_TRACE(seed);
    std::string root = testing::TempDir() + "redoubt_files_XXXXXX";
    ASSERT_NE(mkdtemp(root.data()), nullptr);
    SimulatedFiles simulated;
    simulated.add_directory("sim");
    std::mt19937_64 random(seed);
    std::mt19937_64 again(seed);
    for (int step = 0; step < 100 && !testing::Test::HasFailure(); ++step) {
      SCOPED_TRACE(step);
      EXPECT_EQ(random_step(real_file_system(), root, random), random_step(simulated, "sim", again));
    }
    std::filesystem::remove_all(root);
  }
}

// ---- power cuts

TEST(SimulatedFiles, OnlyWhatWasSyncedSurelySurvives) {
  SimulatedFiles files;
  const auto both = open(files, "both", OpenMode::create);
  const auto name_only = open(files, "name", OpenMode::create);
  ASSERT_TRUE(files.sync_directory("."));
  const auto bytes_only = open(files, "bytes", OpenMode::create);
  for (File* file : {both.get(), name_only.get(), bytes_only.get()}) ASSERT_TRUE(write_all(*file, "synced"));
  ASSERT_TRUE(both->sync());
  ASSERT_TRUE(bytes_only->sync());
  ASSERT_TRUE(write_all(*both, " not"));

  const auto after = files.after_power_cut(Kept::nothing);
  EXPECT_EQ(after->content("both"), "synced");
  EXPECT_EQ(after->content("name"), "");
  EXPECT_EQ(after->content("bytes"), "(none)");
  const auto killed = files.after_power_cut(Kept::everything);
  EXPECT_EQ(killed->content("both"), "synced not");
  EXPECT_EQ(killed->content("bytes"), "synced");
  EXPECT_EQ(files.content("both"), "synced not");
}

// All that may be there after a cut, over many seeds.
template <typename Look>
std::set<std::string> outcomes(const SimulatedFiles& files, Look look) {
  std::set<std::string> all;
  for (uint64_t seed = 0; seed < 300; ++seed) all.insert(look(*files.after_power_cut(Kept::some, seed)));
  return all;
}

TEST(SimulatedFiles, AnyPartOfTheUnsyncedBytesMaySurvive) {
  SimulatedFiles files;
  files.add_file("f", "01");
  const auto file = open(files, "f", OpenMode::append);
  ASSERT_TRUE(write_all(*file, "23"));
  ASSERT_TRUE(write_all(*file, "4"));
  ASSERT_TRUE(file->truncate(1));
  const auto all = outcomes(files, [](SimulatedFiles& after) { return after.content("f"); });
  EXPECT_EQ(all, (std::set<std::string>{"01", "012", "0123", "01234", "0"}));
}

TEST(SimulatedFiles, ARenameThatIsNotSyncedLastsOrNot) {
  SimulatedFiles files;
  files.add_file("old", "1");
  files.add_file("new", "2");
  ASSERT_TRUE(files.rename("new", "old"));
  const auto look = [](SimulatedFiles& after) { return after.content("old") + " " + after.content("new"); };
  EXPECT_EQ(outcomes(files, look), (std::set<std::string>{"1 2", "2 (none)"}));
  ASSERT_TRUE(files.sync_directory("."));
  EXPECT_EQ(outcomes(files, look), (std::set<std::string>{"2 (none)"}));
  EXPECT_EQ(look(*files.after_power_cut(Kept::nothing)), "2 (none)");
}

TEST(SimulatedFiles, ALaterRemovalMayLastWithoutAnEarlierRename) {
  SimulatedFiles files;
  for (const char* name : {"a", "b", "c"}) files.add_file(name, name);
  ASSERT_TRUE(files.rename("a", "b"));
  ASSERT_TRUE(files.remove("c"));
  const auto all = outcomes(files, [](SimulatedFiles& after) { return after.content("b") + after.content("c"); });
  EXPECT_EQ(all, (std::set<std::string>{"bc", "b(none)", "ac", "a(none)"}));
}

TEST(SimulatedFiles, ADirectoryIsLostWithAllThatIsInIt) {
  SimulatedFiles files;
  ASSERT_TRUE(files.make_directory("d"));
  ASSERT_TRUE(replace_file(files, "d/f", "x"));
  EXPECT_EQ(files.content("d/f"), "x");
  EXPECT_FALSE(files.after_power_cut(Kept::nothing)->exists("d"));
  EXPECT_FALSE(files.after_power_cut(Kept::nothing)->exists("d/f"));
  ASSERT_TRUE(files.sync_directory("."));
  EXPECT_EQ(files.after_power_cut(Kept::nothing)->content("d/f"), "x");
}

TEST(SimulatedFiles, AFileIsReplacedWholeWhereverItStops) {
  SimulatedFiles whole;
  whole.add_file("f", "old");
  ASSERT_TRUE(replace_file(whole, "f", "new"));
  ASSERT_EQ(whole.journal(), (std::vector<std::string>{"open_to_write f.tmp", "write f.tmp 3", "sync f.tmp",
                                                       "rename f.tmp f", "sync_directory ."}));
  for (size_t stop = 1; stop <= whole.operations() + 1; ++stop) {
    SimulatedFiles files;
    files.add_file("f", "old");
    files.stop_at(stop);
    const bool done = static_cast<bool>(replace_file(files, "f", "new"));
    EXPECT_EQ(files.stopped(), stop <= whole.operations());
    EXPECT_EQ(done, !files.stopped());
    const auto all = outcomes(files, [](SimulatedFiles& after) { return after.content("f"); });
    if (done) {
      EXPECT_EQ(all, (std::set<std::string>{"new"}));
    } else if (stop == whole.operations()) {
      EXPECT_EQ(all, (std::set<std::string>{"new", "old"}));
    } else {
      EXPECT_EQ(all, (std::set<std::string>{"old"}));
    }
  }
}

TEST(SimulatedFiles, ADeadProcessDoesNothingMore) {
  SimulatedFiles files;
  files.add_file("f", "x");
  const auto file = open(files, "f", OpenMode::overwrite);
  files.stop_at(2);
  EXPECT_EQ(said(file->sync()), "The process is dead");
  char buffer[1];
  EXPECT_EQ(said(file->read(buffer)), "The process is dead");
  EXPECT_EQ(said(file->write("y")), "The process is dead");
  EXPECT_EQ(said(file->truncate(0)), "The process is dead");
  EXPECT_EQ(said(files.rename("f", "g")), "The process is dead");
  EXPECT_EQ(said(files.remove("f")), "The process is dead");
  EXPECT_EQ(said(files.list(".")), "The process is dead");
  EXPECT_EQ(files.after_power_cut(Kept::everything)->content("f"), "x");
}

TEST(SimulatedFiles, OneRunShowsTheDiskBeforeEachOperation) {
  SimulatedFiles files;
  files.add_file("f", "old");
  std::vector<std::string> seen;
  files.watch([&](size_t operation, const std::string& line, const SimulatedDisk& disk) {
    SimulatedFiles after(disk.after_power_cut(Kept::everything, 0));
    seen.push_back(std::to_string(operation) + " " + line + ": " + after.content("f") + " " + after.content("f.tmp"));
  });
  ASSERT_TRUE(replace_file(files, "f", "new"));
  EXPECT_EQ(seen, (std::vector<std::string>{"1 open_to_write f.tmp: old (none)", "2 write f.tmp 3: old ",
                                            "3 sync f.tmp: old new", "4 rename f.tmp f: old new",
                                            "5 sync_directory .: new (none)"}));
}

// ---- faults

TEST(SimulatedFiles, TheChosenOperationFails) {
  SimulatedFiles files;
  files.fail({.operation = FileOperation::write, .path = "b", .after = 1, .times = 2, .error = "Input/output error"});
  const auto a = open(files, "a", OpenMode::create);
  const auto b = open(files, "b", OpenMode::create);
  std::string all;
  for (int i = 0; i < 5; ++i) {
    all += a->write("x") ? 'a' : '-';
    all += b->write("x") ? 'b' : '-';
    all += b->sync() ? 's' : '-';
  }
  EXPECT_EQ(all, "absa-sa-sabsabs");
  EXPECT_EQ(files.content("b"), "xxx");
  EXPECT_EQ(files.operations(FileOperation::write), 10U);
  EXPECT_EQ(files.operations(FileOperation::sync), 5U);
  EXPECT_EQ(files.operations(), 17U);
}

TEST(SimulatedFiles, AnyOperationFailsUntilFaultsAreCleared) {
  SimulatedFiles files;
  files.add_file("f", "x");
  files.fail({.times = SIZE_MAX, .error = "Input/output error"});
  EXPECT_EQ(said(files.open("g", OpenMode::create)), "Input/output error");
  EXPECT_EQ(said(files.rename("f", "g")), "Input/output error");
  EXPECT_EQ(said(files.remove("f")), "Input/output error");
  EXPECT_EQ(said(files.sync_directory(".")), "Input/output error");
  EXPECT_EQ(said(files.make_directory("d")), "Input/output error");
  EXPECT_EQ(said(read_file(files, "f", 9)), "done");  // reading changes nothing
  files.clear_faults();
  EXPECT_EQ(said(files.rename("f", "g")), "done");
}

TEST(SimulatedFiles, WritesAndReadsAreShort) {
  SimulatedFiles files;
  const auto file = open(files, "f", OpenMode::create);
  files.fail({.operation = FileOperation::write, .bytes = 2});
  EXPECT_EQ(file->write("abcd").value(), 2U);
  EXPECT_EQ(file->write("cd").value(), 2U);
  files.fail({.operation = FileOperation::write, .error = "No space left on device", .bytes = 1});
  EXPECT_EQ(said(write_all(*file, "xyz")), "No space left on device");
  EXPECT_EQ(files.content("f"), "abcdx");
  ASSERT_TRUE(write_all(*file, "yz"));
  files.fail({.operation = FileOperation::read, .bytes = 3});
  EXPECT_EQ(read_file(files, "f", 100).value(), "abcdxyz");
  EXPECT_EQ(files.operations(FileOperation::read), 3U);
}

TEST(SimulatedFiles, AFullDisk) {
  SimulatedFiles files;
  files.add_file("f", "0123456789");
  files.set_capacity(15);
  const auto file = open(files, "g", OpenMode::append);
  EXPECT_EQ(file->write("abcdefg").value(), 5U);
  EXPECT_EQ(said(file->write("fg")), "No space left on device");
  const auto over = open(files, "f", OpenMode::overwrite);
  EXPECT_EQ(over->write("ABCDEFGHIJK").value(), 10U);
  ASSERT_TRUE(files.remove("f"));
  EXPECT_EQ(file->write("fg").value(), 2U);
  EXPECT_EQ(files.content("g"), "abcdefg");
}

TEST(SimulatedFiles, WhatAFailedSyncLostNoLaterOneBringsBack) {
  SimulatedFiles files;
  files.add_file("f", "01");
  const auto file = open(files, "f", OpenMode::append);
  ASSERT_TRUE(write_all(*file, "23"));
  files.fail({.operation = FileOperation::sync, .error = "Input/output error", .loses_writes = true});
  EXPECT_EQ(said(file->sync()), "Input/output error");
  ASSERT_TRUE(write_all(*file, "45"));
  EXPECT_EQ(files.after_power_cut(Kept::nothing)->content("f"), "01");
  EXPECT_EQ(said(file->sync()), "done");
  EXPECT_EQ(files.content("f"), "012345");
  EXPECT_EQ(files.after_power_cut(Kept::everything)->content("f"), "012345");
  EXPECT_EQ(files.after_power_cut(Kept::nothing)->content("f"), std::string("01\0\0"
                                                                            "45",
                                                                            6));
}

// ---- held syncs

TEST(SimulatedFiles, ASyncIsHeldAndCoversWhatWasWrittenBeforeIt) {
  SimulatedFiles files;
  files.add_file("f", "");
  const auto file = open(files, "f", OpenMode::append);
  const auto other = open(files, "other", OpenMode::append);
  files.hold_syncs("f");
  ASSERT_TRUE(write_all(*file, "before"));
  Status answer = Error{"none yet"};
  std::thread syncing([&] { answer = file->sync(); });
  ASSERT_TRUE(files.wait_for_held_syncs(1));
  EXPECT_EQ(files.held_syncs(), 1U);
  EXPECT_TRUE(other->sync());
  ASSERT_TRUE(write_all(*file, " after"));
  EXPECT_EQ(files.after_power_cut(Kept::nothing)->content("f"), "");
  files.release_syncs();
  syncing.join();
  EXPECT_TRUE(answer);
  EXPECT_EQ(files.held_syncs(), 0U);
  EXPECT_EQ(files.after_power_cut(Kept::nothing)->content("f"), "before");
  files.stop_holding_syncs();
  ASSERT_TRUE(file->sync());
  EXPECT_EQ(files.after_power_cut(Kept::nothing)->content("f"), "before after");
}

TEST(SimulatedFiles, TheEndFreesHeldSyncs) {
  SimulatedFiles files;
  const auto file = open(files, "f", OpenMode::append);
  files.hold_syncs();
  Status answer;
  std::thread syncing([&] { answer = file->sync(); });
  ASSERT_TRUE(files.wait_for_held_syncs(1));
  files.stop_at(files.operations() + 1);
  EXPECT_FALSE(files.remove("f"));
  syncing.join();
  EXPECT_EQ(said(answer), "The process is dead");
}

}  // namespace
}  // namespace redoubt
