// DUMP payloads from outside, without their footer: a type and a value. What deep checks let through, shallow ones do, and
// tell the same; nothing told runs out of bounds, and no more memory is asked for than the payload justifies. With another
// first byte the payload is one as it comes, for its footer.
#include <vector>

#include "tests/fuzz/rdb_walk.h"

namespace redoubt {
namespace {

void run(std::string_view data) {
  if (data.empty()) return;
  std::vector<char> payload(data.begin() + 1, data.end());
  if ((data[0] & 1) == 0) payload.insert(payload.end(), 10, '\0');
  // Without spare room behind it.
  payload.shrink_to_fit();
  const std::string_view bytes(payload.data(), payload.size());
  if (valid_payload(bytes)) require(valid_payload(bytes, false));
  if (bytes.size() < 10) return;
  const AllocationWatch watch;
  RdbWalk shallow;
  const Status shallow_status = read_payload(bytes, {}, shallow);
  RdbWalk deep;
  const Status deep_status = read_payload(bytes, {.deep = true}, deep);
  require(watch.greatest() <= (size_t{1} << 16) + bytes.size() * 256);
  if (deep_status.has_value()) require(shallow_status.has_value() && shallow.digest == deep.digest);
}

}  // namespace
}  // namespace redoubt

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  redoubt::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
