// Glob-style matching as KEYS, SCAN MATCH, CONFIG GET and PSUBSCRIBE do it: * ? [abc] [^a] [a-z] and \ to
// quote. Bytes, not characters. Takes no memory, and time of at most pattern size * text size, however many
// stars there are. As in Redis an unclosed [ ends with the pattern, reversed ranges are turned round, bytes
// compare as signed, and nothing but the pattern "*" (or an empty one) matches an empty text.
#pragma once

#include <string_view>

namespace redoubt {

bool glob_match(std::string_view pattern, std::string_view text, bool ignore_case = false);

}  // namespace redoubt
