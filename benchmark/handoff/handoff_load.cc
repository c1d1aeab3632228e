#include "benchmark/handoff/handoff_load.h"

#include <algorithm>
#include <utility>

#include "benchmark/handoff/handoff_ends.h"
#include "benchmark/load/cpu_time.h"
#include "common/base/clock.h"
#include "common/base/random.h"

namespace redoubt {
namespace {

constexpr int64_t look_interval_ms = 100;
constexpr int64_t watch_interval_ms = 250;
// For a value whose push was answered: longer than a server that was held up for a moment would take.
constexpr int64_t patience_with_lists_ns = 5'000'000'000;
constexpr size_t mark_digits = 12;

}  // namespace

HandoffLoad::HandoffLoad(HandoffPlan plan)
    : plan_(std::move(plan)),
      kind_(plan_.form, plan_.places, plan_.receivers, random_hex(mark_digits)),
      input_(LoadLink::input_size) {
  if (plan_.rate > 0) {
    pacer_.emplace(loop_, static_cast<double>(plan_.rate));
    service_.emplace();
  }
  for (size_t index = 0; index < plan_.receivers; ++index) {
    receivers_.push_back(std::make_unique<HandoffReceiver>(*this, index));
  }
  for (size_t index = 0; index < plan_.senders; ++index) {
    senders_.push_back(std::make_unique<HandoffSender>(*this, index));
    roomy_.push_back(senders_.back().get());
  }
  checks_.resize(kind_.is_list() ? plan_.senders : plan_.receivers * plan_.senders * plan_.places);
}

HandoffLoad::~HandoffLoad() = default;

Result<HandoffResult> HandoffLoad::run(const std::function<bool(const LoadProgress&)>& watch,
                                       const SecondSink& each_second) {
  SecondTeller teller(series_, each_second);
  loop_.every(look_interval_ms, [this] { return look(); });
  loop_.every(watch_interval_ms, [this, &watch, &teller] { return show(watch, teller); });
  open_some();
  if (failure_.empty()) loop_.run(*this);
  latency_.finish();
  teller.tell(measured_seconds());
  if (!failure_.empty()) return Error{failure_};
  HandoffResult result;
  gather(result);
  return result;
}

void HandoffLoad::gather(HandoffResult& result) {
  counts_.lost = never_seen();
  result.counts = counts_;
  result.load.latency = latency_.total();
  result.load.service = service_;
  result.load.seconds = static_cast<double>(std::max<int64_t>(0, last_value_ns_ - began_ns_)) / 1e9;
  result.load.cpu_seconds = thread_cpu_seconds() - cpu_before_;
  result.load.seconds_series = series_.told();
  result.load.errors.insert(errors_.counts().begin(), errors_.counts().end());
  result.load.stopped = stopped_;
  result.load.unanswered = unanswered_;
}

// ---- the connections -----------------------------------------------------------------------------

void HandoffLoad::open_some() {
  const size_t all = receivers_.size() + senders_.size();
  while (opened_ < all && opened_ - ready_ < links_opened_at_once && failure_.empty()) {
    const size_t index = opened_++;
    HandoffPeer& peer = index < receivers_.size() ? static_cast<HandoffPeer&>(*receivers_[index])
                                                  : static_cast<HandoffPeer&>(*senders_[index - receivers_.size()]);
    peer.open();
  }
}

void HandoffLoad::peer_ready() {
  ++ready_;
  open_some();
  if (ready_ < receivers_.size() + senders_.size()) return;
  began_ns_ = last_news_ns_ = last_value_ns_ = monotonic_ns();
  cpu_before_ = thread_cpu_seconds();
  series_.begin(began_ns_);
}

void HandoffLoad::fail(std::string_view why) {
  if (failure_.empty()) failure_ = why;
  loop_.stop();
}

void HandoffLoad::error_reply(std::string_view text) {
  errors_.count(text);
  if (plan_.stop_on_error) stopped_ = ending_ = true;
}

// ---- sending -------------------------------------------------------------------------------------

void HandoffLoad::on_tick_end() {
  if (!failure_.empty() || began_ns_ == 0) return;
  dispatch();
  if (is_done()) loop_.stop();
}

void HandoffLoad::dispatch() {
  const int64_t now_ns = monotonic_ns();
  std::vector<HandoffSender*> used;
  while (!roomy_.empty() && may_send()) {
    int64_t due_ns = now_ns;
    if (pacer_) {
      if (pacer_->due(now_ns) == 0) {
        pacer_->wake_at_next();
        break;
      }
      due_ns = pacer_->start_of(pacer_->take(1));
    }
    HandoffSender& sender = *roomy_.front();
    roomy_.pop_front();
    if (sender.batch_.empty()) used.push_back(&sender);
    expected_ += kind_.receivers_of(sender.next_place_);
    sender.add(due_ns, now_ns);
    ++counts_.sent;
    if (sender.has_room()) {
      roomy_.push_back(&sender);
    } else {
      sender.told_room_ = false;
    }
  }
  for (HandoffSender* const sender : used) sender->flush();
}

bool HandoffLoad::is_done() const { return !may_send() && unanswered_ == 0 && counts_.received >= expected_; }

// ---- receiving -----------------------------------------------------------------------------------

NumberCheck::Seen HandoffLoad::see(size_t receiver, const HandoffStamp& stamp) {
  const size_t of_sender =
      kind_.is_list() ? stamp.sender : (receiver * plan_.senders + stamp.sender) * plan_.places + stamp.place;
  return checks_[of_sender].see(stamp.number);
}

void HandoffLoad::take_value(size_t receiver, std::string_view value, int64_t now_ns) {
  const auto stamp = read_stamp(value);
  if (!stamp || value.size() != plan_.value_size || stamp->sender >= plan_.senders || stamp->place >= plan_.places ||
      stamp->number >= senders_[stamp->sender]->numbers(stamp->place)) {
    ++counts_.strange;
    return;
  }
  last_news_ns_ = last_value_ns_ = now_ns;
  const NumberCheck::Seen seen = see(receiver, *stamp);
  if (seen == NumberCheck::Seen::twice) {
    ++counts_.twice;
    return;
  }
  if (seen == NumberCheck::Seen::late && !kind_.is_list()) ++counts_.out_of_order;
  ++counts_.received;
  const int64_t from_ns = plan_.rate > 0 ? stamp->due_ns : stamp->sent_ns;
  latency_.record(now_ns, static_cast<uint64_t>(std::max<int64_t>(0, now_ns - from_ns)));
  if (service_) service_->record(static_cast<uint64_t>(std::max<int64_t>(0, now_ns - stamp->sent_ns)));
  if (kind_.is_list()) senders_[stamp->sender]->received();
}

// What was refused or has no reply is not lost.
uint64_t HandoffLoad::never_seen() const {
  const uint64_t open = counts_.received < expected_ ? expected_ - counts_.received : 0;
  const uint64_t undecided = unanswered_ * kind_.receivers_of(0);
  return open > undecided ? open - undecided : 0;
}

// ---- the end -------------------------------------------------------------------------------------

int64_t HandoffLoad::look() {
  if (began_ns_ == 0) return look_interval_ms;
  const int64_t now_ns = monotonic_ns();
  latency_.look(now_ns);
  if (plan_.duration_ns > 0 && now_ns - began_ns_ >= plan_.duration_ns) ending_ = true;
  const int64_t quiet_ns = now_ns - last_news_ns_;
  // Until all replies have come; and a moment for the rest, unless somebody wants to end.
  if (!may_send() && (ending_ || unanswered_ == 0) && quiet_ns > patience_after_stop_ns) loop_.stop();
  // Senders that wait for lost values would wait for ever.
  if (roomy_.empty() && unanswered_ == 0 && quiet_ns > patience_with_lists_ns) loop_.stop();
  return look_interval_ms;
}

double HandoffLoad::measured_seconds() const {
  return began_ns_ == 0 ? 0 : static_cast<double>(monotonic_ns() - began_ns_) / 1e9;
}

int64_t HandoffLoad::show(const std::function<bool(const LoadProgress&)>& watch, SecondTeller& teller) {
  teller.tell(measured_seconds());
  const auto news = series_.told(last_second_ ? last_second_->second + 1 : 0);
  if (!news.empty()) last_second_ = news.back();
  std::optional<double> share;
  if (plan_.duration_ns == 0) share = static_cast<double>(counts_.sent) / static_cast<double>(plan_.values);
  if (!watch({counts_.received, measured_seconds(), last_second_, share})) {
    stopped_ = ending_ = true;
    if (began_ns_ == 0) loop_.stop();
  }
  return watch_interval_ms;
}

}  // namespace redoubt
