#include "server/persistence/persistence.h"

#include <utility>

namespace redoubt {

Persistence::Persistence(Keyspace& keyspace, const Config& config, FileSystem& files, Log& log,
                         std::function<void()> wake, bool threads)
    : surroundings_{keyspace, config, files, log, std::move(wake), threads} {}

Persistence::~Persistence() = default;

void Persistence::tick() {}

}  // namespace redoubt
