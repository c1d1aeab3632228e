#include "server/keyspace/lazy_free.h"

#include <memory>
#include <utility>

#include "common/base/memory.h"
#include "server/keyspace/database.h"

namespace redoubt {

LazyFree::LazyFree() : thread_([this] { work(); }) {}

LazyFree::~LazyFree() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void LazyFree::submit(uint64_t objects, std::function<void()> run) {
  pending_ += objects;
  {
    const std::scoped_lock lock(mutex_);
    jobs_.push_back({objects, std::move(run)});
  }
  changed_.notify_all();
}

void LazyFree::free_entry(Entry* entry) {
  submit(1, [entry] { EntryMaker::free(entry); });
}

void LazyFree::free_keys(Dict<KeyTraits>&& keys) {
  auto owned = std::make_shared<KeyDict>(std::move(keys));
  const uint64_t count = owned->size();
  // Moved, so that the table goes on that thread too.
  submit(count, [owned = std::move(owned)] { owned->for_each([](Entry* entry) { EntryMaker::free(entry); }); });
}

void LazyFree::drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return jobs_.empty() && !busy_; });
}

void LazyFree::work() {
  register_allocating_thread();
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    busy_ = true;
    lock.unlock();
    job.run();
    job.run = nullptr;  // with what it captured
    pending_ -= job.objects;
    freed_ += job.objects;
    lock.lock();
    busy_ = false;
    changed_.notify_all();
  }
}

}  // namespace redoubt
