// The names that redis-check-rdb prints for the types of values: of each way of writing one. Thread-safe: no state.
#pragma once

#include <string_view>

#include "common/rdb/rdb_format.h"

namespace redoubt {

// "unknown" for numbers that are no type.
std::string_view rdb_type_name(RdbType type);

}  // namespace redoubt
