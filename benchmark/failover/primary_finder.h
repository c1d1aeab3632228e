// How a client finds the primary: it asks the sentinels one after another, the one that answered last first, and connects to
// what they name. Each thread has one of its own. What waits does so for the plan's timeout at most, per sentinel and step.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/failover/failover_plan.h"
#include "common/net/connect.h"

namespace redoubt {

class PrimaryFinder {
 public:
  // The plan outlives it.
  explicit PrimaryFinder(const FailoverPlan& plan);

  // What the first sentinel says that knows the name. The error is one sentence about all of them.
  Result<Endpoint> ask();

  struct Primary {
    std::string name;  // host:port
    BlockingLink link;
  };
  // Asks, connects and greets, and makes sure that it is a primary, as far as the server tells.
  Result<Primary> connect();
  // Has a sentinel begin a failover.
  Status begin_failover();
  // The sentinels are not needed for a while.
  void hang_up();

 private:
  struct Sentinel {
    ServerUri uri;
    std::optional<BlockingLink> link = {};
  };
  Result<Reply> call(Sentinel& sentinel, std::initializer_list<std::string_view> words);
  Result<Endpoint> ask(Sentinel& sentinel);

  const FailoverPlan& plan_;
  std::vector<Sentinel> sentinels_;
  size_t first_ = 0;  // to be asked
};

}  // namespace redoubt
