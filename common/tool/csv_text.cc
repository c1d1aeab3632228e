#include "common/tool/csv_text.h"

#include <algorithm>

namespace redoubt {

void append_csv(std::string& out, std::string_view bytes) {
  const auto is_special = [](char c) { return c == ',' || c == '"' || c == '\r' || c == '\n'; };
  if (std::none_of(bytes.begin(), bytes.end(), is_special)) {
    out += bytes;
    return;
  }
  out += '"';
  for (const char byte : bytes) {
    if (byte == '"') out += '"';
    out += byte;
  }
  out += '"';
}

}  // namespace redoubt
