// A table in columns, as wide as they need to be. Not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "common/tool/output.h"
#include "common/tool/terminal.h"

namespace redoubt {

class TextTable {
 public:
  struct Column {
    std::string title;
    bool right = true;  // numbers
  };
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // As many cells as there are columns, in UTF-8.
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  void print(const Painter& painter, Output& out) const;

 private:
  std::string line(const std::vector<std::string>& cells, const std::vector<size_t>& widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace redoubt
