// The proof of propagation: random commands of all families on a server that is listened to, with keys that expire, are
// evicted and are waited for; what was told, carried out on a second server as a log, makes the same data.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "common/base/config_file.h"
#include "server/commands/debug_digest.h"
#include "server/dispatch/log_executor.h"
#include "server/keyspace/expire.h"
#include "server/types/hash.h"
#include "tests/support/command_fixture.h"
#include "tests/support/drawn/drawn_commands.h"
#include "tests/support/recording_feed.h"

namespace redoubt {
namespace {

constexpr int steps = 1500;

// Commands that the rows of the differential tester lack: times that come while the test runs.
constexpr std::string_view short_lived[] = {
    "anykey pexpire ms",    "anykey pexpire ms GT", "wkey getex px ms", "wkey psetex ms v",     "hkey hpexpire ms",
    "hkey hpexpire 900000", "hkey hpexpire ms NX",  "hkey hpersist",    "hkey hpexpireat past", "hkey hincrbyfloat 1.5",
    "hkey hincrby 2",       "hkey hsetnx v",        "hkey hget",
};

std::map<std::string, int64_t> field_times(const TypeSettings& settings, const Entry& entry) {
  std::map<std::string, int64_t> times;
  Hash(ObjectValue{entry.encoding(), entry.object_pointer()}, settings)
      .for_each_stored([&](ListpackValue field, ListpackValue, int64_t at_ms) {
        char digits[max_integer_text];
        times.emplace(field.bytes(digits), at_ms);
      });
  return times;
}

// What differs, in words; empty when nothing does.
std::string difference(TestServer& one, TestServer& other) {
  const TypeSettings& types = one.keyspace().shared().types;
  Digester digester(types);
  for (int id = 0; id < one.keyspace().count(); ++id) {
    const Database& a = one.keyspace()[id];
    const Database& b = other.keyspace()[id];
    if (a.size() != b.size()) return fmt::format("db {} has {} keys and {}", id, a.size(), b.size());
    std::string text;
    a.keys().for_each([&](const Entry* entry) {
      const std::string key(entry->key());
      const Entry* twin = b.keys().get(key, b.hash(key));
      if (twin == nullptr) {
        text = fmt::format("db {} lacks {}", id, key);
        return;
      }
      Sha1Digest digest{}, twin_digest{};
      digester.mix_value(digest, *entry);
      digester.mix_value(twin_digest, *twin);
      if (entry->type() != twin->type() || digest != twin_digest) text = fmt::format("db {}: value of {}", id, key);
      if (a.expiry_of(*entry) != b.expiry_of(*twin)) {
        text = fmt::format("db {}: {} expires at {} and {}", id, key, a.expiry_of(*entry), b.expiry_of(*twin));
      }
      if (entry->type() == Type::hash && twin->type() == Type::hash &&
          field_times(types, *entry) != field_times(types, *twin)) {
        text = fmt::format("db {}: fields of {} expire at other times", id, key);
      }
    });
    if (!text.empty()) return text;
  }
  return "";
}

class Replay {
 public:
  explicit Replay(uint64_t seed) : pick_(seed), settings_(draw_settings(pick_)) {
    server_.effects().propagation().attach(feed_);
    settings_.minus_zero = false;
    for (const auto* directives : {&settings_.directives, &settings_.our_directives}) {
      for (const auto& [name, value] : *directives) {
        server_.run("CONFIG", "SET", name, value);
        // A listpack forgets the sign of -0, so that scores must be kept in the same way.
        if (name.starts_with("zset") || pick_.one_in(2)) twin_.run("CONFIG", "SET", name, value);
      }
    }
    server_.keyspace().shared().lazy_expire = pick_.one_in(2);
    server_.keyspace().shared().lazy_server_del = pick_.one_in(2);
    server_.db().shared().random = Random(seed);
  }
  ~Replay() { server_.effects().propagation().detach(feed_); }

  void run() {
    for (int step = 0; step < steps; ++step) {
      if (pick_.one_in(8)) server_.advance(static_cast<int64_t>(pick_.below(6)));
      if (pick_.one_in(1500)) server_.advance(int64_t{5'000'000'000});
      if (pick_.one_in(30)) run_cycle();
      if (pick_.one_in(60)) evict();
      if (pick_.one_in(4)) {
        run_words(draw_short_lived());
      } else if (const Step drawn = drawer_.draw(pick_, settings_); drawn.row->check != Check::lex) {
        // Of ranges by name nothing is promised when scores differ: they hang on the encoding.
        run_words(drawn.words);
      }
    }
  }

  // What is not the same after a log of what was told.
  std::string replayed(size_t at_once) {
    twin_.set_now(server_.now_ms());
    LogExecutor executor(twin_.services());
    carry_out_log(executor, feed_.as_log(), at_once);
    if (twin_.stats().unexpected_error_replies != 0) return "a command of the log failed";
    return difference(server_, twin_);
  }
  const RecordingFeed& feed() const { return feed_; }

 private:
  void run_words(const std::vector<std::string>& words) {
    TestClient& client = *client_;
    client.feed(request_bytes(words));
    if (!client.waits()) return;
    // It goes on waiting, with others; some give up.
    waiting_.push_back(client_);
    client_ = &server_.connect();
    client_->run("SELECT", std::to_string(client.client().db));
    if (waiting_.size() < 4) return;
    server_.disconnect(*waiting_.front());
    waiting_.erase(waiting_.begin());
  }

  std::vector<std::string> draw_short_lived() {
    const auto parts = words_of(short_lived[pick_.below(std::size(short_lived))]);
    const std::string ms = std::to_string(pick_.below(25));
    const std::string family = parts[0] == "hkey" ? "hash" : "string";
    std::vector<std::string> words = {parts[1],
                                      draw_word(pick_, settings_, family, parts[0] == "anykey" ? "anykey" : "key")};
    const bool of_fields = parts[1].starts_with("hp");
    if (parts[0] == "hkey" && !of_fields) words.push_back(field_of(words[1]));
    for (size_t i = 2; i < parts.size(); ++i) {
      words.push_back(parts[i] == "ms" ? ms : parts[i] == "past" ? std::to_string(server_.now_ms() - 1) : parts[i]);
    }
    if (of_fields) {
      words.insert(words.end(), {"FIELDS", "3"});
      for (int i = 0; i < 3; ++i) words.push_back(field_of(words[1]));
    }
    return words;
  }

  // Mostly one that the hash has, expired or not.
  std::string field_of(const std::string& key) {
    const Database& db = server_.db(client_->client().db);
    const Entry* entry = db.keys().get(key, db.hash(key));
    if (entry != nullptr && entry->type() == Type::hash && !pick_.one_in(4)) {
      const auto fields = field_times(server_.keyspace().shared().types, *entry);
      return std::next(fields.begin(), static_cast<std::ptrdiff_t>(pick_.below(fields.size())))->first;
    }
    return draw_word(pick_, settings_, "hash", "member");
  }

  void run_cycle() {
    for (int slice = 0; slice < 20; ++slice) {
      clock_us_ += 100'000;
      cycle_.run_slice(1000);
    }
  }

  void evict() {
    Database& db = server_.db(static_cast<int>(pick_.below(3)));
    if (Entry* entry = db.random_entry(); entry != nullptr) db.evict(*entry, pick_.one_in(2));
  }

  Pick pick_;
  RunSettings settings_;
  TestServer server_{"enable-debug-command yes\n"};
  TestServer twin_{};
  RecordingFeed feed_;
  CommandDrawer drawer_{[this](std::string_view name) { return server_.commands().find_full(name) != nullptr; }};
  TestClient* client_ = &server_.client();
  std::vector<TestClient*> waiting_;
  int64_t clock_us_ = 0;
  ExpireCycle cycle_{server_.keyspace(), server_.config(), [this] { return clock_us_ += 10; }};
};

TEST(PropagationReplay, MakesTheSameData) {
  std::map<std::string, size_t> told;
  for (const uint64_t seed : seeds_of_tests(60)) {
    Replay replay(seed);
    replay.run();
    const std::string what = replay.replayed(seed % 2 == 0 ? 0 : seed);
    if (!what.empty()) {
      std::string log;
      for (const auto& words : replay.feed().as_log()) {
        for (const std::string& word : words) log += quote_word(word.substr(0, 60)) + ' ';
        log += '\n';
      }
      FAIL() << "REDOUBT_SEED=" << seed << ": " << what << '\n'
             << log.substr(log.size() - std::min<size_t>(log.size(), 6000));
    }
    for (const ToldCommand& command : replay.feed().told) ++told[command.words[0]];
  }
  if (seeds_of_tests(60).size() < 60) return;
  // All that commands are told as, and units of several.
  for (const std::string_view name :
       {"DEL", "UNLINK", "SET", "PEXPIREAT", "PERSIST", "HDEL", "HSET", "HPEXPIREAT", "SREM", "LPOP", "RPOP", "LMOVE",
        "RPOPLPUSH", "ZPOPMIN", "ZPOPMAX", "MULTI", "EXEC"}) {
    EXPECT_GE(told[std::string(name)], 10u) << name;
  }
}

}  // namespace
}  // namespace redoubt
