// Who only wants to know whether a log is sound.
#pragma once

#include "common/aof/aof_reader.h"

namespace redoubt {

class SilentVisitor final : public AofVisitor, private RdbVisitor {
 public:
  Status commands(std::span<const AofCommand>) override { return {}; }
  RdbVisitor& preamble() override { return *this; }

 private:
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

}  // namespace redoubt
