// Tells of the RDB part of a log what redis-check-aof tells: versions, databases and the number of keys. Keeps no values.
#pragma once

#include <string>

#include "common/aof/aof_reader.h"
#include "common/rdb/rdb_null_visitor.h"
#include "common/tool/output.h"
#include "common/tool/progress.h"

namespace redoubt {

class PreambleReport final : public RdbNullVisitor {
 public:
  // `out` may be null: then it only counts. `progress` gives way before a line is printed.
  PreambleReport(Output* out, Progress& progress) : out_(out), progress_(progress) {}

  // The reader that tells it; known only when this exists.
  void follow(const AofReader& reader) { reader_ = &reader; }
  void begin(const std::string& file_name);
  void sound(uint64_t offset);
  void broken(const RdbPosition& position, const std::string& problem);

  void aux(std::string_view name, std::string_view value) override;
  void select_db(uint64_t db) override;
  bool begin_key(const RdbKey& key) override;

 private:
  bool speaks();
  void counts();
  uint64_t offset() const;

  Output* out_;
  Progress& progress_;
  const AofReader* reader_ = nullptr;
  uint64_t keys_ = 0;
  uint64_t volatile_keys_ = 0;
  uint64_t expired_ = 0;
};

}  // namespace redoubt
