#include "tests/interop/differential/twin_servers.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <stdexcept>

#include "common/hash/crc64.h"
#include "common/rdb/rdb_format.h"
#include "tests/interop/differential/known_differences.h"
#include "tests/interop/differential/reply_compare.h"

namespace redoubt {
namespace {

constexpr size_t batch_size = 64;
constexpr int databases = 3;

// Our server is gone or makes no sense: told apart from the oracle's failures.
class OurFailure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

template <typename F>
auto of_ours(F&& f) {
  try {
    return f();
  } catch (const std::runtime_error& error) {
    throw OurFailure(error.what());
  }
}

bool runs_alone(const Step& step) {
  const Check check = step.row->check;
  return check == Check::scan || check == Check::lex || check == Check::waiting || check == Check::dump;
}

Value value_of(const std::string& bytes) {
  std::vector<Value> values = parse_values(bytes);
  if (values.size() != 1) throw std::runtime_error("not one reply: " + bytes);
  return std::move(values.front());
}

std::string name_of(const Step& step) { return step.words.empty() ? "" : step.words.front(); }

bool has_command(Link& link, std::string_view full_name) {
  const Value info = link.run({"COMMAND", "INFO", std::string(full_name)});
  return info.items.size() == 1 && !info.items[0].items.empty();
}

// All that SCAN and its like give until the cursor is 0 again, each item (of `width` values) once.
std::set<std::string> scan_all(Link& link, WordList words, size_t cursor_at, size_t width) {
  std::set<std::string> all;
  for (int rounds = 0; rounds < 100000; ++rounds) {
    const Value reply = link.run(words);
    if (reply.items.size() != 2) throw std::runtime_error("a SCAN that fails half-way: " + to_line(reply));
    for (std::string& item : sorted_items(reply.items[1], width)) all.insert(std::move(item));
    words[cursor_at] = reply.items[0].text;
    if (words[cursor_at] == "0") return all;
  }
  throw std::runtime_error("a SCAN without end");
}

std::string joined(const std::set<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += item + ' ';
  return text;
}

// The reply to a command that may wait: when it does, it is let go with CLIENT UNBLOCK.
std::string run_released(Link& main, Link& control, const std::string& client_id, const WordList& words) {
  main.send_only(words);
  if (!main.readable(2)) {
    for (int tries = 0; tries < 5000 && !main.readable(1); ++tries) {
      if (control.run({"CLIENT", "UNBLOCK", client_id}).integer == 1) break;
    }
  }
  return main.receive_raw();
}

}  // namespace

TwinServers::Side::Side(Program started)
    : program(std::move(started)),
      main(program.port()),
      control(program.port()),
      client_id(std::to_string(main.run({"CLIENT", "ID"}).integer)) {}

TwinServers::TwinServers(bool itself) : itself_(itself) {
  start_ours();
  theirs_ = std::make_unique<Side>(Program::start_oracle({"--enable-debug-command", "yes"}));
}

void TwinServers::start_ours() {
  const std::vector<std::string> arguments = {"--enable-debug-command", "yes"};
  ours_.reset();
  ours_ = std::make_unique<Side>(itself_ ? Program::start_oracle(arguments) : Program::start_server(arguments));
}

void TwinServers::reset(const RunSettings& settings) {
  settings_ = settings;
  const std::vector<WordList> common = {
      {"FLUSHALL"}, {"SELECT", "0"}, {"HELLO", std::to_string(settings.resp_version)}};
  const auto set_up = [&](Side& side) {
    side.main.run_batch(common);
    // What is over stays until it is looked at: no other moment could be compared.
    side.control.run({"DEBUG", "SET-ACTIVE-EXPIRE", "0"});
    for (const auto& [name, value] : settings.directives) side.control.run({"CONFIG", "SET", name, value});
  };
  set_up(*theirs_);
  try {
    set_up(*ours_);
  } catch (const std::runtime_error&) {
    start_ours();
    set_up(*ours_);
  }
  for (const auto& [name, value] : settings.our_directives) ours_->control.run({"CONFIG", "SET", name, value});
}

bool TwinServers::ours_has(std::string_view full_name) { return has_command(ours_->control, full_name); }
bool TwinServers::theirs_has(std::string_view full_name) { return has_command(theirs_->control, full_name); }

std::string TwinServers::their_statistics() { return theirs_->control.run({"INFO", "commandstats"}).text; }

std::optional<Difference> TwinServers::run(std::span<const Step> steps) {
  size_t at = 0;
  try {
    while (at < steps.size()) {
      const Step& step = steps[at];
      std::optional<Difference> difference;
      size_t end = at + 1;
      if (step.row->check == Check::scan) {
        difference = run_scan(step, at);
      } else if (step.row->check == Check::lex) {
        difference = run_lex(step, at);
      } else if (step.row->check == Check::waiting) {
        difference = run_waiting(step, at);
      } else if (step.row->check == Check::dump) {
        difference = run_dump(step, at);
      } else {
        while (end < steps.size() && end - at < batch_size && !runs_alone(steps[end])) ++end;
        difference = run_batch(steps.subspan(at, end - at), at);
      }
      if (difference) return difference;
      at = end;
    }
  } catch (const OurFailure& error) {
    return our_end(std::min(at + batch_size, steps.size()) - 1, error.what());
  }
  return std::nullopt;
}

std::optional<Difference> TwinServers::run_batch(std::span<const Step> steps, size_t first) {
  std::vector<WordList> requests;
  std::vector<size_t> places;  // of the steps' requests
  std::vector<const Step*> run;
  std::vector<size_t> indexes;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (leaves_open_what_is_stored(steps[i])) continue;
    // An oracle that stands in for our server gets what helps the other one too: see oracle_requests().
    if (itself_ && steps[i].row->check == Check::sort) requests.push_back({"ZADD", "none", "XX", "0", "m"});
    places.push_back(requests.size());
    requests.push_back(steps[i].words);
    run.push_back(&steps[i]);
    indexes.push_back(first + i);
  }
  const std::vector<std::string> ours = of_ours([&] { return ours_->main.run_batch(requests); });
  std::vector<WordList> questions;
  std::vector<size_t> ends;
  for (size_t i = 0; i < run.size(); ++i) {
    for (WordList& words : oracle_requests(*run[i], value_of(ours[places[i]]))) questions.push_back(std::move(words));
    ends.push_back(questions.size());
  }
  const std::vector<std::string> theirs = theirs_->main.run_batch(questions);
  size_t begin = 0;
  for (size_t i = 0; i < run.size(); ++i) {
    const std::span<const std::string> answers = std::span(theirs).subspan(begin, ends[i] - begin);
    begin = ends[i];
    if (replies_agree(*run[i], ours[places[i]], answers)) continue;
    std::string all;
    for (const std::string& answer : answers) all += answer;
    return Difference{indexes[i], name_of(*run[i]), ours[places[i]], all};
  }
  return std::nullopt;
}

std::optional<Difference> TwinServers::run_scan(const Step& step, size_t index) {
  const std::string ours = of_ours([&] { return ours_->main.run_raw(step.words); });
  const std::string theirs = theirs_->main.run_raw(step.words);
  const size_t cursor_at = step.row->name == "scan" ? 1 : 2;
  if (ours[0] == '-' || theirs[0] == '-' || step.words.size() <= cursor_at || step.words[cursor_at] != "0") {
    if (ours[0] == theirs[0] && (ours[0] != '-' || ours == theirs)) return std::nullopt;
    return Difference{index, name_of(step), ours, theirs};
  }
  const size_t width = step.row->name == "hscan" || step.row->name == "zscan" ? 2 : 1;
  const auto our_items = of_ours([&] { return scan_all(ours_->main, step.words, cursor_at, width); });
  const auto their_items = scan_all(theirs_->main, step.words, cursor_at, width);
  if (our_items == their_items) return std::nullopt;
  // A listpack shows big scores in full.
  if (step.row->name == "zscan" && encodings_differ(step.words[1])) return std::nullopt;
  return Difference{index, name_of(step) + " to its end", joined(our_items), joined(their_items)};
}

bool TwinServers::encodings_differ(const std::string& key) {
  const WordList question = {"OBJECT", "ENCODING", key};
  return of_ours([&] { return ours_->main.run_raw(question); }) != theirs_->main.run_raw(question);
}

bool TwinServers::lex_is_promised(const Step& step) {
  const size_t source = step.row->name == "zrangestore" ? 2 : 1;
  if (step.words.size() <= source) return true;  // an error
  const Value members = theirs_->main.run({"ZRANGE", step.words[source], "0", "-1", "WITHSCORES"});
  if (members.kind == '-') return true;
  std::set<std::string> scores;
  for (size_t i = 0; i < members.items.size(); ++i) {
    const Value& item = members.items[i];
    if (!item.items.empty()) scores.insert(to_line(item.items[1]));
    if (item.items.empty() && i % 2 == 1) scores.insert(to_line(item));
  }
  return scores.size() <= 1;
}

std::optional<Difference> TwinServers::run_lex(const Step& step, size_t index) {
  if (!lex_is_promised(step)) return std::nullopt;
  return run_batch({&step, 1}, index);
}

std::optional<Difference> TwinServers::run_waiting(const Step& step, size_t index) {
  const std::string ours =
      of_ours([&] { return run_released(ours_->main, ours_->control, ours_->client_id, step.words); });
  const std::string theirs = run_released(theirs_->main, theirs_->control, theirs_->client_id, step.words);
  if (replies_agree(step, ours, {&theirs, 1})) return std::nullopt;
  return Difference{index, name_of(step), ours, theirs};
}

namespace {

constexpr size_t footer_size = 10;

// A payload as the oracle's version would have it; empty where it has no such type.
std::string as_theirs(std::string payload) {
  static constexpr char their_version = 10;
  if (payload[0] == static_cast<char>(RdbType::set_listpack)) return "";
  payload[payload.size() - footer_size] = their_version;
  const uint64_t crc = crc64(std::string_view(payload).substr(0, payload.size() - sizeof(uint64_t)));
  std::memcpy(payload.data() + payload.size() - sizeof crc, &crc, sizeof crc);
  return payload;
}

// Where equal values are equal bytes, whatever way they came about. What LZF makes of a string is not the same every time.
bool is_determined(const std::string& payload) {
  constexpr RdbType types[] = {RdbType::string, RdbType::zset_2, RdbType::set_intset, RdbType::zset_listpack};
  constexpr char packed = '\xc3';
  return std::ranges::find(types, static_cast<RdbType>(payload[0])) != std::end(types) &&
         payload.find(packed) == std::string::npos;
}

// Whether the server makes the value of `key` of this payload: nothing, or what it says.
std::string not_taken(Link& link, const std::string& key, const std::string& payload) {
  static const std::string copy = "a copy";
  // That a value expires is part of its digest, but not when.
  const bool expires = link.run({"PTTL", key}).integer >= 0;
  const std::string reply = to_line(link.run({"RESTORE", copy, expires ? "1000000" : "0", payload, "REPLACE"}));
  const Value digests = link.run({"DEBUG", "DIGEST-VALUE", key, copy});
  link.run({"DEL", copy});
  if (reply != "+OK") return reply;
  return to_line(digests.items.at(0)) == to_line(digests.items.at(1)) ? "" : to_line(digests);
}

}  // namespace

std::optional<Difference> TwinServers::run_dump(const Step& step, size_t index) {
  const std::string our_reply = of_ours([&] { return ours_->main.run_raw(step.words); });
  const std::string their_reply = theirs_->main.run_raw(step.words);
  const Value ours = value_of(our_reply);
  const Value theirs = value_of(their_reply);
  if (ours.kind != '$' || theirs.kind != '$') {
    if (our_reply == their_reply) return std::nullopt;
    return Difference{index, name_of(step), our_reply, their_reply};
  }
  const std::string& key = step.words[1];
  const std::string for_them = as_theirs(ours.text);
  if (ours.text[0] == theirs.text[0] && is_determined(ours.text) && is_determined(theirs.text) &&
      for_them.substr(0, for_them.size() - footer_size) != theirs.text.substr(0, theirs.text.size() - footer_size)) {
    return Difference{index, "the bytes of DUMP", ours.text, theirs.text};
  }
  const std::string we = of_ours([&] { return not_taken(ours_->main, key, theirs.text); });
  if (!we.empty()) return Difference{index, "RESTORE of what Redis wrote: " + theirs.text, we, ""};
  const std::string they = for_them.empty() ? "" : not_taken(theirs_->main, key, for_them);
  if (!they.empty()) return Difference{index, "RESTORE of what we wrote: " + ours.text, "", they};
  return std::nullopt;
}

std::optional<Difference> TwinServers::our_end(size_t index, const std::string& error) {
  const std::string output = ours_->program.output();
  const size_t shown = std::min<size_t>(output.size(), 3000);
  start_ours();
  return Difference{index, "our server failed: " + error, output.substr(output.size() - shown), "(goes on)"};
}

// ---- All keys ------------------------------------------------------------------------------------

namespace {

// What shows a whole value, and how many items of the reply belong together; 0: the reply has an order.
struct Dump {
  std::string_view type;
  WordList (*words)(const std::string& key);
  size_t width;
};
constexpr Dump dumps[] = {
    {"string",
     [](const std::string& key) {
       return WordList{"GET", key};
     },
     0},
    {"list",
     [](const std::string& key) {
       return WordList{"LRANGE", key, "0", "-1"};
     },
     0},
    {"hash",
     [](const std::string& key) {
       return WordList{"HGETALL", key};
     },
     2},
    {"set",
     [](const std::string& key) {
       return WordList{"SMEMBERS", key};
     },
     1},
    {"zset",
     [](const std::string& key) {
       return WordList{"ZRANGE", key, "0", "-1", "WITHSCORES"};
     },
     0},
};

std::string line_of(const Value& value, size_t width) {
  if (width == 0) return to_line(value);
  std::string text;
  for (const std::string& item : sorted_items(value, width)) text += item + ' ';
  return text;
}

}  // namespace

std::optional<Difference> TwinServers::compare_keys(size_t step) {
  try {
    for (int db = 0; db < databases; ++db) {
      if (auto difference = compare_database(db, step)) return difference;
    }
    const std::string ours = of_ours([&] { return ours_->control.run({"DEBUG", "DIGEST"}); }).text;
    const std::string theirs = theirs_->control.run({"DEBUG", "DIGEST"}).text;
    if (ours != theirs) return Difference{step, "DEBUG DIGEST", ours, theirs};
  } catch (const OurFailure& error) {
    return our_end(step, error.what());
  }
  return std::nullopt;
}

std::optional<Difference> TwinServers::compare_database(int db, size_t step) {
  const WordList select = {"SELECT", std::to_string(db)};
  of_ours([&] { return ours_->control.run(select); });
  theirs_->control.run(select);
  const Value our_keys = of_ours([&] { return ours_->control.run({"KEYS", "*"}); });
  const Value their_keys = theirs_->control.run({"KEYS", "*"});
  if (line_of(our_keys, 1) != line_of(their_keys, 1)) {
    return Difference{step, fmt::format("the keys of database {}", db), line_of(our_keys, 1), line_of(their_keys, 1)};
  }
  for (const Value& key : their_keys.items) {
    if (auto difference = compare_key(key.text, db, step)) return difference;
  }
  return std::nullopt;
}

std::optional<Difference> TwinServers::compare_key(const std::string& key, int db, size_t step) {
  const std::vector<WordList> questions = {{"TYPE", key}, {"OBJECT", "ENCODING", key}, {"PEXPIRETIME", key}};
  const std::vector<std::string> ours = of_ours([&] { return ours_->control.run_batch(questions); });
  const std::vector<std::string> theirs = theirs_->control.run_batch(questions);
  const auto difference = [&](std::string_view what, std::string our_answer, std::string their_answer) {
    return Difference{step, fmt::format("{} of key {} in database {}", what, key, db), std::move(our_answer),
                      std::move(their_answer)};
  };
  const std::string type = value_of(theirs[0]).text;
  if (ours[0] != theirs[0]) return difference("TYPE", ours[0], theirs[0]);
  if (!encodings_agree(type, value_of(ours[1]).text, value_of(theirs[1]).text)) {
    return difference("OBJECT ENCODING", ours[1], theirs[1]);
  }
  static constexpr CommandRow expiry{"pexpiretime", "", Check::time};
  if (!replies_agree({&expiry, {}}, ours[2], std::span(theirs).subspan(2))) {
    return difference("PEXPIRETIME", ours[2], theirs[2]);
  }
  for (const Dump& dump : dumps) {
    if (dump.type != type) continue;
    const Value our_value = of_ours([&] { return ours_->control.run(dump.words(key)); });
    const Value their_value = theirs_->control.run(dump.words(key));
    if (line_of(our_value, dump.width) == line_of(their_value, dump.width)) return std::nullopt;
    return difference("the value", line_of(our_value, dump.width), line_of(their_value, dump.width));
  }
  throw std::runtime_error("no dump for the type " + type);
}

}  // namespace redoubt
