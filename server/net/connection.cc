#include "server/net/connection.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "server/client/client_registry.h"
#include "server/config/config.h"
#include "server/dispatch/executor.h"
#include "server/stats/server_stats.h"

namespace redoubt {
namespace {

// recv and send without the library's wrappers, which make each call a point of thread cancellation: a few per cent here.
ssize_t receive(int descriptor, void* buffer, size_t size) {
  return syscall(SYS_recvfrom, descriptor, buffer, size, 0, nullptr, nullptr);
}

ssize_t transmit(int descriptor, const iovec& piece) {
  return syscall(SYS_sendto, descriptor, piece.iov_base, piece.iov_len, MSG_NOSIGNAL, nullptr, 0);
}

// Cuts the pieces to so many bytes; returns how many pieces are left.
size_t first_bytes(iovec* pieces, size_t count, size_t size) {
  for (size_t i = 0; i < count; ++i) {
    if (pieces[i].iov_len >= size) {
      pieces[i].iov_len = size;
      return i + 1;
    }
    size -= pieces[i].iov_len;
  }
  return count;
}

constexpr size_t max_pieces = 64;
// An argument under way gets its whole room at once up to this size; beyond, room grows with what arrives.
constexpr size_t trusted_length = 1024 * 1024;

}  // namespace

Connection::Connection(ConnectionShared& shared, uint64_t client_id, int socket, Peer from)
    : Client(client_id, shared.pool), shared_(shared) {
  descriptor = socket;
  peer = std::move(from.address);
  local = std::move(from.local);
  from_loopback = from.loopback;
  set(ClientFlag::unix_socket, from.unix_socket);
  created_ms = last_active_ms = monotonic_ms();
  shared_.loop.watch(descriptor, *this, true, false, EventLoop::Trigger::edge);
}

Connection::~Connection() {
  shared_.loop.unwatch(descriptor, *this);
  close(descriptor);
}

void Connection::want(bool read, bool write) {
  if (read == reading_ && write == writing_) return;
  reading_ = read;
  writing_ = write;
  shared_.loop.change(descriptor, *this, read, write, EventLoop::Trigger::edge);
}

void Connection::on_ready(bool readable, bool writable, bool hung_up) {
  // Not at once: what it was answered in this tick leaves when the log has been written.
  if (writable) shared_.registry.schedule_flush(*this);
  if (readable && !is(ClientFlag::close_now)) read(hung_up);
}

void Connection::read(bool more) {
  const bool shared = pending_.empty() && wait == nullptr;
  char* buffer = shared_.read_buffer;
  size_t room = ConnectionShared::read_size;
  if (!shared) {
    buffer = pending_.reserve(std::clamp(parser_.missing(), size_t{16} * 1024, trusted_length));
    room = pending_.room();
  }
  const ssize_t got = receive(descriptor, buffer, room);
  if (got <= 0) {
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got < 0) shared_.log.verbose("Reading from client: {}", std::to_string(errno));
    return shared_.registry.close(*this);
  }
  const auto size = static_cast<size_t>(got);
  // The edge-triggered socket would not tell by itself of what is left: the rest of much, or the end.
  if (more || size == room) shared_.loop.change(descriptor, *this, reading_, writing_, EventLoop::Trigger::edge);
  net_in += size;
  shared_.stats.net_input_bytes += size;
  ++shared_.stats.reads_processed;
  // A client that is to go when it has been answered is not listened to any more.
  if (is(ClientFlag::close_after_reply)) return;
  size_t used = 0;
  if (shared) {
    const std::string_view input(buffer, size);
    process(input, used);
    if (used < size) keep_rest(input, used);
  } else {
    pending_.commit(size);
    // Who waits for a key is listened to, so that it is seen to go away.
    if (wait == nullptr) process(pending_.view(), used);
    pending_.consume(used);
  }
  count_input();
  if (pending_.size() > shared_.config.client_query_buffer_limit) {
    ++shared_.stats.query_buffer_limit_disconnections;
    shared_.log.warning("Closing client that reached max query buffer length: id={} addr={} qbuf={}", id, peer,
                        pending_.size());
    shared_.registry.close(*this);
  }
}

void Connection::keep_rest(std::string_view input, size_t used) {
  if (closing()) return;
  pending_.append(input.substr(used));
}

void Connection::process(std::string_view input, size_t& used) {
  last_active_ms = shared_.executor.tick_ms();
  while (used < input.size() && process_batch(input, used)) {
  }
  if (is(ClientFlag::postponed)) want(false, writing_);
}

// False when no more can be done with this input for now.
bool Connection::process_batch(std::string_view input, size_t& used) {
  RequestBatch& batch = shared_.batch;
  batch.clear();
  const bool trusted = authenticated() || shared_.config.requirepass.empty();
  const RequestLimits limits{static_cast<int64_t>(shared_.config.proto_max_bulk_len), trusted};
  // What comes after AUTH is read under other limits.
  const size_t most = authenticated() ? Executor::max_batch : 1;
  const size_t parsed = parser_.parse(input.substr(used), most, limits, batch);
  if (batch.requests.empty()) {
    used += parsed;
    if (parser_.error().empty()) return false;
    const std::string text(parser_.error());
    shared_.log.verbose("Protocol error ({}) from client: id={} addr={}", text, id, peer);
    reply.error("ERR " + text);
    shared_.stats.count_error("ERR");
    reply.take_errors();
    shared_.registry.close(*this, true);
    return false;
  }
  const size_t done = shared_.executor.run(*this, batch);
  if (done == batch.requests.size()) {
    used += parsed;
    return !closing() && wait == nullptr;
  }
  if (done > 0) used += batch.requests[done - 1].end;
  parser_.reset();
  return false;
}

void Connection::resume() {
  if (closing() || wait != nullptr) return;
  want(true, writing_);
  size_t used = 0;
  process(pending_.view(), used);
  pending_.consume(used);
  count_input();
}

void Connection::count_input() {
  input_bytes = pending_.size();
  input_capacity = pending_.capacity();
  parser_memory = parser_.memory();
}

// The rest of the output waits for a sync of the append log.
void Connection::wait_for_sync() {
  if (!hold_.holding() || held) return;
  held = true;
  shared_.held.push_back(this);
}

void Connection::flush() {
  iovec pieces[max_pieces];
  size_t left = hold_.sendable(shared_.log_progress, net_out, out.size());
  while (left > 0) {
    const size_t count = first_bytes(pieces, out.pieces(pieces, max_pieces), left);
    msghdr message{};
    message.msg_iov = pieces;
    message.msg_iovlen = count;
    const ssize_t sent = count == 1 ? transmit(descriptor, pieces[0]) : sendmsg(descriptor, &message, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno != EAGAIN && errno != EINTR) return shared_.registry.close(*this);
      hold_.release_until(net_out + left);
      wait_for_sync();
      return want(reading_, true);
    }
    const auto size = static_cast<size_t>(sent);
    net_out += size;
    shared_.stats.net_output_bytes += size;
    ++shared_.stats.writes_processed;
    out.consume(size);
    left -= size;
  }
  if (hold_.holding()) [[unlikely]] {
    wait_for_sync();
    return want(reading_, false);
  }
  soft_limit_since_ms = 0;
  out.clear();
  want(reading_, false);
  if (is(ClientFlag::close_after_reply)) shared_.registry.close(*this);
}

}  // namespace redoubt
