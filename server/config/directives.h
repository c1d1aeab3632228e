// The table of all directives, found by name or alias, case aside. Holds no values: see Directive. Immutable after
// construction; rows live as long as the program.
#pragma once

#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/config/directive.h"

namespace redoubt {

class DirectiveTable {
 public:
  DirectiveTable();

  // nullptr when there is none.
  const Directive* find(std::string_view name) const;
  // By section, in the order of the rows.
  const std::vector<const Directive*>& all() const { return rows_; }

 private:
  std::vector<const Directive*> rows_;
  std::unordered_map<std::string_view, const Directive*> by_name_;
};

}  // namespace redoubt
