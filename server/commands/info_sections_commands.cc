// The sections of INFO on what commands do: commandstats, errorstats, latencystats.
#include "common/base/clock.h"
#include "server/commands/info_report.h"
#include "server/config/config.h"
#include "server/dispatch/command_table.h"
#include "server/stats/info_text.h"
#include "server/stats/server_stats.h"

namespace redoubt::info_section {

void commandstats(const Services& server, InfoText& text) {
  text.section("Commandstats");
  const double per_us = cycles_per_us();
  server.commands.for_each([&](const Command& command) {
    const CommandStats& stats = command.stats;
    if (stats.calls == 0 && stats.rejected == 0 && stats.failed == 0) return;
    const double usec = static_cast<double>(stats.cycles) / per_us;
    text.field("cmdstat_" + command.full_name,
               fmt::format("calls={},usec={},usec_per_call={:.2f},rejected_calls={},failed_calls={}", stats.calls,
                           static_cast<uint64_t>(usec), stats.calls == 0 ? 0 : usec / static_cast<double>(stats.calls),
                           stats.rejected, stats.failed));
  });
}

void errorstats(const Services& server, InfoText& text) {
  text.section("Errorstats");
  for (const auto& [code, count] : server.stats.errors) {
    text.field("errorstat_" + code, fmt::format("count={}", count));
  }
}

void latencystats(const Services& server, InfoText& text) {
  text.section("Latencystats");
  if (!server.config.latency_tracking) return;
  server.commands.for_each([&](const Command& command) {
    const LatencyHistogram& latency = command.stats.latency;
    if (latency.total() == 0) return;
    std::string value;
    for (const double percent : server.config.latency_tracking_info_percentiles) {
      if (!value.empty()) value += ',';
      value += fmt::format("p{}={:.3f}", percent, static_cast<double>(latency.percentile(percent)) / 1000);
    }
    text.field("latency_percentiles_usec_" + command.full_name, value);
  });
}

}  // namespace redoubt::info_section
