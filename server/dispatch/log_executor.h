// Carries out the commands of a log: the executor of what no client sent. Looks commands up, queues what stands between
// MULTI and EXEC, and calls the handlers with a client of its own, which no list of clients knows. None of the executor's
// gates hold for it, and none of its accounts count. Executor thread only.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/resp/output_buffer.h"
#include "server/client/client.h"
#include "server/dispatch/context.h"
#include "server/persistence/command_executor.h"

namespace redoubt {

class LogExecutor final : public CommandExecutor {
 public:
  explicit LogExecutor(Services& services);

  void begin_log() override;
  Status execute_logged(Arguments args) override;
  size_t execute_logged(std::span<const Arguments> commands, Status& refused) override;
  bool in_transaction() const override { return in_transaction_; }

 private:
  static constexpr size_t batch = 32;
  class Conditions;

  Command* find(Arguments args) const;
  void prefetch(std::span<const Arguments> commands);
  Status carry_out(Arguments args, Command* command);
  void call(Arguments args, Command& command);
  void execute_queue();
  void queue(Arguments args);
  void tell_of_error(const Command& command);

  Services& services_;
  BlockPool pool_;
  Client client_;
  OutputBuffer::Mark begin_;  // of its output, which is always empty but keeps its memory
  const Command* select_;
  int64_t now_ms_ = 0;  // while commands are carried out
  std::array<Command*, batch> commands_{};
  std::array<uint64_t, batch> hashes_{};
  bool in_transaction_ = false;
  std::vector<std::vector<std::string>> queue_;
};

}  // namespace redoubt
