// Visitors for those who do not want to know.
#pragma once

#include "common/aof/aof_reader.h"
#include "common/rdb/rdb_null_visitor.h"

namespace redoubt {

// What is in an RDB part.
class PreambleSkipper final : public RdbNullVisitor {
 public:
  bool begin_key(const RdbKey&) override { return false; }
};

// More than whether a log is sound.
class SilentVisitor final : public AofVisitor {
 public:
  Status commands(std::span<const AofCommand>) override { return {}; }
  RdbVisitor& preamble() override { return skipper_; }

 private:
  PreambleSkipper skipper_;
};

}  // namespace redoubt
