// Text in HTML. Thread-safe: no state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace redoubt {

// UTF-8 text for the inside of elements and of attributes in double quotes.
std::string html_text(std::string_view text);
// Any bytes: what shown_name() makes of them, the first `most`.
std::string html_name(std::string_view bytes, size_t most, uint64_t whole = 0);

}  // namespace redoubt
