#include "common/tool/html_text.h"

#include "common/tool/names.h"

namespace redoubt {

std::string html_text(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&': html += "&amp;"; break;
      case '<': html += "&lt;"; break;
      case '>': html += "&gt;"; break;
      case '"': html += "&quot;"; break;
      case '\'': html += "&#39;"; break;
      default: html += c;
    }
  }
  return html;
}

std::string html_name(std::string_view bytes, size_t most, uint64_t whole) {
  return html_text(shown_name(bytes, most, whole));
}

}  // namespace redoubt
