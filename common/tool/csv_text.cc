#include "common/tool/csv_text.h"

namespace redoubt {

void append_csv(std::string& out, std::string_view bytes) {
  if (bytes.find_first_of(",\"\r\n") == std::string_view::npos) {
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
