#include "check-aof/options.h"

#include <boost/program_options/value_semantic.hpp>
#include <string_view>

#include "common/base/number.h"
#include "common/tool/check_status.h"
#include "common/tool/options.h"

namespace redoubt {

namespace po = boost::program_options;

namespace {

constexpr int usage_status = static_cast<int>(CheckStatus::usage);

constexpr ToolManual manual = {
    .name = "redoubt-check-aof",
    .usage =
        "redoubt-check-aof [--fix | --truncate-to-timestamp SECONDS] [OPTIONS] FILE\n"
        "redoubt-check-aof --salvage OUT | --stats | --print [OPTIONS] FILE",
    .purpose =
        "Verifies an append-only file, says what is wrong with it, and repairs it. FILE is the manifest of a log\n"
        "(appendonlydir/appendonly.aof.manifest) or a single file. The server must not be running on it when it is "
        "changed.\n",
    .details =
        "Examples:\n"
        "  redoubt-check-aof appendonlydir/appendonly.aof.manifest\n"
        "  redoubt-check-aof --fix --dry-run appendonlydir/appendonly.aof.manifest\n"
        "  redoubt-check-aof --fix --yes --max-loss 64kb appendonlydir/appendonly.aof.manifest\n"
        "  redoubt-check-aof --truncate-to-timestamp 1767225600 appendonlydir/appendonly.aof.manifest\n"
        "  redoubt-check-aof --salvage saved.aof appendonly.aof\n"
        "  redoubt-check-aof --salvage saveddir appendonlydir/appendonly.aof.manifest\n"
        "  redoubt-check-aof --print --match 'user:*' --command SET,DEL --from @1767225600 appendonly.aof\n"
        "  redoubt-check-aof --print --from 1200 --to 1299 --json appendonlydir/appendonly.aof.manifest\n"
        "\n"
        "Exit status: 0 sound, 1 damaged, 2 repaired, 3 the command line makes no sense, 4 a file cannot be read or "
        "written.\n",
};

po::options_description visible_options() {
  po::options_description all;
  po::options_description repair("Repair");
  repair.add_options()("fix", "cut a damaged file where it was last sound; asks first")(
      "truncate-to-timestamp", po::value<std::string>()->value_name("SECONDS"),
      "cut what was appended after this Unix time")("yes,y", "do not ask; implies --backup")(
      "dry-run,n", "say what would be cut, and change nothing")("backup", "before a cut, copy the file to FILE.bak")(
      "no-backup", "make no copy, even with --yes")("max-loss", po::value<std::string>()->value_name("BYTES"),
                                                    "refuse to cut more than this (4096, 64kb, 10mb)")(
      "allow-middle", "cut also a file of a manifest that is not its last");
  po::options_description other("Instead of verifying");
  other.add_options()("salvage", po::value<std::string>()->value_name("OUT"),
                      "write what is sound, before the damage and after it, to a new file")(
      "stats", "commands, keys and times in the log")("print", "the commands, as lines for redis-cli");
  po::options_description printing("What --print shows");
  printing.add_options()(
      "from", po::value<std::string>()->value_name("WHERE"),
      "begin with the Nth command (N), at a Unix time (@SECONDS) or at a byte of the file (+OFFSET)")(
      "to", po::value<std::string>()->value_name("WHERE"), "end with this command, time or byte")(
      "match", po::value<std::string>()->value_name("PATTERN"), "only commands with a key that matches")(
      "command", po::value<std::vector<std::string>>()->value_name("NAME"),
      "only this command, or several with commas between; can be repeated");
  po::options_description general("General");
  general.add_options()("json", "answer in JSON");
  all.add(repair).add(other).add(printing).add(general);
  return all;
}

template <typename T>
std::optional<T> value_of(const po::variables_map& values, const char* name) {
  if (!values.contains(name)) return std::nullopt;
  return values[name].as<T>();
}

// Empty, or why these cannot stand together.
std::string contradiction(const po::variables_map& values) {
  const auto given = [&](const char* name) { return values.contains(name); };
  const std::vector<const char*> modes = {"fix", "truncate-to-timestamp", "salvage", "stats", "print"};
  const char* mode = nullptr;
  for (const char* const name : modes) {
    if (!given(name)) continue;
    if (mode != nullptr) return fmt::format("--{} and --{} exclude each other", mode, name);
    mode = name;
  }
  const bool cuts = given("fix") || given("truncate-to-timestamp");
  if (given("allow-middle") && !given("fix")) return "--allow-middle needs --fix";
  for (const char* const name : {"yes", "backup", "no-backup", "max-loss"}) {
    if (given(name) && !cuts) return fmt::format("--{} needs --fix or --truncate-to-timestamp", name);
  }
  if (given("dry-run") && !cuts && !given("salvage")) {
    return "--dry-run needs --fix, --truncate-to-timestamp or --salvage";
  }
  for (const char* const name : {"from", "to", "match", "command"}) {
    if (given(name) && !given("print")) return fmt::format("--{} needs --print", name);
  }
  if (given("no-backup") && given("backup")) return "--backup and --no-backup exclude each other";
  if (given("fix") && given("json") && !given("yes") && !given("dry-run")) {
    return "--json asks no questions: --fix with it needs --yes or --dry-run";
  }
  if (!given("file")) return "which file?";
  return {};
}

// Empty, or which value makes no sense.
std::string read_values(const po::variables_map& values, CheckAofOptions& options) {
  options.path = values["file"].as<std::string>();
  if (const auto text = value_of<std::string>(values, "truncate-to-timestamp")) {
    const auto seconds = parse_i64(*text);
    if (!seconds || *seconds <= 0)
      return fmt::format("--truncate-to-timestamp takes a Unix time in seconds, not '{}'", *text);
    options.truncate_to_timestamp = *seconds;
  }
  if (const auto text = value_of<std::string>(values, "max-loss")) {
    options.max_loss = text->empty() ? std::nullopt : parse_memory_size(*text);
    if (!options.max_loss) return fmt::format("--max-loss takes a number of bytes, not '{}'", *text);
  }
  options.salvage = value_of<std::string>(values, "salvage");
  if (options.salvage && options.salvage->empty()) return "--salvage needs the name of a file";
  options.from = value_of<std::string>(values, "from");
  options.to = value_of<std::string>(values, "to");
  options.match = value_of<std::string>(values, "match");
  options.commands = value_of<std::vector<std::string>>(values, "command").value_or(std::vector<std::string>{});
  if (options.path.empty()) return "which file?";
  return {};
}

}  // namespace

ParsedCheckAof parse_check_aof(int argc, const char* const* argv, Output& out, Output& err) {
  po::options_description hidden;
  hidden.add_options()("file", po::value<std::string>());
  po::positional_options_description positional;
  positional.add("file", 1);
  const ParsedOptions parsed =
      parse_options(manual, visible_options(), hidden, positional, argc, argv, usage_status, out, err);
  ParsedCheckAof result;
  result.exit_status = parsed.exit_status;
  if (result.exit_status) return result;
  const po::variables_map& values = parsed.values;
  std::string why = contradiction(values);
  if (why.empty()) why = read_values(values, result.options);
  if (!why.empty()) {
    result.exit_status = refuse_options(manual, why, usage_status, err);
    return result;
  }
  CheckAofOptions& options = result.options;
  const auto given = [&](const char* name) { return values.contains(name); };
  options.fix = given("fix");
  options.yes = given("yes");
  options.dry_run = given("dry-run");
  options.backup = given("backup") || (options.yes && !given("no-backup"));
  options.allow_middle = given("allow-middle");
  options.stats = given("stats");
  options.print = given("print");
  options.json = given("json");
  return result;
}

}  // namespace redoubt
