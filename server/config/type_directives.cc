#include <array>

#include "server/config/directive.h"

namespace redoubt {
namespace {

constexpr std::array rows = {
    Directive{"hash-max-listpack-entries", "hash-max-ziplist-entries", modifiable,
              number<&Config::hash_max_listpack_entries>(0, i64_max)},
    Directive{"hash-max-listpack-value", "hash-max-ziplist-value", modifiable,
              number<&Config::hash_max_listpack_value>(0, i64_max, NumberForm::memory)},
    Directive{"list-max-listpack-size", "list-max-ziplist-size", modifiable,
              number<&Config::list_max_listpack_size>(std::numeric_limits<int>::min(), int_max)},
    Directive{"list-compress-depth", "", modifiable, number<&Config::list_compress_depth>(0, int_max)},
    Directive{"set-max-intset-entries", "", modifiable, number<&Config::set_max_intset_entries>(0, i64_max)},
    Directive{"set-max-listpack-entries", "", modifiable, number<&Config::set_max_listpack_entries>(0, i64_max)},
    Directive{"set-max-listpack-value", "", modifiable, number<&Config::set_max_listpack_value>(0, i64_max)},
    Directive{"zset-max-listpack-entries", "zset-max-ziplist-entries", modifiable,
              number<&Config::zset_max_listpack_entries>(0, i64_max)},
    Directive{"zset-max-listpack-value", "zset-max-ziplist-value", modifiable,
              number<&Config::zset_max_listpack_value>(0, i64_max, NumberForm::memory)},
};

}  // namespace

std::span<const Directive> type_directives() { return rows; }

}  // namespace redoubt
