#include "common/base/background_thread.h"

#include <utility>

#include "common/base/memory.h"

namespace redoubt {

BackgroundThread::BackgroundThread(std::function<void()> wake, Mode mode) : wake_(std::move(wake)), mode_(mode) {}

BackgroundThread::~BackgroundThread() {
  if (mode_ == Mode::by_hand) drain();
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void BackgroundThread::submit(std::function<void()> job) {
  {
    const std::scoped_lock lock(mutex_);
    jobs_.push_back(std::move(job));
    if (mode_ == Mode::threaded && !thread_.joinable()) thread_ = std::thread([this] { work(); });
  }
  changed_.notify_all();
}

size_t BackgroundThread::pending() const {
  const std::scoped_lock lock(mutex_);
  return jobs_.size();
}

void BackgroundThread::drain() {
  std::unique_lock lock(mutex_);
  if (mode_ == Mode::threaded) {
    changed_.wait(lock, [this] { return jobs_.empty(); });
  } else {
    while (!jobs_.empty()) run_first(lock);
  }
}

bool BackgroundThread::run_one() {
  std::unique_lock lock(mutex_);
  if (mode_ == Mode::threaded || jobs_.empty()) return false;
  run_first(lock);
  return true;
}

void BackgroundThread::work() {
  register_allocating_thread();
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    run_first(lock);
  }
}

void BackgroundThread::run_first(std::unique_lock<std::mutex>& lock) {
  std::function<void()> job = std::move(jobs_.front());
  lock.unlock();
  job();
  job = nullptr;  // with what it holds
  lock.lock();
  jobs_.pop_front();
  changed_.notify_all();
  if (!wake_) return;
  lock.unlock();
  wake_();
  lock.lock();
}

}  // namespace redoubt
