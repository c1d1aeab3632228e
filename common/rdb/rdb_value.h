// Reads one value of any type from an RdbInput and tells a visitor. The reader of files and that of payloads share it.
// A failure is latched in the input. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/rdb/duplicate_finder.h"
#include "common/rdb/rdb_blobs.h"
#include "common/rdb/rdb_format.h"
#include "common/rdb/rdb_input.h"
#include "common/rdb/rdb_stream.h"
#include "common/rdb/rdb_visitor.h"

namespace redoubt {

class RdbValueReader {
 public:
  explicit RdbValueReader(RdbInput& input, bool deep, bool skip_modules = false)
      : input_(input),
        deep_(deep),
        skip_modules_(skip_modules),
        first_(input),
        second_(input),
        stream_(input, deep, first_, second_) {}

  bool read(RdbType type, RdbVisitor& visitor);
  // What a module wrote, from its first opcode to its end mark.
  bool skip_module_data();
  // A place for a string between two values.
  RdbString& scratch() { return first_; }
  // To which the last value belonged, if it was a module's.
  const std::string& module() const { return module_; }

 private:
  bool read_string(RdbVisitor& visitor);
  bool read_list(RdbVisitor& visitor);
  bool read_set(RdbVisitor& visitor);
  bool read_hash(RdbVisitor& visitor);
  bool read_expiring_hash(RdbType type, RdbVisitor& visitor);
  bool read_zset(RdbType type, RdbVisitor& visitor);
  bool read_score_digits(double& score);
  bool read_intset(RdbVisitor& visitor);
  bool read_listpack(ListpackShape shape, const char* what, RdbVisitor& visitor);
  bool read_nodes(RdbVisitor& visitor);
  bool read_zipmap(RdbVisitor& visitor);
  bool read_list_ziplist(RdbVisitor& visitor);
  bool read_ziplist_pairs(bool scored, RdbVisitor& visitor);
  bool read_ziplist_nodes(RdbVisitor& visitor);
  bool read_module(RdbType type);
  bool unique(std::string_view member) { return !deep_ || seen_.add(member); }

  RdbInput& input_;
  bool deep_;
  bool skip_modules_;
  RdbString first_, second_;
  DuplicateFinder seen_;
  RdbStreamReader stream_;
  std::string module_;
};

// The name of the module to which a module id belongs: nine characters, as the module chose them.
std::string rdb_module_name(uint64_t id);

}  // namespace redoubt
