#include "common/command/command_spec.h"

#include <bit>

#include "common/command/families.h"
#include "common/command/letter_case.h"

namespace redoubt {
namespace {

constexpr FlagName<CommandFlag> command_flags[] = {
    {CommandFlag::write, "write"},
    {CommandFlag::readonly, "readonly"},
    {CommandFlag::denyoom, "denyoom"},
    {CommandFlag::admin, "admin"},
    {CommandFlag::pubsub, "pubsub"},
    {CommandFlag::noscript, "noscript"},
    {CommandFlag::blocking, "blocking"},
    {CommandFlag::loading, "loading"},
    {CommandFlag::stale, "stale"},
    {CommandFlag::skip_monitor, "skip_monitor"},
    {CommandFlag::skip_slowlog, "skip_slowlog"},
    {CommandFlag::asking, "asking"},
    {CommandFlag::fast, "fast"},
    {CommandFlag::no_auth, "no_auth"},
    {CommandFlag::may_replicate, "may_replicate"},
    {CommandFlag::no_mandatory_keys, "no_mandatory_keys"},
    {CommandFlag::no_async_loading, "no_async_loading"},
    {CommandFlag::no_multi, "no_multi"},
    {CommandFlag::movablekeys, "movablekeys"},
    {CommandFlag::allow_busy, "allow_busy"},
};

constexpr FlagName<AclCategory> acl_categories[] = {
    {AclCategory::keyspace, "keyspace"},
    {AclCategory::read, "read"},
    {AclCategory::write, "write"},
    {AclCategory::set, "set"},
    {AclCategory::sortedset, "sortedset"},
    {AclCategory::list, "list"},
    {AclCategory::hash, "hash"},
    {AclCategory::string, "string"},
    {AclCategory::bitmap, "bitmap"},
    {AclCategory::hyperloglog, "hyperloglog"},
    {AclCategory::geo, "geo"},
    {AclCategory::stream, "stream"},
    {AclCategory::pubsub, "pubsub"},
    {AclCategory::admin, "admin"},
    {AclCategory::fast, "fast"},
    {AclCategory::slow, "slow"},
    {AclCategory::blocking, "blocking"},
    {AclCategory::dangerous, "dangerous"},
    {AclCategory::connection, "connection"},
    {AclCategory::transaction, "transaction"},
    {AclCategory::scripting, "scripting"},
};

constexpr FlagName<KeyFlag> key_flags[] = {
    {KeyFlag::ro, "RO"},
    {KeyFlag::rw, "RW"},
    {KeyFlag::ow, "OW"},
    {KeyFlag::rm, "RM"},
    {KeyFlag::access, "access"},
    {KeyFlag::update, "update"},
    {KeyFlag::insert, "insert"},
    {KeyFlag::del, "delete"},
    {KeyFlag::not_key, "not_key"},
    {KeyFlag::incomplete, "incomplete"},
    {KeyFlag::variable_flags, "variable_flags"},
};

uint32_t hash_ignoring_case(std::string_view name) {
  uint32_t hash = 2166136261u;  // FNV-1a: names are a few bytes long
  for (char c : name) hash = (hash ^ static_cast<unsigned char>(lower_letter(c))) * 16777619u;
  return hash ^ (hash >> 15);
}

// Open addressing over at least twice as many slots as there are commands, so that a miss ends after a probe
// or two.
class NameTable {
 public:
  NameTable() {
    size_t count = 0;
    for (std::span<const CommandSpec> family : all_command_specs()) count += family.size();
    slots_.resize(std::bit_ceil(count * 2 + 1));
    for (std::span<const CommandSpec> family : all_command_specs()) {
      for (const CommandSpec& spec : family) slots_[slot_of(spec.name)] = &spec;
    }
  }
  const CommandSpec* find(std::string_view name) const { return slots_[slot_of(name)]; }

 private:
  size_t slot_of(std::string_view name) const {
    size_t mask = slots_.size() - 1;
    size_t at = hash_ignoring_case(name) & mask;
    while (slots_[at] != nullptr && !equal_ignoring_case(slots_[at]->name, name)) at = (at + 1) & mask;
    return at;
  }
  std::vector<const CommandSpec*> slots_;
};

}  // namespace

std::span<const std::span<const CommandSpec>> all_command_specs() {
  static const std::span<const CommandSpec> families[] = {
      connection_commands(), generic_commands(),    string_commands(),      list_commands(),   hash_commands(),
      set_commands(),        sorted_set_commands(), server_info_commands(), server_commands(),
  };
  return families;
}

const CommandSpec* find_command_spec(std::string_view name) {
  static const NameTable table;
  return table.find(name);
}

const CommandSpec* find_subcommand_spec(const CommandSpec& container, std::string_view word) {
  for (const CommandSpec& spec : container.subcommands) {
    if (equal_ignoring_case(spec.name, word)) return &spec;
  }
  return nullptr;
}

const CommandSpec* find_by_full_name(std::string_view name) {
  size_t bar = name.find('|');
  const CommandSpec* spec = find_command_spec(name.substr(0, bar));
  if (spec == nullptr || bar == std::string_view::npos) return spec;
  return find_subcommand_spec(*spec, name.substr(bar + 1));
}

std::string full_name(const CommandSpec& spec) {
  std::string name(spec.container);
  if (!name.empty()) name += '|';
  return name.append(spec.name);
}

std::span<const FlagName<CommandFlag>> command_flag_names() { return command_flags; }
std::span<const FlagName<AclCategory>> acl_category_names() { return acl_categories; }
std::span<const FlagName<KeyFlag>> key_flag_names() { return key_flags; }

std::optional<AclCategory> find_acl_category(std::string_view name) {
  for (const FlagName<AclCategory>& category : acl_categories) {
    if (equal_ignoring_case(category.name, name)) return category.flag;
  }
  return std::nullopt;
}

}  // namespace redoubt
