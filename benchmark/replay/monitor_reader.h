// The requests of a log of MONITOR, one after another, out of a file of any size: what is kept is one piece of it, or one line
// if that is longer. What is no line of such a log is passed over and counted; "OK", with which MONITOR begins, and empty lines
// are passed over silently. Input is not trusted. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "benchmark/replay/monitor_line.h"
#include "common/base/byte_source.h"
#include "common/base/result.h"

namespace redoubt {

struct MonitorLogFacts {
  uint64_t lines = 0;                   // looked at
  uint64_t bytes = 0;                   // of them
  uint64_t strange_lines = 0;           // no lines of such a log
  uint64_t first_strange = 0;           // its number, from 1 on
  std::string first_strange_text = {};  // how it begins
};

class MonitorReader {
 public:
  // `source` outlives it. A line of more bytes than `most_line` is no line of a log.
  explicit MonitorReader(ByteSource& source, size_t most_line = size_t{1} << 30)
      : source_(source), most_line_(most_line) {}

  // The next request; none at the end. An error, the system's own words: it cannot be read on.
  Result<std::optional<MonitorLine>> next();
  const MonitorLogFacts& facts() const { return facts_; }

 private:
  Result<bool> fill();
  std::optional<MonitorLine> take_line(std::string_view line);
  void count_strange(std::string_view line);

  ByteSource& source_;
  const size_t most_line_;
  std::string buffer_;
  size_t begin_ = 0;       // of the next line
  size_t scanned_ = 0;     // up to here there is no end of it
  bool too_long_ = false;  // the line under way, whose begin was told already
  bool ended_ = false;
  MonitorLogFacts facts_;
};

}  // namespace redoubt
