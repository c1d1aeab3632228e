#include "server/dispatch/command_table.h"

#include <strings.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "server/client/client.h"

namespace redoubt {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lower(c); });
  return out;
}

bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// The first bytes of a name with the letter case taken out, and its length: enough to tell most names apart at once.
uint64_t fold_prefix(std::string_view name) {
  uint64_t word = 0;
  if (name.size() >= 8) {
    memcpy(&word, name.data(), 8);
  } else {
    for (size_t i = 0; i < name.size(); ++i) word |= static_cast<uint64_t>(static_cast<uint8_t>(name[i])) << (8 * i);
  }
  return (word & 0xdfdfdfdfdfdfdfdfULL) + name.size();
}

size_t slot_of(uint64_t prefix) { return static_cast<size_t>((prefix * 0x9e3779b97f4a7c15ULL) >> 40); }

int fixed_first_key(const CommandSpec& spec) {
  if (spec.keys.empty() || spec.keys[0].begin != KeySpec::Begin::index) return 0;
  return spec.keys[0].find == KeySpec::Find::range ? spec.keys[0].index : 0;
}

void fill(Command& command, const CommandSpec& spec, CommandHandler handler) {
  command.spec = &spec;
  command.handler = handler;
  command.flags = spec.flags;
  command.arity = spec.arity;
  command.first_key = fixed_first_key(spec);
}

}  // namespace

CommandTable::CommandTable() { slots_.resize(1024); }

void CommandTable::handle(std::string_view full_name, CommandHandler handler) {
  const size_t bar = full_name.find('|');
  const CommandSpec* spec = find_command_spec(full_name.substr(0, bar));
  if (spec == nullptr) throw std::logic_error("no spec for command " + std::string(full_name));
  Command* command = find_full(full_name.substr(0, bar));
  if (command == nullptr) {
    command = &commands_.emplace_back();
    fill(*command, *spec, nullptr);
    command->name = command->full_name = lower(spec->name);
    top_.push_back(command);
    index(command);
  }
  if (bar == std::string_view::npos) {
    command->handler = handler;
    return;
  }
  const std::string_view word = full_name.substr(bar + 1);
  const auto sub = std::find_if(spec->subcommands.begin(), spec->subcommands.end(),
                                [&](const CommandSpec& s) { return same_word(s.name, word); });
  if (sub == spec->subcommands.end()) throw std::logic_error("no spec for command " + std::string(full_name));
  Command& child = commands_.emplace_back();
  fill(child, *sub, handler);
  child.name = lower(sub->name);
  child.full_name = command->full_name + "|" + child.name;
  child.parent = command;
  command->subcommands.push_back(&child);
}

void CommandTable::index(Command* command) {
  if (top_.size() * 2 > slots_.size()) slots_.resize(slots_.size() * 2), rebuild();
  const uint64_t prefix = fold_prefix(command->name);
  size_t i = slot_of(prefix) & (slots_.size() - 1);
  while (slots_[i].command != nullptr) i = (i + 1) & (slots_.size() - 1);
  slots_[i] = {prefix, command};
}

void CommandTable::rebuild() {
  std::fill(slots_.begin(), slots_.end(), Slot{});
  for (Command* command : top_) index(command);
}

Status CommandTable::rename(std::string_view from, std::string_view to) {
  Command* command = find(from);
  if (command == nullptr) return Error{"No such command in rename-command"};
  if (!to.empty() && find(to) != nullptr) return Error{"Target command name already exists"};
  if (to.empty()) {
    std::erase(top_, command);
  } else {
    command->name = lower(to);
  }
  rebuild();
  return {};
}

Command* CommandTable::find(std::string_view name) const {
  const uint64_t prefix = fold_prefix(name);
  for (size_t i = slot_of(prefix) & (slots_.size() - 1);; i = (i + 1) & (slots_.size() - 1)) {
    const Slot& slot = slots_[i];
    if (slot.command == nullptr) return nullptr;
    if (slot.prefix == prefix && same_word(slot.command->name, name)) return slot.command;
  }
}

Command* CommandTable::find(std::span<const std::string_view> args) const {
  Command* command = find(args[0]);
  if (command == nullptr || command->subcommands.empty() || args.size() < 2) return command;
  for (Command* sub : command->subcommands) {
    if (same_word(sub->name, args[1])) return sub;
  }
  return nullptr;
}

Command* CommandTable::find_full(std::string_view full_name) const {
  for (Command* command : top_) {
    if (same_word(command->full_name, full_name)) return command;
    for (Command* sub : command->subcommands) {
      if (same_word(sub->full_name, full_name)) return sub;
    }
  }
  return nullptr;
}

void CommandTable::reset_stats() {
  for_each([](Command& command) { command.stats.reset(); });
}

}  // namespace redoubt
