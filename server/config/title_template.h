// The template of the process title (proc-title-template): text with {variables}; {{ stands for a brace.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace redoubt {

// The value of a variable, or nullopt when there is no such variable.
using TitleVariable = std::function<std::optional<std::string>(std::string_view name)>;

// nullopt when a variable is unknown or a brace is not closed. Blanks at the ends are removed.
std::optional<std::string> expand_title_template(std::string_view text, const TitleVariable& variable);

// Whether the template says something and uses known variables only: title, listen-addr, server-mode, port,
// tls-port, unixsocket, config-file.
bool is_valid_title_template(std::string_view text);

}  // namespace redoubt
