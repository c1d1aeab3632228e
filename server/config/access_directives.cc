#include <array>

#include "server/config/directive.h"

namespace redoubt {
namespace {

constexpr std::array scopes = {named("no", AccessScope::nobody), named("yes", AccessScope::everybody),
                               named("local", AccessScope::local_clients)};

constexpr std::array rows = {
    Directive{"requirepass", "", modifiable, Text{&Config::requirepass, true}},
    Directive{"enable-protected-configs", "", start_only, choice<&Config::enable_protected_configs>(scopes)},
    Directive{"enable-debug-command", "", start_only, choice<&Config::enable_debug_command>(scopes)},
};

}  // namespace

std::span<const Directive> access_directives() { return rows; }

}  // namespace redoubt
