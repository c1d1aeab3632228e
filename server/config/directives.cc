#include "server/config/directives.h"

namespace redoubt {

DirectiveTable::DirectiveTable() {
  for (const auto section : {network_directives(), access_directives(), process_directives(), logging_directives(),
                             memory_directives(), persistence_directives(), type_directives()}) {
    for (const Directive& row : section) {
      rows_.push_back(&row);
      by_name_.emplace(row.name, &row);
      if (!row.alias.empty()) by_name_.emplace(row.alias, &row);
    }
  }
}

const Directive* DirectiveTable::find(std::string_view name) const {
  std::string lower(name);
  for (char& c : lower) c = lower_letter(c);
  const auto found = by_name_.find(lower);
  return found == by_name_.end() ? nullptr : found->second;
}

}  // namespace redoubt
