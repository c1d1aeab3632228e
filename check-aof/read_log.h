// Reads the files of a log one after another, as a server would: up to the first damage. For the modes that look at commands and
// change nothing.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "check-aof/checked_log.h"
#include "check-aof/modes.h"
#include "check-aof/silent_visitor.h"
#include "common/aof/aof_reader.h"

namespace redoubt {

class LogVisitor : public AofVisitor {
 public:
  // What is told next is in this file.
  virtual void begin_file(const CheckedFile& file) = 0;
  // After an RDB part: its size.
  virtual void rdb_part(uint64_t /*bytes*/) {}
  // Of the file that was begun last. Also when it is damaged, where that is.
  virtual void end_file(const AofPosition& /*position*/) {}
  RdbVisitor& preamble() final { return skipper_; }
  Status end_of_preamble() final {
    preamble_ended_ = true;
    return {};
  }
  bool take_end_of_preamble() { return std::exchange(preamble_ended_, false); }

 private:
  PreambleSkipper skipper_;
  bool preamble_ended_ = false;
};

struct LogEnd {
  CheckStatus status = CheckStatus::sound;
  std::string file;  // where it is not sound
  AofPosition position;
  std::string problem;  // a sentence without the file's name
};

// A visitor that has seen enough makes its call fail, with an empty error. Shows progress; says nothing else.
LogEnd read_log(const CheckedLog& log, CheckAofContext& context, std::string_view doing, LogVisitor& visitor);

// One line on standard error, if it did not end well.
void print_log_end(const LogEnd& end, CheckAofContext& context);

}  // namespace redoubt
