// A visitor that takes everything and keeps nothing: what matters is whether the reader finds an error. To derive from.
#pragma once

#include "common/rdb/rdb_visitor.h"

namespace redoubt {

class RdbNullVisitor : public RdbVisitor {
 public:
  bool begin_key(const RdbKey& /*key*/) override { return true; }
  Status end_key() override { return {}; }
  void string(std::string_view /*bytes*/) override {}
  void begin_elements(uint64_t /*count*/) override {}
  void element(std::string_view /*bytes*/) override {}
  void pair(std::string_view /*name*/, std::string_view /*value*/, int64_t /*expires_ms*/) override {}
  void scored(std::string_view /*member*/, double /*score*/) override {}
  void packed(RdbBlob /*kind*/, std::string_view /*blob*/) override {}
  void begin_nodes(uint64_t /*count*/) override {}
  void node(bool /*plain*/, std::string_view /*bytes*/) override {}
};

}  // namespace redoubt
