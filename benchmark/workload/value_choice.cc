#include "benchmark/workload/value_choice.h"

#include <algorithm>
#include <cstring>

#include "common/base/number.h"

namespace redoubt {
namespace {

constexpr uint64_t most_weight = 1'000'000'000;
constexpr size_t noise_starts = 65536;

void write_hexadecimal(char* to, uint64_t number) {
  for (size_t digit = ValueChoice::stamp_size; digit-- > 0; number >>= 4) to[digit] = "0123456789abcdef"[number & 15];
}

}  // namespace

Result<ValueChoice> ValueChoice::parse_sizes(std::string_view text, size_t most) {
  const Error wrong{"sizes are 100, 10-1000 or 3:50,100:50 (from 1 to " + std::to_string(most) +
                    " bytes, with weights), not '" + std::string(text) + "'"};
  ValueChoice choice;
  choice.sizes_.clear();
  choice.weights_ = 0;
  for (std::string_view rest = text; choice.sizes_.empty() || !rest.empty();) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view item = rest.substr(0, comma);
    rest.remove_prefix(comma);
    if (rest == ",") return wrong;
    if (!rest.empty()) rest.remove_prefix(1);
    const size_t colon = std::min(item.find(':'), item.size());
    const std::string_view range = item.substr(0, colon);
    const size_t dash = std::min(range.find('-'), range.size());
    const auto least = parse_u64(range.substr(0, dash));
    const auto last = dash < range.size() ? parse_u64(range.substr(dash + 1)) : least;
    const auto weight = colon < item.size() ? parse_u64(item.substr(colon + 1)) : 1;
    if (!least || !last || !weight) return wrong;
    if (*least < 1 || *last < *least || *last > most || *weight < 1 || *weight > most_weight) return wrong;
    choice.sizes_.push_back({*least, *last, *weight});
    choice.weights_ += *weight;
  }
  return choice;
}

void ValueChoice::set_compressible(double share, Random& random) {
  random_share_ = 1 - share;
  if (share >= 1) return;
  std::string noise(largest() + noise_starts, '\0');
  for (size_t at = 0; at < noise.size(); at += sizeof(uint64_t)) {
    const uint64_t bytes = random.next();
    memcpy(noise.data() + at, &bytes, std::min(sizeof bytes, noise.size() - at));
  }
  noise_ = std::make_shared<const std::string>(std::move(noise));
}

size_t ValueChoice::smallest() const {
  return std::min_element(sizes_.begin(), sizes_.end(), [](auto& a, auto& b) { return a.least < b.least; })->least;
}

size_t ValueChoice::largest() const {
  return std::max_element(sizes_.begin(), sizes_.end(), [](auto& a, auto& b) { return a.most < b.most; })->most;
}

size_t ValueChoice::pick_size(Random& random) const {
  const Sizes* sizes = sizes_.data();
  if (sizes_.size() > 1) {
    for (uint64_t left = random.below(weights_); left >= sizes->weight; ++sizes) left -= sizes->weight;
  }
  return sizes->least == sizes->most ? sizes->least : sizes->least + random.below(sizes->most - sizes->least + 1);
}

void ValueChoice::write(char* to, size_t size, uint64_t stamp, Random& random) const {
  size_t written = 0;
  if (noise_) {
    written = static_cast<size_t>(static_cast<double>(size) * random_share_);
    memcpy(to, noise_->data() + (unique_ ? random.below(noise_starts) : 0), written);
  }
  memset(to + written, filling, size - written);
  if (unique_) write_hexadecimal(to, stamp);
}

}  // namespace redoubt
