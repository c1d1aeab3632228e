// What code that writes replies has written, as values.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/resp/reply_writer.h"
#include "tests/support/link.h"

namespace redoubt {

// The bytes that `write` writes in RESP version 2 or 3.
std::string written_bytes(int version, const std::function<void(ReplyWriter&)>& write);
// The one reply that they are; throws std::runtime_error when they are none or several.
Value written(int version, const std::function<void(ReplyWriter&)>& write);

}  // namespace redoubt
