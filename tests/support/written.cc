#include "tests/support/written.h"

#include <stdexcept>

namespace redoubt {

std::string written_bytes(int version, const std::function<void(ReplyWriter&)>& write) {
  BlockPool pool;
  OutputBuffer out(pool);
  ReplyWriter reply(out);
  reply.set_version(version);
  write(reply);
  std::vector<iovec> pieces(out.blocks() + 1);
  pieces.resize(out.pieces(pieces.data(), pieces.size()));
  std::string bytes;
  for (const iovec& piece : pieces) bytes.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
  return bytes;
}

Value written(int version, const std::function<void(ReplyWriter&)>& write) {
  const std::string bytes = written_bytes(version, write);
  std::vector<Value> values = parse_values(bytes);
  if (values.size() != 1) throw std::runtime_error("not one reply: " + bytes);
  return std::move(values.front());
}

}  // namespace redoubt
