// The command line of a tool: Boost.Program_options, and around it what all tools do alike: --help with examples, --version, and
// one sentence with an exit status when the line makes no sense.
#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/variables_map.hpp>
#include <optional>
#include <string_view>

#include "common/tool/output.h"

namespace redoubt {

// Texts of --help. They end with a newline.
struct ToolManual {
  std::string_view name;     // of the program, as errors begin
  std::string_view usage;    // the forms of the command line, one a line, without "usage:"
  std::string_view purpose;  // what it does
  std::string_view details;  // after the options: examples, exit statuses
  bool short_help = true;    // -h asks for help; where it does not, it is an option of the tool's own
};

struct ParsedOptions {
  boost::program_options::variables_map values;
  // There is nothing more to do: help or version were asked for (0), or the line made no sense.
  std::optional<int> exit_status;
};

// `options` are those that --help shows, `positional` says which of them (or of `hidden`) plain words belong to. The caller
// checks what options mean together, with refuse_options().
ParsedOptions parse_options(const ToolManual& manual, const boost::program_options::options_description& options,
                            const boost::program_options::options_description& hidden,
                            const boost::program_options::positional_options_description& positional, int argc,
                            const char* const* argv, int usage_status, Output& out, Output& err);

// Where a command of the user's own begins: the index of the first word that is neither an option nor an option's argument.
// What follows belongs to it, whatever it looks like. `argc` if there is none.
int find_command(const boost::program_options::options_description& options, int argc, const char* const* argv);

// Says why the line makes no sense, and where to read on; returns the status.
int refuse_options(const ToolManual& manual, std::string_view why, int usage_status, Output& err);

}  // namespace redoubt
