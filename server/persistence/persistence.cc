#include "server/persistence/persistence.h"

#include <utility>

#include "server/persistence/append_log.h"

namespace redoubt {

Persistence::Persistence(Keyspace& keyspace, const Config& config, FileSystem& files, Log& log,
                         std::function<void()> wake, bool threads)
    : surroundings_{keyspace, config, files, log, std::move(wake), threads},
      append_log_(std::make_unique<AppendLog>(surroundings_)) {}

Persistence::~Persistence() = default;

void Persistence::tick() { append_log_->tick(); }

}  // namespace redoubt
