#include <array>

#include "server/config/directive.h"

namespace redoubt {
namespace {

constexpr std::array scopes = {named("no", AccessScope::nobody), named("yes", AccessScope::everybody),
                               named("local", AccessScope::local_clients)};

// Whether there is such a command is the business of the command table: see ConfigStore::set_rename_command.
Status add_rename(Config& config, Words words) {
  if (words.size() != 2) return Error{"Bad directive or wrong number of arguments"};
  config.rename_command.push_back({words[0], words[1]});
  return {};
}

std::string get_renames(const Config&) { return {}; }

constexpr std::array rows = {
    Directive{"requirepass", "", modifiable, Text{&Config::requirepass, true}},
    Directive{"enable-protected-configs", "", start_only, choice<&Config::enable_protected_configs>(scopes)},
    Directive{"enable-debug-command", "", start_only, choice<&Config::enable_debug_command>(scopes)},
    Directive{"rename-command", "", start_only | many_words | file_only, Special{add_rename, get_renames}},
};

}  // namespace

std::span<const Directive> access_directives() { return rows; }

}  // namespace redoubt
