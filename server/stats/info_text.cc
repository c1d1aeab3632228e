#include "server/stats/info_text.h"

namespace redoubt {

void InfoText::section(std::string_view title) {
  if (!text_.empty()) text_ += "\r\n";
  text_.append("# ").append(title).append("\r\n");
}

void InfoText::field(std::string_view name, std::string_view value) {
  text_.append(name).append(":").append(value).append("\r\n");
}

void InfoText::fields(std::initializer_list<Field> fields) {
  for (const Field& one : fields) field(one.name, one.value);
}

std::string decimals(double value, int places) { return fmt::format("{:.{}f}", value, places); }

std::string seconds_text(int64_t microseconds) {
  return fmt::format("{}.{:06}", microseconds / 1000000, microseconds % 1000000);
}

}  // namespace redoubt
