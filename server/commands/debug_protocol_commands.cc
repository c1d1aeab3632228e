// DEBUG PROTOCOL and ERROR: replies of every kind, for the tests of client libraries.
#include <iterator>
#include <string>

#include "server/commands/debug_commands.h"

namespace redoubt {
namespace {

void three_integers(ReplyWriter& reply) {
  for (int i = 0; i < 3; ++i) reply.integer(i);
}

void attribute(ReplyWriter& reply) {
  if (reply.resp3()) {
    reply.attribute(1);
    reply.bulk("key-popularity");
    reply.array(2);
    reply.bulk("key:123");
    reply.integer(90);
  }
  reply.bulk("Some real reply following the attribute");
}

void push(ReplyWriter& reply) {
  if (!reply.resp3()) return reply.error("ERR RESP2 is not supported by this command");
  reply.push(2);
  reply.bulk("server-cpu-usage");
  reply.integer(42);
  reply.bulk("Some real reply following the push reply");
}

struct Kind {
  std::string_view name;  // upper case
  void (*write)(ReplyWriter&);
};

constexpr Kind kinds[] = {
    {"STRING", [](ReplyWriter& reply) { reply.bulk("Hello World"); }},
    {"INTEGER", [](ReplyWriter& reply) { reply.integer(12345); }},
    {"DOUBLE", [](ReplyWriter& reply) { reply.number(3.141); }},
    {"NULL", [](ReplyWriter& reply) { reply.null(); }},
    {"ARRAY",
     [](ReplyWriter& reply) {
       reply.array(3);
       three_integers(reply);
     }},
    {"SET",
     [](ReplyWriter& reply) {
       reply.set(3);
       three_integers(reply);
     }},
    {"MAP",
     [](ReplyWriter& reply) {
       reply.map(3);
       for (int i = 0; i < 3; ++i) {
         reply.integer(i);
         reply.boolean(i == 1);
       }
     }},
    {"ATTRIB", attribute},
    {"PUSH", push},
    {"VERBATIM", [](ReplyWriter& reply) { reply.verbatim("This is a verbatim\nstring", "txt"); }},
    {"BIGNUM", [](ReplyWriter& reply) { reply.big_number("1234567999999999999999999999999999999"); }},
    {"TRUE", [](ReplyWriter& reply) { reply.boolean(true); }},
    {"FALSE", [](ReplyWriter& reply) { reply.boolean(false); }},
};

void debug_protocol(CommandContext& ctx) {
  for (const Kind& kind : kinds) {
    if (same_option(ctx.arg(2), kind.name)) return kind.write(ctx.reply);
  }
  ctx.reply.error(
      "ERR Wrong protocol type name. Please use one of the following: "
      "string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false");
}

void debug_error(CommandContext& ctx) { ctx.reply.error(ctx.arg(2)); }

constexpr DebugSubcommand rows[] = {
    {"ERROR", 1, 1, debug_error, {"ERROR <text>", "Answers with this error."}},
    {"PROTOCOL",
     1,
     1,
     debug_protocol,
     {"PROTOCOL <type>",
      "Answers with a value of the type: string, integer, double, bignum, null, array, set, map, attrib, push, "
      "verbatim, true or false."}},
};

}  // namespace

std::span<const DebugSubcommand> debug_protocol_commands() { return rows; }

}  // namespace redoubt
