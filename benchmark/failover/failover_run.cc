#include "benchmark/failover/failover_run.h"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "benchmark/failover/failover_report.h"
#include "benchmark/failover/failover_writer.h"
#include "benchmark/interrupt.h"
#include "benchmark/options.h"
#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/random.h"
#include "common/tool/names.h"
#include "common/tool/terminal.h"

namespace redoubt {
namespace {

constexpr int64_t ns_per_second = 1'000'000'000;
constexpr int64_t look_every_ns = ns_per_second / 10;
// The writers write for so long before a failover is asked for, and after one before the run ends.
constexpr int64_t before_ns = ns_per_second;
constexpr int64_t after_ns = 3 * ns_per_second;
// A writer whose last write is older does not write.
constexpr int64_t lately_ns = ns_per_second;
// At the end a primary is looked for for so many times the timeout.
constexpr int64_t end_patience = 10;
constexpr int64_t ns_per_ms = 1'000'000;
constexpr size_t digits_of_run = 12;
constexpr size_t shown_bytes_of_error = 200;
constexpr std::string_view erase_line = "\r\x1b[K";

class FailoverRun {
 public:
  FailoverRun(const FailoverPlan& plan, Interrupt& interrupt, bool live, Output& out)
      : plan_(plan), interrupt_(interrupt), live_(live), out_(out) {}

  // Whether there is a primary that takes writes. To be called first.
  Status begin();
  // Until the run is over. An error: the failover that was asked for was refused.
  Status write();
  // Compares what there is with what was acknowledged, and removes it.
  FailoverRecord end();

 private:
  Status watch();
  bool failover_is_over(int64_t now_ns);
  void show(int64_t now_ns);
  Status look_at_end();

  const FailoverPlan& plan_;
  Interrupt& interrupt_;
  const bool live_;
  Output& out_;
  const std::string prefix_ = "redoubt-failover:" + random_hex(digits_of_run) + ":";
  PrimaryFinder finder_{plan_};
  StopSignal stop_;
  std::vector<std::unique_ptr<FailoverWriter>> writers_;
  std::string first_primary_;
  int64_t over_since_ns_ = 0;  // that all writers write to another primary; 0: they do not
  int64_t began_ms_ = 0;
  int64_t began_ns_ = 0;
  int64_t ended_ns_ = 0;
  uint64_t shown_writes_ = 0;
  int64_t shown_ns_ = 0;
};

Status FailoverRun::begin() {
  Result<PrimaryFinder::Primary> primary = finder_.connect();
  if (!primary) return primary.error();
  first_primary_ = primary->name;
  const std::string key = prefix_ + "first";
  for (const auto& words : {std::vector<std::string_view>{"SET", key, "1"}, {"DEL", key}}) {
    const Result<Reply> reply = primary->link.call(words);
    if (!reply) return Error{fmt::format("{}: {}", first_primary_, reply.error().text)};
    if (reply->is_error()) {
      return Error{fmt::format("the primary at {} takes no writes: {}", first_primary_,
                               shown_name(reply->text, shown_bytes_of_error))};
    }
  }
  return {};
}

Status FailoverRun::write() {
  began_ms_ = wall_ms();
  began_ns_ = shown_ns_ = monotonic_ns();
  std::vector<std::thread> threads;
  for (size_t i = 0; i < plan_.writers; ++i) {
    writers_.push_back(std::make_unique<FailoverWriter>(plan_, stop_, fmt::format("{}{}:", prefix_, i)));
  }
  for (const auto& writer : writers_) threads.emplace_back([&writer] { writer->run(); });
  Status watched = watch();
  stop_.stop();
  for (std::thread& thread : threads) thread.join();
  ended_ns_ = monotonic_ns();
  if (live_) {
    out_.write(erase_line);
    out_.flush();
  }
  return watched;
}

Status FailoverRun::watch() {
  bool begun = !plan_.begin;
  while (!interrupt_.seen()) {
    stop_.wait_until(monotonic_ns() + look_every_ns);
    const int64_t now_ns = monotonic_ns();
    const int64_t passed_ns = now_ns - began_ns_;
    if (plan_.seconds > 0 && static_cast<double>(passed_ns) >= plan_.seconds * ns_per_second) return {};
    if (!begun && passed_ns >= before_ns) {
      begun = true;
      if (const Status asked = finder_.begin_failover(); !asked) return asked;
    }
    if (failover_is_over(now_ns) && plan_.seconds == 0) return {};
    if (live_) show(now_ns);
  }
  return {};
}

bool FailoverRun::failover_is_over(int64_t now_ns) {
  const bool over = std::all_of(writers_.begin(), writers_.end(), [this, now_ns](const auto& writer) {
    const std::string primary = writer->primary();
    return now_ns - writer->last_ns() < lately_ns && !primary.empty() && primary != first_primary_;
  });
  if (!over) {
    over_since_ns_ = 0;
  } else if (over_since_ns_ == 0) {
    over_since_ns_ = now_ns;
  }
  return over && now_ns - over_since_ns_ >= after_ns;
}

void FailoverRun::show(int64_t now_ns) {
  uint64_t writes = 0;
  const FailoverWriter* last = writers_.front().get();
  for (const auto& writer : writers_) {
    writes += writer->acknowledged();
    if (writer->last_ns() > last->last_ns()) last = writer.get();
  }
  const double passed = static_cast<double>(now_ns - shown_ns_) / ns_per_second;
  const double rate = passed > 0 ? static_cast<double>(writes - shown_writes_) / passed : 0;
  const int64_t silent_ns = last->last_ns() == 0 ? 0 : now_ns - last->last_ns();
  out_.print("{}{:.0f} s: {:.0f} writes/s to {}", erase_line, static_cast<double>(now_ns - began_ns_) / ns_per_second,
             rate, last->primary());
  if (silent_ns > look_every_ns) {
    out_.print("; outage, {:.1f} s until now: {}", static_cast<double>(silent_ns) / ns_per_second, last->last_error());
  }
  out_.flush();
  shown_writes_ = writes;
  shown_ns_ = now_ns;
}

Status FailoverRun::look_at_end() {
  const bool interrupted = interrupt_.seen();
  const int64_t until_ns = monotonic_ns() + end_patience * plan_.timeout_ms * ns_per_ms;
  while (true) {
    Status looked = [this]() -> Status {
      Result<PrimaryFinder::Primary> primary = finder_.connect();
      if (!primary) return primary.error();
      for (const auto& writer : writers_) {
        if (Status one = writer->look_at_keys(*primary); !one) return one;
      }
      for (const auto& writer : writers_) {
        const std::vector<std::string> keys = writer->keys();
        std::vector<std::string_view> words = {"DEL"};
        words.insert(words.end(), keys.begin(), keys.end());
        (void)primary->link.call(words);
      }
      return {};
    }();
    if (looked || monotonic_ns() >= until_ns || interrupted != interrupt_.seen()) return looked;
    std::this_thread::sleep_for(std::chrono::nanoseconds(look_every_ns));
  }
}

FailoverRecord FailoverRun::end() {
  FailoverRecord record{.plan = plan_,
                        .began_ms = began_ms_,
                        .began_ns = began_ns_,
                        .ended_ns = ended_ns_,
                        .interrupted = interrupt_.seen()};
  if (const Status looked = look_at_end(); !looked) {
    record.unread = shown_name(looked.error().text, shown_bytes_of_error) + "; they begin with " + prefix_;
  }
  std::vector<std::vector<Silence>> silences;
  for (const auto& writer : writers_) {
    add_writer(*writer, record);
    silences.push_back(writer->silences());
  }
  find_outages(silences, record);
  return record;
}

}  // namespace

int run_failover(const FailoverPlan& plan, ReportForm form, const std::string& json_file, Output& out, Output& err) {
  Interrupt interrupt;
  FailoverRun run(plan, interrupt, is_terminal(STDOUT_FILENO), out);
  if (const Status begun = run.begin(); !begun) {
    err.print("{}\n", begun.error().text);
    return benchmark_failed;
  }
  const Status written = run.write();
  const FailoverRecord record = run.end();
  if (form == ReportForm::quiet) {
    tell_failover_briefly(record, out);
  } else {
    tell_failover(record, Painter::for_descriptor(STDOUT_FILENO), out);
  }
  bool good = record.nothing_lost() && !record.unread;
  if (record.totals.writes + record.totals.increments == 0) {
    err.write("No write was acknowledged\n");
    good = false;
  }
  if (!written) {
    err.print("No failover was begun: {}\n", written.error().text);
    good = false;
  }
  if (!json_file.empty()) {
    if (const Status kept = replace_file(real_file_system(), json_file, failover_json(record)); !kept) {
      err.print("cannot write {}: {}\n", json_file, kept.error().text);
      good = false;
    }
  }
  return good ? 0 : benchmark_failed;
}

}  // namespace redoubt
