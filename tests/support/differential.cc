#include "tests/support/differential.h"

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
  server_.client().run({"DEL", key});
  server_.client().run({"RPUSH", key, "element"});
  remember("(" + key + " holds another type now)");
}

}  // namespace redoubt
