// The request parser on hostile input. The first bytes say how the rest is cut; what comes out must be the same as when
// the rest comes at once, and every view must lie within the input or the batch.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/resp/request_parser.h"

namespace redoubt {
namespace {

void require(bool holds) {
  if (!holds) abort();
}

struct Outcome {
  std::vector<std::vector<std::string>> requests;
  std::string error;
  std::string rest;
  bool operator==(const Outcome&) const = default;
};

bool lies_in(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

void check_place(std::string_view arg, std::string_view input, const RequestBatch& batch) {
  if (lies_in(arg, input)) return;
  for (const std::string& word : batch.storage) {
    if (lies_in(arg, word)) return;
  }
  abort();
}

// Moves what is left to a buffer of its own before each call, as a connection may.
class Feeder {
 public:
  Feeder(const RequestLimits& limits, size_t most) : limits_(limits), most_(most) {}

  bool feed(std::string_view bytes) {
    const size_t size = outcome.rest.size() + bytes.size();
    auto buffer = std::make_unique<char[]>(size);
    outcome.rest.copy(buffer.get(), outcome.rest.size());
    bytes.copy(buffer.get() + outcome.rest.size(), bytes.size());
    std::string_view input(buffer.get(), size);
    do {
      batch_.clear();
      const size_t done = parser_.parse(input, most_, limits_, batch_);
      require(done <= input.size() && batch_.requests.size() <= most_);
      take(input.substr(0, done));
      input.remove_prefix(done);
    } while (batch_.requests.size() == most_ && parser_.error().empty());
    outcome.rest = input;
    outcome.error = parser_.error();
    return outcome.error.empty();
  }

  Outcome outcome;

 private:
  void take(std::string_view input) {
    size_t end = 0;
    for (const auto& request : batch_.requests) {
      require(request.count > 0 && request.first + request.count <= batch_.args.size());
      require(request.end > end && request.end <= input.size());
      end = request.end;
      std::vector<std::string> words;
      for (const std::string_view arg : batch_.args_of(request)) {
        check_place(arg, input, batch_);
        words.emplace_back(arg);
      }
      outcome.requests.push_back(std::move(words));
    }
  }

  RequestLimits limits_;
  size_t most_;
  RequestParser parser_;
  RequestBatch batch_;
};

void run(std::string_view data) {
  // flags, then up to eight sizes of pieces, used in turn
  if (data.size() < 10) return;
  const auto flags = static_cast<uint8_t>(data[0]);
  const RequestLimits limits{(flags & 1) != 0 ? 512LL << 20 : 64, (flags & 2) == 0};
  const std::string_view sizes = data.substr(1, 1 + (flags >> 2) % 8);
  const std::string_view text = data.substr(1 + sizes.size());

  Feeder whole(limits, 32);
  whole.feed(text);
  Feeder cut(limits, 1 + (flags >> 5));
  size_t turn = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t size = 1 + static_cast<uint8_t>(sizes[turn++ % sizes.size()]);
    if (!cut.feed(text.substr(at, size))) break;
    at += size;
  }
  require(whole.outcome.requests == cut.outcome.requests);
  require(whole.outcome.error == cut.outcome.error);
  if (cut.outcome.error.empty()) require(whole.outcome.rest == cut.outcome.rest);
}

}  // namespace
}  // namespace redoubt

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  redoubt::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
