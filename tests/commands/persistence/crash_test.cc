// What a crash may take and what not. A server is driven through random writes, saves and rewrites over files in memory, its
// background threads by hand. Before every operation on files the test looks at what a crash would leave there and then: after
// a power cut that took all that was not synced, after one that took some of it, and after the death of the process alone. From
// each a server is started anew. Its data set must be one that there was at some moment, never a mixture, and none from before
// what had been promised; and the server must be able to go on, and to crash again.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <random>

#include "server/commands/debug_digest.h"
#include "server/net/reply_hold.h"
#include "server/persistence/append_log.h"
#include "tests/support/command_fixture.h"
#include "tests/support/simulated_files.h"

namespace redoubt {
namespace {

using Words = std::vector<std::string>;

const std::string empty_digest(40, '0');

std::string digest(TestServer& server) { return digest_text(digest_of(server.keyspace())); }

std::vector<BackgroundThread*> background_threads(TestServer& server) {
  Persistence& persistence = server.persistence();
  return {&persistence.saver().background(), &persistence.append_log().background(),
          &persistence.log_rewrite().background(), &persistence.log_files().background()};
}

// Until nothing goes on by itself any more.
void settle(TestServer& server) {
  for (int turn = 0; turn < 100'000; ++turn) {
    bool ran = false;
    for (BackgroundThread* thread : background_threads(server)) ran = thread->run_one() || ran;
    server.tick();
    if (!ran && !server.persistence().busy()) return;
  }
  ADD_FAILURE() << "it never settles";
}

// Whether what there was could be loaded.
bool is_up(TestServer& server) {
  server.finish_loading();
  return !server.persistence().failed();
}

// One random command; n is another each time.
Words random_write(std::mt19937_64& random, uint64_t n) {
  const std::string value = std::to_string(n);
  const auto key = [&](const char* type) { return type + std::to_string(random() % 4); };
  switch (random() % 14) {
    case 0: return {"SET", key("s"), value};
    case 1: return {"SET", key("s"), std::string(random() % 500, 'x') + value};
    case 2: return {"RPUSH", key("l"), value, value};
    case 3: return {"LPOP", key("l")};
    case 4: return {"HSET", key("h"), "f" + std::to_string(random() % 40), value};
    case 5: return {"SADD", key("t"), value};
    case 6: return {"SPOP", key("t"), std::to_string(random() % 3 + 1)};
    case 7: return {"ZADD", key("z"), value, "m" + std::to_string(random() % 40)};
    case 8: return {"MSET", key("s"), value, key("s"), "other " + value};
    case 9: return {"SET", key("s"), value, "PX", std::to_string(1'000'000'000 + n)};
    case 10: return {"DEL", key("s"), key("h")};
    case 11: return {"RENAME", key("l"), key("l")};
    case 12: return {"COPY", key("z"), key("z"), "DB", std::to_string(random() % 3), "REPLACE"};
    default: return {"APPEND", key("s"), value};
  }
}

// What AppendLog does instead of ending the process.
struct ProcessEnded {};

class Play {
 public:
  Play(const std::string& config, uint64_t seed, bool faults, bool toggles)
      : config_(config),
        logs_(config.find("appendonly yes") != std::string::npos),
        faults_(faults),
        toggles_(toggles),
        random_(seed) {
    files_.watch([this](size_t operation, const std::string& line, const SimulatedDisk& disk) {
      SCOPED_TRACE("before operation " + std::to_string(operation) + ", " + line);
      crash(operation, disk);
    });
  }

  void run(int steps) {
    server_.emplace(config_, &files_);
    ASSERT_TRUE(is_up(*server_));
    log().set_ending([] { throw ProcessEnded(); });
    try {
      for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) step();
    } catch (const ProcessEnded&) {
      // There is nothing more to come.
    }
    files_.watch({});
  }
  size_t crashes() const { return crashes_; }
  // Saves and rewrites.
  uint64_t jobs() { return server_->persistence().saver().saves() + server_->persistence().log_rewrite().rewrites(); }

 private:
  AppendLog& log() { return server_->persistence().append_log(); }

  void step();
  void write(const Words& words);
  void flush_all();
  void save();
  void tick();
  void fault();
  void note_saves();

  size_t promised(Kept kept);
  bool allowed(const std::string& found, Kept kept);
  bool in_doubt();
  void crash(size_t operation, const SimulatedDisk& disk);
  void start_anew(SimulatedFiles& files, Kept kept, bool go_on);
  void go_on(TestServer& server, SimulatedFiles& files);

  const std::string config_;
  const bool logs_;
  const bool faults_;
  const bool toggles_;
  std::mt19937_64 random_;
  SimulatedFiles files_;
  std::optional<TestServer> server_;  // not there before it has begun to load
  size_t crashes_ = 0;
  bool job_ran_ = false;  // and no tick has ended since

  // After each command, from before the first on: the data set, and the end of the log.
  std::vector<std::string> digests_{empty_digest};
  std::vector<uint64_t> ends_{0};
  ReplyHold hold_;
  size_t acknowledged_ = 0;       // so many commands have been
  std::vector<size_t> saved_{0};  // the moments that the RDB file may hold: of the last save, and of later attempts
  uint64_t saves_ = 0;            // of the saver's, noted
  std::optional<size_t> saving_;  // the moment that a background save is of
};

// ---- what is done

void Play::step() {
  const uint64_t choice = random_() % 100;
  if (choice < 53) return write(random_write(random_, digests_.size()));
  if (choice < 70) return tick();
  if (choice < 85) {
    const auto threads = background_threads(*server_);
    job_ran_ = true;
    threads[random_() % threads.size()]->run_one();
    tick();
    job_ran_ = false;
    return;
  }
  if (choice < 91) {
    server_->advance(static_cast<int64_t>(random_() % 1200));
    return tick();
  }
  if (choice < 94) {
    server_->run("BGSAVE");
    return note_saves();
  }
  if (choice < 97) {
    if (logs_) server_->run("BGREWRITEAOF");
    return;
  }
  if (choice == 97) return save();
  if (choice == 98 && random_() % 4 == 0) return flush_all();
  if (faults_) fault();
  if (toggles_ && random_() % 2 == 0) {
    server_->run("CONFIG", "SET", "appendonly", server_->config().appendonly ? "no" : "yes");
  }
}

void Play::write(const Words& words) {
  server_->client().run(words);
  digests_.push_back(digest(*server_));
  ends_.push_back(log().end());
}

// Saves at once where rules to save are: before the command is over.
void Play::flush_all() {
  digests_.push_back(empty_digest);
  ends_.push_back(UINT64_MAX);
  saved_.push_back(digests_.size() - 1);
  server_->run("FLUSHALL");
  ends_.back() = log().end();
  saving_.reset();
}

void Play::save() {
  saved_.push_back(digests_.size() - 1);
  if (server_->run("SAVE") == "OK") saved_ = {digests_.size() - 1};
  note_saves();
}

void Play::note_saves() {
  const Saver& saver = server_->persistence().saver();
  const bool another = saver.saves() != saves_ && saver.running();
  if (saving_ && (another || !saver.running())) {
    if (saver.last_ok()) saved_ = {*saving_};
    saving_.reset();
  }
  if (another) {
    saving_ = digests_.size() - 1;
    saved_.push_back(*saving_);
  }
  saves_ = saver.saves();
}

void Play::tick() {
  server_->tick();
  acknowledged_ += hold_.sendable(log().progress(), acknowledged_, digests_.size() - 1 - acknowledged_);
  note_saves();
}

void Play::fault() {
  constexpr FileOperation kinds[] = {FileOperation::open_to_write, FileOperation::write,
                                     FileOperation::sync,          FileOperation::rename,
                                     FileOperation::remove,        FileOperation::sync_directory};
  files_.fail({.operation = kinds[random_() % std::size(kinds)],
               .after = random_() % 3,
               .error = "Input/output error",
               .bytes = random_() % 2 * (random_() % 20),
               .loses_writes = true});
}

// ---- what must be there after a crash

// How many commands.
size_t Play::promised(Kept kept) {
  // A log that is off, or has just been turned on, promises nothing.
  if (!server_ || !log().on() || !log().has_base()) return 0;
  const AppendFsync policy = server_->config().appendfsync;
  if (policy == AppendFsync::no && kept == Kept::everything) return acknowledged_;
  const size_t acknowledged = policy == AppendFsync::always ? acknowledged_ : 0;
  // What WAITAOF would answer for.
  const auto after = std::upper_bound(ends_.begin(), ends_.end(), log().durable());
  return std::max(acknowledged, static_cast<size_t>(after - ends_.begin()) - 1);
}

bool Play::allowed(const std::string& found, Kept kept) {
  if (!logs_) return std::any_of(saved_.begin(), saved_.end(), [&](size_t at) { return digests_[at] == found; });
  const auto from = digests_.begin() + static_cast<ptrdiff_t>(promised(kept));
  return std::find(from, digests_.end(), found) != digests_.end();
}

// A failed sync may have left a hole in the log. It may refuse to be loaded then, until a rewrite has made it whole.
bool Play::in_doubt() { return faults_ && server_ && (job_ran_ || log().needs_rewrite()); }

void Play::crash(size_t operation, const SimulatedDisk& disk) {
  if (testing::Test::HasFailure()) return;
  ++crashes_;
  for (const Kept kept : {Kept::nothing, Kept::some, Kept::everything}) {
    SCOPED_TRACE("keeping " + std::to_string(static_cast<int>(kept)));
    SimulatedFiles files(disk.after_power_cut(kept, operation));
    if (kept == Kept::some && operation % 8 == 0) {
      files.watch([&](size_t again, const std::string& line, const SimulatedDisk& second) {
        SCOPED_TRACE("and again before " + line);
        SimulatedFiles left(second.after_power_cut(kept, again));
        start_anew(left, kept, false);
      });
    }
    start_anew(files, kept, kept == Kept::some);
  }
}

void Play::start_anew(SimulatedFiles& files, Kept kept, bool on) {
  TestServer server(config_, &files);
  if (!is_up(server)) {
    ASSERT_TRUE(in_doubt());
    return;
  }
  files.watch({});
  const std::string found = digest(server);
  ASSERT_TRUE(allowed(found, kept)) << "promised " << promised(kept) << " of " << digests_.size() - 1 << ", found "
                                    << std::find(digests_.begin(), digests_.end(), found) - digests_.begin();
  if (on) go_on(server, files);
}

void Play::go_on(TestServer& server, SimulatedFiles& files) {
  settle(server);
  ASSERT_EQ(server.run("SET", "after", "the crash"), "OK");
  if (!logs_) {
    ASSERT_EQ(server.run("SAVE"), "OK");
  }
  server.tick();
  server.advance(1500);
  settle(server);
  const bool synced = !logs_ || server.config().appendfsync != AppendFsync::no;
  const auto left = files.after_power_cut(synced ? Kept::nothing : Kept::everything);
  TestServer third(config_, left.get());
  ASSERT_TRUE(is_up(third));
  ASSERT_EQ(digest(third), digest(server));
}

// ---- the scenarios

struct Scenario {
  const char* name;
  const char* config;
  int steps;
  bool faults = false;
  bool toggles = false;  // the log is turned off and on
};

class Crash : public testing::TestWithParam<Scenario> {};

// Slow enough that a snapshot takes many ticks.
constexpr const char* slow_walk = "rdb-key-save-delay 30\n";

constexpr Scenario scenarios[] = {
    {"Snapshots", "save 1 5\n", 900},
    {"SnapshotsWithFaults", "save 1 5\nstop-writes-on-bgsave-error no\n", 900, true},
    {"Always", "appendonly yes\nappendfsync always\n", 400},
    {"AlwaysWithFaults", "appendonly yes\nappendfsync always\n", 400, true},
    {"EverySecond", "appendonly yes\nappendfsync everysec\nauto-aof-rewrite-min-size 500\n", 500},
    {"EverySecondAsCommands", "appendonly yes\nappendfsync everysec\naof-use-rdb-preamble no\nsave 1 1\n", 500},
    {"EverySecondWithFaults", "appendonly yes\nappendfsync everysec\n", 500, true},
    {"TurnedOffAndOn", "appendonly yes\nappendfsync always\n", 500, false, true},
    {"Never", "appendonly yes\nappendfsync no\naof-timestamp-enabled yes\n", 500},
};

INSTANTIATE_TEST_SUITE_P(Scenarios, Crash, testing::ValuesIn(scenarios),
                         [](const auto& scenario) { return std::string(scenario.param.name); });

TEST_P(Crash, LosesNothingThatWasPromised) {
  const Scenario& scenario = GetParam();
  size_t crashes = 0;
  uint64_t jobs = 0;
  for (uint64_t seed = 1; crashes < 100 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Play play(std::string(slow_walk) + scenario.config, seed, scenario.faults, scenario.toggles);
    play.run(scenario.steps);
    crashes += play.crashes();
    jobs += play.jobs();
    ASSERT_LT(seed, 50U) << "only " << crashes << " crashes";
  }
  EXPECT_GT(jobs, 3U);
  RecordProperty("crashes", static_cast<int>(crashes));
}

// As servers before Redis 7 kept it.
TEST(CrashOfAnUpgrade, TheLogOfOneFileIsTakenOver) {
  std::string log;
  for (const char* value : {"1", "2", "3"}) log += request_bytes({"RPUSH", "list", value});
  const std::string config = "appendonly yes\n";
  SimulatedFiles files;
  files.add_file("appendonly.aof", log);
  size_t crashes = 0;
  files.watch([&](size_t operation, const std::string& line, const SimulatedDisk& disk) {
    for (const Kept kept : {Kept::nothing, Kept::some, Kept::everything}) {
      for (uint64_t seed = 0; seed < (kept == Kept::some ? 20U : 1U); ++seed) {
        SCOPED_TRACE(std::to_string(operation) + " " + line + ", keeping " + std::to_string(static_cast<int>(kept)));
        ++crashes;
        SimulatedFiles left(disk.after_power_cut(kept, seed));
        TestServer anew(config, &left);
        ASSERT_TRUE(is_up(anew));
        EXPECT_EQ(anew.run("LRANGE", "list", "0", "-1"), R"(["1", "2", "3"])");
      }
    }
  });
  TestServer server(config, &files);
  ASSERT_TRUE(is_up(server));
  files.watch({});
  EXPECT_EQ(server.run("LLEN", "list"), "(integer) 3");
  EXPECT_GE(crashes, 100U);
}

}  // namespace
}  // namespace redoubt
