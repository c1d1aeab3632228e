#include "tests/support/drawn/drawn_commands.h"

#include <algorithm>
#include <stdexcept>

#include "common/base/number.h"
#include "common/command/command_spec.h"

namespace redoubt {
namespace {

using namespace std::string_literals;

// ---- Keys ----------------------------------------------------------------------------------------

char letter_of(std::string_view family) {
  if (family == "list") return 'l';
  if (family == "hash") return 'h';
  if (family == "set") return 's';
  if (family == "sorted-set") return 'z';
  return 'w';
}

std::string key_of(Pick& pick, char letter) { return std::string(1, letter) + pick.of({"1", "2"}); }

std::string any_key(Pick& pick) {
  if (pick.one_in(30)) return pick.of({"", "none"});
  return key_of(pick, "wlhsz"[pick.below(5)]);
}

std::string mostly(Pick& pick, char letter) { return pick.one_in(8) ? any_key(pick) : key_of(pick, letter); }

// ---- Members and values --------------------------------------------------------------------------

// Redis compares for SORT ALPHA up to the first zero byte: only one at the end leaves no two members equal.
std::string without_zeros(std::string text) {
  std::replace(text.begin(), text.end(), '\0', '0');
  return text;
}

std::string member(Pick& pick, const RunSettings& settings) {
  if (pick.one_in(60)) return pick.one_in(2) ? pick.integer() : without_zeros(pick.bytes(12));
  if (pick.one_in(400)) return std::string(3000 + pick.below(8000), 'L');
  const auto number = static_cast<int64_t>(pick.below(settings.pool));
  const std::string digits = std::to_string(number);
  using Members = RunSettings::Members;
  if (settings.members == Members::integers || (settings.members == Members::mixed && number % 3 == 0)) {
    switch (number % 16) {
      case 13: return std::to_string(int64_t{32760} + number);
      case 14: return std::to_string(int64_t{2147483640} + number);
      case 15: return std::to_string(-number * 300000000000);
      default: return std::to_string(number - static_cast<int64_t>(settings.pool) / 4);
    }
  }
  switch (number % 8) {
    case 0: return "\xff\r\n" + digits + '\0';
    case 1: {
      // Around the length where values leave the compact encodings.
      std::string text = "m" + digits;
      text.resize(std::max<size_t>(text.size(), settings.value_limit - 1 + pick.below(3)), 'v');
      return text;
    }
    default: return "m" + digits;
  }
}

std::string value(Pick& pick, const RunSettings& settings) {
  switch (pick.below(10)) {
    case 0:
    case 1: return pick.integer();
    case 2: return pick.real();
    case 3: return pick.bytes(600);
    case 4: return std::string(40 + pick.below(10), 'v');   // around where embstr ends
    case 5: return std::string(250 + pick.below(12), 'v');  // around where values leave the entry
    case 6: return std::string(settings.value_limit - 1 + pick.below(3), 'v');
    case 7: return member(pick, settings);
    default: return pick.bytes(12);
  }
}

// ---- Numbers -------------------------------------------------------------------------------------

std::string small_integer(Pick& pick) {
  if (pick.one_in(10)) return pick.integer();
  return std::to_string(static_cast<int64_t>(pick.below(14)) - 5);
}

// 7.0 takes the least integer where 7.2 refuses what cannot be negated.
std::string negatable(Pick& pick) {
  std::string text = small_integer(pick);
  return text == "-9223372036854775808" ? "-9223372036854775807" : text;
}

// Beyond what a string may hold, or small: nothing that makes one of megabytes.
std::string offset(Pick& pick) {
  if (pick.one_in(8)) return pick.of({"", "abc", "1.0", "2147483647", "9223372036854775807", "-9223372036854775808"});
  return std::to_string(static_cast<int64_t>(pick.below(pick.one_in(3) ? 700 : 30)) - 8);
}

// How many random ones: a negative number asks for as many, repeated if need be.
std::string few(Pick& pick) {
  if (pick.one_in(10)) return pick.of({"", "abc", "1.5", "9223372036854775807", "9223372036854775808"});
  return std::to_string(static_cast<int64_t>(pick.below(pick.one_in(4) ? 60 : 14)) - 6);
}

std::string any_score(Pick& pick, const RunSettings& settings) {
  if (settings.equal_scores) return pick.one_in(100) ? pick.real() : "0";
  switch (pick.below(6)) {
    case 0: return pick.real();
    case 1: return pick.of({"-inf", "inf", "0.1", "-0", "1e20", "3.14159", "1e-7", "-2.5", "1e17"});
    default: return std::to_string(static_cast<int64_t>(pick.below(12)) - 4);
  }
}

std::string score(Pick& pick, const RunSettings& settings) {
  std::string text = any_score(pick, settings);
  const bool negative_zero = text.starts_with('-') && parse_double(text) == 0.0;
  return negative_zero && !settings.minus_zero ? "0" : text;
}

// A negative one makes -0 of 0, and 0 of what is negative.
std::string weight(Pick& pick, const RunSettings& settings) {
  std::string text = score(pick, settings);
  if (!settings.minus_zero && parse_double(text) == 0.0) return "1";
  return text.starts_with('-') && !settings.minus_zero ? text.substr(1) : text;
}

std::string bound(Pick& pick, const RunSettings& settings) {
  switch (pick.below(8)) {
    case 0: return pick.of({"-inf", "+inf", "(", "(-inf", "(inf", "[1", "", "(abc", "-", "+", "nan", "(nan"});
    case 1: return "(" + score(pick, settings);
    case 2: return "-inf";
    case 3: return "+inf";
    default: return score(pick, settings);
  }
}

std::string lex_bound(Pick& pick, const RunSettings& settings) {
  switch (pick.below(8)) {
    case 0:
    case 1: return "-";
    case 2:
    case 3: return "+";
    case 4: return pick.of({"", "(", "[", "a", "--", "+a", "-inf", "0"});
    case 5: return "(" + member(pick, settings);
    default: return "[" + member(pick, settings);
  }
}

// ---- Times ---------------------------------------------------------------------------------------

// Times to live are long to come, over long ago, or none at all. Hardly ever the same one twice: which of two is the
// greater must not hang on milliseconds.
std::string relative_time(Pick& pick, bool seconds) {
  if (pick.one_in(4)) {
    return pick.of({"0", "-1", "abc", "", "9223372036854775807", "-9223372036854775808", "1.5", "9223372036854775"});
  }
  return std::to_string((seconds ? 1 : 1000) * (10000 + static_cast<int64_t>(pick.below(10000000)) * 100));
}

std::string absolute_time(Pick& pick, bool seconds) {
  if (pick.one_in(4)) {
    return pick.of({"0", "-1", "abc", "1", "1000", "9223372036854775807", "9223372036854775", "9223372036854776"});
  }
  return std::to_string((seconds ? 1 : 1000) * (4000000000 + static_cast<int64_t>(pick.below(10)) * 100000));
}

// What Redis 7.0 wrote for small values of each type; the last two are damaged.
std::string payload(Pick& pick) {
  static const std::string all[] = {
      "\x00\x01v\x0a\x00\x91\x08\xce\xb2\x19"
      "8\x8a\xce"s,
      "\x00\xc3\x06\x15\x01"
      "aa\xe0\x0a\x00\x0a\x00\xfd\x0c\xb3h\x07"
      "A?h"s,
      "\x12\x01\x02\x0c\x0c\x00\x00\x00\x02\x00\x81"
      "a\x02\x01\x01\xff\x0a\x00\x94\x96+#\xac\x17\xaa\x85"s,
      "\x12\x02\x02\x0a\x0a\x00\x00\x00\x01\x00\x81"
      "a\x02\xff\x02\x09\x09\x00\x00\x00\x01\x00\x01\x01\xff\x0a\x00\x1fr\xc8^pz\xb5\xd7"s,
      "\x0b\x10\x04\x00\x00\x00\x02\x00\x00\x00\x90\xee\xfe\xff\x01\x00\x00\x00\x0a\x00\x94\xa1\x05\xe9Y\xef\xec\x05"s,
      "\x02\x01\x01"
      "a\x0a\x00"
      "b\x96\xe9~D\xd2\x1am"s,
      "\x11\x14\x14\x00\x00\x00\x04\x00\x81"
      "a\x02\x01\x01\x81"
      "b\x02\x83"
      "2.5\x04\xff\x0a\x00\xd4Ln\xa4\xf6"
      "D\xd9\xd7"s,
      "\x05\x02\x01"
      "b\x00\x00\x00\x00\x00\x00\x04@\x01"
      "a\x00\x00\x00\x00\x00\x00\xf0?\x0a\x00\xf4n\xb7"
      "9\x19vr\x91"s,
      "\x10\x0c\x0c\x00\x00\x00\x02\x00\x81"
      "f\x02\x01\x01\xff\x0a\x00"
      "1\xba\x08\x19I\xa0\xe3\xdd"s,
      "\x04\x01\x01"
      "f\xc0\x01\x0a\x00\x1a\x82jRy\xbf\x95\xce"s,
      "\x04\x01\x01"
      "f\xc0\x02\x0a\x00\x1a\x82jRy\xbf\x95\xce"s,
      "\x04\x01"s};
  return all[pick.below(std::size(all))];
}

std::string timeout(Pick& pick) {
  if (pick.one_in(6)) return pick.of({"-1", "abc", "", "nan", "inf", "1e400", "-0.5", "1e17", "9223372036854775807"});
  return pick.of({"0", "30", "100.5", "0.0", "1e2"});
}

// ---- Mistakes ------------------------------------------------------------------------------------

// What has a number in it that makes a server work for minutes when it is replaced.
bool delicate(const CommandRow& row) { return row.check == Check::random_some || row.check == Check::pop_some; }

void add_mistake(Pick& pick, WordList& words, size_t begin) {
  const size_t count = words.size() - begin;
  const auto at = words.begin() + static_cast<std::ptrdiff_t>(begin + (count == 0 ? 0 : pick.below(count)));
  // No "1": what expires in a millisecond is there for one and gone for the other.
  const std::string junk = pick.option({"", "0", "-1", "2e0", "abc", "9223372036854775807", "nosuchoption", "LIMIT",
                                        "NX", "WITHSCORES", "COUNT", "GET", "nan", "(1", "[a"});
  switch (pick.below(5)) {
    case 0:
      if (count > 0) words.erase(at);
      break;
    case 1:
      if (count > 0) words.insert(at, std::string(*at));
      break;
    case 2:
      if (count > 0) *at = junk;
      break;
    case 3: words.insert(at, junk); break;
    default: words.push_back(junk);
  }
}

std::string family_of(std::string_view full_name) {
  const CommandSpec* spec = find_by_full_name(full_name);
  return spec == nullptr ? "" : std::string(spec->group);
}

WordList words_of_name(std::string_view full_name) {
  WordList words(1);
  for (const char c : full_name) {
    if (c == '|') {
      words.emplace_back();
    } else {
      words.back() += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
  }
  return words;
}

// Kinds of words, as the patterns of command_rows.cc name them.
struct Kind {
  std::string_view name;
  std::string (*draw)(Pick& pick, const RunSettings& settings, std::string_view family);
};
using Settings = const RunSettings&;
using Family = std::string_view;
constexpr Kind word_kinds[] = {
    {"key", [](Pick& pick, Settings, Family family) { return mostly(pick, letter_of(family)); }},
    {"anykey", [](Pick& pick, Settings, Family) { return any_key(pick); }},
    {"sortkey", [](Pick& pick, Settings, Family) { return mostly(pick, "lsz"[pick.below(3)]); }},
    {"zkey", [](Pick& pick, Settings, Family) { return mostly(pick, pick.one_in(5) ? 's' : 'z'); }},
    {"member", [](Pick& pick, Settings settings, Family) { return member(pick, settings); }},
    {"value", [](Pick& pick, Settings settings, Family) { return value(pick, settings); }},
    {"int", [](Pick& pick, Settings, Family) { return small_integer(pick); }},
    {"negatable", [](Pick& pick, Settings, Family) { return negatable(pick); }},
    {"few", [](Pick& pick, Settings, Family) { return few(pick); }},
    {"real", [](Pick& pick, Settings, Family) { return pick.real(); }},
    {"offset", [](Pick& pick, Settings, Family) { return offset(pick); }},
    {"score", [](Pick& pick, Settings settings, Family) { return score(pick, settings); }},
    {"weight", [](Pick& pick, Settings settings, Family) { return weight(pick, settings); }},
    {"bound", [](Pick& pick, Settings settings, Family) { return bound(pick, settings); }},
    {"lex", [](Pick& pick, Settings settings, Family) { return lex_bound(pick, settings); }},
    {"seconds", [](Pick& pick, Settings, Family) { return relative_time(pick, true); }},
    {"ms", [](Pick& pick, Settings, Family) { return relative_time(pick, false); }},
    {"unixsec", [](Pick& pick, Settings, Family) { return absolute_time(pick, true); }},
    {"unixms", [](Pick& pick, Settings, Family) { return absolute_time(pick, false); }},
    {"timeout", [](Pick& pick, Settings, Family) { return timeout(pick); }},
    {"payload", [](Pick& pick, Settings, Family) { return payload(pick); }},
    {"idle",
     [](Pick& pick, Settings, Family) {
       return pick.of({"0", "100", "255", "256", "-1", "abc"});
     }},
    {"db",
     [](Pick& pick, Settings, Family) {
       return pick.one_in(6) ? pick.of({"16", "-1", "x", ""}) : pick.of({"0", "0", "0", "1", "2"});
     }},
    {"cursor",
     [](Pick& pick, Settings, Family) {
       return pick.one_in(15) ? pick.of({"abc", "", "-1", " 0", "18446744073709551616", "0x"}) : "0";
     }},
    {"scancount",
     [](Pick& pick, Settings, Family) {
       return pick.one_in(6) ? pick.integer() : pick.of({"1", "3", "10", "1000"});
     }},
    {"glob",
     [](Pick& pick, Settings, Family) {
       return pick.of({"*", "*", "m*", "*1", "[hl]?", "w?", "h[^1]", "none", "?", "\\*", "", "*m*1*", "[a"});
     }},
    {"type",
     [](Pick& pick, Settings, Family) {
       return pick.option({"STRING", "LIST", "HASH", "SET", "ZSET", "STREAM", "none"});
     }},
    {"by",
     [](Pick& pick, Settings, Family) {
       return pick.of({"w*", "h*->m1", "h*->1", "nosort", "z*", "*", "w1", "h*->", "w*->x", "#", ""});
     }},
    {"get",
     [](Pick& pick, Settings, Family) {
       return pick.of({"#", "w*", "h*->m1", "h*->1", "l*", "w1", "*", "h*->", ""});
     }},
};

}  // namespace

std::string draw_word(Pick& pick, const RunSettings& settings, std::string_view family, std::string_view kind) {
  for (const Kind& each : word_kinds) {
    if (each.name == kind) return each.draw(pick, settings, family);
  }
  throw std::logic_error("no such kind of word: " + std::string(kind));
}

RunSettings draw_settings(Pick& pick) {
  using Members = RunSettings::Members;
  RunSettings settings;
  settings.resp_version = pick.one_in(2) ? 3 : 2;
  settings.members = pick.one_in(2) ? Members::mixed : pick.one_in(2) ? Members::integers : Members::texts;
  settings.pool = pick.one_in(3) ? 5 : pick.one_in(2) ? 30 : 700;
  settings.equal_scores = pick.one_in(4);
  const bool small = pick.one_in(2);
  const auto limit = [&](std::initializer_list<const char*> limits, const char* usual) {
    return small ? pick.of(limits) : std::string(usual);
  };
  settings.value_limit = small ? 8 : 64;
  const std::string length = small ? "8" : "64";
  settings.directives = {
      {"hash-max-listpack-entries", limit({"0", "1", "4", "16"}, "512")},
      {"hash-max-listpack-value", length},
      {"list-max-listpack-size", limit({"1", "4", "-1", "-2", "0"}, "-2")},
      {"list-compress-depth", pick.of({"0", "0", "1", "2"})},
      {"set-max-intset-entries", limit({"0", "1", "4", "16"}, "512")},
      {"zset-max-listpack-entries", limit({"0", "1", "4", "16"}, "128")},
      {"zset-max-listpack-value", length},
  };
  for (const auto& [name, value] : settings.directives) {
    if (name == "zset-max-listpack-entries" && value == "0") settings.minus_zero = true;
  }
  settings.our_directives = {
      {"set-max-listpack-entries", limit({"0", "1", "4", "16"}, "128")},
      {"set-max-listpack-value", length},
  };
  return settings;
}

CommandDrawer::CommandDrawer(const std::function<bool(std::string_view)>& exists) {
  int until = 0;
  for (const CommandRow& row : command_rows()) {
    if (!exists(row.name)) continue;
    until += row.weight;
    rows_.push_back({&row, CommandPattern(row.arguments), family_of(row.name), until});
  }
  if (rows_.empty()) throw std::logic_error("there are no commands to draw");
}

Step CommandDrawer::draw(Pick& pick, const RunSettings& settings) const {
  const auto at = static_cast<int>(pick.below(static_cast<uint64_t>(rows_.back().until)));
  size_t index = 0;
  while (rows_[index].until <= at) ++index;
  const Row& row = rows_[index];
  Step step{row.row, words_of_name(row.row->name)};
  const size_t begin = step.words.size();
  const WordSource source = [&](std::string_view kind) { return draw_word(pick, settings, row.family, kind); };
  row.pattern.draw(pick, source, step.words);
  if (!pick.one_in(40)) return step;
  if (delicate(*row.row)) {
    step.words.emplace_back("abc");
  } else {
    add_mistake(pick, step.words, begin);
  }
  return step;
}

}  // namespace redoubt
