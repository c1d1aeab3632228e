// Comparing words of commands without regard to the case of ASCII letters, whatever the locale.
#pragma once

#include <cstddef>
#include <string_view>

namespace redoubt {

constexpr char lower_letter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (lower_letter(a[i]) != lower_letter(b[i])) return false;
  }
  return true;
}

}  // namespace redoubt
