// RDB files from outside. The first byte says how: with or without deep checks, with the header given, with some keys
// unwanted and modules read over, and in pieces of which size. However a file is cut into pieces, the same is told of it; nothing told runs out of
// bounds, and no more memory is asked for than the file justifies.
#include <string>
#include <vector>

#include "tests/fuzz/rdb_walk.h"
#include "tests/support/piece_source.h"

namespace redoubt {
namespace {

struct Reading {
  uint64_t digest;
  std::string error;
  RdbPosition position;
};

Reading read_file(std::string_view file, size_t piece, RdbReadOptions options, bool select) {
  PieceSource source(file, piece);
  RdbReader reader(source, options);
  RdbWalk walk;
  walk.select = select;
  const Status status = reader.read_all(walk);
  require(reader.offset() <= file.size());
  if (status.has_value()) require(file.substr(reader.offset()).starts_with(reader.taken_over()));
  return {walk.digest, status.has_error() ? status.error().text : "", reader.position()};
}

void run(std::string_view data) {
  if (data.empty()) return;
  const auto choice = static_cast<uint8_t>(data[0]);
  // Of its own, so that its bounds are seen.
  const std::vector<char> rest(data.begin() + 1, data.end());
  std::string file(rest.begin(), rest.end());
  if ((choice & 1) != 0) file.insert(0, "REDIS0012");
  const bool select = (choice & 8) != 0;
  const RdbReadOptions options{.deep = (choice & 2) != 0, .verify_checksum = (choice & 4) != 0, .skip_modules = select};
  const AllocationWatch watch;
  const Reading whole = read_file(file, SIZE_MAX, options, select);
  const Reading pieces = read_file(file, 1 + choice / 16, options, select);
  // The buffer, the room in which a long string begins, and what LZF and the vectors of a stream can make of a byte.
  require(watch.greatest() <= (size_t{1} << 21) + file.size() * 256);
  require(whole.digest == pieces.digest && whole.error == pieces.error);
  require(whole.position.offset == pieces.position.offset && whole.position.key == pieces.position.key);
  if (whole.error.empty() && options.deep) {
    require(read_file(file, SIZE_MAX, {.verify_checksum = false, .skip_modules = select}, select).digest ==
            whole.digest);
  }
}

}  // namespace
}  // namespace redoubt

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  redoubt::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
