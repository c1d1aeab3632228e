#include "benchmark/replay/replay_rule.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "common/command/letter_case.h"

namespace redoubt {
namespace {

constexpr std::string_view redacted = "(redacted)";
constexpr size_t longest_name = 32;

// They take the connection over, or say who it is: a connection of a replay is greeted as the options say.
constexpr std::array left_out = std::to_array<std::string_view>({
    "auth",        "hello",        "reset",        "quit",    "monitor",      "subscribe", "psubscribe", "ssubscribe",
    "unsubscribe", "punsubscribe", "sunsubscribe", "sync",    "psync",        "replconf",  "shutdown",   "debug",
    "replicaof",   "slaveof",      "failover",     "cluster", "config",       "module",    "acl",        "asking",
    "readonly",    "readwrite",    "save",         "bgsave",  "bgrewriteaof",
});
// Of CLIENT: replies would not come, or clients of the replay would be met that the log did not mean.
constexpr std::array left_out_of_client =
    std::to_array<std::string_view>({"reply", "kill", "pause", "unpause", "unblock", "tracking", "caching"});
constexpr std::array waiting = std::to_array<std::string_view>(
    {"blpop", "brpop", "brpoplpush", "blmove", "blmpop", "bzpopmin", "bzpopmax", "bzmpop", "wait", "waitaof"});
constexpr std::array waiting_with_block = std::to_array<std::string_view>({"xread", "xreadgroup"});

template <typename List>
bool contains(const List& list, std::string_view name) {
  return std::any_of(list.begin(), list.end(), [name](std::string_view one) { return equal_ignoring_case(one, name); });
}

bool is_client_command(const MonitorLine& line) {
  return equal_ignoring_case(line.args[0], "client") && line.args.size() > 1;
}

}  // namespace

ReplayRule replay_rule_of(const MonitorLine& line) {
  if (line.client == "lua") return ReplayRule::script;
  const std::string& name = line.args[0];
  if (contains(left_out, name) || (is_client_command(line) && contains(left_out_of_client, line.args[1])) ||
      std::find(line.args.begin(), line.args.end(), redacted) != line.args.end()) {
    return ReplayRule::leave_out;
  }
  const bool waits =
      contains(waiting, name) || (contains(waiting_with_block, name) &&
                                  std::any_of(line.args.begin() + 1, line.args.end(),
                                              [](std::string_view arg) { return equal_ignoring_case(arg, "block"); }));
  return waits ? ReplayRule::wait : ReplayRule::send;
}

std::string replay_name_of(const MonitorLine& line) {
  const auto lower = [](std::string_view text) {
    std::string name(text);
    std::transform(name.begin(), name.end(), name.begin(), lower_letter);
    return name;
  };
  const auto is_name = [](std::string_view text) {
    return !text.empty() && text.size() <= longest_name && std::all_of(text.begin(), text.end(), [](char byte) {
      const char letter = lower_letter(byte);
      return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || byte == '.' || byte == '_' ||
             byte == '-';
    });
  };
  std::string name = is_name(line.args[0]) ? lower(line.args[0]) : "(unknown)";
  if (is_client_command(line) && is_name(line.args[1])) name += " " + lower(line.args[1]);
  return name;
}

}  // namespace redoubt
