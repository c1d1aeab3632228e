// What a salvage came to, for people and for programs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "check-aof/salvage/salvage_file.h"
#include "common/tool/output.h"

namespace redoubt {

struct AofSalvageReport {
  std::string output;  // the file or directory that was written
  bool dry_run = false;
  std::string manifest;             // in the output; empty: a single file
  std::vector<SalvagedAof> files;   // those that were damaged
  std::vector<std::string> copied;  // those that were not
};

void print_aof_salvage(const AofSalvageReport& report, Output& out);
void print_aof_salvage_json(const AofSalvageReport& report, Output& out);

}  // namespace redoubt
