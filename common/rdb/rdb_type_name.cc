#include "common/rdb/rdb_type_name.h"

#include <array>
#include <cstddef>

namespace redoubt {

std::string_view rdb_type_name(RdbType type) {
  static constexpr std::array<std::string_view, 26> names = {
      "string",
      "list-linked",
      "set-hashtable",
      "zset-v1",
      "hash-hashtable",
      "zset-v2",
      "module-pre-release",
      "module-value",
      "",
      "hash-zipmap",
      "list-ziplist",
      "set-intset",
      "zset-ziplist",
      "hash-ziplist",
      "quicklist",
      "stream",
      "hash-listpack",
      "zset-listpack",
      "quicklist-v2",
      "stream-v2",
      "set-listpack",
      "stream-v3",
      "hash-hashtable-md-pre-release",
      "hash-listpack-md-pre-release",
      "hash-hashtable-md",
      "hash-listpack-md",
  };
  const auto number = static_cast<size_t>(type);
  return number < names.size() && !names[number].empty() ? names[number] : "unknown";
}

}  // namespace redoubt
