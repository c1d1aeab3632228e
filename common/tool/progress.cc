#include "common/tool/progress.h"

#include <algorithm>

#include "common/base/clock.h"
#include "common/base/number.h"

namespace redoubt {
namespace {

constexpr size_t bar_width = 24;
constexpr std::string_view erase_line = "\r\x1b[K";

std::string duration(uint64_t seconds) {
  if (seconds >= 3600) return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

}  // namespace

Progress::Progress(Output& out, bool shown, std::string_view doing, uint64_t total)
    : out_(out), shown_(shown), doing_(doing), total_(total), started_us_(monotonic_us()) {
  next_us_ = started_us_ + first_after_us;
}

void Progress::advance(uint64_t bytes) {
  done_ += bytes;
  if (!shown_) return;
  const int64_t now = monotonic_us();
  if (now < next_us_) return;
  next_us_ = now + interval_us;
  visible_ = true;
  out_.print("{}{}", erase_line, line(doing_, done_, total_, now - started_us_));
  out_.flush();
}

void Progress::clear() {
  if (!visible_) return;
  visible_ = false;
  out_.write(erase_line);
  out_.flush();
}

std::string Progress::line(std::string_view doing, uint64_t done, uint64_t total, int64_t elapsed_us) {
  const double seconds = std::max(static_cast<double>(elapsed_us) / 1e6, 1e-6);
  const double rate = static_cast<double>(done) / seconds;
  std::string text(doing);
  if (total != 0) {
    const double share = std::min(static_cast<double>(done) / static_cast<double>(total), 1.0);
    const auto full = static_cast<size_t>(share * bar_width);
    text += fmt::format(" [{}{}] {:3.0f} %", std::string(full, '#'), std::string(bar_width - full, '.'), share * 100);
  }
  text += fmt::format("  {}", format_bytes_human(done));
  if (total != 0) text += fmt::format(" of {}", format_bytes_human(total));
  text += fmt::format("  {}/s", format_bytes_human(static_cast<uint64_t>(rate)));
  if (total > done && rate > 0) {
    text += fmt::format("  {} left", duration(static_cast<uint64_t>(static_cast<double>(total - done) / rate)));
  }
  return text;
}

Result<size_t> ProgressSource::read(std::span<char> bytes) {
  Result<size_t> got = source_.read(bytes);
  if (got) progress_.advance(*got);
  return got;
}

}  // namespace redoubt
