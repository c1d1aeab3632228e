// The version of Redis whose behaviour the server claims, as clients and tools read it.
#pragma once

#include <string_view>

namespace redoubt {

inline constexpr std::string_view redis_version = "7.2.4";

}  // namespace redoubt
