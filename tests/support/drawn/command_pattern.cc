#include "tests/support/drawn/command_pattern.h"

#include <stdexcept>

namespace redoubt {
namespace {

std::vector<std::string> tokens_of(std::string_view line) {
  std::vector<std::string> tokens;
  bool in_word = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if ((c == '#' || c == '~') && i + 1 < line.size() && line[i + 1] == '{') {
      tokens.emplace_back(line.substr(i++, 2));
      in_word = false;
    } else if (std::string_view("()[]{}|").find(c) != std::string_view::npos) {
      tokens.emplace_back(1, c);
      in_word = false;
    } else if (c == ' ') {
      in_word = false;
    } else if (in_word) {
      tokens.back() += c;
    } else {
      tokens.emplace_back(1, c);
      in_word = true;
    }
  }
  return tokens;
}

std::string_view end_of(std::string_view begin) {
  if (begin == "(") return ")";
  if (begin == "[") return "]";
  return "}";
}

}  // namespace

CommandPattern::CommandPattern(std::string_view line) {
  const std::vector<std::string> tokens = tokens_of(line);
  size_t at = 0;
  std::vector<Sequence> choices = read_choices(tokens, at, "");
  if (choices.size() != 1) throw std::logic_error("a bar outside of brackets: " + std::string(line));
  parts_ = std::move(choices.front());
}

std::vector<CommandPattern::Sequence> CommandPattern::read_choices(const std::vector<std::string>& tokens, size_t& at,
                                                                   std::string_view end) {
  std::vector<Sequence> choices(1);
  while (at < tokens.size()) {
    const std::string& token = tokens[at++];
    if (token == end) return choices;
    if (token == "|") {
      choices.emplace_back();
      continue;
    }
    Part part;
    if (token == "(" || token == "[" || token.ends_with('{')) {
      using Kind = Part::Kind;
      part.kind = token == "("    ? Kind::one_of
                  : token == "["  ? Kind::optional
                  : token == "#{" ? Kind::counted
                  : token == "~{" ? Kind::as_many
                                  : Kind::repeat;
      part.choices = read_choices(tokens, at, end_of(token));
    } else if (token == ")" || token == "]" || token == "}") {
      throw std::logic_error("a bracket that nothing opens: " + token);
    } else {
      part.kind = token[0] >= 'a' && token[0] <= 'z' ? Part::Kind::value : Part::Kind::literal;
      part.word = token;
    }
    choices.back().push_back(std::move(part));
  }
  if (!end.empty()) throw std::logic_error("a bracket that nothing closes");
  return choices;
}

class CommandPattern::Drawing {
 public:
  Drawing(Pick& pick, const WordSource& source, WordList& words) : pick_(pick), source_(source), words_(words) {}

  void draw(const Sequence& sequence) {
    for (const Part& part : sequence) draw(part);
  }

 private:
  void draw(const Part& part) {
    switch (part.kind) {
      case Part::Kind::literal: words_.push_back(pick_.spelling(part.word)); break;
      case Part::Kind::value: words_.push_back(source_(part.word)); break;
      case Part::Kind::one_of: choose(part); break;
      case Part::Kind::optional:
        if (pick_.one_in(2)) choose(part);
        break;
      case Part::Kind::repeat:
        for (uint64_t left = times(); left > 0; --left) choose(part);
        break;
      case Part::Kind::counted: {
        counted_ = 1 + (pick_.one_in(3) ? pick_.below(5) : pick_.below(2));
        words_.push_back(pick_.one_in(40) ? pick_.of({"0", "-1", "7", "abc", "9223372036854775807", ""})
                                          : std::to_string(counted_));
        for (uint64_t left = counted_; left > 0; --left) choose(part);
        break;
      }
      case Part::Kind::as_many:
        for (uint64_t left = counted_; left > 0; --left) choose(part);
        break;
    }
  }

  void choose(const Part& part) { draw(part.choices[pick_.below(part.choices.size())]); }

  // Mostly none or few, now and then many.
  uint64_t times() {
    if (pick_.one_in(30)) return pick_.below(400);
    uint64_t count = 0;
    while (count < 8 && pick_.one_in(2)) ++count;
    return count;
  }

  Pick& pick_;
  const WordSource& source_;
  WordList& words_;
  uint64_t counted_ = 1;
};

void CommandPattern::draw(Pick& pick, const WordSource& source, WordList& words) const {
  Drawing(pick, source, words).draw(parts_);
}

std::vector<std::string> CommandPattern::kinds() const {
  std::vector<std::string> kinds;
  collect_kinds(parts_, kinds);
  return kinds;
}

void CommandPattern::collect_kinds(const Sequence& sequence, std::vector<std::string>& kinds) {
  for (const Part& part : sequence) {
    if (part.kind == Part::Kind::value) kinds.push_back(part.word);
    for (const Sequence& choice : part.choices) collect_kinds(choice, kinds);
  }
}

}  // namespace redoubt
