// Loads the append log at start: what the manifest names, the base first, then the increments. Commands go to a CommandExecutor,
// the RDB part of a file to a KeyLoader. Works in slices, so that the server can answer meanwhile. What happens
// goes to the server's log in Redis's words; of a file that is not sound also where, and what to run. Executor thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/aof/aof_reader.h"
#include "common/base/byte_source.h"
#include "common/base/file.h"
#include "server/persistence/command_executor.h"
#include "server/persistence/key_loader.h"
#include "server/persistence/log_files.h"
#include "server/persistence/rdb_load.h"
#include "server/persistence/surroundings.h"

namespace redoubt {

class LogLoad final : private AofVisitor {
 public:
  // All outlive it.
  LogLoad(const PersistenceSurroundings& surroundings, LogFiles& files, CommandExecutor& executor);
  ~LogLoad() override;
  LogLoad(const LogLoad&) = delete;
  LogLoad& operator=(const LogLoad&) = delete;

  // Looks what there is. What the manifest names must be there, but for history. A tail that was cut short is cut off, as
  // aof-load-truncated allows, and is no failure.
  LoadOutcome begin();
  // Goes on for about so long.
  LoadOutcome step(int64_t budget_us);
  // Until it is through.
  LoadOutcome run();

  // ---- progress
  uint64_t total_bytes() const { return total_bytes_; }
  uint64_t loaded_bytes() const;
  // Of the base, after loading; the log grows from there (auto-aof-rewrite-percentage).
  uint64_t base_bytes() const { return base_bytes_; }
  const std::string& file_name() const { return file_name_; }
  uint64_t used_memory_then() const { return used_memory_then_; }  // as an RDB part says; 0: it does not
  const KeyLoader::Counts& counts() const { return counts_; }      // of keys in RDB parts

 private:
  struct Part {
    AofFileInfo info;
    uint64_t size = 0;
  };

  Status commands(std::span<const AofCommand> batch) override;
  RdbVisitor& preamble() override;
  Status end_of_preamble() override;

  Status open(const Part& part);
  LoadOutcome end_of_file();
  LoadOutcome cut();
  LoadOutcome refuse_preamble();
  LoadOutcome refuse_damaged();
  LoadOutcome refuse_truncated();
  LoadOutcome fail();
  bool is_last() const;
  bool old_style() const;
  void tell_place(std::string_view what);
  void delay(size_t commands);
  std::string repair_command() const;

  const PersistenceSurroundings& surroundings_;
  LogFiles& files_;
  CommandExecutor& executor_;

  std::vector<Part> parts_;
  size_t index_ = 0;
  uint64_t total_bytes_ = 0;
  uint64_t base_bytes_ = 0;
  uint64_t bytes_before_ = 0;  // of the files that are done
  int64_t started_us_ = 0;
  int64_t file_started_us_ = 0;
  std::string file_name_;

  // Of the file under way.
  std::unique_ptr<FileSource> source_;
  std::unique_ptr<AofReader> reader_;
  std::unique_ptr<KeyLoader> keys_;
  std::vector<CommandExecutor::Arguments> arguments_;
  uint64_t refused_offset_ = 0;  // of the command that was refused
  uint64_t refused_number_ = 0;
  uint64_t delay_count_ = 0;
  uint64_t used_memory_then_ = 0;
  KeyLoader::Counts counts_;
};

}  // namespace redoubt
