#include "check-rdb/options.h"

#include <array>
#include <boost/program_options/value_semantic.hpp>
#include <utility>
#include <vector>

#include "common/base/number.h"
#include "common/tool/options.h"

namespace redoubt {

namespace po = boost::program_options;

namespace {

constexpr ToolManual manual = {
    .name = "redoubt-check-rdb",
    .usage =
        "redoubt-check-rdb FILE [--json]\n"
        "redoubt-check-rdb FILE --stats [--csv | --json] [--html PAGE] [--top N] [--prefix-separator C]\n"
        "redoubt-check-rdb FILE --export FORMAT [--output OUT] [--match PATTERN] [--type T] [--db N] [--expired E]\n"
        "redoubt-check-rdb FILE --salvage OUT.rdb [--json]\n"
        "redoubt-check-rdb FILE --diff OTHER.rdb [--ttl-tolerance MS] [--json]",
    .purpose =
        "Checks an RDB file to the last byte of every value, tells what is in it, rescues what a damaged one still\n"
        "holds, and compares two. The file itself is never changed.\n",
    .details =
        "Examples:\n"
        "  redoubt-check-rdb dump.rdb\n"
        "  redoubt-check-rdb dump.rdb --stats --top 20 --html report.html\n"
        "  redoubt-check-rdb dump.rdb --export resp --match 'user:*' | redis-cli --pipe\n"
        "  redoubt-check-rdb broken.rdb --salvage rescued.rdb\n"
        "  redoubt-check-rdb monday.rdb --diff tuesday.rdb --ttl-tolerance 1000\n"
        "\n"
        "Exit status:\n"
        "  0  the file is sound (--diff: both hold the same data)\n"
        "  1  the file is damaged (--diff: the data differ)\n"
        "  2  the file is damaged; what could be rescued stands in the file that --salvage names\n"
        "  3  the command line makes no sense\n"
        "  4  a file could not be read or written\n"};

po::options_description described_options() {
  po::options_description options("Options", 110, 70);
  const auto text = [] { return po::value<std::string>(); };
  options.add_options()                                                                                              //
      ("stats", "tell what the file holds, by database, type, size and prefix")                                      //
      ("csv", "with --stats: tables as comma-separated values")                                                      //
      ("json", "print one JSON document")                                                                            //
      ("html", text()->value_name("PAGE"), "with --stats: write a page with charts to this file, too")               //
      ("top", text()->value_name("N"), "with --stats: list the N largest keys, at most 1000 (20)")                   //
      ("prefix-separator", text()->value_name("C"), "with --stats: the byte that ends a prefix (:)")                 //
      ("export", text()->value_name("FORMAT"), "print the keys as resp, json, csv or aof")                           //
      ("output", text()->value_name("OUT"), "with --export: write to this file, which must not exist yet")           //
      ("match", text()->value_name("PATTERN"), "with --export: only keys that match, as with KEYS")                  //
      ("type", text()->value_name("T"), "with --export: only string, list, set, zset, hash or stream")               //
      ("db", text()->value_name("N"), "with --export: only keys of this database")                                   //
      ("expired", text()->value_name("E"), "with --export: skip, include or only: keys whose time has come (skip)")  //
      ("salvage", text()->value_name("OUT.rdb"), "write all intact keys to this file, which must not exist yet")     //
      ("diff", text()->value_name("OTHER.rdb"), "tell which keys were added, removed or changed in OTHER.rdb")       //
      ("ttl-tolerance", text()->value_name("MS"), "with --diff: expiry times so close are the same (0)")             //
      ("memory", text()->value_name("SIZE"), "with --salvage and --diff: sort by a file beyond it (32mb)");
  return options;
}

// Takes the options from the map, and keeps the first thing that makes no sense.
class Interpreter {
 public:
  explicit Interpreter(const po::variables_map& values) : values_(values) {}

  CheckRdbOptions take();
  const std::string& error() const { return error_; }

 private:
  bool given(const char* name) const { return values_.contains(name); }
  std::string text(const char* name) const { return given(name) ? values_[name].as<std::string>() : std::string(); }
  void refuse(std::string why) {
    if (error_.empty()) error_ = std::move(why);
  }
  uint64_t number(const char* name, uint64_t otherwise);
  void take_files(CheckRdbOptions& options);
  void take_mode(CheckRdbOptions& options);
  void take_form(CheckRdbOptions& options);
  void take_stats(CheckRdbOptions& options);
  void take_export(CheckRdbOptions& options);
  void take_expired(KeyFilter& filter);
  // Options that belong to one mode only.
  void only_with(bool allowed, const char* mode, std::initializer_list<const char*> names);

  const po::variables_map& values_;
  std::string error_;
};

CheckRdbOptions Interpreter::take() {
  CheckRdbOptions options;
  take_files(options);
  take_mode(options);
  take_form(options);
  take_stats(options);
  take_export(options);
  only_with(options.mode == CheckRdbMode::diff, "--diff", {"ttl-tolerance"});
  options.ttl_tolerance_ms = number("ttl-tolerance", options.ttl_tolerance_ms);
  only_with(options.mode == CheckRdbMode::diff || options.mode == CheckRdbMode::salvage, "--salvage or --diff",
            {"memory"});
  if (given("memory")) {
    const std::optional<uint64_t> memory = parse_memory_size(text("memory"));
    if (!memory) refuse(fmt::format("--memory needs a size such as 64mb, not '{}'", text("memory")));
    options.memory = memory.value_or(options.memory);
  }
  return options;
}

uint64_t Interpreter::number(const char* name, uint64_t otherwise) {
  if (!given(name)) return otherwise;
  const std::optional<uint64_t> value = parse_u64(text(name));
  if (!value) refuse(fmt::format("--{} needs a number, not '{}'", name, text(name)));
  return value.value_or(otherwise);
}

void Interpreter::only_with(bool allowed, const char* mode, std::initializer_list<const char*> names) {
  if (allowed) return;
  for (const char* name : names) {
    if (given(name)) refuse(fmt::format("--{} makes sense only with {}", name, mode));
  }
}

void Interpreter::take_files(CheckRdbOptions& options) {
  const auto& files = given("file") ? values_["file"].as<std::vector<std::string>>() : std::vector<std::string>();
  if (files.empty()) return refuse("no file is named");
  if (files.size() > 1) return refuse(fmt::format("one file at a time: '{}' is one too many", files[1]));
  options.file = files.front();
}

void Interpreter::take_mode(CheckRdbOptions& options) {
  static constexpr std::array<std::pair<const char*, CheckRdbMode>, 4> modes = {{
      {"stats", CheckRdbMode::stats},
      {"export", CheckRdbMode::export_keys},
      {"salvage", CheckRdbMode::salvage},
      {"diff", CheckRdbMode::diff},
  }};
  const char* chosen = nullptr;
  for (const auto& [name, mode] : modes) {
    if (!given(name)) continue;
    if (chosen != nullptr) refuse(fmt::format("--{} and --{} exclude each other", chosen, name));
    chosen = name;
    options.mode = mode;
  }
  options.salvage_file = text("salvage");
  options.other_file = text("diff");
  for (const char* name : {"salvage", "diff", "html", "output"}) {
    if (given(name) && text(name).empty()) refuse(fmt::format("--{} needs the name of a file", name));
  }
}

void Interpreter::take_form(CheckRdbOptions& options) {
  only_with(options.mode == CheckRdbMode::stats, "--stats", {"csv"});
  if (given("csv") && given("json")) refuse("--csv and --json exclude each other");
  if (given("json") && options.mode == CheckRdbMode::export_keys) refuse("--json makes no sense with --export");
  if (given("csv")) options.form = CheckRdbForm::csv;
  if (given("json")) options.form = CheckRdbForm::json;
}

void Interpreter::take_stats(CheckRdbOptions& options) {
  only_with(options.mode == CheckRdbMode::stats, "--stats", {"html", "top", "prefix-separator"});
  options.html_file = text("html");
  options.top = number("top", options.top);
  if (options.top > 1000) refuse("--top goes up to 1000");
  if (!given("prefix-separator")) return;
  const std::string separator = text("prefix-separator");
  if (separator.size() != 1) return refuse("--prefix-separator needs a single byte");
  options.prefix_separator = separator.front();
}

void Interpreter::take_expired(KeyFilter& filter) {
  static constexpr std::array<std::pair<std::string_view, ExpiredKeys>, 3> choices = {{
      {"skip", ExpiredKeys::skip},
      {"include", ExpiredKeys::include},
      {"only", ExpiredKeys::only},
  }};
  if (!given("expired")) return;
  for (const auto& [name, choice] : choices) {
    if (name != text("expired")) continue;
    filter.expired = choice;
    return;
  }
  refuse(fmt::format("--expired needs skip, include or only, not '{}'", text("expired")));
}

void Interpreter::take_export(CheckRdbOptions& options) {
  static constexpr std::array<std::pair<std::string_view, ExportFormat>, 4> formats = {{
      {"resp", ExportFormat::resp},
      {"json", ExportFormat::json},
      {"csv", ExportFormat::csv},
      {"aof", ExportFormat::aof},
  }};
  only_with(options.mode == CheckRdbMode::export_keys, "--export", {"output", "match", "type", "db", "expired"});
  options.output_file = text("output");
  take_expired(options.filter);
  if (given("match")) options.filter.match = text("match");
  if (given("db")) options.filter.db = number("db", 0);
  if (given("type")) {
    options.filter.kind = parse_kind(text("type"));
    if (!options.filter.kind) refuse(fmt::format("--type does not know '{}'", text("type")));
  }
  if (options.mode != CheckRdbMode::export_keys) return;
  bool known = false;
  for (const auto& [name, format] : formats) {
    if (name != text("export")) continue;
    options.export_format = format;
    known = true;
  }
  if (!known) refuse(fmt::format("--export needs resp, json, csv or aof, not '{}'", text("export")));
}

}  // namespace

ParsedCheckRdb parse_check_rdb_options(int argc, const char* const* argv, Output& out, Output& err) {
  constexpr int usage_status = static_cast<int>(CheckStatus::usage);
  po::options_description hidden;
  hidden.add_options()("file", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("file", -1);
  const ParsedOptions line =
      parse_options(manual, described_options(), hidden, positional, argc, argv, usage_status, out, err);
  ParsedCheckRdb parsed;
  if (line.exit_status) {
    parsed.status = static_cast<CheckStatus>(*line.exit_status);
    return parsed;
  }
  Interpreter interpreter(line.values);
  parsed.options = interpreter.take();
  if (!interpreter.error().empty()) {
    parsed.status = static_cast<CheckStatus>(refuse_options(manual, interpreter.error(), usage_status, err));
  }
  return parsed;
}

namespace {

constexpr std::array<std::string_view, 6> kind_names = {"string", "list", "set", "zset", "hash", "stream"};

}  // namespace

std::string_view name_of(RdbKind kind) { return kind_names.at(static_cast<size_t>(kind)); }

std::optional<RdbKind> parse_kind(std::string_view name) {
  for (size_t i = 0; i < kind_names.size(); ++i) {
    if (kind_names[i] == name) return static_cast<RdbKind>(i);
  }
  return std::nullopt;
}

}  // namespace redoubt
