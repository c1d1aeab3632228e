#include "benchmark/replay/monitor_reader.h"

#include <algorithm>

namespace redoubt {
namespace {

constexpr size_t piece = size_t{256} << 10;
constexpr size_t told_of_a_line = 60;

}  // namespace

void MonitorReader::count_strange(std::string_view line) {
  if (facts_.strange_lines++ > 0) return;
  facts_.first_strange = facts_.lines;
  facts_.first_strange_text = line.substr(0, told_of_a_line);
}

std::optional<MonitorLine> MonitorReader::take_line(std::string_view line) {
  ++facts_.lines;
  facts_.bytes += line.size() + 1;
  auto parsed = parse_monitor_line(line);
  if (parsed) return parsed;
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (!line.empty() && line != "OK" && line != "+OK") count_strange(line);
  return std::nullopt;
}

// False: there is no more.
Result<bool> MonitorReader::fill() {
  buffer_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  if (buffer_.size() > most_line_) {
    if (!too_long_) {
      ++facts_.lines;
      count_strange(buffer_);
    }
    too_long_ = true;
    facts_.bytes += buffer_.size();
    buffer_.clear();
    scanned_ = 0;
  }
  const size_t kept = buffer_.size();
  buffer_.resize(kept + piece);
  const Result<size_t> got = source_.read(std::span(buffer_).subspan(kept));
  buffer_.resize(kept + (got ? *got : 0));
  if (!got) return got.error();
  return *got > 0;
}

Result<std::optional<MonitorLine>> MonitorReader::next() {
  while (true) {
    const size_t end = std::string_view(buffer_).find('\n', scanned_);
    if (end == std::string::npos && !ended_) {
      scanned_ = buffer_.size();
      const Result<bool> more = fill();
      if (!more) return more.error();
      ended_ = !*more;
      continue;
    }
    if (end == std::string::npos && begin_ == buffer_.size()) return std::optional<MonitorLine>();
    const size_t stop = std::min(end, buffer_.size());
    const std::string_view line = std::string_view(buffer_).substr(begin_, stop - begin_);
    begin_ = scanned_ = std::min(stop + 1, buffer_.size());
    if (too_long_) {
      too_long_ = false;
      facts_.bytes += line.size() + 1;
      continue;
    }
    if (line.size() > most_line_) {
      ++facts_.lines;
      facts_.bytes += line.size() + 1;
      count_strange(line);
      continue;
    }
    auto parsed = take_line(line);
    if (parsed) return parsed;
  }
}

}  // namespace redoubt
