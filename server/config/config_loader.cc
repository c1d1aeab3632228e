#include "server/config/config_loader.h"

#include <fmt/format.h>
#include <glob.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "common/base/config_file.h"
#include "server/config/version.h"

namespace redoubt {
namespace {

constexpr size_t max_include_depth = 32;
constexpr std::string_view not_understood = "Bad directive or wrong number of arguments";

// Settings of old versions that no longer mean anything; files that still have them must load.
constexpr std::array<std::string_view, 3> retired = {"list-max-ziplist-entries", "list-max-ziplist-value",
                                                     "lua-replicate-commands"};

bool is_retired(std::string_view name) {
  for (const std::string_view old : retired) {
    if (equal_ignoring_case(name, old)) return true;
  }
  return false;
}

std::string_view trim(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

Result<std::string> read_one_file(const std::string& path) {
  const auto unreadable = [&] {
    return Error{fmt::format("Fatal error, can't open config file '{}': {}", path, std::strerror(errno))};
  };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), std::fclose);
  if (!file) return unreadable();
  std::string text;
  std::array<char, 16384> buffer{};
  while (const size_t got = std::fread(buffer.data(), 1, buffer.size(), file.get())) text.append(buffer.data(), got);
  if (std::ferror(file.get()) != 0) return unreadable();
  return text;
}

}  // namespace

std::string fatal_config_error(const ConfigFailure& failure) {
  std::string text = fmt::format("\n*** FATAL CONFIG FILE ERROR (Redis {}) ***\n", redis_version);
  if (failure.kind == ConfigFailure::Kind::bad_line) {
    text += fmt::format("Reading the configuration file, at line {}\n>>> '{}'\n", failure.line, failure.statement);
  }
  return text + failure.reason + "\n";
}

Result<std::string> read_config_files(const std::string& path) {
  if (path.find_first_of("*?[") == std::string::npos) return read_one_file(path);
  glob_t found{};
  const std::unique_ptr<glob_t, void (*)(glob_t*)> release(&found, globfree);
  std::string text;
  if (glob(path.c_str(), 0, nullptr, &found) != 0) return text;
  for (size_t i = 0; i < found.gl_pathc; ++i) {
    auto one = read_one_file(found.gl_pathv[i]);
    if (!one) return one;
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    text += *one;
  }
  return text;
}

std::optional<ConfigFailure> ConfigLoader::load_file(const std::string& path) {
  const auto text = read_config_files(path);
  if (!text) return ConfigFailure{ConfigFailure::Kind::unreadable_file, 0, "", text.error().text};
  return load_text(*text);
}

std::optional<ConfigFailure> ConfigLoader::load_text(std::string_view text) {
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t newline = text.find('\n');
    const std::string_view line = trim(text.substr(0, newline));
    text = newline == std::string_view::npos ? std::string_view() : text.substr(newline + 1);
    if (line.empty() || line.front() == '#') continue;
    const auto words = split_words(line);
    Status done = Error{"Unbalanced quotes in configuration line"};
    if (words) done = words->empty() ? Status() : run_statement(*words);
    if (included_failure_) return std::exchange(included_failure_, std::nullopt);
    if (!done) return ConfigFailure{ConfigFailure::Kind::bad_line, number, std::string(line), done.error().text};
  }
  return std::nullopt;
}

Status ConfigLoader::run_statement(std::span<const std::string> words) {
  const std::string& name = words.front();
  words = words.subspan(1);
  if (const Directive* row = table_.find(name)) {
    if (words.empty() && !row->has(many_words)) return Error{"wrong number of arguments"};
    return set_directive(*row, config_, words);
  }
  if (equal_ignoring_case(name, "include")) return include_files(words);
  if (equal_ignoring_case(name, "rename-command")) return rename_command(words);
  if (is_retired(name) && words.size() == 1) return {};
  return Error{std::string(not_understood)};
}

// A failure inside an included file is reported as of that file.
Status ConfigLoader::include_files(Words words) {
  if (words.size() != 1) return Error{std::string(not_understood)};
  if (depth_ == max_include_depth) return Error{"include statements are nested too deeply"};
  ++depth_;
  included_failure_ = load_file(words[0]);
  --depth_;
  return {};
}

Status ConfigLoader::rename_command(Words words) {
  if (words.size() != 2) return Error{std::string(not_understood)};
  RenamedCommand renamed{words[0], words[1]};
  if (rename_) {
    if (Status done = rename_(renamed); !done) return done;
  }
  config_.rename_command.push_back(std::move(renamed));
  return {};
}

}  // namespace redoubt
