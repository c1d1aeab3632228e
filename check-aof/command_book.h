// What the modes want to know of the commands in a log: one name for all ways to write it, and the keys. Remembers what it found
// by the name as it is written, because a log has millions of commands and a dozen names; of at most max_names. Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/command/command_spec.h"

namespace redoubt {

struct CommandEntry {
  enum class Keys : uint8_t { none, first, asked };

  std::string name;                   // lower case; of a name that is very long its beginning
  const CommandSpec* spec = nullptr;  // nothing: a command that we do not know, of a module for example
  Keys keys = Keys::first;            // of unknown commands the first argument is taken for one
  size_t index = 0;                   // counted from 0, the same for all ways to write a name
};

class CommandBook {
 public:
  static constexpr size_t max_names = 1024;
  static constexpr size_t longest_name = 64;

  CommandBook();
  CommandBook(const CommandBook&) = delete;
  CommandBook& operator=(const CommandBook&) = delete;

  // Stays where it is. When there are too many names, one entry "(other)" stands for the rest, without keys.
  const CommandEntry& find(std::string_view name);
  const std::deque<CommandEntry>& entries() const { return entries_; }

  // Replaces `keys`; the views are those of the arguments.
  void find_keys(const CommandEntry& entry, std::span<const std::string_view> args,
                 std::vector<std::string_view>& keys);

 private:
  struct Slot {
    std::string spelled;
    const CommandEntry* entry = nullptr;
  };
  static size_t slot_of(std::string_view name);
  const CommandEntry& find_slowly(std::string_view name);
  const CommandEntry& add(std::string name);

  std::deque<CommandEntry> entries_;
  std::unordered_map<std::string_view, const CommandEntry*> by_name_;
  std::vector<Slot> recent_;  // by a cheap hash; each newcomer takes the slot
  const CommandEntry* other_ = nullptr;
  std::vector<FoundKey> found_;
};

}  // namespace redoubt
