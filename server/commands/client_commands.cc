// CLIENT ID, INFO, LIST, KILL, GETNAME, SETNAME, SETINFO, PAUSE, UNPAUSE, UNBLOCK, REPLY, NO-EVICT, NO-TOUCH, HELP.
#include <fmt/format.h>

#include <limits>
#include <optional>
#include <string>

#include "common/base/clock.h"
#include "server/client/authentication.h"
#include "server/client/client_registry.h"
#include "server/commands/connection_commands.h"
#include "server/commands/help.h"
#include "server/dispatch/argument_reader.h"
#include "server/dispatch/blocking.h"
#include "server/dispatch/client_info.h"
#include "server/dispatch/command_table.h"

namespace redoubt {
namespace {

// ---- who is there --------------------------------------------------------------------------------

void append_line(const CommandContext& ctx, std::string& text, const Client& client) {
  size_t argument_bytes = 0;
  if (&client == &ctx.client) {
    for (const std::string_view arg : ctx.args) argument_bytes += arg.size();
  }
  append_client_info(text, client, monotonic_ms(), argument_bytes);
  text += '\n';
}

// Those about to be closed are gone already as far as others can see.
bool is_there(const Client* client) { return client != nullptr && !client->is(ClientFlag::close_now); }

void reply_unknown_type(const CommandContext& ctx, std::string_view type) {
  ctx.reply.error(fmt::format("ERR Unknown client type '{}'", type));
}

void list_by_ids(CommandContext& ctx) {
  std::string text;
  for (const std::string_view arg : ctx.args.subspan(3)) {
    const auto id = parse_i64(arg);
    if (!id) return ctx.reply.error("ERR Invalid client ID");
    const Client* client = *id < 0 ? nullptr : ctx.server.clients.find(static_cast<uint64_t>(*id));
    if (is_there(client)) append_line(ctx, text, *client);
  }
  ctx.reply.verbatim(text);
}

void client_list(CommandContext& ctx) {
  std::optional<ClientType> type;
  if (ctx.count() == 4 && same_option(ctx.arg(2), "TYPE")) {
    type = client_type_by_name(ctx.arg(3));
    if (!type) return reply_unknown_type(ctx, ctx.arg(3));
  } else if (ctx.count() > 3 && same_option(ctx.arg(2), "ID")) {
    return list_by_ids(ctx);
  } else if (ctx.count() != 2) {
    return ctx.reply.error(errors::syntax);
  }
  std::string text;
  for (const auto& [id, client] : ctx.server.clients.all()) {
    if (is_there(client) && (!type || type_of(*client) == *type)) append_line(ctx, text, *client);
  }
  ctx.reply.verbatim(text);
}

void client_info(CommandContext& ctx) {
  std::string text;
  append_line(ctx, text, ctx.client);
  ctx.reply.verbatim(text);
}

void client_id(CommandContext& ctx) { ctx.reply.integer(static_cast<int64_t>(ctx.client.id)); }

// ---- names ---------------------------------------------------------------------------------------

void client_getname(CommandContext& ctx) {
  if (ctx.client.name.empty()) return ctx.reply.null();
  ctx.reply.bulk(ctx.client.name);
}

void client_setname(CommandContext& ctx) {
  if (!is_plain_name(ctx.arg(2))) return ctx.reply.error(bad_client_name);
  ctx.client.name = ctx.arg(2);
  ctx.reply.ok();
}

void client_setinfo(CommandContext& ctx) {
  const std::string_view attribute = ctx.arg(2);
  const bool is_name = same_option(attribute, "LIB-NAME");
  if (!is_name && !same_option(attribute, "LIB-VER")) {
    return ctx.reply.error(fmt::format("ERR Unrecognized option '{}'", attribute));
  }
  if (!is_plain_name(ctx.arg(3))) {
    return ctx.reply.error(fmt::format("ERR {} cannot contain spaces, newlines or special characters.", attribute));
  }
  (is_name ? ctx.client.lib_name : ctx.client.lib_version) = ctx.arg(3);
  ctx.reply.ok();
}

// ---- KILL ----------------------------------------------------------------------------------------

struct KillFilter {
  std::optional<uint64_t> id;
  std::optional<ClientType> type;
  std::optional<std::string_view> user;
  std::optional<std::string_view> peer;
  std::optional<std::string_view> local;
  bool skip_me = true;

  bool takes(const Client& client, const Client& me) const {
    return is_there(&client) && (!id || client.id == *id) && (!type || type_of(client) == *type) &&
           (!user || client.user == *user) && (!peer || client.peer == *peer) && (!local || client.local == *local) &&
           !(skip_me && &client == &me);
  }
};

// Answers itself and gives nothing when the filter is wrong.
std::optional<KillFilter> read_filter(CommandContext& ctx) {
  KillFilter filter;
  std::string wrong;
  ArgumentReader in(ctx, 2);
  while (in.more()) {
    if (in.option("ID", 1)) {
      const auto id = parse_i64(in.word());
      if (!id || *id < 1) in.fail("ERR client-id should be greater than 0");
      filter.id = static_cast<uint64_t>(id.value_or(0));
    } else if (in.option("TYPE", 1)) {
      const std::string_view name = in.word();
      filter.type = client_type_by_name(name);
      if (!filter.type) in.fail(wrong = fmt::format("ERR Unknown client type '{}'", name));
    } else if (in.option("USER", 1)) {
      filter.user = in.word();
      if (*filter.user != default_user) in.fail(wrong = fmt::format("ERR No such user '{}'", *filter.user));
    } else if (in.option("ADDR", 1)) {
      filter.peer = in.word();
    } else if (in.option("LADDR", 1)) {
      filter.local = in.word();
    } else if (in.option("SKIPME", 1)) {
      filter.skip_me = in.option("YES");
      if (!filter.skip_me && !in.option("NO")) in.fail(errors::syntax);
    } else {
      in.fail(errors::syntax);
    }
  }
  if (in.ok()) return filter;
  in.reply_error();
  return std::nullopt;
}

size_t kill_clients(CommandContext& ctx, const KillFilter& filter) {
  size_t killed = 0;
  bool me = false;
  for (const auto& [id, client] : ctx.server.clients.all()) {
    if (!filter.takes(*client, ctx.client)) continue;
    ++killed;
    if (client == &ctx.client) {
      me = true;
    } else {
      ctx.server.clients.close(*client);
    }
  }
  // The answer is still sent.
  if (me) ctx.server.clients.close(ctx.client, true);
  return killed;
}

void client_kill(CommandContext& ctx) {
  if (ctx.count() == 3) {
    KillFilter filter;
    filter.peer = ctx.arg(2);
    filter.skip_me = false;
    if (kill_clients(ctx, filter) == 0) return ctx.reply.error("ERR No such client");
    return ctx.reply.ok();
  }
  const std::optional<KillFilter> filter = read_filter(ctx);
  if (filter) ctx.reply.integer(static_cast<int64_t>(kill_clients(ctx, *filter)));
}

// ---- PAUSE ---------------------------------------------------------------------------------------

void client_pause(CommandContext& ctx) {
  auto mode = ClientRegistry::PauseMode::all;
  if (ctx.count() == 4) {
    if (same_option(ctx.arg(3), "WRITE")) {
      mode = ClientRegistry::PauseMode::writes;
    } else if (!same_option(ctx.arg(3), "ALL")) {
      return ctx.reply.error("ERR CLIENT PAUSE mode must be WRITE or ALL");
    }
  } else if (ctx.count() > 4) {
    return ctx.reply.error(fmt::format("ERR unknown subcommand or wrong number of arguments for '{}'. Try CLIENT HELP.",
                                       ctx.arg(1).substr(0, 128)));
  }
  const auto timeout = parse_i64(ctx.arg(2));
  if (!timeout) return ctx.reply.error("ERR timeout is not an integer or out of range");
  if (*timeout < 0) return ctx.reply.error("ERR timeout is negative");
  const int64_t now = monotonic_ms();
  if (*timeout > std::numeric_limits<int64_t>::max() - now) return ctx.reply.error("ERR timeout is out of range");
  ctx.server.clients.pause(*timeout == 0 ? 0 : now + *timeout, mode);
  ctx.reply.ok();
}

void client_unpause(CommandContext& ctx) {
  ctx.server.clients.unpause();
  ctx.reply.ok();
}

// ---- switches ------------------------------------------------------------------------------------

// ON or OFF; answers itself and gives nothing when it is neither.
std::optional<bool> read_switch(CommandContext& ctx) {
  if (same_option(ctx.arg(2), "ON")) return true;
  if (same_option(ctx.arg(2), "OFF")) return false;
  ctx.reply.error(errors::syntax);
  return std::nullopt;
}

void client_no_evict(CommandContext& ctx) {
  const std::optional<bool> on = read_switch(ctx);
  if (!on) return;
  ctx.client.set(ClientFlag::no_evict, *on);
  ctx.reply.ok();
}

void client_no_touch(CommandContext& ctx) {
  const std::optional<bool> on = read_switch(ctx);
  if (!on) return;
  ctx.client.set(ClientFlag::no_touch, *on);
  ctx.client.set_gate(gate_no_touch, *on);
  ctx.reply.ok();
}

void client_unblock(CommandContext& ctx) {
  WaitEnd end = WaitEnd::timeout;
  if (ctx.count() == 4) {
    if (same_option(ctx.arg(3), "ERROR")) {
      end = WaitEnd::unblocked;
    } else if (!same_option(ctx.arg(3), "TIMEOUT")) {
      return ctx.reply.error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
    }
  }
  const auto id = parse_i64(ctx.arg(2));
  if (!id) return ctx.reply.error(errors::not_integer);
  Client* client = ctx.server.clients.find(static_cast<uint64_t>(*id));
  const bool waits = client != nullptr && client->waiting();
  if (waits) end_wait(ctx.server, *client, end);
  ctx.reply.integer(waits ? 1 : 0);
}

void client_reply(CommandContext& ctx) {
  Client& client = ctx.client;
  if (same_option(ctx.arg(2), "ON")) {
    client.set(ClientFlag::reply_off, false);
    client.set_gate(gate_reply, false);  // and so this command is answered
    ctx.reply.ok();
  } else if (same_option(ctx.arg(2), "OFF")) {
    client.set(ClientFlag::reply_off);
    client.set_gate(gate_reply, true);
  } else if (same_option(ctx.arg(2), "SKIP")) {
    if (client.is(ClientFlag::reply_off)) return;
    client.set(ClientFlag::reply_skip_next);
    client.set_gate(gate_reply, true);
  } else {
    ctx.reply.error(errors::syntax);
  }
}

void client_help(CommandContext& ctx) {
  static constexpr HelpEntry entries[] = {
      {"GETNAME", "The name that this connection was given."},
      {"ID", "The number of this connection."},
      {"INFO", "The line of this connection in the list of all."},
      {"KILL <ip:port>", "Closes the connection that comes from this address."},
      {"KILL <filter> <value> [<filter> <value> ...]",
       "Closes the connections that pass all filters: ADDR, LADDR <ip:port>, ID <number>, TYPE "
       "(NORMAL|MASTER|REPLICA|PUBSUB), USER <name>, SKIPME (YES|NO; this connection stays unless NO)."},
      {"LIST [TYPE (NORMAL|MASTER|REPLICA|PUBSUB)|ID <number> [<number> ...]]",
       "One line for each connection, or for those of a type or with these numbers."},
      {"NO-EVICT (ON|OFF)", "Whether maxmemory-clients spares this connection."},
      {"NO-TOUCH (ON|OFF)", "Whether keys keep their age when this connection reads them."},
      {"PAUSE <milliseconds> [WRITE|ALL]", "Holds back the commands of all clients, or those that write, for a time."},
      {"REPLY (ON|OFF|SKIP)", "Whether this connection is answered; SKIP is for one command."},
      {"SETINFO (LIB-NAME|LIB-VER) <value>", "Notes the client library behind this connection."},
      {"SETNAME <name>", "Gives this connection a name."},
      {"UNBLOCK <id> [TIMEOUT|ERROR]", "Ends the wait of a blocked client as if its time were over, or with an error."},
      {"UNPAUSE", "Ends a pause at once."},
  };
  reply_help(ctx, entries);
}

}  // namespace

void register_client_commands(CommandTable& table) {
  table.handle("client|id", client_id);
  table.handle("client|info", client_info);
  table.handle("client|list", client_list);
  table.handle("client|kill", client_kill);
  table.handle("client|getname", client_getname);
  table.handle("client|setname", client_setname);
  table.handle("client|setinfo", client_setinfo);
  table.handle("client|unblock", client_unblock);
  table.handle("client|pause", client_pause);
  table.handle("client|unpause", client_unpause);
  table.handle("client|reply", client_reply);
  table.handle("client|no-evict", client_no_evict);
  table.handle("client|no-touch", client_no_touch);
  table.handle("client|help", client_help);
}

}  // namespace redoubt
