// The frame of the pages that tools write: one file that needs nothing but itself (no script, no other file, and the browser is
// told to load none), light and dark as the reader has it, one column on a phone. Thread-safe: no state.
#pragma once

#include <string>
#include <string_view>

namespace redoubt {

// `title` and `body` are HTML already (html_text.h); `style` comes after the style sheet that all pages share, whose classes
// are: note and bad (paragraphs), cards (a list of figures), wide (around a table), text and name (cells), charts (around figures).
std::string html_page(std::string_view title, std::string_view style, std::string_view body);

}  // namespace redoubt
