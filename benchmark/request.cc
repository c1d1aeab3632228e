#include "benchmark/request.h"

#include <cstring>
#include <utility>

#include "common/net/connect.h"

namespace redoubt {
namespace {

// Twelve digits, zeros in front.
void write_digits(char* to, uint64_t number) {
  for (char* at = to + Request::place.size(); at > to; number /= 100) {
    const auto two = static_cast<unsigned>(number % 100);
    *--at = static_cast<char>('0' + two % 10);
    *--at = static_cast<char>('0' + two / 10);
  }
}

}  // namespace

Request::Request(std::span<const std::string> args, uint64_t key_space) : key_space_(key_space) {
  const std::vector<std::string_view> views(args.begin(), args.end());
  append_request(bytes_, views);
  if (key_space == 0) return;
  for (size_t at = bytes_.find(place); at != std::string::npos; at = bytes_.find(place, at + place.size())) {
    places_.push_back(at);
  }
}

Request Request::inline_command(std::string line) {
  Request request;
  request.bytes_ = std::move(line);
  return request;
}

void Request::write(char* to, Random& random) const {
  memcpy(to, bytes_.data(), bytes_.size());
  for (const size_t at : places_) write_digits(to + at, random.below(key_space_));
}

}  // namespace redoubt
