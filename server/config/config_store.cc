#include "server/config/config_store.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>

#include "common/base/glob.h"
#include "server/config/config_rewrite.h"

namespace redoubt {
namespace {

bool is_pattern(std::string_view text) { return text.find_first_of("[*?") != std::string_view::npos; }

Error set_failed(std::string_view name, std::string_view reason) {
  return Error{fmt::format("ERR CONFIG SET failed (possibly related to argument '{}') - {}", name, reason)};
}

std::string read_stdin() {
  std::string text;
  std::array<char, 16384> buffer{};
  while (const size_t got = std::fread(buffer.data(), 1, buffer.size(), stdin)) text.append(buffer.data(), got);
  return text;
}

std::optional<ConfigFailure> check_logfile(const Config& config) {
  if (config.logfile.empty()) return std::nullopt;
  std::FILE* file = std::fopen(config.logfile.c_str(), "ae");
  if (file == nullptr) {
    return ConfigFailure{ConfigFailure::Kind::bad_setting, 0, "",
                         fmt::format("Can't open the log file: {}", std::strerror(errno))};
  }
  std::fclose(file);
  return std::nullopt;
}

}  // namespace

ConfigStore::ConfigStore() {
  std::array<char, PATH_MAX> now{};
  if (getcwd(now.data(), now.size()) != nullptr) config_.dir = now.data();
}

std::optional<ConfigFailure> ConfigStore::load(const ConfigSources& sources) {
  std::string text;
  if (!sources.file.empty()) {
    auto read = read_config_files(sources.file);
    if (!read) return ConfigFailure{ConfigFailure::Kind::unreadable_file, 0, "", read.error().text};
    text = std::move(*read);
  }
  file_ = sources.file;
  if (sources.from_stdin) {
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    text += read_stdin();
  }
  text.append("\n").append(sources.options);
  if (auto failure = ConfigLoader(table_, config_, rename_).load_text(text)) return failure;
  return check_logfile(config_);
}

void ConfigStore::on_change(std::vector<std::string_view> names, Hook apply) {
  listeners_.push_back({std::move(names), std::move(apply)});
}

// ---- CONFIG GET

std::vector<std::pair<std::string, std::string>> ConfigStore::get(std::span<const std::string_view> patterns) const {
  std::vector<std::pair<std::string, std::string>> found;
  const auto add = [&](std::string_view name, const Directive& row) {
    for (const auto& [known, value] : found) {
      if (equal_ignoring_case(known, name)) return;
    }
    found.emplace_back(name, directive_text(row, config_));
  };
  for (const std::string_view pattern : patterns) {
    if (!is_pattern(pattern)) {
      if (const Directive* row = table_.find(pattern)) add(pattern, *row);
      continue;
    }
    for (const Directive* row : table_.all()) {
      if (row->has(hidden)) continue;
      if (glob_match(pattern, row->name, true)) add(row->name, *row);
      if (!row->alias.empty() && glob_match(pattern, row->alias, true)) add(row->alias, *row);
    }
  }
  return found;
}

// ---- CONFIG SET

bool ConfigStore::any_refused_while_loading(std::span<const Pair> pairs) const {
  return std::ranges::any_of(pairs, [this](const Pair& pair) {
    const Directive* row = table_.find(pair.first);
    return row != nullptr && row->has(not_while_loading);
  });
}

Status ConfigStore::set(std::span<const Pair> pairs, bool may_change_guarded) {
  const auto changes = check_changes(pairs, may_change_guarded);
  if (!changes) return changes.error();
  const Config before = config_;
  Status done = assign(*changes);
  if (done) return apply(*changes, before);
  restore(before);
  return done;
}

Result<std::vector<ConfigStore::Change>> ConfigStore::check_changes(std::span<const Pair> pairs,
                                                                    bool may_change_guarded) const {
  std::vector<Change> changes;
  for (const auto& [name, value] : pairs) {
    const Directive* row = table_.find(name);
    if (row == nullptr) {
      return Error{fmt::format("ERR Unknown option or number of arguments for CONFIG SET - '{}'", name)};
    }
    const std::string_view shown = equal_ignoring_case(name, row->name) ? row->name : row->alias;
    if (row->has(start_only)) return set_failed(shown, "can't set immutable config");
    if (row->has(guarded) && !may_change_guarded) return set_failed(shown, "can't set protected config");
    if (std::ranges::find(changes, shown, &Change::name) != changes.end()) {
      return set_failed(shown, "duplicate parameter");
    }
    changes.push_back({row, value, shown});
  }
  return changes;
}

Status ConfigStore::assign(std::span<const Change> changes) {
  for (const Change& change : changes) {
    const std::string word(change.value);
    const Status done = set_directive(*change.row, config_, std::span(&word, 1));
    if (!done) return set_failed(change.name, done.error().text);
  }
  return {};
}

Status ConfigStore::apply(std::span<const Change> changes, const Config& before) {
  std::vector<const Listener*> ran;
  for (const Change& change : changes) {
    if (directive_text(*change.row, config_) == directive_text(*change.row, before)) continue;
    for (const Listener& listener : listeners_) {
      const bool concerned = std::ranges::find(listener.names, change.row->name) != listener.names.end();
      if (!concerned || std::ranges::find(ran, &listener) != ran.end()) continue;
      ran.push_back(&listener);
      const Status done = listener.apply(config_);
      if (done) continue;
      restore(before);
      // What a hook says about the values that were fine before cannot be told to anyone.
      for (const Listener* again : ran) static_cast<void>(again->apply(config_));
      return set_failed(change.name, done.error().text);
    }
  }
  return {};
}

void ConfigStore::restore(const Config& before) {
  // `dir` took effect when it was assigned. That the directory before is gone is no reason to stay in the new one's
  // name only: the field keeps saying where the process is.
  if (config_.dir == before.dir) {
    config_ = before;
    return;
  }
  const std::string now = config_.dir;
  config_ = before;
  if (chdir(before.dir.c_str()) != 0) config_.dir = now;
}

Status ConfigStore::rewrite(bool force_all) const {
  if (file_.empty()) return Error{"ERR The server is running without a config file"};
  if (Status done = rewrite_config_file(file_, table_, config_, force_all); !done) {
    return Error{"ERR Rewriting config file: " + done.error().text};
  }
  return {};
}

}  // namespace redoubt
