// Replies as one line of text, close to how redis-cli shows them, so that a test can say in one string what it expects:
// OK, (nil), (nil array), (error) ERR no, (integer) 1, "bulk\x00", [1, 2], {k => v}, set[..], push[..], (true),
// (double) 1.5, (big) 123, txt"verbatim". Attributes stand ahead of their value: {ttl => (integer) 3}"v".
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "common/resp/reply_parser.h"

namespace redoubt {

std::string to_string(const Reply& reply);

inline bool operator==(const Reply& reply, std::string_view text) { return to_string(reply) == text; }
void PrintTo(const Reply& reply, std::ostream* out);

}  // namespace redoubt
