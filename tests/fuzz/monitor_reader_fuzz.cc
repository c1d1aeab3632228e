// Logs of MONITOR from outside. However one comes in pieces, and however short lines must be, the same requests are read; each is
// the same when it is written and read again, and there is an answer to what a replay does with it.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/replay/monitor_reader.h"
#include "benchmark/replay/replay_rule.h"
#include "common/base/config_file.h"
#include "tests/support/piece_source.h"

namespace redoubt {
namespace {

void require(bool holds) {
  if (!holds) abort();
}

struct Outcome {
  std::vector<MonitorLine> requests;
  uint64_t lines = 0;
  uint64_t strange_lines = 0;
  uint64_t first_strange = 0;
  bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view text, size_t piece) {
  PieceSource source(text, piece);
  MonitorReader reader(source);
  Outcome outcome;
  while (true) {
    auto line = reader.next();
    require(line.has_value());
    if (!*line) break;
    outcome.requests.push_back(std::move(**line));
  }
  const MonitorLogFacts& facts = reader.facts();
  outcome.lines = facts.lines;
  outcome.strange_lines = facts.strange_lines;
  outcome.first_strange = facts.first_strange;
  require(facts.strange_lines + outcome.requests.size() <= facts.lines && facts.bytes <= text.size() + 1);
  return outcome;
}

void check_request(const MonitorLine& request) {
  require(!request.args.empty() && !request.client.empty() && request.time_us >= 0 && request.db >= 0);
  require(!replay_name_of(request).empty());
  (void)replay_rule_of(request);
  const std::string fraction = std::to_string(request.time_us % 1'000'000);
  std::string again = std::to_string(request.time_us / 1'000'000) + "." + std::string(6 - fraction.size(), '0') +
                      fraction + " [" + std::to_string(request.db) + " " + request.client + "]";
  for (const std::string& arg : request.args) again += " " + quote_word(arg);
  const auto read_again = parse_monitor_line(again);
  require(read_again && *read_again == request);
}

void run(std::string_view data) {
  if (data.empty()) return;
  const size_t piece = 1 + static_cast<uint8_t>(data[0]);
  const std::string_view text = data.substr(1);
  const Outcome whole = read(text, SIZE_MAX);
  require(whole == read(text, piece));
  for (const MonitorLine& request : whole.requests) check_request(request);
  // With short lines only, long ones are left out; nothing else changes.
  PieceSource source(text, piece);
  MonitorReader reader(source, 64);
  size_t count = 0;
  for (auto line = reader.next(); line && *line; line = reader.next()) ++count;
  require(count <= whole.requests.size() && reader.facts().lines == whole.lines);
}

}  // namespace
}  // namespace redoubt

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  redoubt::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
