#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "server/config/directive.h"

namespace redoubt {
namespace {

constexpr std::array fsync_policies = {named("everysec", AppendFsync::everysec), named("always", AppendFsync::always),
                                       named("no", AppendFsync::no)};

constexpr std::array sanitize_modes = {named("no", SanitizePayload::no), named("yes", SanitizePayload::yes),
                                       named("clients", SanitizePayload::clients)};

// ---- save

// As Redis reads these numbers: an empty word is 0, and blanks may stand before one.
bool read_number(const std::string& word, int64_t& value) {
  char* end = nullptr;
  value = strtoll(word.c_str(), &end, 10);
  return *end == 0 && end == word.c_str() + word.size();
}

Status set_save(Config& config, Words words) {
  const bool none = words.empty() || (words.size() == 1 && words[0].empty());
  if (!none && words.size() % 2 != 0) return Error{"Invalid save parameters"};
  std::vector<SaveRule> rules;
  for (size_t i = 0; !none && i < words.size(); i += 2) {
    int64_t seconds = 0;
    int64_t changes = 0;
    if (!read_number(words[i], seconds) || seconds < 1 || !read_number(words[i + 1], changes) || changes < 0) {
      return Error{"Invalid save parameters"};
    }
    rules.push_back({seconds, static_cast<int>(changes)});
  }
  if (none || !config.reading_at_start || !config.save_stated) config.save.clear();
  config.save_stated = true;
  config.save.insert(config.save.end(), rules.begin(), rules.end());
  return {};
}

std::string get_save(const Config& config) {
  std::string text;
  for (const SaveRule& rule : config.save) {
    text += fmt::format("{}{} {}", text.empty() ? "" : " ", rule.seconds, rule.changes);
  }
  return text;
}

std::vector<ConfigFileLine> save_lines(const Config& config) {
  if (config.save.empty()) return {{"save \"\"", true}};
  std::vector<ConfigFileLine> lines;
  for (const SaveRule& rule : config.save)
    lines.push_back({fmt::format("save {} {}", rule.seconds, rule.changes), true});
  return lines;
}

// ---- names of files

bool is_path(std::string_view name) { return name.find('/') != std::string_view::npos; }

Status check_dbfilename(std::string_view name) {
  if (is_path(name)) return Error{"dbfilename can't be a path, just a filename"};
  return {};
}

Status check_appendfilename(std::string_view name) {
  if (name.empty()) return Error{"appendfilename can't be empty"};
  if (is_path(name)) return Error{"appendfilename can't be a path, just a filename"};
  return {};
}

Status check_appenddirname(std::string_view name) {
  if (name.empty()) return Error{"appenddirname can't be empty"};
  if (is_path(name)) return Error{"appenddirname can't be a path, just a dirname"};
  return {};
}

constexpr int64_t int_min = std::numeric_limits<int>::min();

constexpr std::array rows = {
    Directive{"save", "", many_words, Special{set_save, get_save, save_lines}},
    Directive{"dbfilename", "", guarded, Text{&Config::dbfilename, false, check_dbfilename}},
    Directive{"rdbcompression", "", modifiable, YesNo{&Config::rdbcompression}},
    Directive{"rdbchecksum", "", start_only, YesNo{&Config::rdbchecksum}},
    Directive{"rdb-del-sync-files", "", modifiable, YesNo{&Config::rdb_del_sync_files}},
    Directive{"rdb-save-incremental-fsync", "", modifiable, YesNo{&Config::rdb_save_incremental_fsync}},
    Directive{"stop-writes-on-bgsave-error", "", modifiable, YesNo{&Config::stop_writes_on_bgsave_error}},
    Directive{"sanitize-dump-payload", "", modifiable, choice<&Config::sanitize_dump_payload>(sanitize_modes)},
    Directive{"rdb-key-save-delay", "", hidden, number<&Config::rdb_key_save_delay>(int_min, int_max)},
    Directive{"key-load-delay", "", hidden, number<&Config::key_load_delay>(int_min, int_max)},
    Directive{"loading-process-events-interval-bytes", "", hidden,
              number<&Config::loading_process_events_interval_bytes>(1024, int_max)},
    Directive{"appendonly", "", not_while_loading, YesNo{&Config::appendonly}},
    Directive{"appendfilename", "", start_only, Text{&Config::appendfilename, false, check_appendfilename}},
    Directive{"appenddirname", "", start_only, Text{&Config::appenddirname, false, check_appenddirname}},
    Directive{"appendfsync", "", modifiable, choice<&Config::appendfsync>(fsync_policies)},
    Directive{"no-appendfsync-on-rewrite", "", modifiable, YesNo{&Config::no_appendfsync_on_rewrite}},
    Directive{"auto-aof-rewrite-percentage", "", modifiable, number<&Config::auto_aof_rewrite_percentage>(0, int_max)},
    Directive{"auto-aof-rewrite-min-size", "", modifiable,
              number<&Config::auto_aof_rewrite_min_size>(0, i64_max, NumberForm::memory)},
    Directive{"aof-use-rdb-preamble", "", modifiable, YesNo{&Config::aof_use_rdb_preamble}},
    Directive{"aof-load-truncated", "", modifiable, YesNo{&Config::aof_load_truncated}},
    Directive{"aof-timestamp-enabled", "", modifiable, YesNo{&Config::aof_timestamp_enabled}},
    Directive{"aof-rewrite-incremental-fsync", "", modifiable, YesNo{&Config::aof_rewrite_incremental_fsync}},
    Directive{"aof-disable-auto-gc", "", modifiable, YesNo{&Config::aof_disable_auto_gc}},
};

}  // namespace

std::span<const Directive> persistence_directives() { return rows; }

}  // namespace redoubt
