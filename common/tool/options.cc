#include "common/tool/options.h"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/parsers.hpp>
#include <sstream>

namespace redoubt {

namespace po = boost::program_options;

namespace {

void print_help(const ToolManual& manual, const po::options_description& options, Output& out) {
  std::ostringstream text;
  text << options;
  std::string_view usage = manual.usage;
  std::string_view lead = "usage: ";
  while (!usage.empty()) {
    const size_t end = usage.find('\n');
    out.print("{}{}\n", lead, usage.substr(0, end));
    lead = "       ";
    usage.remove_prefix(end == std::string_view::npos ? usage.size() : end + 1);
  }
  out.print("\n{}\n{}", manual.purpose, text.str());
  if (!manual.details.empty()) out.print("\n{}", manual.details);
}

}  // namespace

int find_command(const po::options_description& options, int argc, const char* const* argv) {
  for (int index = 1; index < argc; ++index) {
    const std::string_view word = argv[index];
    if (word.size() < 2 || word[0] != '-') return index;
    const bool is_long = word[1] == '-';
    const std::string name(is_long ? word.substr(2, word.find('=') - 2) : word.substr(0, 2));
    const po::option_description* const option = options.find_nothrow(name, false);
    if (option == nullptr || option->semantic()->max_tokens() == 0) continue;
    const bool attached = is_long ? word.find('=') != std::string_view::npos : word.size() > 2;
    if (!attached) ++index;
  }
  return argc;
}

int refuse_options(const ToolManual& manual, std::string_view why, int usage_status, Output& err) {
  err.print("{}: {}; see {} --help\n", manual.name, why, manual.name);
  return usage_status;
}

ParsedOptions parse_options(const ToolManual& manual, const po::options_description& options,
                            const po::options_description& hidden, const po::positional_options_description& positional,
                            int argc, const char* const* argv, int usage_status, Output& out, Output& err) {
  po::options_description shown = options;
  shown.add_options()(manual.short_help ? "help,h" : "help", "show this help and exit")("version,v",
                                                                                        "show the version and exit");
  po::options_description all;
  all.add(shown).add(hidden);
  ParsedOptions parsed;
  try {
    // An option is written out: with prefixes allowed, a new option would change what a script's old line means.
    const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(argc, argv).options(all).positional(positional).style(style).run(),
              parsed.values);
    if (parsed.values.contains("help")) {
      print_help(manual, shown, out);
      parsed.exit_status = 0;
    } else if (parsed.values.contains("version")) {
      out.print("{} {}\n", manual.name, REDOUBT_VERSION);
      parsed.exit_status = 0;
    } else {
      po::notify(parsed.values);
    }
  } catch (const po::error& error) {
    parsed.exit_status = refuse_options(manual, error.what(), usage_status, err);
  }
  return parsed;
}

}  // namespace redoubt
