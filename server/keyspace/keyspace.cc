#include "server/keyspace/keyspace.h"

namespace redoubt {

Keyspace::Keyspace(int databases, const TypeLimits& limits) : shared_(limits) {
  shared_.lazy_free = &lazy_free_;
  databases_.reserve(static_cast<size_t>(databases));
  for (int id = 0; id < databases; ++id) databases_.push_back(std::make_unique<Database>(id, shared_));
}

size_t Keyspace::total_keys() const {
  size_t total = 0;
  for (const auto& db : databases_) total += db->size();
  return total;
}

size_t Keyspace::overhead() const {
  size_t total = 0;
  for (const auto& db : databases_) total += db->overhead();
  return total;
}

}  // namespace redoubt
