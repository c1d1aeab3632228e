// Takes what commands did to the data set, told as commands: the append log, later the replication backlog. Implemented there,
// fed by dispatch (propagation.h). Executor thread only.
#pragma once

#include <span>
#include <string_view>

namespace redoubt {

class CommandFeed {
 public:
  // The database of what works in any: MULTI and EXEC. Needs no SELECT, so that one that is due comes after the MULTI.
  static constexpr int any_db = -1;

  virtual ~CommandFeed() = default;
  // One command in one database; what has to be done before it (SELECT) is the feed's business. Commands that belong together
  // come between MULTI and EXEC, which are told like any other. The arguments are good during the call only.
  virtual void feed(int db, std::span<const std::string_view> args) = 0;
};

// Where the commands come from: feeds are told from attach() on until detach(). Implemented by dispatch (propagation.h).
class CommandSource {
 public:
  virtual ~CommandSource() = default;
  virtual void attach(CommandFeed& feed) = 0;
  virtual void detach(CommandFeed& feed) = 0;
};

}  // namespace redoubt
