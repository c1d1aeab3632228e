// The commands that this server has: the specs of common/command joined with the functions that carry them out, and what
// is counted of each. Look-up is by the words as the client sent them, in any letter case. Built once at start; after that
// only the statistics change. Executor thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/command/command_spec.h"
#include "server/stats/latency_histogram.h"

namespace redoubt {

struct CommandContext;
using CommandHandler = void (*)(CommandContext&);

struct CommandStats {
  uint64_t calls = 0;
  uint64_t cycles = 0;    // see clock.h
  uint64_t rejected = 0;  // refused before it ran
  uint64_t failed = 0;    // ran and answered with an error
  LatencyHistogram latency;
  void reset() {
    calls = cycles = rejected = failed = 0;
    latency.reset();
  }
};

struct Command {
  const CommandSpec* spec = nullptr;
  CommandHandler handler = nullptr;  // null: a container, which has only subcommands
  std::string name;                  // as clients call it, lower case (differs from the spec's when renamed)
  std::string full_name;             // by spec: "get", "config|get"
  CommandFlag flags = CommandFlag::none;
  int arity = 0;
  int first_key = 0;   // position of the first key when it is fixed, for prefetching; 0: none
  uint32_t gates = 0;  // see client.h
  bool cheap = false;  // the last calls took little time; kept by the executor
  Command* parent = nullptr;
  std::vector<Command*> subcommands;
  CommandStats stats;

  bool accepts(size_t args) const {
    return arity >= 0 ? args == static_cast<size_t>(arity) : args >= static_cast<size_t>(-arity);
  }
};

class CommandTable {
 public:
  CommandTable();
  // Gives the command with this full name its function ("set", "config|get"). Specs without one do not exist for clients.
  // Throws std::logic_error when there is no such spec: a bug.
  void handle(std::string_view full_name, CommandHandler handler);
  // rename-command; an empty `to` takes the command away. After all handle() calls.
  Status rename(std::string_view from, std::string_view to);

  // The command that these words call: the subcommand where there are such. Null when there is none.
  Command* find(std::span<const std::string_view> args) const;
  // By the first word alone.
  Command* find(std::string_view name) const;
  // By the name in the specs ("config|get"), whatever it was renamed to.
  Command* find_full(std::string_view full_name) const;
  // All commands, without subcommands, in the order of the specs.
  const std::vector<Command*>& all() const { return top_; }
  // All commands and subcommands.
  template <typename F>
  void for_each(F&& f) const {
    for (Command* command : top_) {
      f(*command);
      for (Command* subcommand : command->subcommands) f(*subcommand);
    }
  }
  void reset_stats();

 private:
  struct Slot {
    uint64_t prefix = 0;
    Command* command = nullptr;
  };
  void index(Command* command);
  void rebuild();

  std::deque<Command> commands_;
  std::vector<Command*> top_;
  std::vector<Slot> slots_;  // open addressing, a power of two
};

}  // namespace redoubt
