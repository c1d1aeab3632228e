#include "benchmark/handoff/handoff.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "benchmark/handoff/handoff_load.h"
#include "common/tool/names.h"

namespace redoubt {
namespace {

constexpr double ns_per_second = 1e9;

std::string_view title_of(HandoffForm form) {
  switch (form) {
    case HandoffForm::list: return "BLOCKING";
    case HandoffForm::channel: return "PUBSUB";
    case HandoffForm::pattern: return "PUBSUB (patterns)";
    case HandoffForm::sharded: break;
  }
  return "PUBSUB (sharded)";
}

HandoffPlan plan_of(const ModeRun& run) {
  const BenchmarkOptions& options = run.options;
  return {.address = run.target.address,
          .greeting = run.target.greeting_bytes,
          .greeting_replies = run.target.greeting.size(),
          .form = options.handoff.form,
          .places = std::max<size_t>(1, options.key_space),
          .receivers = options.handoff.receivers,
          .senders = options.clients,
          .pipeline = options.pipeline,
          .value_size = std::max(options.data_size, HandoffStamp::size),
          .values = options.duration_seconds > 0 ? UINT64_MAX : options.requests,
          .duration_ns = static_cast<int64_t>(options.duration_seconds * ns_per_second),
          .rate = options.rate,
          .stop_on_error = options.stop_on_error};
}

// Values that nobody had would stay for ever. That they cannot be removed is no news: the server is gone.
void remove_lists(const Target& target, const HandoffKind& kind) {
  Result<BlockingLink> link = target.connect();
  for (size_t place = 0; link && place < kind.places(); ++place) {
    const std::string name = kind.name_of(place);
    if (!link->call({"DEL", name})) return;
  }
}

void print_details(const ModeRun& run, const HandoffPlan& plan, const HandoffResult& result) {
  const HandoffCounts& counts = result.counts;
  const double seconds = result.load.seconds;
  const auto per_second = [seconds](uint64_t count) {
    return seconds > 0 ? static_cast<double>(count) / seconds : 0.0;
  };
  const bool list = plan.form == HandoffForm::list;
  run.out.print("{}:\n", list ? "Hand-offs" : "Deliveries");
  run.out.print("  {} {} (-c), {} {}, {} {}\n", plan.senders, list ? "clients that push" : "clients that publish",
                plan.receivers, list ? "that wait in BLPOP" : "subscribers", plan.places,
                list ? "lists (-r)" : "channels (-r)");
  run.out.print("  {} {}, {:.2f} per second\n", counts.sent, list ? "pushed" : "published", per_second(counts.sent));
  run.out.print("  {} {}, {:.2f} per second\n", counts.received, list ? "handed over" : "delivered",
                per_second(counts.received));
  run.out.print("  lost: {}, twice: {}, out of order: {}\n\n", counts.lost, counts.twice,
                list ? std::string("any") : std::to_string(counts.out_of_order));
}

// True: none of it may be.
bool tell_of_damage(Output& err, const HandoffCounts& counts, bool list) {
  const std::pair<uint64_t, std::string_view> kinds[] = {
      {counts.lost, list ? "values were pushed and did not come" : "messages were missed by subscribers"},
      {counts.twice, list ? "values came twice" : "messages came twice"},
      {counts.out_of_order, "messages came after later ones of their publisher"},
      {counts.strange, list ? "values came that nobody pushed" : "messages came that nobody published"},
      {counts.wrong_receivers, "replies of PUBLISH told another number of receivers than there are subscribers"}};
  bool any = false;
  for (const auto& [count, what] : kinds) {
    if (count == 0) continue;
    err.print("{} {}\n", count, what);
    any = true;
  }
  return any;
}

}  // namespace

ModeOutcome run_handoff(const ModeRun& run) {
  const HandoffPlan plan = plan_of(run);
  const bool list = plan.form == HandoffForm::list;
  const std::string title(title_of(plan.form));
  LoadPlan shown;
  shown.clients = plan.senders;
  shown.pipeline = plan.pipeline;
  shown.requests = 0;
  shown.duration_ns = plan.duration_ns;
  std::optional<HandoffResult> result;
  const auto load = [&](const Measurer::Watch& watch, const SecondSink& each_second) {
    HandoffLoad handoff(plan);
    Result<HandoffResult> handed = handoff.run(watch, each_second);
    const HandoffCounts& counts = handoff.counts();
    if (list && counts.sent != counts.received) remove_lists(run.target, handoff.kind());
    if (!handed) return Result<LoadResult>(handed.error());
    result = std::move(*handed);
    return Result<LoadResult>(result->load);
  };
  std::optional<Measured> measured = run.measurer.measure(title, shown, title, load);
  if (!measured) return {.figures = {}, .failed = true};
  const bool damaged = tell_of_damage(run.err, result->counts, list);
  measured->figures.one_thread = true;
  RunFacts facts = run.facts;
  facts.payload = std::to_string(plan.value_size);
  Report report(run.options.form, facts, run.out);
  report.begin();
  report.test(measured->result, measured->figures);
  if (run.options.form == ReportForm::full) print_details(run, plan, *result);
  return {.figures = measured->figures, .failed = damaged};
}

}  // namespace redoubt
