// Intsets from outside. The first byte says whether the rest is a blob, or the integers of one whose header we supply.
// What validation lets through must be a sorted set, and behave like a std::set when edited.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <set>
#include <string_view>
#include <vector>

#include "common/encoding/intset.h"

namespace redoubt {
namespace {

void require(bool holds) {
  if (!holds) abort();
}

std::vector<int64_t> check(const IntsetView& view) {
  std::vector<int64_t> values;
  for (size_t i = 0; i < view.size(); ++i) {
    values.push_back(view.at(i));
    require(i == 0 || values[i - 1] < values[i]);
    require(view.contains(values[i]));
  }
  return values;
}

void edit(const IntsetView& view, const std::vector<int64_t>& values, uint8_t choice) {
  std::set<int64_t> model(values.begin(), values.end());
  Intset intset = Intset::copy_of(view.data(), view.bytes());
  const int64_t middle = values[choice % values.size()];
  const int64_t far_away = (choice % 2 == 0 ? 1 : -1) * (int64_t{choice} << choice % 56);
  for (const int64_t value : {middle, far_away, middle + (middle < INT64_MAX ? 1 : 0)}) {
    require(intset.add(value) == model.insert(value).second);
    require(check(intset) == std::vector<int64_t>(model.begin(), model.end()));
    require(validate_intset(intset.data(), intset.bytes(), true));
  }
  for (const int64_t value : {far_away, middle, middle - (middle > INT64_MIN ? 1 : 0)}) {
    require(intset.remove(value) == (model.erase(value) == 1));
    require(check(intset) == std::vector<int64_t>(model.begin(), model.end()));
  }
}

void run(std::string_view data) {
  if (data.empty()) return;
  const auto choice = static_cast<uint8_t>(data[0]);
  std::vector<char> blob(data.begin() + 1, data.end());
  if (choice % 4 != 0) {
    const uint32_t width = 1U << choice % 4;
    const uint32_t header[2] = {width, static_cast<uint32_t>(blob.size() / width)};
    const auto* bytes = reinterpret_cast<const char*>(header);
    blob.insert(blob.begin(), bytes, bytes + sizeof header);
  }
  const bool valid = validate_intset(blob.data(), blob.size(), true);
  require(!valid || validate_intset(blob.data(), blob.size(), false));
  if (!valid) return;
  const IntsetView view(blob.data());
  edit(view, check(view), choice);
}

}  // namespace
}  // namespace redoubt

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  redoubt::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
