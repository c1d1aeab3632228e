#include "common/tool/csv_text.h"

#include <algorithm>

namespace redoubt {

std::string csv_quoted(std::string_view bytes) {
  std::string quoted = "\"";
  for (const char byte : bytes) quoted.append(byte == '"' ? 2 : 1, byte);
  return quoted + '"';
}

void append_csv(std::string& out, std::string_view bytes) {
  const auto is_special = [](char c) { return c == ',' || c == '"' || c == '\r' || c == '\n'; };
  if (std::none_of(bytes.begin(), bytes.end(), is_special)) {
    out += bytes;
  } else {
    out += csv_quoted(bytes);
  }
}

}  // namespace redoubt
