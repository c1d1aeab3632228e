// The syntax of redis.conf: one directive per line, words split at blanks, "double quotes" with escapes,
// 'single quotes', comments from # at the start of a line. Sans I/O: text in, lines out; `include` is the
// caller's business.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace redoubt {

// Splits one line into words as redis.conf, inline commands and the cli do. nullopt when quotes do not
// balance or a closing quote is followed by something else than a blank. A zero byte ends the line.
std::optional<std::vector<std::string>> split_words(std::string_view line);

// `text` in double quotes with \n \r \t \a \b \\ \" and \xHH, so that split_words gives it back.
std::string quote_word(std::string_view text);
// Appends it as it is where split_words gives it back so, and quoted otherwise.
void append_word(std::string& out, std::string_view text);

struct ConfigLine {
  size_t number = 0;               // 1-based, in its own file
  std::string text;                // as written, trimmed
  std::vector<std::string> words;  // the first is the directive, as written
};

// The lines that say something. An unbalanced quote is an error that names the line.
Result<std::vector<ConfigLine>> parse_config_text(std::string_view text);

}  // namespace redoubt
