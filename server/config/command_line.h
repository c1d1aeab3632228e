// The command line of the server: `[FILE] [--directive value ...] [-]`, or one word that asks for something else.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/config/config_store.h"

namespace redoubt {

struct CommandLine {
  enum class Action : uint8_t {
    serve,
    print,         // write `text` to stdout (to stderr when exit_code is not 0) and leave with exit_code
    check_system,  // print format_system_checks(check_system()); exit 1 when one is not ok
  };
  Action action = Action::serve;
  ConfigSources sources;  // the file as an absolute path
  std::string text;
  int exit_code = 0;
};

// `args` as main got them, the program's name first. Never fails: what is wrong with the directives is found when the
// sources are loaded.
CommandLine parse_command_line(std::span<const char* const> args);

}  // namespace redoubt
