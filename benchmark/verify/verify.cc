#include "benchmark/verify/verify.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "benchmark/verify/verify_load.h"

namespace redoubt {
namespace {

constexpr const char* title = "VERIFY";
constexpr size_t run_digits = 8;
constexpr size_t removed_at_once = 500;

uint64_t seed_of(const BenchmarkOptions& options) { return options.seed != 0 ? options.seed : Random().next(); }

// Removes all keys that were written, over a connection of its own. `interrupted` is asked now and then.
Status remove_keys(const Target& target, const VerifyValues& values, const VerifyKeys& keys,
                   const std::function<bool()>& interrupted) {
  Result<BlockingLink> link = target.connect();
  if (!link) return link.error();
  std::string_view command = "UNLINK";
  std::vector<std::string> names;
  const auto remove = [&]() -> Status {
    if (names.empty()) return {};
    std::vector<std::string_view> words = {command};
    words.insert(words.end(), names.begin(), names.end());
    Result<Reply> reply = link->call(words);
    if (reply && reply->is_error() && command == "UNLINK") {
      words.front() = command = "DEL";
      reply = link->call(words);
    }
    names.clear();
    if (!reply) return reply.error();
    if (reply->is_error()) return Error{reply->text};
    return {};
  };
  // Who had interrupted the load waits for this: a second time ends the program.
  const bool was_interrupted = interrupted();
  for (uint64_t number = 0; number < values.numbers(); ++number) {
    for (size_t index = 0; index < verify_families; ++index) {
      const auto family = static_cast<VerifyFamily>(index);
      if (keys.is_written(family, number)) names.push_back(values.key(family, number));
    }
    if (names.size() < removed_at_once) continue;
    if (const Status removed = remove(); !removed) return removed;
    if (!was_interrupted && interrupted()) return Error{"interrupted"};
  }
  return remove();
}

// One load, and what is told of it.
class Verification {
 public:
  explicit Verification(const ModeRun& run)
      : run_(run),
        values_(random_hex(run_digits), run.options.key_space, run.options.values, seed_of(run.options)),
        keys_(values_, run.options.keys, run.options.clients) {}

  ModeOutcome run();

 private:
  std::optional<Measured> measure();
  void remove();
  void tell_findings();

  const ModeRun& run_;
  VerifyValues values_;
  VerifyKeys keys_;
  VerifyFindings findings_;
  bool failed_ = false;
};

std::optional<Measured> Verification::measure() {
  const LoadPlan& plan = run_.measurer.plan();
  std::optional<VerifyLoad> load;
  auto measured =
      run_.measurer.measure(title, plan, title, [&](const Measurer::Watch& watch, const SecondSink& each_second) {
        load.emplace(plan, values_, keys_, findings_);
        return load->run(watch, each_second);
      });
  if (!measured || !measured->figures.whole) return measured;
  const Status read = load->read_again([this] { return !run_.measurer.interrupted(); });
  if (!read) {
    failed_ = true;
    run_.err.print("Error: {}: {}\n", run_.target.name, read.error().text);
  }
  return measured;
}

void Verification::remove() {
  const Status removed = remove_keys(run_.target, values_, keys_, [this] { return run_.measurer.interrupted(); });
  if (removed) return;
  failed_ = true;
  run_.err.print("The keys {}* could not all be removed: {}\n", values_.prefix(), removed.error().text);
}

// The sum stands in the report, too, if there is one.
void Verification::tell_findings() {
  const VerifyCounts counts = findings_.counts();
  if (counts.all() == 0) return;
  failed_ = true;
  run_.err.print("{}{}\n", findings_.text(), verified_sentence(counts));
}

ModeOutcome Verification::run() {
  std::optional<Measured> measured = measure();
  remove();
  tell_findings();
  run_.err.flush();
  if (!measured) return {.figures = {}, .failed = true};
  measured->figures.verified = findings_.counts();
  Report report(run_.options.form, run_.facts, run_.out);
  report.begin();
  report.test(measured->result, measured->figures);
  return {.figures = measured->figures, .failed = failed_};
}

}  // namespace

ModeOutcome run_verify(const ModeRun& run) { return Verification(run).run(); }

}  // namespace redoubt
