#include "server/commands/connection_commands.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "server/client/authentication.h"
#include "server/client/client_registry.h"
#include "server/config/config.h"
#include "server/config/version.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/command_table.h"
#include "server/keyspace/keyspace.h"
#include "server/stats/server_stats.h"

namespace redoubt {
namespace {

// Answers itself when the password is wrong.
bool log_in(CommandContext& ctx, std::string_view user, std::string_view password) {
  if (authenticate(ctx.client, user, password, ctx.server.config)) return true;
  ++ctx.server.stats.acl_access_denied_auth;
  ctx.reply.error(errors::wrong_password);
  return false;
}

void auth(CommandContext& ctx) {
  if (ctx.count() > 3) return ctx.reply.error(errors::syntax);
  const bool named = ctx.count() == 3;
  if (!named && ctx.server.config.requirepass.empty()) {
    return ctx.reply.error(
        "ERR AUTH <password> called without any password configured for the default user. Are you sure your "
        "configuration is correct?");
  }
  if (log_in(ctx, named ? ctx.arg(1) : default_user, ctx.args.back())) ctx.reply.ok();
}

// ---- HELLO ---------------------------------------------------------------------------------------

struct HelloOptions {
  std::optional<int64_t> version;
  std::optional<std::string_view> name;
  bool log_in = false;
  std::string_view user;
  std::string_view password;
};

// Answers itself and gives nothing when the options are wrong.
std::optional<HelloOptions> read_hello(CommandContext& ctx) {
  HelloOptions options;
  ArgumentReader in(ctx, 1);
  if (in.more()) options.version = in.integer("ERR Protocol version is not an integer or out of range");
  if (in.ok() && options.version && *options.version != 2 && *options.version != 3) {
    in.fail("NOPROTO unsupported protocol version");
  }
  std::string unknown;
  while (in.more()) {
    if (in.option("AUTH", 2)) {
      options.log_in = true;
      options.user = in.word();
      options.password = in.word();
    } else if (in.option("SETNAME", 1)) {
      options.name = in.word();
      if (!is_plain_name(*options.name)) in.fail(bad_client_name);
    } else {
      unknown = "ERR Syntax error in HELLO option '" + std::string(in.word()) + "'";
      in.fail(unknown);
    }
  }
  if (in.ok()) return options;
  in.reply_error();
  return std::nullopt;
}

void reply_hello(CommandContext& ctx) {
  ReplyWriter& reply = ctx.reply;
  const auto text = [&](std::string_view name, std::string_view value) {
    reply.bulk(name);
    reply.bulk(value);
  };
  const auto number = [&](std::string_view name, int64_t value) {
    reply.bulk(name);
    reply.integer(value);
  };
  reply.map(7);
  text("server", "redis");
  text("version", redis_version);
  number("proto", ctx.client.resp_version());
  number("id", static_cast<int64_t>(ctx.client.id));
  text("mode", "standalone");
  text("role", "master");
  reply.bulk("modules");
  reply.array(0);
}

void hello(CommandContext& ctx) {
  const std::optional<HelloOptions> options = read_hello(ctx);
  if (!options) return;
  if (options->log_in && !log_in(ctx, options->user, options->password)) return;
  if (!ctx.client.authenticated()) {
    return ctx.reply.error(
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> "
        "<pass> option can be used to authenticate the client and select the RESP protocol version at the same time");
  }
  if (options->name) ctx.client.name = *options->name;
  if (options->version) ctx.reply.set_version(static_cast<int>(*options->version));
  reply_hello(ctx);
}

// ---- the small ones ------------------------------------------------------------------------------

void ping(CommandContext& ctx) {
  if (ctx.count() > 2) return ctx.reply.error("ERR wrong number of arguments for 'ping' command");
  const std::string_view message = ctx.count() == 2 ? ctx.arg(1) : std::string_view("");
  // RESP2 clients that listen to channels take every reply for a message.
  if (ctx.client.is(ClientFlag::pubsub) && !ctx.reply.resp3()) {
    ctx.reply.array(2);
    ctx.reply.bulk("pong");
    return ctx.reply.bulk(message);
  }
  if (ctx.count() == 2) return ctx.reply.bulk(message);
  ctx.reply.simple("PONG");
}

void echo(CommandContext& ctx) { ctx.reply.bulk(ctx.arg(1)); }

void select(CommandContext& ctx) {
  const auto index = parse_i64(ctx.arg(1));
  if (!index) return ctx.reply.error(errors::not_integer);
  if (*index < std::numeric_limits<int>::min() || *index > std::numeric_limits<int>::max()) {
    return ctx.reply.error("ERR value is out of range, value must between -2147483648 and 2147483647");
  }
  if (*index < 0 || *index >= ctx.server.keyspace.count()) return ctx.reply.error(errors::db_index_out_of_range);
  ctx.client.db = static_cast<int>(*index);
  ctx.reply.ok();
}

void quit(CommandContext& ctx) {
  ctx.reply.ok();
  ctx.server.clients.close(ctx.client, true);
}

void reset(CommandContext& ctx) {
  Client& client = ctx.client;
  if (client.is(ClientFlag::replica) && !client.is(ClientFlag::monitor)) {
    return ctx.reply.error("ERR can only reset normal client connections");
  }
  // After CLIENT REPLY OFF this command is answered; after SKIP it is the one that is not.
  if (client.is(ClientFlag::reply_off)) client.set_gate(gate_reply, false);
  for (const ClientFlag flag : {ClientFlag::monitor, ClientFlag::replica, ClientFlag::pubsub, ClientFlag::no_evict,
                                ClientFlag::no_touch, ClientFlag::reply_off, ClientFlag::readonly}) {
    client.set(flag, false);
  }
  client.set_gate(gate_no_touch, false);
  client.db = 0;
  client.name.clear();
  set_default_user(client, ctx.server.config);
  ctx.reply.set_version(2);
  ctx.reply.simple("RESET");
}

}  // namespace

bool is_plain_name(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return c >= '!' && c <= '~'; });
}

void register_connection_commands(CommandTable& table) {
  table.handle("auth", auth);
  table.handle("echo", echo);
  table.handle("hello", hello);
  table.handle("ping", ping);
  table.handle("quit", quit);
  table.handle("reset", reset);
  table.handle("select", select);
  register_client_commands(table);
}

}  // namespace redoubt
