// The text of INFO: sections of "name:value" lines, with CR LF, sections apart by an empty line.
#pragma once

#include <fmt/core.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace redoubt {

class InfoText {
 public:
  struct Field {
    template <typename T>
    Field(std::string_view field_name, const T& field_value)
        : name(field_name), value(fmt::format("{}", field_value)) {}
    std::string_view name;
    std::string value;
  };

  void section(std::string_view title);
  void fields(std::initializer_list<Field> fields);
  void field(std::string_view name, std::string_view value);
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

// With so many places behind the point, as INFO prints ratios and seconds.
std::string decimals(double value, int places);
// Microseconds as seconds with six places.
std::string seconds_text(int64_t microseconds);

}  // namespace redoubt
