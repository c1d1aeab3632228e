// One directive of redis.conf as a row of data: its name, who may change it and when, and how its words
// become a field of Config and back. The default of a directive is the initial value of its field, so that
// adding a directive means one field in config.h and one row in a *_directives.cc. Rows are constants;
// everything here is free of state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/result.h"
#include "common/command/letter_case.h"
#include "server/config/config.h"

namespace redoubt {

// The words after the directive's name.
using Words = std::span<const std::string>;

// ---- the kinds of values

struct YesNo {
  bool Config::*field;
};

enum class NumberForm : uint8_t { plain, octal, memory, memory_or_percent };

// Any integral field; `min` and `max` are inclusive. A percentage is stored negated, and may be 0 to 100.
struct Number {
  NumberForm form;
  bool is_unsigned;
  int64_t min;
  uint64_t max;
  uint64_t (*get)(const Config&);  // sign-extended
  void (*set)(Config&, uint64_t);
};

struct ChoiceName {
  std::string_view name;
  int value;
};

// One of several names; where two names mean the same value, the first is the one shown.
struct Choice {
  std::span<const ChoiceName> names;
  int (*get)(const Config&);
  void (*set)(Config&, int);
};

// Free text. When `empty_means_unset`, an empty value is shown but never written to a file.
struct Text {
  std::string Config::*field;
  bool empty_means_unset;
  Status (*check)(std::string_view) = nullptr;
};

struct ConfigFileLine {
  std::string text;
  bool differs_from_default;
};

// Anything else. `lines` is for directives that a file states in several lines; without it one line `NAME
// text` is written, or none when `omit_default` and the value is the default.
struct Special {
  Status (*set)(Config&, Words);
  std::string (*get)(const Config&);
  std::vector<ConfigFileLine> (*lines)(const Config&) = nullptr;
  bool omit_default = false;
};

// ---- the row

enum DirectiveFlags : unsigned {
  modifiable = 0,
  start_only = 1u << 0,         // CONFIG SET refuses it
  guarded = 1u << 1,            // CONFIG SET needs enable-protected-configs
  hidden = 1u << 2,             // CONFIG GET shows it only when asked by its exact name
  many_words = 1u << 3,         // takes several words; a single one is split at blanks
  not_while_loading = 1u << 4,  // CONFIG SET refuses it while the data set is loaded
};

struct Directive {
  std::string_view name;
  std::string_view alias;  // the name of older versions; empty: none
  unsigned flags;
  std::variant<YesNo, Number, Choice, Text, Special> value;
  // Brings a value that is accepted, but cannot be used as it is, into the range that can be.
  void (*settle)(Config&) = nullptr;

  bool has(unsigned flag) const { return (flags & flag) != 0; }
};

// ---- what can be done with a row

// Sets the field from the words. On an error, which is worded for a person, the field is as it was.
Status set_directive(const Directive& row, Config& config, Words words);
// The value as CONFIG GET answers it.
std::string directive_text(const Directive& row, const Config& config);
// How a file says it, name included. No lines: a file must not mention it.
std::vector<ConfigFileLine> directive_lines(const Directive& row, const Config& config);

// Splits at each single blank, keeping empty words between two; an empty text has no words.
std::vector<std::string> split_at_blanks(std::string_view text);

// A size as a file states it: in the largest unit that leaves no remainder.
std::string memory_words(uint64_t bytes);

// ---- short forms for the rows

template <auto Field>
constexpr Number number(int64_t min, uint64_t max, NumberForm form = NumberForm::plain) {
  using T = std::remove_cvref_t<decltype(std::declval<Config&>().*Field)>;
  return {form,
          std::is_unsigned_v<T>,
          min,
          max,
          [](const Config& c) { return static_cast<uint64_t>(static_cast<int64_t>(c.*Field)); },
          [](Config& c, uint64_t v) { c.*Field = static_cast<T>(v); }};
}

template <auto Field>
constexpr Choice choice(std::span<const ChoiceName> names) {
  using T = std::remove_cvref_t<decltype(std::declval<Config&>().*Field)>;
  return {names, [](const Config& c) { return static_cast<int>(c.*Field); },
          [](Config& c, int v) { c.*Field = static_cast<T>(v); }};
}

template <typename E>
constexpr ChoiceName named(std::string_view name, E value) {
  return {name, static_cast<int>(value)};
}

inline constexpr uint64_t int_max = std::numeric_limits<int>::max();
inline constexpr uint64_t unsigned_max = std::numeric_limits<unsigned>::max();
inline constexpr uint64_t i64_max = std::numeric_limits<int64_t>::max();
inline constexpr uint64_t u64_max = std::numeric_limits<uint64_t>::max();

// ---- the rows, by section; a new section is one more line here and in directives.cc

std::span<const Directive> network_directives();
std::span<const Directive> access_directives();
std::span<const Directive> process_directives();
std::span<const Directive> logging_directives();
std::span<const Directive> memory_directives();
std::span<const Directive> persistence_directives();
std::span<const Directive> type_directives();

}  // namespace redoubt
