#include "server/config/title_template.h"

#include <algorithm>
#include <array>

namespace redoubt {

std::optional<std::string> expand_title_template(std::string_view text, const TitleVariable& variable) {
  std::string out;
  while (!text.empty()) {
    const size_t brace = text.find('{');
    out.append(text.substr(0, brace));
    if (brace == std::string_view::npos) break;
    text.remove_prefix(brace + 1);
    if (text.starts_with('{')) {
      out.push_back('{');
      text.remove_prefix(1);
      continue;
    }
    const size_t end = text.find('}');
    if (end == std::string_view::npos) return std::nullopt;
    const auto value = variable(text.substr(0, end));
    if (!value) return std::nullopt;
    out.append(*value);
    text.remove_prefix(end + 1);
  }
  const size_t first = out.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return out.substr(first, out.find_last_not_of(' ') - first + 1);
}

bool is_valid_title_template(std::string_view text) {
  static constexpr std::array<std::string_view, 7> known = {"title",    "listen-addr", "server-mode", "port",
                                                            "tls-port", "unixsocket",  "config-file"};
  const auto expanded = expand_title_template(text, [](std::string_view name) -> std::optional<std::string> {
    if (std::ranges::find(known, name) == known.end()) return std::nullopt;
    return "x";
  });
  return expanded && !expanded->empty();
}

}  // namespace redoubt
