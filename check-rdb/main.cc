// redoubt-check-rdb, also redis-check-rdb and redis-check-dump: see options.h and modes.h.
#include <unistd.h>

#include <cstdlib>

#include "check-rdb/modes.h"
#include "check-rdb/options.h"
#include "common/tool/terminal.h"

int main(int argc, char** argv) {
  using namespace redoubt;
  ignore_broken_pipes();
  Output out(STDOUT_FILENO);
  Output err(STDERR_FILENO);
  ParsedCheckRdb parsed = parse_check_rdb_options(argc, argv, out, err);
  if (parsed.status) return static_cast<int>(*parsed.status);
  const char* const temporary = std::getenv("TMPDIR");
  if (temporary != nullptr && *temporary != '\0') parsed.options.spill_directory = temporary;
  parsed.options.progress = is_terminal(STDERR_FILENO);
  parsed.options.colours = Painter::for_descriptor(STDOUT_FILENO).colours();
  return static_cast<int>(run_check_rdb(parsed.options, real_file_system(), out, err));
}
