#include "server/config/directive.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "common/base/config_file.h"
#include "common/base/number.h"

namespace redoubt {
namespace {

// ---- yes or no

Status set_value(const YesNo& kind, Config& config, std::string_view word) {
  if (equal_ignoring_case(word, "yes")) {
    config.*kind.field = true;
  } else if (equal_ignoring_case(word, "no")) {
    config.*kind.field = false;
  } else {
    return Error{"argument must be 'yes' or 'no'"};
  }
  return {};
}

std::string text_of(const YesNo& kind, const Config& config) { return config.*kind.field ? "yes" : "no"; }

// ---- numbers

std::string bound_text(const Number& kind, uint64_t value) {
  if (kind.form == NumberForm::octal) return fmt::format("{:o}", value);
  if (kind.is_unsigned) return fmt::format("{}", value);
  return fmt::format("{}", static_cast<int64_t>(value));
}

Result<uint64_t> percentage(std::string_view word) {
  const auto percent = parse_i64(word);
  if (!percent || *percent < 0) return Error{"argument must be a memory or percent value"};
  if (*percent > 100) return Error{"percentage argument must be less or equal to 100"};
  return static_cast<uint64_t>(-*percent);
}

Result<uint64_t> read_number(const Number& kind, std::string_view word) {
  switch (kind.form) {
    case NumberForm::memory_or_percent:
      if (word.ends_with('%')) return percentage(word.substr(0, word.size() - 1));
      [[fallthrough]];
    case NumberForm::memory: {
      const auto bytes = parse_memory_size(word);
      if (bytes) return *bytes;
      if (kind.form == NumberForm::memory) return Error{"argument must be a memory value"};
      return Error{"argument must be a memory or percent value"};
    }
    case NumberForm::octal: {
      int64_t value = 0;
      const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, 8);
      if (word.empty() || error != std::errc{} || end != word.data() + word.size()) {
        return Error{"argument couldn't be parsed as an octal number"};
      }
      return static_cast<uint64_t>(value);
    }
    case NumberForm::plain: break;
  }
  const auto value = parse_i64(word);
  if (!value) return Error{"argument couldn't be parsed into an integer"};
  return static_cast<uint64_t>(*value);
}

bool in_range(const Number& kind, uint64_t value) {
  if (kind.form == NumberForm::plain || kind.form == NumberForm::octal) {
    const auto as_signed = static_cast<int64_t>(value);
    return as_signed >= kind.min && (as_signed < 0 || value <= kind.max);
  }
  return value >= static_cast<uint64_t>(kind.min) && value <= kind.max;
}

Status set_value(const Number& kind, Config& config, std::string_view word) {
  const auto value = read_number(kind, word);
  if (!value) return value.error();
  const bool percent = kind.form == NumberForm::memory_or_percent && word.ends_with('%');
  if (!percent && !in_range(kind, *value)) {
    return Error{fmt::format("argument must be between {} and {} inclusive",
                             bound_text(kind, static_cast<uint64_t>(kind.min)), bound_text(kind, kind.max))};
  }
  kind.set(config, *value);
  return {};
}

std::string percent_or(const Number& kind, const Config& config, std::string (*bytes_text)(uint64_t)) {
  const auto value = static_cast<int64_t>(kind.get(config));
  if (value < 0) return fmt::format("{}%", -value);
  return bytes_text(static_cast<uint64_t>(value));
}

std::string text_of(const Number& kind, const Config& config) {
  if (kind.form == NumberForm::memory_or_percent) {
    return percent_or(kind, config, [](uint64_t bytes) { return fmt::format("{}", bytes); });
  }
  return bound_text(kind, kind.get(config));
}

// ---- names

Status set_value(const Choice& kind, Config& config, std::string_view word) {
  const auto found =
      std::ranges::find_if(kind.names, [&](const ChoiceName& n) { return equal_ignoring_case(word, n.name); });
  if (found == kind.names.end()) {
    std::string names;
    for (const ChoiceName& n : kind.names) names.append(names.empty() ? "" : ", ").append(n.name);
    return Error{"argument(s) must be one of the following: " + names};
  }
  kind.set(config, found->value);
  return {};
}

std::string text_of(const Choice& kind, const Config& config) {
  const int value = kind.get(config);
  const auto found = std::ranges::find(kind.names, value, &ChoiceName::value);
  return found == kind.names.end() ? "unknown" : std::string(found->name);
}

// ---- text

Status set_value(const Text& kind, Config& config, std::string_view word) {
  if (kind.check != nullptr) {
    if (Status checked = kind.check(word); !checked) return checked;
  }
  config.*kind.field = word;
  return {};
}

std::string text_of(const Text& kind, const Config& config) { return config.*kind.field; }

std::string text_of(const Special& kind, const Config& config) { return kind.get(config); }

std::string file_words(const Directive& row, const Config& config) {
  if (const auto* number = std::get_if<Number>(&row.value)) {
    if (number->form == NumberForm::memory) return memory_words(number->get(config));
    if (number->form == NumberForm::memory_or_percent) return percent_or(*number, config, memory_words);
  }
  std::string text = directive_text(row, config);
  if (std::holds_alternative<Text>(row.value)) return quote_word(text);
  if (text.empty()) return "\"\"";
  return text;
}

}  // namespace

std::string memory_words(uint64_t bytes) {
  constexpr uint64_t kb = 1024;
  if (bytes != 0) {
    if (bytes % (kb * kb * kb) == 0) return fmt::format("{}gb", bytes / (kb * kb * kb));
    if (bytes % (kb * kb) == 0) return fmt::format("{}mb", bytes / (kb * kb));
    if (bytes % kb == 0) return fmt::format("{}kb", bytes / kb);
  }
  return fmt::format("{}", bytes);
}

std::vector<std::string> split_at_blanks(std::string_view text) {
  std::vector<std::string> words;
  if (text.empty()) return words;
  for (size_t from = 0;;) {
    const size_t blank = text.find(' ', from);
    words.emplace_back(text.substr(from, blank - from));
    if (blank == std::string_view::npos) return words;
    from = blank + 1;
  }
}

Status set_directive(const Directive& row, Config& config, Words words) {
  Status done;
  if (const auto* special = std::get_if<Special>(&row.value)) {
    if (row.has(many_words) && words.size() == 1) {
      done = special->set(config, split_at_blanks(words[0]));
    } else if (row.has(many_words) || words.size() == 1) {
      done = special->set(config, words);
    } else {
      return Error{"wrong number of arguments"};
    }
  } else {
    if (words.size() != 1) return Error{"wrong number of arguments"};
    done = std::visit(
        [&](const auto& kind) -> Status {
          if constexpr (std::is_same_v<std::remove_cvref_t<decltype(kind)>, Special>)
            return {};
          else
            return set_value(kind, config, words[0]);
        },
        row.value);
  }
  if (done && row.settle != nullptr) row.settle(config);
  return done;
}

std::string directive_text(const Directive& row, const Config& config) {
  return std::visit([&](const auto& kind) { return text_of(kind, config); }, row.value);
}

std::vector<ConfigFileLine> directive_lines(const Directive& row, const Config& config) {
  const auto* special = std::get_if<Special>(&row.value);
  if (special != nullptr && special->lines != nullptr) return special->lines(config);
  const std::string text = directive_text(row, config);
  const bool differs = text != directive_text(row, Config{});
  if (special != nullptr && special->omit_default && !differs) return {};
  const auto* words = std::get_if<Text>(&row.value);
  if (words != nullptr && words->empty_means_unset && text.empty()) return {};
  return {{fmt::format("{} {}", row.name, file_words(row, config)), differs}};
}

}  // namespace redoubt
