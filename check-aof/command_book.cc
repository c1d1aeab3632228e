#include "check-aof/command_book.h"

#include <algorithm>
#include <utility>

#include "common/command/key_finder.h"
#include "common/command/letter_case.h"

namespace redoubt {
namespace {

constexpr size_t slots = 256;

CommandEntry::Keys form_of_keys(const CommandSpec* spec) {
  if (spec == nullptr) return CommandEntry::Keys::first;
  if (!spec->subcommands.empty()) return CommandEntry::Keys::asked;
  if (!can_have_keys(*spec)) return CommandEntry::Keys::none;
  const KeyRange range = legacy_key_range(*spec);
  const bool first_only = range.first == 1 && range.last == 1 && !range.movable;
  return first_only ? CommandEntry::Keys::first : CommandEntry::Keys::asked;
}

}  // namespace

CommandBook::CommandBook() : recent_(slots) {}

size_t CommandBook::slot_of(std::string_view name) {
  if (name.empty()) return 0;
  const auto byte = [&](size_t at) { return static_cast<size_t>(static_cast<unsigned char>(name[at])); };
  const size_t mixed = byte(0) * 31 + byte(name.size() / 2) * 7 + byte(name.size() - 1) * 131 + name.size() * 17;
  return mixed % slots;
}

const CommandEntry& CommandBook::find(std::string_view name) {
  Slot& slot = recent_[slot_of(name)];
  if (slot.entry != nullptr && slot.spelled == name) return *slot.entry;
  const CommandEntry& entry = find_slowly(name);
  if (name.size() <= longest_name) {
    slot.spelled = name;
    slot.entry = &entry;
  }
  return entry;
}

const CommandEntry& CommandBook::find_slowly(std::string_view name) {
  std::string lower(name.substr(0, longest_name));
  std::transform(lower.begin(), lower.end(), lower.begin(), lower_letter);
  if (const auto known = by_name_.find(lower); known != by_name_.end()) return *known->second;
  if (entries_.size() < max_names) return add(std::move(lower));
  if (other_ == nullptr) {
    entries_.push_back({"(other)", nullptr, CommandEntry::Keys::none, entries_.size()});
    other_ = &entries_.back();
  }
  return *other_;
}

const CommandEntry& CommandBook::add(std::string name) {
  const CommandSpec* const spec = find_command_spec(name);
  entries_.push_back({std::move(name), spec, form_of_keys(spec), entries_.size()});
  const CommandEntry& entry = entries_.back();
  by_name_.emplace(entry.name, &entry);
  return entry;
}

void CommandBook::find_keys(const CommandEntry& entry, std::span<const std::string_view> args,
                            std::vector<std::string_view>& keys) {
  keys.clear();
  if (entry.keys == CommandEntry::Keys::none || args.size() < 2) return;
  if (entry.keys == CommandEntry::Keys::first) {
    keys.push_back(args[1]);
    return;
  }
  const CommandSpec* spec = entry.spec;
  if (!spec->subcommands.empty()) spec = find_subcommand_spec(*spec, args[1]);
  if (spec == nullptr || !redoubt::find_keys(*spec, args, found_)) return;
  for (const FoundKey& key : found_) keys.push_back(args[key.position]);
}

}  // namespace redoubt
