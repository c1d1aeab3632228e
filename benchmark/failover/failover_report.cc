#include "benchmark/failover/failover_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "common/tool/names.h"
#include "common/tool/text_table.h"

namespace redoubt {
namespace {

constexpr int64_t ns_per_ms = 1'000'000;
constexpr int64_t ms_per_second = 1000;
constexpr size_t shown_bytes_of_name = 100;
constexpr size_t shown_losses = 10;

int64_t rounded_ms(int64_t ns) { return (ns + ns_per_ms / 2) / ns_per_ms; }

std::string counted(uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", grouped(count), count == 1 ? one : many);
}

void tell_errors(const ErrorCounts& errors, Output& out) {
  for (const auto& [kind, times] : errors) {
    out.print("    {} ({})\n", kind, counted(times, "time", "times"));
  }
}

void tell_outages(const FailoverRecord& record, const Painter& painter, Output& out) {
  if (record.found.outages.empty()) {
    out.write("\nno outage: there was always a writer whose writes were acknowledged\n");
    if (record.primaries.size() > 1) out.write("  (the primary changed meanwhile)\n");
  } else {
    TextTable table({{"began (UTC)", false}, {"after s"}, {"outage ms"}, {"from", false}, {"to", false}});
    for (const Outage& outage : record.found.outages) {
      const int64_t after_ns = outage.from_ns - record.began_ns;
      table.row({utc_time((record.began_ms + rounded_ms(after_ns)) / ms_per_second),
                 fmt::format("{:.3f}", static_cast<double>(after_ns) / 1e9),
                 std::to_string(rounded_ms(outage.length_ns())), outage.before,
                 outage.after.empty() ? "(lasts)" : outage.after});
    }
    out.write("\n");
    table.print(painter, out);
    out.write("\n");
    for (size_t i = 0; i < record.found.outages.size(); ++i) {
      const Outage& outage = record.found.outages[i];
      if (outage.errors.empty()) continue;
      out.print("  errors in the outage of {} ms:\n", rounded_ms(outage.length_ns()));
      tell_errors(outage.errors, out);
    }
  }
  if (!record.found.other_errors.empty()) {
    out.write("  errors while other writers went on:\n");
    tell_errors(record.found.other_errors, out);
  }
  out.print("  longest time of one writer without an acknowledged write: {} ms\n",
            rounded_ms(record.found.longest_silence_ns));
}

void tell_losses(const FailoverRecord& record, Output& out) {
  const FailoverWriter::Totals& totals = record.totals;
  out.print("\nacknowledged writes lost: {}", grouped(totals.lost_writes));
  if (totals.lost_writes > 0) out.print(", in {} of {} keys", totals.keys_with_losses, record.keys);
  out.print("\ncounters that went back: {} of {}", totals.counters_that_went_back, record.counters);
  if (totals.lost_increments > 0) out.print(", by {} in all", grouped(totals.lost_increments));
  out.print("\nwrites found that were never acknowledged: {}\n",
            grouped(totals.unacknowledged_writes + totals.unacknowledged_increments));
  for (size_t i = 0; i < std::min(record.losses.size(), shown_losses); ++i) {
    const Loss& loss = record.losses[i];
    out.print("  {}: {} was acknowledged, {} has {}\n", loss.key, loss.expected, loss.primary, loss.found);
  }
  if (record.losses.size() > shown_losses) out.print("  and {} more\n", record.losses.size() - shown_losses);
  if (record.unread) out.print("\nThe keys could not be read at the end: {}\n", *record.unread);
}

}  // namespace

void add_writer(const FailoverWriter& writer, FailoverRecord& record) {
  const FailoverWriter::Totals& more = writer.totals();
  FailoverWriter::Totals& totals = record.totals;
  totals.writes += more.writes;
  totals.increments += more.increments;
  totals.lost_writes += more.lost_writes;
  totals.keys_with_losses += more.keys_with_losses;
  totals.lost_increments += more.lost_increments;
  totals.counters_that_went_back += more.counters_that_went_back;
  totals.unacknowledged_writes += more.unacknowledged_writes;
  totals.unacknowledged_increments += more.unacknowledged_increments;
  record.keys += FailoverWriter::keys_of_each;
  record.counters += FailoverWriter::counters_of_each;
  record.losses.insert(record.losses.end(), writer.losses().begin(), writer.losses().end());
}

void find_outages(const std::vector<std::vector<Silence>>& silences, FailoverRecord& record) {
  record.found = find_outages(silences);
  std::vector<const Silence*> changes;
  for (const auto& of_one : silences) {
    for (const Silence& silence : of_one) {
      if (!silence.after.empty() && silence.after != silence.before) changes.push_back(&silence);
    }
  }
  std::sort(changes.begin(), changes.end(), [](const auto* a, const auto* b) { return a->to_ns < b->to_ns; });
  for (const Silence* change : changes) {
    const auto known = std::find(record.primaries.begin(), record.primaries.end(), change->after);
    if (known == record.primaries.end()) record.primaries.push_back(change->after);
  }
}

void tell_failover(const FailoverRecord& record, const Painter& painter, Output& out) {
  const FailoverWriter::Totals& totals = record.totals;
  out.print("====== failover of {} ======\n", shown_name(record.plan.primary, shown_bytes_of_name));
  out.print("  {} writes acknowledged in {:.2f} seconds: {} SET, {} INCR\n", grouped(totals.writes + totals.increments),
            record.seconds(), grouped(totals.writes), grouped(totals.increments));
  out.print("  {}\n", counted(record.plan.writers, "writer", "writers"));
  for (size_t i = 0; i < record.primaries.size(); ++i) {
    out.print("  {} {}\n", i == 0 ? "first primary:" : "then:", record.primaries[i]);
  }
  tell_outages(record, painter, out);
  tell_losses(record, out);
}

void tell_failover_briefly(const FailoverRecord& record, Output& out) {
  out.print("{}: ", shown_name(record.plan.primary, shown_bytes_of_name));
  for (const Outage& outage : record.found.outages) {
    out.print("outage of {} ms ({} to {}), ", rounded_ms(outage.length_ns()), outage.before,
              outage.after.empty() ? "none" : outage.after);
  }
  if (record.found.outages.empty()) out.write("no outage, ");
  const FailoverWriter::Totals& totals = record.totals;
  out.print("{} of {} acknowledged writes lost, {} went back{}\n", totals.lost_writes + totals.lost_increments,
            totals.writes + totals.increments, counted(totals.counters_that_went_back, "counter", "counters"),
            record.unread ? ", not read at the end" : "");
}

}  // namespace redoubt
