#include "server/keyspace/lazy_free.h"

#include <memory>
#include <utility>

#include "server/keyspace/database.h"

namespace redoubt {

void LazyFree::submit(uint64_t objects, std::function<void()> run) {
  pending_ += objects;
  thread_.submit([this, objects, run = std::move(run)]() mutable {
    run();
    run = nullptr;  // with what it captured
    pending_ -= objects;
    freed_ += objects;
  });
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

}  // namespace redoubt
