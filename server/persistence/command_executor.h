// How the loading of an append log, which is below dispatch, has commands carried out. Implemented by dispatch. Executor thread
// only.
#pragma once

#include <span>
#include <string_view>

#include "common/base/result.h"

namespace redoubt {

class CommandExecutor {
 public:
  virtual ~CommandExecutor() = default;
  // A new sequence of commands begins, in database 0 and outside any transaction.
  virtual void begin_log() = 0;
  // Carries out one command of the log: no client is asked for permission, nothing is refused for lack of memory, nothing is
  // fed back to the log, no reply is kept. The error says why this can be no command of a log (unknown, wrong number of
  // arguments).
  virtual Status execute_logged(std::span<const std::string_view> args) = 0;
  // Whether the last command was within a MULTI that has not been followed by EXEC: what it queued was not carried out.
  virtual bool in_transaction() const = 0;
};

}  // namespace redoubt
