// The file of --hdr-out: a line for each second of each measurement (hdr_format.h), written when the second is over, so that the
// log of a run that is killed is whole up to there. Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "benchmark/load/load.h"
#include "common/base/file.h"
#include "common/base/result.h"

namespace redoubt {

class HdrLog {
 public:
  // Makes the file anew, with the lines before the first second; times are told from now on.
  static Result<HdrLog> create(FileSystem& files, const std::string& path);

  // What the seconds that follow are of; any bytes.
  void begin(std::string_view name);
  // After an error nothing more is written.
  void write(const LoadSecond& second);
  // The first thing that went wrong.
  const Status& status() const { return status_; }

 private:
  HdrLog(std::unique_ptr<File> file, int64_t began_ns) : file_(std::move(file)), began_ns_(began_ns) {}

  std::unique_ptr<File> file_;
  int64_t began_ns_;
  std::string tag_;
  Status status_;
};

// As a tag of the log: no byte that ends it, nothing that is not shown.
std::string hdr_tag(std::string_view name);

}  // namespace redoubt
