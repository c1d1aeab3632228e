#include "server/commands/config_commands.h"

#include <vector>

#include "common/base/log.h"
#include "server/commands/help.h"
#include "server/config/config_store.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/context.h"
#include "server/keyspace/keyspace.h"
#include "server/persistence/persistence.h"
#include "server/stats/server_stats.h"

namespace redoubt {
namespace {

bool may_change_guarded(const CommandContext& ctx) {
  switch (ctx.server.config.enable_protected_configs) {
    case AccessScope::everybody: return true;
    case AccessScope::local_clients: return ctx.client.from_loopback || ctx.client.is(ClientFlag::unix_socket);
    case AccessScope::nobody: break;
  }
  return false;
}

void config_get(CommandContext& ctx) {
  const auto found = ctx.server.config_store.get(ctx.args.subspan(2));
  ctx.reply.map(found.size());
  for (const auto& [name, value] : found) {
    ctx.reply.bulk(name);
    ctx.reply.bulk(value);
  }
}

void config_set(CommandContext& ctx) {
  if (ctx.count() % 2 != 0) return ctx.reply.error(errors::syntax);
  std::vector<ConfigStore::Pair> pairs;
  for (size_t i = 2; i < ctx.count(); i += 2) pairs.emplace_back(ctx.arg(i), ctx.arg(i + 1));
  if (ctx.server.persistence.loading() && ctx.server.config_store.any_refused_while_loading(pairs)) {
    return ctx.reply.error(errors::loading);
  }
  if (const Status done = ctx.server.config_store.set(pairs, may_change_guarded(ctx)); !done) {
    return ctx.reply.error(done.error().text);
  }
  ctx.reply.ok();
}

void config_rewrite(CommandContext& ctx) {
  const ConfigStore& store = ctx.server.config_store;
  if (const Status done = store.rewrite(); !done) {
    if (!store.file().empty()) ctx.server.log.warning("CONFIG REWRITE failed: {}", done.error().text);
    return ctx.reply.error(done.error().text);
  }
  ctx.server.log.notice("CONFIG REWRITE executed with success.");
  ctx.reply.ok();
}

void config_resetstat(CommandContext& ctx) {
  ctx.server.stats.reset();
  ctx.server.persistence.saver().reset_saves();
  ctx.server.persistence.log_rewrite().reset_rewrites();
  ctx.server.persistence.append_log().reset_delayed_syncs();
  ctx.server.commands.reset_stats();
  ctx.server.keyspace.shared().stats = {};
  ctx.server.keyspace.lazy_free().reset_freed();
  ctx.reply.ok();
}

void config_help(CommandContext& ctx) {
  static constexpr HelpEntry entries[] = {
      {"GET <pattern> [<pattern> ...]", "Directives whose names match a glob pattern, with their values."},
      {"SET <directive> <value> [<directive> <value> ...]", "Changes directives: all of them, or none on an error."},
      {"REWRITE", "Brings the configuration file up to date with the values in use."},
      {"RESETSTAT", "Sets the statistics of INFO back to zero."},
  };
  reply_help(ctx, entries);
}

}  // namespace

void register_config_commands(CommandTable& table) {
  table.handle("config|get", config_get);
  table.handle("config|set", config_set);
  table.handle("config|rewrite", config_rewrite);
  table.handle("config|resetstat", config_resetstat);
  table.handle("config|help", config_help);
}

}  // namespace redoubt
