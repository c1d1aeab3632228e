#include "benchmark/hdr/hdr_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "benchmark/hdr/hdr_encoding.h"
#include "benchmark/hdr/hdr_format.h"
#include "common/base/clock.h"
#include "common/tool/names.h"

namespace redoubt {
namespace {

constexpr double ns_per_second = 1e9;
constexpr double ns_per_ms = 1e6;
constexpr int64_t ms_per_second = 1000;
constexpr size_t most_bytes_of_tag = 200;

}  // namespace

Result<HdrLog> HdrLog::create(FileSystem& files, const std::string& path) {
  Result<std::unique_ptr<File>> file = files.open(path, OpenMode::create);
  if (!file) return file.error();
  const int64_t now_ms = wall_ms();
  const std::string head =
      fmt::format("{}#[StartTime: {}.{:03} (seconds since epoch), {}]\n{}", hdr::log_version, now_ms / ms_per_second,
                  now_ms % ms_per_second, utc_time(now_ms / ms_per_second), hdr::log_legend);
  if (const Status written = write_all(**file, head); !written) return written.error();
  return HdrLog(std::move(*file), monotonic_ns());
}

void HdrLog::begin(std::string_view name) { tag_ = hdr_tag(name); }

void HdrLog::write(const LoadSecond& second) {
  if (!status_) return;
  status_ = write_all(
      *file_,
      fmt::format("Tag={},{:.3f},{:.3f},{:.3f},{}\n", tag_,
                  static_cast<double>(std::max<int64_t>(0, second.began_ns - began_ns_)) / ns_per_second,
                  second.seconds, static_cast<double>(second.latencies.max()) / ns_per_ms, hdr_text(second.latencies)));
}

std::string hdr_tag(std::string_view name) {
  std::string tag = shown_name(name, most_bytes_of_tag);
  std::replace_if(
      tag.begin(), tag.end(), [](char byte) { return byte == ',' || byte == ' '; }, '_');
  return tag.empty() ? "_" : tag;
}

}  // namespace redoubt
