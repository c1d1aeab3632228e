// When nothing was written: each writer notes its own silences, and the times that all of them share are the outages. Times
// are monotonic nanoseconds. Not thread-safe; a recorder belongs to one writer.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace redoubt {

// What went wrong, and how often.
using ErrorCounts = std::map<std::string, uint64_t, std::less<>>;

// From a write of one writer that was acknowledged to the next one.
struct Silence {
  int64_t from_ns = 0;
  int64_t to_ns = 0;
  std::string before;  // the primary that acknowledged last; empty: none yet
  std::string after;   // and next; empty: none any more
  ErrorCounts errors = {};
};

class SilenceRecorder {
 public:
  // Shorter ones are of no account, unless they had errors or the primary changed.
  static constexpr int64_t least_ns = 100'000'000;
  // No more kinds of errors than that are told apart in one silence.
  static constexpr size_t most_kinds = 50;

  explicit SilenceRecorder(int64_t now_ns) : last_ns_(now_ns) {}
  // Writes go there from now on.
  void connected(std::string_view primary);
  void acknowledged(int64_t now_ns);
  void failed(std::string_view kind);
  // The writer has ended.
  void end(int64_t now_ns);

  bool failing() const { return !errors_.empty(); }
  const std::vector<Silence>& silences() const { return silences_; }

 private:
  void note(int64_t now_ns, std::string_view after);

  int64_t last_ns_;
  std::string primary_;
  std::string last_primary_;
  bool changed_ = false;  // the primary, since the last acknowledged write
  ErrorCounts errors_;
  std::vector<Silence> silences_;
};

// A time in which no writer at all had a write acknowledged.
struct Outage {
  int64_t from_ns = 0;
  int64_t to_ns = 0;
  std::string before;
  std::string after;  // empty: it lasted to the end of the run
  ErrorCounts errors = {};

  int64_t length_ns() const { return to_ns - from_ns; }
};

struct OutageReport {
  std::vector<Outage> outages;     // in order of time
  ErrorCounts other_errors;        // of silences that were part of no outage
  int64_t longest_silence_ns = 0;  // of one writer, between two acknowledged writes or to the end
};

// The silences of each writer. Outages are at least SilenceRecorder::least_ns long, or the primary was another one after them.
// Errors of a writer count for the first outage in its silence.
OutageReport find_outages(const std::vector<std::vector<Silence>>& writers);

}  // namespace redoubt
