#include "check-aof/modes.h"

namespace redoubt {

CheckStatus run_verify(const CheckAofOptions&, const CheckedLog& log, CheckAofContext& context) {
  for (const CheckedFile& file : log.files) {
    if (!file.size) {
      context.out.print("Cannot open file {}: {}\n", file.path, file.error);
      return CheckStatus::io;
    }
  }
  return CheckStatus::sound;
}

}  // namespace redoubt
