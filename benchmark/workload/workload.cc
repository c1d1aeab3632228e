#include "benchmark/workload/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "common/base/config_file.h"
#include "common/base/number.h"

namespace redoubt {
namespace {

constexpr uint64_t most_weight = 1'000'000'000;
constexpr unsigned stamp_bits = 48;  // of the values of one thread

// Up to the next ; that stands in no quotes.
std::string_view cut_request(std::string_view& rest) {
  char quote = 0;
  size_t at = 0;
  for (; at < rest.size(); ++at) {
    const char byte = rest[at];
    if (quote != 0) {
      if (byte == '\\') {
        ++at;
      } else if (byte == quote) {
        quote = 0;
      }
    } else if (byte == '"' || byte == '\'') {
      quote = byte;
    } else if (byte == ';') {
      break;
    }
  }
  const std::string_view request = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return request;
}

// Without the space around, and without the weight if there is one.
std::string command_of(std::string_view request, bool weighted) {
  const auto is_space = [](char byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); };
  const auto trim = [&request, &is_space] {
    while (!request.empty() && is_space(request.front())) request.remove_prefix(1);
    while (!request.empty() && is_space(request.back())) request.remove_suffix(1);
  };
  trim();
  while (weighted && !request.empty() && !is_space(request.front())) request.remove_prefix(1);
  trim();
  return std::string(request);
}

void add_tags(std::vector<std::string>& words) {
  const auto has_tag = [](const std::string& word) { return word.find(Request::tag_place) != std::string::npos; };
  if (std::any_of(words.begin(), words.end(), has_tag)) return;
  const std::string tag = std::string(Request::tag_place) + ":";
  for (std::string& word : words) {
    for (const std::string_view place : {Request::key_place, Request::place}) {
      for (size_t at = 0; (at = word.find(place, at)) != std::string::npos; at += tag.size() + place.size()) {
        word.insert(at, tag);
      }
    }
  }
}

}  // namespace

Workload::Workload(std::vector<Weighted> requests, KeyChoice keys, ValueChoice values)
    : requests_(std::move(requests)), keys_(keys), values_(std::move(values)) {
  for (const Weighted& one : requests_) {
    weights_ += one.weight;
    largest_request_ = std::max(largest_request_, one.request.largest_size(values_));
  }
}

Workload::Workload(Request request, KeyChoice keys, ValueChoice values)
    : Workload(std::vector<Weighted>{{1, std::move(request)}}, keys, std::move(values)) {}

Result<Workload> Workload::parse(std::string_view text, Form form, KeyChoice keys, ValueChoice values, bool tagged) {
  std::vector<Weighted> requests;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view one = cut_request(rest);
    auto words = split_words(one);
    if (!words) return Error{"the quotes do not match in '" + std::string(one) + "'"};
    if (words->empty()) continue;
    std::optional<uint64_t> weight = 1;
    if (form == Form::mix) {
      weight = parse_u64(words->front());
      if (!weight || *weight < 1 || *weight > most_weight || words->size() < 2) {
        return Error{"'" + std::string(one) + "' is not a weight and a command, such as 80 GET key:{key}"};
      }
      words->erase(words->begin());
    }
    if (requests.size() == most_requests) return Error{fmt::format("it has more than {} commands", most_requests)};
    if (tagged) add_tags(*words);
    requests.push_back({*weight, Request(*words, Request::Places::all, tagged), command_of(one, form == Form::mix)});
    if (keys.space() == 0 && requests.back().request.needs_keys()) {
      return Error{"{key}, {int} and __rand_int__ need a key space: -r"};
    }
  }
  if (requests.empty()) return Error{"it has no commands"};
  Workload workload(std::move(requests), keys, std::move(values));
  workload.sequence_ = form == Form::sequence;
  return workload;
}

Result<Workload> Workload::parse_mix(std::string_view text, KeyChoice keys, ValueChoice values, bool tagged) {
  return parse(text, Form::mix, keys, std::move(values), tagged);
}

Result<Workload> Workload::parse_sequence(std::string_view text, KeyChoice keys, ValueChoice values) {
  return parse(text, Form::sequence, keys, std::move(values), false);
}

WorkloadWriter::WorkloadWriter(const Workload& workload, std::atomic<uint64_t>& turn, uint64_t seed, uint64_t number)
    : workload_(workload), filler_(workload.keys_, workload.values_, turn, seed, number << stamp_bits) {}

const Workload::Weighted& WorkloadWriter::choose() {
  const Workload::Weighted* at = workload_.requests_.data();
  if (workload_.requests_.size() > 1) {
    for (uint64_t left = filler_.random().below(workload_.weights_); left >= at->weight; ++at) left -= at->weight;
  }
  return *at;
}

const Workload::Weighted& WorkloadWriter::next_of_sequence(SequencePlace& place) {
  if (place.next == 0 && workload_.keys_.space() > 0) {
    filler_.hold(nullptr);
    place.numbers = {filler_.key(), filler_.integer()};
  }
  filler_.hold(&place.numbers);
  const Workload::Weighted& one = workload_.requests_[place.next];
  if (++place.next == workload_.requests_.size()) place.next = 0;
  return one;
}

template <typename F>
std::string_view WorkloadWriter::write_each(uint64_t count, SequencePlace& place, F tell) {
  size_t size = 0;
  for (uint64_t number = 0; number < count; ++number) {
    if (buffer_.size() - size < workload_.largest_request_) {
      buffer_.resize(std::max(buffer_.size() * 2, size + workload_.largest_request_));
    }
    const Workload::Weighted& one = workload_.sequence_ ? next_of_sequence(place) : choose();
    tell(one);
    size = static_cast<size_t>(one.request.write(buffer_.data() + size, filler_) - buffer_.data());
  }
  return {buffer_.data(), size};
}

std::string_view WorkloadWriter::write(uint64_t count) {
  return write_each(count, place_, [](const Workload::Weighted&) {});
}

std::string_view WorkloadWriter::write(uint64_t count, std::vector<uint16_t>& chosen, SequencePlace& place) {
  chosen.clear();
  return write_each(count, place, [this, &chosen](const Workload::Weighted& one) {
    chosen.push_back(static_cast<uint16_t>(&one - workload_.requests_.data()));
  });
}

}  // namespace redoubt
