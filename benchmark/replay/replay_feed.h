// Reads a log of MONITOR ahead of its replay, on a thread of its own, so that neither a slow disk nor a pipe holds requests up.
// It reads so far ahead as a window of some megabytes goes, and waits until these were taken: memory does not grow with the log.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "benchmark/replay/monitor_reader.h"

namespace redoubt {

// A file, or "-" for standard input. Reading ends when stop() is called, from any thread, also where it waits for a pipe.
class ReplaySource final : public ByteSource {
 public:
  static Result<std::unique_ptr<ReplaySource>> open(const std::string& path);
  ~ReplaySource() override;
  ReplaySource(const ReplaySource&) = delete;
  ReplaySource& operator=(const ReplaySource&) = delete;

  Result<size_t> read(std::span<char> bytes) override;
  void stop();
  // Of a plain file; 0: not known.
  uint64_t size() const;

 private:
  ReplaySource(int descriptor, int stop_descriptor) : descriptor_(descriptor), stop_(stop_descriptor) {}

  const int descriptor_;
  const int stop_;
};

// A request that is to be sent.
struct ReplayRequest {
  int64_t time_us = 0;
  std::string client;
  std::string name;  // of the command
  std::string bytes;
  int db = 0;
  int db_after = 0;    // a SELECT changes it
  bool waits = false;  // its reply may not come by itself
};

struct ReplayLogFacts {
  MonitorLogFacts log = {};
  uint64_t requests = 0;                          // to be sent
  std::map<std::string, uint64_t> left_out = {};  // by the command's name
  uint64_t by_scripts = 0;                        // left out, too
  int64_t first_us = 0;                           // of all requests
  int64_t last_us = 0;
  std::string error = {};  // it could not be read to its end
  double cpu_seconds = 0;  // of the thread; when it has ended
};

class ReplayFeed {
 public:
  // Begins to read. `source` outlives it. `wake` is called by the feed's thread when there is something new after nothing was left.
  ReplayFeed(ReplaySource& source, std::function<void()> wake, size_t window_bytes = size_t{8} << 20);
  ~ReplayFeed();
  ReplayFeed(const ReplayFeed&) = delete;
  ReplayFeed& operator=(const ReplayFeed&) = delete;

  // Appends what was read. False: there was nothing, and nothing will come.
  bool take(std::deque<ReplayRequest>& to);
  // As of now.
  ReplayLogFacts facts() const;
  // Reads no more; returns when the thread has ended.
  void stop();

 private:
  void work();
  void add(const MonitorLine& line, const MonitorLogFacts& log);

  ReplaySource& source_;
  const std::function<void()> wake_;
  const size_t window_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable taken_;
  std::deque<ReplayRequest> ready_;
  size_t ready_bytes_ = 0;
  bool ended_ = false;
  bool stopping_ = false;
  ReplayLogFacts facts_;
  std::thread thread_;
};

}  // namespace redoubt
