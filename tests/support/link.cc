#include "tests/support/link.h"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <optional>
#include <stdexcept>

namespace redoubt {
namespace {

// Reads one value at a time; nullopt when the bytes end before the value does.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  size_t position() const { return at_; }

  std::optional<Value> next() {
    std::optional<std::string_view> head = line();
    if (!head) return std::nullopt;
    if (head->empty()) throw std::runtime_error("an empty line where a reply should begin");
    Value value;
    value.kind = head->front();
    std::string_view rest = head->substr(1);
    switch (value.kind) {
      case ':': value.integer = number(rest); return value;
      case '_': return value;
      case '$':
      case '=': return text(std::move(value), number(rest));
      case '*':
      case '~':
      case '>': return items(std::move(value), number(rest));
      case '%': return items(std::move(value), number(rest) * 2);
      case '+':
      case '-':
      case '#':
      case ',':
      case '(': value.text = rest; return value;
      default: throw std::runtime_error(fmt::format("no reply begins with: {}", *head));
    }
  }

 private:
  std::optional<std::string_view> line() {
    size_t end = bytes_.find("\r\n", at_);
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view out = bytes_.substr(at_, end - at_);
    at_ = end + 2;
    return out;
  }

  static int64_t number(std::string_view text) {
    int64_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
      throw std::runtime_error(fmt::format("not a number in a reply: {}", text));
    }
    return value;
  }

  std::optional<Value> text(Value value, int64_t size) {
    if (size < 0) return Value{};
    const auto length = static_cast<size_t>(size);
    if (bytes_.size() - at_ < length + 2) return std::nullopt;
    value.text = bytes_.substr(at_, length);
    if (bytes_.substr(at_ + length, 2) != "\r\n") throw std::runtime_error("a bulk string of the wrong length");
    at_ += length + 2;
    return value;
  }

  std::optional<Value> items(Value value, int64_t count) {
    if (count < 0) return Value{};
    for (int64_t i = 0; i < count; ++i) {
      std::optional<Value> item = next();
      if (!item) return std::nullopt;
      value.items.push_back(std::move(*item));
    }
    return value;
  }

  std::string_view bytes_;
  size_t at_ = 0;
};

void append_request(const std::vector<std::string>& words, std::string& bytes) {
  bytes += fmt::format("*{}\r\n", words.size());
  for (const std::string& word : words) {
    bytes += fmt::format("${}\r\n", word.size());
    bytes += word;
    bytes += "\r\n";
  }
}

}  // namespace

const Value* Value::field(std::string_view name) const {
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i].text == name) return &items[i + 1];
  }
  return nullptr;
}

std::vector<Value> parse_values(std::string_view bytes) {
  Reader reader(bytes);
  std::vector<Value> values;
  while (reader.position() < bytes.size()) {
    std::optional<Value> value = reader.next();
    if (!value) throw std::runtime_error("the last reply is not complete");
    values.push_back(std::move(*value));
  }
  return values;
}

std::string to_line(const Value& value) {
  if (value.kind == ':') return fmt::format(":{}", value.integer);
  if (std::string_view("*%~>").find(value.kind) == std::string_view::npos) return value.kind + value.text;
  std::string out(1, value.kind);
  out += '(';
  for (const Value& item : value.items) out += to_line(item) + ' ';
  if (out.back() == ' ') out.pop_back();
  return out + ')';
}

Link::Link(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd_ < 0 || connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    if (fd_ >= 0) close(fd_);
    throw std::runtime_error(fmt::format("cannot connect to port {}", port));
  }
  // A server that does not answer fails the test instead of holding it.
  const timeval patience{.tv_sec = 20, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

Link::~Link() { close(fd_); }

Value Link::run(const std::vector<std::string>& words) {
  send_only(words);
  auto [value, size] = receive();
  input_.erase(0, size);
  return std::move(value);
}

std::string Link::run_raw(const std::vector<std::string>& words) {
  send_only(words);
  return receive_raw();
}

std::vector<std::string> Link::run_batch(std::span<const std::vector<std::string>> requests) {
  std::string bytes;
  for (const std::vector<std::string>& words : requests) append_request(words, bytes);
  send_bytes(bytes);
  std::vector<std::string> replies;
  size_t begin = 0;
  for (size_t i = 0; i < requests.size(); ++i) {
    const size_t size = receive(begin).second;
    replies.push_back(input_.substr(begin, size));
    begin += size;
  }
  input_.erase(0, begin);
  return replies;
}

void Link::send_only(const std::vector<std::string>& words) {
  std::string request;
  append_request(words, request);
  send_bytes(request);
}

bool Link::readable(int milliseconds) {
  pollfd entry{.fd = fd_, .events = POLLIN, .revents = 0};
  return !input_.empty() || poll(&entry, 1, milliseconds) > 0;
}

std::string Link::receive_raw() {
  const size_t size = receive().second;
  std::string bytes = input_.substr(0, size);
  input_.erase(0, size);
  return bytes;
}

void Link::send_bytes(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) throw std::runtime_error("cannot send");
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

std::pair<Value, size_t> Link::receive(size_t begin) {
  for (;;) {
    Reader reader(std::string_view(input_).substr(begin));
    if (std::optional<Value> value = reader.next()) return {std::move(*value), reader.position()};
    char chunk[65536];
    ssize_t received = recv(fd_, chunk, sizeof(chunk), 0);
    if (received <= 0) throw std::runtime_error("the server closed the connection or does not answer");
    input_.append(chunk, static_cast<size_t>(received));
  }
}

}  // namespace redoubt
