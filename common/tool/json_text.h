// How the tools put bytes of files into JSON, which knows only Unicode text: a string where they are UTF-8, and otherwise
// {"base64": "…"}, so that nothing is lost and nothing is mistaken.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>

namespace redoubt {

bool is_utf8(std::string_view bytes);
// The length of the character that begins at `at`, below size(), or 0 if none does: as RFC 3629 allows, no surrogates.
size_t utf8_length(std::string_view bytes, size_t at);
std::string base64(std::string_view bytes);
boost::json::value json_of_bytes(std::string_view bytes);
// The same as text, appended: for streams of records that are never one value in memory.
void append_json(std::string& out, std::string_view bytes);

}  // namespace redoubt
