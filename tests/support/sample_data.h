// Data sets for tests that compare servers. Thread-safe: no state.
#pragma once

#include <string>
#include <vector>

#include "tests/support/link.h"

namespace redoubt {

// One after the other; an error reply is a failure of the test.
void run_all(Link& link, const std::vector<std::vector<std::string>>& requests);
// All types that both servers have, large and small, with names and values of any bytes, in databases 0 and 7.
void fill_with_all_types(Link& link);

}  // namespace redoubt
