#include "common/tool/terminal.h"

#include <unistd.h>

#include <array>
#include <cstdlib>

namespace redoubt {

bool is_terminal(int descriptor) { return isatty(descriptor) == 1; }

Painter Painter::for_descriptor(int descriptor) {
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool unwanted = no_color != nullptr && *no_color != '\0';
  const bool dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  return Painter(is_terminal(descriptor) && !unwanted && !dumb);
}

std::string Painter::paint(Style style, std::string_view text) const {
  static constexpr std::array<std::string_view, 6> codes = {"", "32", "31", "33", "2", "1"};
  if (!colours_ || style == Style::plain) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", codes[static_cast<size_t>(style)], text);
}

bool confirm(Output& out, std::string_view question) {
  out.write(question);
  out.flush();
  // By single bytes: what follows the line is not ours.
  char first = '\0';
  char byte = '\0';
  for (bool begun = false; ::read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n'; begun = true) {
    if (!begun) first = byte;
  }
  return first == 'y' || first == 'Y';
}

}  // namespace redoubt
