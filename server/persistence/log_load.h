// Loads the append log at start: what the manifest names, the base first, then the increments. Commands go to a CommandExecutor,
// the RDB part of a file to a visitor that makes keys. Works in slices, so that the server can answer meanwhile. What happens
// goes to the server's log in Redis's words; of a file that is not sound also where, and what to run. Executor thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/aof/aof_reader.h"
#include "common/base/file.h"
#include "server/persistence/command_executor.h"
#include "server/persistence/log_files.h"
#include "server/persistence/surroundings.h"

namespace redoubt {

class LogLoad final : private AofVisitor {
 public:
  // What makes keys of the RDB part of a file of so many bytes. Called for each such file.
  using KeyLoader = std::function<std::unique_ptr<RdbVisitor>(uint64_t file_bytes)>;

  // All outlive it.
  LogLoad(const PersistenceSurroundings& surroundings, LogFiles& files, CommandExecutor& executor,
          KeyLoader key_loader);
  ~LogLoad() override;
  LogLoad(const LogLoad&) = delete;
  LogLoad& operator=(const LogLoad&) = delete;

  enum class Outcome : uint8_t {
    more,     // to be done by the next step()
    nothing,  // there is no log
    done,     // all was loaded, but for a tail that was cut off as aof-load-truncated allows
    failed,   // the server must not start with what there is
  };
  // Looks what there is. What the manifest names must be there, but for history.
  Outcome begin();
  // Goes on for about so long.
  Outcome step(int64_t budget_us);

  // ---- progress
  uint64_t total_bytes() const { return total_bytes_; }
  uint64_t loaded_bytes() const;
  // Of the base, after loading; the log grows from there (auto-aof-rewrite-percentage).
  uint64_t base_bytes() const { return base_bytes_; }
  const std::string& file_name() const { return file_name_; }

 private:
  struct Source;
  struct Part {
    AofFileInfo info;
    uint64_t size = 0;
  };

  Status commands(std::span<const AofCommand> batch) override;
  RdbVisitor& preamble() override;
  Status end_of_preamble() override;

  Status open(const Part& part);
  Outcome end_of_file();
  Outcome cut();
  Outcome refuse_damaged();
  Outcome refuse_truncated();
  Outcome fail();
  bool is_last() const { return index_ + 1 == parts_.size(); }
  bool old_style() const;
  void tell_place(std::string_view what);
  void delay(size_t commands);
  std::string repair_command() const;

  const PersistenceSurroundings& surroundings_;
  LogFiles& files_;
  CommandExecutor& executor_;
  KeyLoader key_loader_;

  std::vector<Part> parts_;
  size_t index_ = 0;
  uint64_t total_bytes_ = 0;
  uint64_t base_bytes_ = 0;
  uint64_t bytes_before_ = 0;  // of the files that are done
  int64_t started_us_ = 0;
  int64_t file_started_us_ = 0;
  std::string file_name_;

  // Of the file under way.
  std::unique_ptr<Source> source_;
  std::unique_ptr<AofReader> reader_;
  std::unique_ptr<RdbVisitor> keys_;
  std::vector<CommandExecutor::Arguments> arguments_;
  uint64_t refused_offset_ = 0;  // of the command that was refused
  uint64_t refused_number_ = 0;
  uint64_t delay_count_ = 0;
};

}  // namespace redoubt
