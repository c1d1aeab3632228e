// Owns the Config of a running server: loads it at start, answers CONFIG GET, changes it for CONFIG SET all or
// nothing, tells the parts that must act on a change, and rewrites the file. Used by one thread, the executor's.
// Errors are whole replies without the leading '-' ("ERR ...").
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "server/config/config.h"
#include "server/config/config_loader.h"
#include "server/config/directives.h"

namespace redoubt {

// Where a configuration comes from; later sources override earlier ones.
struct ConfigSources {
  std::string file;         // a path or a glob pattern; empty: none
  bool from_stdin = false;  // read until its end
  std::string options;      // of the command line, as configuration text
};

class ConfigStore {
 public:
  ConfigStore();
  ConfigStore(const ConfigStore&) = delete;
  ConfigStore& operator=(const ConfigStore&) = delete;

  // Valid as long as the store; its fields change in place.
  const Config& config() const { return config_; }
  // What `load` read from and `rewrite` writes to; empty when there is no file.
  const std::string& file() const { return file_; }

  // To be set before `load` when rename-command shall take effect while lines are read.
  void set_rename_command(RenameCommand rename) { rename_ = std::move(rename); }
  // nullopt when all is well; otherwise the server must not start. Changes the working directory where `dir` says so.
  std::optional<ConfigFailure> load(const ConfigSources& sources);

  // `apply` runs after a CONFIG SET that changed at least one of `names`, once, and may refuse: then everything is
  // set back, and those hooks that had run are run again with the values before. The text of its error is
  // the reason in the reply.
  using Hook = std::function<Status(const Config& next)>;
  void on_change(std::vector<std::string_view> names, Hook apply);

  // Name and value of each directive that one of the glob patterns matches, case aside; each name once, old names too.
  std::vector<std::pair<std::string, std::string>> get(std::span<const std::string_view> patterns) const;

  using Pair = std::pair<std::string_view, std::string_view>;
  // Whether one of the names is that of a directive that must not be changed while the data set is loaded.
  bool any_refused_while_loading(std::span<const Pair> pairs) const;
  // `may_change_guarded`: whether the client is one that enable-protected-configs lets change guarded directives.
  Status set(std::span<const Pair> pairs, bool may_change_guarded);

  // DEBUG SET-SKIP-CHECKSUM-VALIDATION.
  void skip_checksum_validation(bool skip) { config_.skip_checksum_validation = skip; }

  // Writes the present values into the file (all of them, not only those that differ from their defaults or stand
  // there already, when `force_all`). Either the whole new file is in place afterwards or the old one is untouched.
  Status rewrite(bool force_all = false) const;

 private:
  struct Listener {
    std::vector<std::string_view> names;
    Hook apply;
  };
  // A pair whose name was found.
  struct Change {
    const Directive* row;
    std::string_view value;
    std::string_view name;  // as the table has it: the alias when that was used
  };

  Result<std::vector<Change>> check_changes(std::span<const Pair> pairs, bool may_change_guarded) const;
  Status assign(std::span<const Change> changes);
  Status apply(std::span<const Change> changes, const Config& before);
  void restore(const Config& before);

  DirectiveTable table_;
  Config config_;
  std::string file_;
  RenameCommand rename_;
  std::vector<Listener> listeners_;
};

}  // namespace redoubt
