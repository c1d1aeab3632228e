#include "tests/interop/differential/reply_compare.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "common/base/number.h"
#include "tests/interop/differential/known_differences.h"

namespace redoubt {
namespace {

constexpr int64_t slack_ms = 60000;  // shrinking and slow machines included; times drawn are hours away

Value value_of(const std::string& bytes) {
  std::vector<Value> values = parse_values(bytes);
  return values.empty() ? Value{} : std::move(values.front());
}

bool is_aggregate(const Value& value) { return std::string_view("*%~>").find(value.kind) != std::string_view::npos; }

bool times_agree(const Value& ours, const Value& theirs) {
  if (ours.kind != ':' || theirs.kind != ':') return to_line(ours) == to_line(theirs);
  // "No key" and "no expiry" are no times.
  if (ours.integer < 0 || theirs.integer < 0) return ours.integer == theirs.integer;
  return std::abs(ours.integer - theirs.integer) <= slack_ms;
}

bool items_agree(const Value& ours, const Value& theirs) {
  if (!is_aggregate(ours) || ours.kind != theirs.kind) return to_line(ours) == to_line(theirs);
  return sorted_items(ours, 1) == sorted_items(theirs, 1);
}

bool pairs_agree(const Value& ours, const Value& theirs) {
  if (!is_aggregate(ours) || ours.kind != theirs.kind) return to_line(ours) == to_line(theirs);
  return sorted_items(ours, 2) == sorted_items(theirs, 2);
}

bool has_word(const WordList& words, std::string_view wanted) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return std::equal(word.begin(), word.end(), wanted.begin(), wanted.end(),
                      [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 32 : a) == b; });
  });
}

std::string word_at(const WordList& words, size_t index) { return index < words.size() ? words[index] : ""; }

// ---- SORT ----------------------------------------------------------------------------------------

// What the order hangs on: BY without an asterisk leaves a set as it lies; ALPHA by the values of other keys leaves open
// which of two equal ones comes first.
bool order_is_open(const WordList& words, const Value& type) {
  bool by = false;
  bool sorts = true;
  for (size_t i = 2; i + 1 < words.size(); ++i) {
    if (!has_word({words[i]}, "BY")) continue;
    by = true;
    if (words[i + 1].find('*') == std::string::npos) sorts = false;
  }
  if (!sorts) return type.text == "set";
  return by && has_word(words, "ALPHA");
}

bool sorts_agree(const Step& step, const Value& ours, const Value& type, const Value& theirs) {
  if (to_line(ours) == to_line(theirs)) return true;
  if (!order_is_open(step.words, type) || !is_aggregate(ours) || ours.kind != theirs.kind) return false;
  if (ours.items.size() != theirs.items.size()) return false;
  return has_word(step.words, "LIMIT") || sorted_items(ours, 1) == sorted_items(theirs, 1);
}

// ---- Random replies ------------------------------------------------------------------------------

bool same_shape(const Value& ours, const Value& theirs) {
  if (ours.kind != theirs.kind || ours.items.size() != theirs.items.size()) return false;
  for (size_t i = 0; i < ours.items.size(); ++i) {
    if (!same_shape(ours.items[i], theirs.items[i])) return false;
  }
  return true;
}

// Members, and their values when the reply has such: nested in RESP3, alternating in RESP2.
struct Members {
  std::vector<std::string> names;
  std::vector<std::string> values;
};

Members members_of(const Step& step, const Value& reply) {
  Members members;
  if (!is_aggregate(reply)) {
    if (reply.kind == '$') members.names.push_back(reply.text);
    return members;
  }
  const bool with_values = has_word(step.words, "WITHVALUES") || has_word(step.words, "WITHSCORES");
  std::vector<std::string> flat;
  for (const Value& item : reply.items) {
    if (!is_aggregate(item)) flat.push_back(item.text);
    for (const Value& part : item.items) flat.push_back(part.text);
  }
  for (size_t i = 0; i < flat.size(); ++i)
    (with_values && i % 2 == 1 ? members.values : members.names).push_back(flat[i]);
  return members;
}

std::string question_about(std::string_view name) {
  if (name == "HRANDFIELD") return "HMGET";
  return name == "ZRANDMEMBER" ? "ZMSCORE" : "SMISMEMBER";
}

bool random_agrees(const Step& step, const Value& ours, std::span<const std::string> theirs) {
  const Value same = value_of(theirs[0]);
  if (ours.kind == '-' || same.kind == '-') return to_line(ours) == to_line(same);
  if (!same_shape(ours, same)) return false;
  const Members members = members_of(step, ours);
  if (members.names.empty()) return true;
  const Value facts = value_of(theirs[1]);
  if (facts.items.size() != members.names.size()) return false;
  for (size_t i = 0; i < facts.items.size(); ++i) {
    const Value& fact = facts.items[i];
    if (fact.is_null() || (fact.kind == ':' && fact.integer == 0)) return false;
    if (!members.values.empty() && members.values[i] != fact.text) return false;
  }
  const bool distinct = step.words.size() < 3 || step.words[2].empty() || step.words[2][0] != '-';
  return !distinct || std::set<std::string>(members.names.begin(), members.names.end()).size() == members.names.size();
}

// [SCARD key, SREM key members...] stand in for SPOP.
bool pop_agrees(const Step& step, const Value& ours, std::span<const std::string> theirs) {
  if (theirs.size() < 2) return to_line(ours) == to_line(value_of(theirs[0]));
  const int64_t card = value_of(theirs[0]).integer;
  const auto taken = static_cast<int64_t>(members_of(step, ours).names.size());
  const int64_t asked = step.words.size() < 3 ? 1 : parse_i64(step.words[2]).value_or(-1);
  return value_of(theirs[1]).integer == taken && taken == std::min(asked, card);
}

}  // namespace

std::vector<std::string> sorted_items(const Value& value, size_t width) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < value.items.size(); ++i) {
    // Length first, so that no two different pairs make the same line.
    const std::string line = to_line(value.items[i]);
    if (i % width == 0) lines.emplace_back();
    lines.back() += std::to_string(line.size()) + ':' + line;
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

bool leaves_open_what_is_stored(const Step& step) {
  return step.row->check == Check::sort && has_word(step.words, "STORE") && has_word(step.words, "ALPHA") &&
         has_word(step.words, "BY");
}

std::vector<WordList> oracle_requests(const Step& step, const Value& ours) {
  const WordList& words = step.words;
  switch (step.row->check) {
    case Check::sort:
      // SORT of Redis takes what strtod left in errno for its own; the ZADD, which changes nothing, clears it.
      return {{"ZADD", "none", "XX", "0", "m"}, words, {"TYPE", word_at(words, 1)}};
    case Check::encoding: return {words, {"TYPE", word_at(words, 2)}};
    case Check::random_key:
      if (ours.kind == '$') return {{"EXISTS", ours.text}};
      return {words};
    case Check::random_some: {
      const Members members = members_of(step, ours);
      if (members.names.empty()) return {words};
      WordList question = {question_about(words[0]), words[1]};
      question.insert(question.end(), members.names.begin(), members.names.end());
      return {words, question};
    }
    case Check::pop_some: {
      const Members members = members_of(step, ours);
      if (members.names.empty()) return {words};
      WordList removal = {"SREM", words[1]};
      removal.insert(removal.end(), members.names.begin(), members.names.end());
      return {{"SCARD", words[1]}, removal};
    }
    default: return {words};
  }
}

namespace {

bool agree(const Step& step, const std::string& ours, std::span<const std::string> theirs) {
  switch (step.row->check) {
    case Check::exact:
    case Check::lex:
    case Check::scan:
    case Check::dump:
    case Check::waiting: return ours == theirs[0];
    case Check::any_order: return ours == theirs[0] || items_agree(value_of(ours), value_of(theirs[0]));
    case Check::pairs: return ours == theirs[0] || pairs_agree(value_of(ours), value_of(theirs[0]));
    case Check::time: return times_agree(value_of(ours), value_of(theirs[0]));
    case Check::encoding:
      return ours == theirs[0] ||
             encodings_agree(value_of(theirs[1]).text, value_of(ours).text, value_of(theirs[0]).text);
    case Check::sort: return sorts_agree(step, value_of(ours), value_of(theirs[2]), value_of(theirs[1]));
    case Check::random_key: return theirs[0] == ours || (ours[0] == '$' && theirs[0] == ":1\r\n");
    case Check::random_some: return random_agrees(step, value_of(ours), theirs);
    case Check::pop_some: return pop_agrees(step, value_of(ours), theirs);
  }
  return false;
}

}  // namespace

bool replies_agree(const Step& step, const std::string& ours, std::span<const std::string> theirs) {
  if (agree(step, ours, theirs)) return true;
  const auto line = [](const std::string& reply) { return std::string_view(reply).substr(0, reply.find("\r\n")); };
  return !step.words.empty() && reply_is_known(step.words[0], line(ours), line(theirs[0]));
}

}  // namespace redoubt
