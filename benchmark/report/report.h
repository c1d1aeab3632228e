// What the benchmark prints of a test that has run, in the forms of redis-benchmark, which scripts parse.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/load/load.h"
#include "benchmark/report/measurement.h"
#include "common/tool/output.h"

namespace redoubt {

enum class ReportForm : uint8_t { full, quiet, csv };

// What all tests of a run have in common.
struct RunFacts {
  size_t clients = 0;
  std::string payload;  // how large values are, in bytes; empty: that is not known
  bool keep_alive = true;
  size_t threads = 0;  // 0: not asked for
  int precision = 3;   // decimals of milliseconds
  uint64_t rate = 0;   // requests per second that are due; 0: as fast as replies come
  struct ServerConfig {
    std::string save;
    std::string appendonly;
  };
  std::optional<ServerConfig> server = {};  // none: the server does not tell
  // Of a cluster, instead of `server`: each master.
  std::vector<std::optional<ServerConfig>> masters = {};
};

class Report {
 public:
  Report(ReportForm form, RunFacts facts, Output& out) : form_(form), facts_(std::move(facts)), out_(out) {}

  // Before the first test.
  void begin();
  // `measurement` is of the same result.
  void test(const LoadResult& result, const Measurement& measurement);

 private:
  void full(const LoadResult& result, const Measurement& measurement);
  void cluster();
  void percentiles(const Histogram& latency);
  void distribution(const Histogram& latency);
  void summary(std::string_view title, const TimeFigures& times);
  void commands(const Measurement& measurement);
  template <typename Nanoseconds>
  std::string ms(Nanoseconds nanoseconds) const {
    return ms_text(nanoseconds, facts_.precision);
  }

  ReportForm form_;
  RunFacts facts_;
  Output& out_;
};

}  // namespace redoubt
