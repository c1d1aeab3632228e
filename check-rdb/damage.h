// What is wrong with a file, where, and what was known there: for people and for machines.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "check-rdb/rdb_file.h"
#include "common/rdb/rdb_reader.h"
#include "common/tool/terminal.h"

namespace redoubt {

struct RdbDamage {
  std::string message;
  RdbPosition at;
};

// Bytes of the file as one line: what is not printable, and each backslash, as \xHH.
std::string printable(std::string_view bytes);
// One sentence: what would have been right there.
std::string expected(const RdbDamage& damage);
// The sentence, the bytes around, and whether the file is nothing but zeros from there on. Ends with a newline.
std::string explain(const RdbDamage& damage, RdbFile& file, const Painter& painter);
boost::json::object json_of(const RdbDamage& damage);

}  // namespace redoubt
