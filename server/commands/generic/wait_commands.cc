// WAIT and WAITAOF: until what the client changed is on other machines, or on the medium.
#include <limits>

#include "common/base/number.h"
#include "server/commands/generic/generic_commands.h"
#include "server/config/config.h"
#include "server/dispatch/blocking.h"
#include "server/dispatch/command_table.h"
#include "server/persistence/append_log.h"
#include "server/persistence/persistence.h"

namespace redoubt {
namespace {

// There are no replicas so far that could have anything.
constexpr int64_t replicas_that_have_it = 0;

void answer_wait(Services& /*services*/, Client& client) { client.reply.integer(replicas_that_have_it); }

void wait(CommandContext& ctx) {
  const auto replicas = parse_i64(ctx.arg(1));
  if (!replicas) return ctx.reply.error(errors::not_integer);
  const auto deadline = read_block_timeout_ms(ctx, 2);
  if (!deadline) return;
  if (replicas_that_have_it >= *replicas) return answer_wait(ctx.server, ctx.client);
  wait_for_log(ctx, never_reached, *deadline, answer_wait);
}

bool is_durable(const Services& services, const Client& client) {
  const AppendLog& log = services.persistence.append_log();
  return services.config.appendonly && log.has_base() && log.durable() >= client.log_offset;
}

void answer_waitaof(Services& services, Client& client) {
  client.reply.array(2);
  client.reply.integer(is_durable(services, client) ? 1 : 0);
  client.reply.integer(replicas_that_have_it);
}

void waitaof(CommandContext& ctx) {
  const auto local = parse_i64(ctx.arg(1));
  if (!local) return ctx.reply.error(errors::not_integer);
  if (*local < 0 || *local > 1) return ctx.reply.error("ERR value is out of range, value must between 0 and 1");
  const auto replicas = parse_i64(ctx.arg(2));
  if (!replicas || *replicas < 0) return ctx.reply.error(errors::must_be_positive);
  const auto deadline = read_block_timeout_ms(ctx, 3);
  if (!deadline) return;
  if (*local == 1 && !ctx.server.config.appendonly) {
    return ctx.reply.error("ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.");
  }
  const bool missing = *local == 1 && !is_durable(ctx.server, ctx.client);
  if (!missing && replicas_that_have_it >= *replicas) return answer_waitaof(ctx.server, ctx.client);
  wait_for_log(ctx, missing ? ctx.client.log_offset : never_reached, *deadline, answer_waitaof);
}

}  // namespace

void register_wait_commands(CommandTable& table) {
  table.handle("wait", wait);
  table.handle("waitaof", waitaof);
}

}  // namespace redoubt
