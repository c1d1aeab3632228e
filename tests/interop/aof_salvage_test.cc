// What redoubt-check-aof --salvage makes of damaged files, before Debian's redis-check-aof and both servers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "common/base/random.h"
#include "tests/support/check_aof_run.h"
#include "tests/support/program.h"
#include "tests/support/server_run.h"

namespace redoubt {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

std::string sample_log(int commands) {
  std::string bytes = aof_record("SELECT 0");
  for (int i = 0; i < commands; ++i) {
    const std::string n = std::to_string(i);
    bytes += aof_record("SET key" + n + " value" + n);
    bytes += aof_records({"MULTI", "INCR n", "RPUSH list a " + n, "EXEC"});
    if (i % 10 == 9) bytes += aof_record("SELECT " + std::to_string(i / 10 % 3));
  }
  return bytes;
}

struct Outcome {
  int status;
  std::string out;
};

Outcome run(Words words) {
  ProcessRun process(std::move(words));
  const int status = process.wait_for_exit();
  return {status, process.out() + process.err()};
}

Outcome salvage(const std::string& from, const std::string& to) {
  return run({std::string(REDOUBT_BIN_DIR) + "/redoubt-check-aof", "--salvage", to, from});
}

const Words logging = {"--appendonly", "yes", "--enable-debug-command", "yes"};

Words in_directory(const std::string& directory) {
  Words words = logging;
  words.insert(words.end(), {"--dir", directory});
  return words;
}

std::string data_set(Link& link) {
  return to_line(link.run({"DEBUG", "DIGEST"})) + " " + to_line(link.run({"LLEN", "list"}));
}

// Both servers load what is in a directory, and have the same.
void expect_both_load(const std::string& directory) {
  TemporaryDirectory copy;
  ASSERT_EQ(run({"cp", "-r", directory + "/.", copy.path()}).status, 0);
  Words our_words = in_directory(directory);
  our_words.insert(our_words.end(), {"--save", ""});
  ServerRun ours(our_words);
  Program oracle = Program::start_oracle(in_directory(copy.path()));
  Link our_link(ours.port());
  Link its_link(oracle.port());
  ASSERT_TRUE(eventually([&] { return its_link.run({"PING"}).text == "PONG"; }));
  EXPECT_EQ(data_set(our_link), data_set(its_link));
  EXPECT_GT(our_link.run({"DBSIZE"}).integer, 10);
}

struct Damage {
  std::string name;
  std::function<void(std::string&)> make;
};

class SalvageDamages : public testing::TestWithParam<Damage> {};

TEST_P(SalvageDamages, GivesAFileThatOthersTake) {
  std::string bytes = sample_log(60);
  GetParam().make(bytes);
  TemporaryDirectory directory;
  TemporaryDirectory damaged;
  write_file(damaged.path() + "/in.aof", bytes);
  const std::string out = directory.path() + "/appendonly.aof";
  const Outcome outcome = salvage(damaged.path() + "/in.aof", out);
  ASSERT_EQ(outcome.status, 2) << outcome.out;
  const Outcome checked = run({"/usr/bin/redis-check-aof", out});
  EXPECT_EQ(checked.status, 0) << checked.out;
  EXPECT_THAT(checked.out, HasSubstr("is valid"));
  expect_both_load(directory.path());
}

INSTANTIATE_TEST_SUITE_P(
    Damages, SalvageDamages,
    testing::Values(Damage{"Garbage", [](std::string& bytes) { bytes.insert(bytes.size() / 2, "garbage\r\n*$#\xff"); }},
                    Damage{"Zeros", [](std::string& bytes) { bytes.replace(bytes.size() / 3, 512, 512, '\0'); }},
                    Damage{"Swapped",
                           [](std::string& bytes) {
                             std::swap_ranges(bytes.begin() + 512, bytes.begin() + 1024, bytes.begin() + 2048);
                           }},
                    Damage{"CutShort", [](std::string& bytes) { bytes.resize(bytes.size() - 7); }},
                    Damage{"InATransaction",
                           [](std::string& bytes) { bytes.replace(bytes.find("$4\r\nINCR", 900), 2, "$7"); }}),
    [](const auto& given) { return given.param.name; });

TEST(SalvageInterop, RedisFindsNothingWrongWhateverByteWasDamaged) {
  const std::string bytes = sample_log(4);
  Random random(3);
  TemporaryDirectory directory;
  for (size_t at = random.below(7); at < bytes.size(); at += 1 + random.below(7)) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(random.next());
    const std::string in = directory.path() + "/" + std::to_string(at);
    write_file(in, damaged);
    const int status = salvage(in, in + ".out").status;
    ASSERT_TRUE(status == 0 || status == 2) << at;
    if (status == 0) continue;
    const Outcome checked = run({"/usr/bin/redis-check-aof", in + ".out"});
    EXPECT_EQ(checked.status, 0) << at << "\n" << checked.out;
  }
}

TEST(SalvageInterop, ADirectoryCanTakeThePlaceOfTheOld) {
  TemporaryDirectory directory;
  const std::string old = directory.path() + "/old";
  ASSERT_EQ(run({"mkdir", old}).status, 0);
  write_file(old + "/appendonly.aof.manifest",
             "file appendonly.aof.1.base.aof seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n"
             "file appendonly.aof.2.incr.aof seq 2 type i\n");
  write_file(old + "/appendonly.aof.1.base.aof", sample_log(20));
  std::string middle = sample_log(40);
  middle.insert(middle.size() / 2, "garbage");
  write_file(old + "/appendonly.aof.1.incr.aof", middle);
  write_file(old + "/appendonly.aof.2.incr.aof", sample_log(3));
  TemporaryDirectory data;
  const Outcome outcome = salvage(old + "/appendonly.aof.manifest", data.path() + "/appendonlydir");
  ASSERT_EQ(outcome.status, 2) << outcome.out;
  EXPECT_EQ(run({"/usr/bin/redis-check-aof", data.path() + "/appendonlydir/appendonly.aof.manifest"}).status, 0);
  expect_both_load(data.path());
}

}  // namespace
}  // namespace redoubt
