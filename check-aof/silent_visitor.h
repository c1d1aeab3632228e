// Visitors for those who do not want to know.
#pragma once

#include "common/aof/aof_reader.h"

namespace redoubt {

// What is in an RDB part.
class PreambleSkipper final : public RdbVisitor {
 public:
  bool begin_key(const RdbKey&) override { return false; }
  Status end_key() override { return {}; }
  void string(std::string_view) override {}
  void begin_elements(uint64_t) override {}
  void element(std::string_view) override {}
  void pair(std::string_view, std::string_view, int64_t) override {}
  void scored(std::string_view, double) override {}
  void packed(RdbBlob, std::string_view) override {}
  void begin_nodes(uint64_t) override {}
  void node(bool, std::string_view) override {}
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
