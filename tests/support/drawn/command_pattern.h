// The arguments of a command as a line from which random ones are drawn:
//
//   key {NX | XX} member {member}      lower case: a kind of word, drawn by the WordSource; upper case: itself
//   ( a | b )   one of them            [ a ]   with or without it         { a | b }   any number of them, in any order
//   #{ key }    how many, then as many: "2 k1 k2" (now and then the number lies)
//   ~{ real }   as many as the last #{ } drew
//
// Brackets and bars stand apart from words by spaces or not. A line that is none throws std::logic_error.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/drawn/pick.h"

namespace redoubt {

using WordList = std::vector<std::string>;
// Draws a word of a kind.
using WordSource = std::function<std::string(std::string_view kind)>;

class CommandPattern {
 public:
  explicit CommandPattern(std::string_view line);
  void draw(Pick& pick, const WordSource& source, WordList& words) const;
  // The kinds of words in it, with repetitions.
  std::vector<std::string> kinds() const;

 private:
  struct Part;
  using Sequence = std::vector<Part>;
  struct Part {
    enum class Kind : uint8_t { literal, value, one_of, optional, repeat, counted, as_many };
    Kind kind = Kind::literal;
    std::string word;
    std::vector<Sequence> choices;
  };
  class Drawing;
  static std::vector<Sequence> read_choices(const std::vector<std::string>& tokens, size_t& at, std::string_view end);
  static void collect_kinds(const Sequence& sequence, std::vector<std::string>& kinds);

  Sequence parts_;
};

}  // namespace redoubt
