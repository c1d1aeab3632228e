// Reads configuration text (of a file, of standard input, of the command line) into a Config: line by line, the last
// statement wins, `include` and `rename-command` where they stand. What is wrong is reported with its line.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "server/config/directives.h"

namespace redoubt {

struct ConfigFailure {
  enum class Kind : uint8_t {
    unreadable_file,  // reason is a whole sentence for the log
    bad_line,
    bad_setting,  // the lines are fine, but what they say together is not
  };
  Kind kind = Kind::bad_line;
  size_t line = 0;        // 1-based, in the file that it stands in
  std::string statement;  // the line, trimmed
  std::string reason;
};

// What a server prints to stderr before it gives up, newlines included.
std::string fatal_config_error(const ConfigFailure& failure);

// Renames or removes a command at once; an error says why it cannot be. Without one, renames are only collected.
using RenameCommand = std::function<Status(const RenamedCommand&)>;

class ConfigLoader {
 public:
  // The references must outlive the loader.
  ConfigLoader(const DirectiveTable& table, Config& config, const RenameCommand& rename)
      : table_(table), config_(config), rename_(rename) {
    config_.reading_at_start = true;
  }
  ~ConfigLoader() { config_.reading_at_start = false; }
  ConfigLoader(const ConfigLoader&) = delete;
  ConfigLoader& operator=(const ConfigLoader&) = delete;

  // nullopt when all is well. After a failure the config has what came before the line at fault.
  std::optional<ConfigFailure> load_text(std::string_view text);
  // `path` may be a glob pattern; a pattern that matches nothing is no error.
  std::optional<ConfigFailure> load_file(const std::string& path);

 private:
  Status run_statement(std::span<const std::string> words);
  Status include_files(Words words);
  Status rename_command(Words words);

  const DirectiveTable& table_;
  Config& config_;
  const RenameCommand& rename_;
  size_t depth_ = 0;
  std::optional<ConfigFailure> included_failure_;
};

// The text of the file, or of all files that match when the path is a glob pattern, in the order of their names.
Result<std::string> read_config_files(const std::string& path);

}  // namespace redoubt
