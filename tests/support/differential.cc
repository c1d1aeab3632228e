#include "tests/support/differential.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>

#include "common/base/clock.h"
#include "common/base/config_file.h"
#include "common/base/number.h"

namespace redoubt {
namespace {

constexpr size_t remembered_commands = 12;

std::string one_line(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += quote_word(std::string_view(word).substr(0, 200)) + ' ';
  return line;
}

bool close_in_time(const std::string& ours, const std::string& theirs) {
  if (ours.size() < 4 || theirs.size() < 4 || ours.front() != ':' || theirs.front() != ':') return ours == theirs;
  const auto our_time = parse_i64(std::string_view(ours).substr(1, ours.size() - 3));
  const auto their_time = parse_i64(std::string_view(theirs).substr(1, theirs.size() - 3));
  if (!our_time || !their_time) return false;
  // "No key" and "no expiry" are no times.
  if (*our_time < 0 || *their_time < 0) return *our_time == *their_time;
  return std::abs(*our_time - *their_time) <= Differential::slack_ms;
}

}  // namespace

// ---- Pick ----------------------------------------------------------------------------------------

std::string Pick::bytes(size_t max_size) {
  static constexpr std::string_view alphabet("ab01 \r\n\0\xff\"-.", 13);
  std::string text(below(max_size + 1), 'x');
  if (one_in(2)) {
    for (char& c : text) c = alphabet[below(alphabet.size())];
  }
  return text;
}

std::string Pick::integer() {
  static constexpr int64_t borders[] = {0,          INT8_MAX,  INT8_MIN,  INT16_MAX,     INT32_MAX,    INT32_MIN,
                                        UINT32_MAX, INT64_MAX, INT64_MIN, INT64_MAX - 1, INT64_MIN + 1};
  switch (below(8)) {
    case 0: return std::to_string(borders[below(std::size(borders))]);
    case 1: return of({"", " 1", "1 ", "+1", "01", "-0", "0x1", "1.0", "1e3", "9223372036854775808", "abc", "-", "٣"});
    default: return std::to_string(static_cast<int64_t>(below(40)) - 20);
  }
}

std::string Pick::real() {
  switch (below(6)) {
    case 0:
      return of({"inf",      "-inf",   "+inf",   "infinity", "nan",
                 "1e400",    "1e4000", "1e5000", "1e-5000",  "0x1p3",
                 "0x",       "1e",     "",       " 1",       "1 ",
                 "+1.5",     "--1",    "1,5",    "abc",      "1.7976931348623157e308",
                 "4.9e-324", "-0",     "-0.0",   ".5",       "5.",
                 "00.5",     "1e+2"});
    case 1: return integer();
    case 2: return fmt::format("{}e{}", static_cast<int64_t>(below(2000)) - 1000, static_cast<int64_t>(below(40)) - 20);
    default: return fmt::format("{}{}.{}", one_in(2) ? "-" : "", below(100000), below(one_in(2) ? 10 : 1000000000000));
  }
}

std::string Pick::option(std::initializer_list<const char*> words) {
  std::string word = of(words);
  if (one_in(3)) {
    for (char& c : word) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return word;
}

// ---- Differential --------------------------------------------------------------------------------

Differential::Differential(int resp_version)
    : program_(Program::start_oracle({"--enable-debug-command", "yes"})), link_(program_.port()) {
  // What is over stays until it is looked at, as on our side: no other moment could be compared.
  link_.run({"DEBUG", "SET-ACTIVE-EXPIRE", "0"});
  if (resp_version < 3) return;
  link_.run({"HELLO", "3"});
  server_.client().use_resp3();
}

void Differential::run(const std::vector<std::string>& words, Compare how) {
  if (!agree_) return;
  remember(one_line(words));
  server_.set_now(wall_ms());
  const std::string ours = server_.client().run_raw(words);
  const std::string theirs = link_.run_raw(words);
  if (how == Compare::exact ? ours != theirs : !close_in_time(ours, theirs)) differ(ours, theirs);
}

void Differential::select(int db) {
  link_.run({"SELECT", std::to_string(db)});
  server_.client().client().db = db;
  remember("(database " + std::to_string(db) + " from now on)");
}

void Differential::remember(std::string line) {
  last_.push_back(std::move(line));
  if (last_.size() > remembered_commands) last_.pop_front();
}

void Differential::differ(const std::string& ours, const std::string& theirs) {
  agree_ = false;
  std::string commands;
  for (const std::string& line : last_) commands += "  " + line + '\n';
  ADD_FAILURE() << "the last commands:\n"
                << commands << "ours:   " << quote_word(ours) << "\ntheirs: " << quote_word(theirs);
}

void Differential::compare_keys() {
  if (!agree_) return;
  const auto sorted_keys = [](const Value& reply) {
    std::vector<std::string> keys;
    for (const Value& key : reply.items) keys.push_back(key.text);
    std::sort(keys.begin(), keys.end());
    return keys;
  };
  const std::vector<std::string> keys = sorted_keys(parse_values(server_.client().run_raw({"KEYS", "*"})).at(0));
  ASSERT_EQ(keys, sorted_keys(link_.run({"KEYS", "*"})));
  for (const std::string& key : keys) {
    run({"TYPE", key});
    run({"PEXPIRETIME", key}, Compare::time);
    if (link_.run({"TYPE", key}).text != "string") continue;
    run({"OBJECT", "ENCODING", key});
    run({"GET", key});
  }
}

void Differential::put_other_type(const std::string& key) {
  link_.run({"DEL", key});
  link_.run({"RPUSH", key, "element"});
  Database& db = server_.db(server_.client().client().db);
  db.erase(key);
  db.add_object(key, Type::list, Encoding::quicklist, &nothing_);
  remember("(" + key + " holds another type now)");
}

std::vector<uint64_t> seeds_of_tests(size_t count) {
  if (const char* given = std::getenv("REDOUBT_SEED"); given != nullptr) return {std::strtoull(given, nullptr, 10)};
  std::vector<uint64_t> seeds;
  for (uint64_t seed = 1; seed <= count; ++seed) seeds.push_back(seed);
  return seeds;
}

}  // namespace redoubt
