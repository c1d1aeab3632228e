// How the loading of an append log, which is below dispatch, has commands carried out. Implemented by dispatch
// (log_executor.h). Executor thread only.
//
// Commands of a log tell what was done, whenever that was: keys do not expire while they are carried out, and a time that
// has passed is set like any other. Nobody is asked for permission, nothing is refused for lack of memory, nothing waits;
// replies are dropped, nothing counts as a change and nothing is told to feeds. What does not change data is passed over.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "common/base/result.h"

namespace redoubt {

class CommandExecutor {
 public:
  using Arguments = std::span<const std::string_view>;

  virtual ~CommandExecutor() = default;
  // A new sequence of commands begins, in database 0 and outside any transaction.
  virtual void begin_log() = 0;
  // Carries out one command of the log. The error says why this can be no command of a log: "Unknown command 'x'", or a
  // wrong number of arguments. A command that fails as it would for a client is no error here: it goes to the server's log.
  virtual Status execute_logged(Arguments args) = 0;
  // The same for several, in order, and faster, because their keys are fetched from memory together; about 32 at a time are
  // best. Returns how many were done: fewer than all when the next can be no command of a log; `refused` says why then.
  virtual size_t execute_logged(std::span<const Arguments> commands, Status& refused) = 0;
  // Whether the last command was within a MULTI that has not been followed by EXEC: what it queued was not carried out.
  virtual bool in_transaction() const = 0;
};

}  // namespace redoubt
