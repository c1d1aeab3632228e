#include "server/dispatch/blocking.h"

#include <cmath>
#include <limits>

#include "common/base/number.h"
#include "server/client/client_registry.h"
#include "server/dispatch/blocked_clients.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"
#include "server/stats/server_stats.h"

namespace redoubt {

std::optional<BlockDeadline> read_block_timeout(CommandContext& ctx, size_t index) {
  constexpr int64_t longest = std::numeric_limits<int64_t>::max();
  const auto refuse = [&](std::string_view error) {
    ctx.reply.error(error);
    return std::nullopt;
  };
  const auto seconds = parse_long_double(ctx.arg(index));
  if (!seconds) return refuse("ERR timeout is not a float or out of range");
  const long double milliseconds = *seconds * 1000;
  if (milliseconds > static_cast<long double>(longest)) return refuse("ERR timeout is out of range");
  if (milliseconds <= -1) return refuse("ERR timeout is negative");
  const auto wait_ms = static_cast<int64_t>(std::ceil(milliseconds));
  if (wait_ms > longest - ctx.now_ms) return refuse("ERR timeout is out of range");
  return wait_ms == 0 ? 0 : ctx.now_ms + wait_ms;
}

std::optional<BlockDeadline> read_block_timeout_ms(CommandContext& ctx, size_t index) {
  const auto refuse = [&](std::string_view error) {
    ctx.reply.error(error);
    return std::nullopt;
  };
  const auto wait_ms = parse_i64(ctx.arg(index));
  if (!wait_ms) return refuse("ERR timeout is not an integer or out of range");
  if (*wait_ms < 0) return refuse("ERR timeout is negative");
  if (*wait_ms > std::numeric_limits<int64_t>::max() - ctx.now_ms) return refuse("ERR timeout is out of range");
  return *wait_ms == 0 ? 0 : ctx.now_ms + *wait_ms;
}

void wait_for_keys(CommandContext& ctx, std::span<const std::string_view> keys, Type type, BlockDeadline deadline) {
  if (ctx.client.is(ClientFlag::from_log)) return;
  // Carried out again, and again in vain: the client keeps its place and its deadline.
  if (ctx.client.wait != nullptr) {
    ctx.client.wait->waiting = true;
    return;
  }
  ctx.server.effects.blocked().add(ctx, keys, type, deadline);
}

void wait_for_log(CommandContext& ctx, uint64_t offset, BlockDeadline deadline, TimeoutAnswer answer) {
  ctx.server.effects.blocked().add_for_log(ctx, offset, deadline, answer);
}

void end_wait(Services& services, Client& client, WaitEnd end) {
  const auto& wait = static_cast<const BlockedClients::Wait&>(*client.wait);
  Command* command = services.commands.find(wait.args());
  const OutputBuffer::Mark before = client.out.mark();
  if (end == WaitEnd::unblocked) {
    client.reply.error("UNBLOCKED client unblocked via CLIENT UNBLOCK");
    services.stats.count_error(client.reply.last_error_code());
    client.reply.take_errors();
    ++command->stats.failed;
  } else if (wait.timeout_answer != nullptr) {
    wait.timeout_answer(services, client);
  } else {
    client.reply.null_array();
  }
  if ((client.gates & gate_reply) != 0) client.out.rollback(before);
  ++command->stats.calls;
  ++services.stats.commands_processed;
  release_waiting(services, client);
}

void release_waiting(Services& services, Client& client) {
  client.wait.reset();
  services.clients.resume(client);
  services.clients.schedule_flush(client);
}

}  // namespace redoubt
