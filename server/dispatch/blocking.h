// Commands that wait: BLPOP and its like. A handler that finds nothing to do calls wait_for_keys() and returns without a
// reply; its client is blocked then. When one of the keys comes to hold a value of the type, the command is simply carried
// out again, for the client that has waited longest first, right after the command that changed the key: it replies, or
// finds nothing again and waits on. Handlers need not know the first time from the others.
//
//   void blpop(CommandContext& ctx) {
//     const auto deadline = read_block_timeout(ctx, ctx.count() - 1);
//     if (!deadline) return;                                     // answered
//     ... for each key: pop, reply, return ...
//     wait_for_keys(ctx, keys, Type::list, *deadline);
//   }
//
// WAITAOF waits for the append log instead of a key, through wait_for_log(), in the same way.
//
// Executor thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "server/dispatch/context.h"
#include "server/types/type.h"

namespace redoubt {

// The Unix time in milliseconds at which a client gives up; 0: never.
using BlockDeadline = int64_t;

// Reads argument `index`: seconds, a decimal, 0 for ever. None: it was wrong, which has been answered.
std::optional<BlockDeadline> read_block_timeout(CommandContext& ctx, size_t index);
// The same in whole milliseconds.
std::optional<BlockDeadline> read_block_timeout_ms(CommandContext& ctx, size_t index);

// Blocks ctx.client until one of the keys (of its database; named twice counts once) holds a value of the type. When the
// deadline comes first, it is answered with a null array.
void wait_for_keys(CommandContext& ctx, std::span<const std::string_view> keys, Type type, BlockDeadline deadline);

// Replies, when the deadline came first.
using TimeoutAnswer = void (*)(Services& services, Client& client);
// Blocks ctx.client until the append log is durable up to `offset`; never_reached: something else is missing. The command is
// carried out again then, and also when the log is turned off.
inline constexpr uint64_t never_reached = UINT64_MAX;
void wait_for_log(CommandContext& ctx, uint64_t offset, BlockDeadline deadline, TimeoutAnswer answer);

// How a wait can end without a value: in time, or because somebody said so.
enum class WaitEnd : uint8_t { timeout, unblocked };
// Answers a client that waits, and lets it go on.
void end_wait(Services& services, Client& client, WaitEnd end);
// Lets it go on when it has been answered.
void release_waiting(Services& services, Client& client);

}  // namespace redoubt
