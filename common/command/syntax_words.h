// The brackets of a syntax line: from text to nested items, before tokens are bound to arguments. Only syntax.cc uses it.
#pragma once

#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace redoubt {

struct SyntaxItem {
  enum class Kind : uint8_t {
    word,      // a name to be replaced by a value
    token,     // stands for itself
    optional,  // [ ]
    required,  // < >, and what a repetition repeats
  };
  Kind kind = Kind::word;
  std::string_view text;                              // of words and tokens
  std::vector<std::vector<SyntaxItem>> alternatives;  // of groups; one or more
  bool repeated = false;                              // a group that may come more often than once
  size_t begin = 0;                                   // position of its first word in the line, in words
};

Result<std::vector<SyntaxItem>> split_syntax(std::string_view line);

}  // namespace redoubt
