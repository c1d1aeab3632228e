// Manifests from outside: what is accepted names no paths and rises in its numbers, and is the same when written and read
// again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/aof/aof_manifest.h"

namespace redoubt {
namespace {

void require(bool holds) {
  if (!holds) abort();
}

void check_name(const AofFileInfo& file) {
  require(!file.name.empty() && file.name.find('/') == std::string::npos && file.sequence > 0);
}

void run(std::string_view text) {
  AofManifestProblem problem;
  auto manifest = parse_aof_manifest(text, &problem);
  if (!manifest) {
    require(!manifest.error().text.empty());
    return;
  }
  if (manifest->base) check_name(*manifest->base);
  for (const AofFileInfo& file : manifest->history) check_name(file);
  int64_t last = 0;
  for (const AofFileInfo& file : manifest->increments) {
    check_name(file);
    require(file.sequence > last);
    last = file.sequence;
  }
  const std::string written = format_aof_manifest(*manifest);
  if (written.empty()) return;
  const auto again = parse_aof_manifest(written);
  // Quoting can make a line longer than it may be.
  require(again ? *again == *manifest : again.error().text == "The AOF manifest file contains too long line");
}

}  // namespace
}  // namespace redoubt

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  redoubt::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
