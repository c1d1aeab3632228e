// Glob-style matching as KEYS, SCAN MATCH, CONFIG GET and PSUBSCRIBE do it: * ? [abc] [^a] [a-z] and \ to quote.
// Bytes, not characters. Linear in memory (none), and bounded in time for patterns with many stars.
#pragma once

#include <string_view>

namespace redoubt {

bool glob_match(std::string_view pattern, std::string_view text, bool ignore_case = false);

}  // namespace redoubt
