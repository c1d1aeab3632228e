// What the person in front of a tool has: colours and questions only where there is a terminal. NO_COLOR in the environment
// turns colours off, as https://no-color.org asks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/tool/output.h"

namespace redoubt {

bool is_terminal(int descriptor);

enum class Style : uint8_t { plain, good, bad, warning, faint, strong };

// Puts text into colours, or leaves it as it is.
class Painter {
 public:
  explicit Painter(bool colours) : colours_(colours) {}
  // Colours if the descriptor is a terminal and nobody asked for none.
  static Painter for_descriptor(int descriptor);

  bool colours() const { return colours_; }
  std::string paint(Style style, std::string_view text) const;

 private:
  bool colours_;
};

// Prints the question and reads a line of standard input: true if it begins with y or Y. The end of the input is a no.
bool confirm(Output& out, std::string_view question);

}  // namespace redoubt
