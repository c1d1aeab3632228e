// A thread that runs jobs one after another, in the order in which they were handed over: for what would make the executor
// wait, such as a sync of a file or freeing a big table. The thread begins with the first job. Jobs must not throw; what
// they answer they leave in memory that they share with their owner, and `wake` then tells the owner to look.
//
// By hand, there is no thread: jobs wait until run_one() or drain(), so that a test decides when each happens.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace redoubt {

class BackgroundThread {
 public:
  enum class Mode : uint8_t { threaded, by_hand };

  // `wake` is called after each job, by the thread that ran it, when the job no longer counts as pending. It may be empty.
  explicit BackgroundThread(std::function<void()> wake = {}, Mode mode = Mode::threaded);
  // Runs what is left, in both modes.
  ~BackgroundThread();
  BackgroundThread(const BackgroundThread&) = delete;
  BackgroundThread& operator=(const BackgroundThread&) = delete;

  // From any thread, a job's own included. The job and what it holds are destroyed when it has run.
  void submit(std::function<void()> job);
  // Jobs that have not run to their end. From any thread.
  size_t pending() const;
  // Returns when none is pending; by hand, runs them. Not from a job.
  void drain();
  // By hand only: runs the oldest job; false when there is none.
  bool run_one();

 private:
  void work();
  void run_first(std::unique_lock<std::mutex>& lock);

  const std::function<void()> wake_;
  const Mode mode_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;  // the first stays here, empty, while it runs
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace redoubt
