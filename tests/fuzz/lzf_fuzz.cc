// LZF from outside: whatever the bytes are, nothing is written beyond the buffer; and what is compressed comes back.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/compress/lzf.h"

namespace redoubt {
namespace {

void require(bool holds) {
  if (!holds) abort();
}

void run(std::string_view data) {
  if (data.size() < 2) return;
  // The sanitizer does not look into the library that compresses: a margin shows what it writes too far.
  constexpr size_t margin = 300;
  const size_t size = static_cast<uint8_t>(data[0]) * size_t{4} + static_cast<uint8_t>(data[1]) % 4;
  const std::string_view bytes = data.substr(2);
  std::string out(size + margin, '~');
  (void)lzf_decompress(bytes, out.data(), size);
  require(out.find_first_not_of('~', size) == std::string::npos);

  std::string small(size + margin, '~');
  const size_t taken = lzf_compress(bytes, small.data(), size);
  require(taken <= size && small.find_first_not_of('~', size) == std::string::npos);
  if (taken == 0) return;
  std::string back(bytes.size(), 0);
  require(lzf_decompress({small.data(), taken}, back.data(), back.size()) && back == bytes);
}

}  // namespace
}  // namespace redoubt

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  redoubt::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
