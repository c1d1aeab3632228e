// Bytes in comma-separated values, as RFC 4180 has them: as they are, in quotes where they hold a comma, a quote or the end of a
// line. Nothing is lost; what is no text stays none. Thread-safe: no state.
#pragma once

#include <string>
#include <string_view>

namespace redoubt {

void append_csv(std::string& out, std::string_view bytes);
// In quotes in any case.
std::string csv_quoted(std::string_view bytes);

}  // namespace redoubt
