#include "common/tool/text_table.h"

#include <algorithm>

namespace redoubt {
namespace {

size_t width_of(std::string_view text) {
  const auto begins = [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; };
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), begins));
}

}  // namespace

std::string TextTable::line(const std::vector<std::string>& cells, const std::vector<size_t>& widths) const {
  std::string text;
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string padding(widths[i] - width_of(cells[i]), ' ');
    if (i != 0) text += "  ";
    if (columns_[i].right) text += padding;
    text += cells[i];
    if (!columns_[i].right && i + 1 < cells.size()) text += padding;
  }
  return text;
}

void TextTable::print(const Painter& painter, Output& out) const {
  std::vector<std::string> titles;
  std::vector<size_t> widths;
  for (const Column& column : columns_) {
    titles.push_back(column.title);
    widths.push_back(width_of(column.title));
  }
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  out.print("{}\n", painter.paint(Style::faint, line(titles, widths)));
  for (const auto& row : rows_) out.print("{}\n", line(row, widths));
}

}  // namespace redoubt
