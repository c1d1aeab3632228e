// OBJECT and its subcommands.
#include "server/commands/generic/generic_commands.h"
#include "server/commands/help.h"
#include "server/config/config.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/context.h"
#include "server/keyspace/keyspace.h"

namespace redoubt {
namespace {

constexpr std::string_view not_lfu =
    "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching "
    "between "
    "policies at runtime LRU and LFU data will take some time to adjust.";
constexpr std::string_view is_lfu =
    "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies "
    "at "
    "runtime LRU and LFU data will take some time to adjust.";

// Redis shares one object among all small integers, whose references it does not count. We share nothing, but clients see
// the same answer.
constexpr int64_t first_unshared_integer = 10000;
constexpr int64_t shared_references = INT32_MAX;

bool shares_integers(const Config& config) {
  return config.maxmemory == 0 ||
         !(policy_uses_lru(config.maxmemory_policy) || policy_uses_lfu(config.maxmemory_policy));
}

// Null when there is no such key; that has been answered then.
const Entry* find(CommandContext& ctx) {
  const Entry* entry = ctx.db.find_without_touch(ctx.arg(2));
  if (entry == nullptr) ctx.reply.null();
  return entry;
}

void object_encoding(CommandContext& ctx) {
  if (const Entry* entry = find(ctx)) ctx.reply.bulk(encoding_name(entry->encoding()));
}

void object_freq(CommandContext& ctx) {
  const Entry* entry = find(ctx);
  if (entry == nullptr) return;
  if (!policy_uses_lfu(ctx.server.config.maxmemory_policy)) return ctx.reply.error(not_lfu);
  ctx.reply.integer(ctx.server.keyspace.shared().access.frequency(*entry));
}

void object_idletime(CommandContext& ctx) {
  const Entry* entry = find(ctx);
  if (entry == nullptr) return;
  if (policy_uses_lfu(ctx.server.config.maxmemory_policy)) return ctx.reply.error(is_lfu);
  ctx.reply.integer(ctx.server.keyspace.shared().access.idle_seconds(*entry));
}

void object_refcount(CommandContext& ctx) {
  const Entry* entry = find(ctx);
  if (entry == nullptr) return;
  const bool shared = entry->is_integer() && entry->integer() >= 0 && entry->integer() < first_unshared_integer &&
                      shares_integers(ctx.server.config);
  ctx.reply.integer(shared ? shared_references : 1);
}

}  // namespace

void register_object_commands(CommandTable& table) {
  table.handle("object|encoding", object_encoding);
  table.handle("object|freq", object_freq);
  table.handle("object|help", container_help);
  table.handle("object|idletime", object_idletime);
  table.handle("object|refcount", object_refcount);
}

}  // namespace redoubt
