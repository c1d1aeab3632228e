// What SUNIONSTORE, ZRANGESTORE, SORT … STORE and their like end with.
#pragma once

#include <cstddef>
#include <string_view>

#include "server/dispatch/context.h"
#include "server/dispatch/effects.h"
#include "server/types/object_value.h"

namespace redoubt {

// `key` holds `result` from now on, whatever it held before, and without an expiry; the reply is `size`, the number of its
// elements. When that is 0 the key is taken away instead. Tells of the change: `event`, which counts as so
// many `changes`, or "del". Takes over `result`, whose data may be null when it is empty. Nothing that was opened with
// ReadAccess or WriteAccess is good any more.
void store_result(CommandContext& ctx, std::string_view key, Type type, ObjectValue result, size_t size,
                  EventClass kind, std::string_view event, uint64_t changes = 1);

}  // namespace redoubt
