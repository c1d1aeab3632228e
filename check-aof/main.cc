// redoubt-check-aof: verifies, explains and repairs append-only files.
#include <unistd.h>

#include "check-aof/options.h"
#include "check-aof/run.h"

int main(int argc, char** argv) {
  using namespace redoubt;
  ignore_broken_pipes();
  Output out(STDOUT_FILENO);
  Output err(STDERR_FILENO);
  const ParsedCheckAof parsed = parse_check_aof(argc, argv, out, err);
  if (parsed.exit_status) return *parsed.exit_status;
  CheckAofContext context{real_file_system(), out, err};
  context.show_progress = is_terminal(STDERR_FILENO);
  context.out_painter = Painter::for_descriptor(STDOUT_FILENO);
  context.err_painter = Painter::for_descriptor(STDERR_FILENO);
  context.confirm = [&](std::string_view question) { return confirm(out, question); };
  return static_cast<int>(run_check_aof(parsed.options, context));
}
