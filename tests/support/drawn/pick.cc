#include "tests/support/drawn/pick.h"

#include <fmt/core.h>

#include <cstdlib>
#include <iterator>

namespace redoubt {

std::string Pick::bytes(size_t max_size) {
  static constexpr std::string_view alphabet("ab01 \r\n\0\xff\"-.", 13);
  std::string text(below(max_size + 1), 'x');
  if (one_in(2)) {
    for (char& c : text) c = alphabet[below(alphabet.size())];
  }
  return text;
}

std::string Pick::integer() {
  static constexpr int64_t borders[] = {0,          INT8_MAX,  INT8_MIN,  INT16_MAX,     INT32_MAX,    INT32_MIN,
                                        UINT32_MAX, INT64_MAX, INT64_MIN, INT64_MAX - 1, INT64_MIN + 1};
  switch (below(8)) {
    case 0: return std::to_string(borders[below(std::size(borders))]);
    case 1: return of({"", " 1", "1 ", "+1", "01", "-0", "0x1", "1.0", "1e3", "9223372036854775808", "abc", "-", "٣"});
    default: return std::to_string(static_cast<int64_t>(below(40)) - 20);
  }
}

std::string Pick::real() {
  switch (below(6)) {
    case 0:
      return of({"inf",      "-inf",   "+inf",   "infinity", "nan",
                 "1e400",    "1e4000", "1e5000", "1e-5000",  "0x1p3",
                 "0x",       "1e",     "",       " 1",       "1 ",
                 "+1.5",     "--1",    "1,5",    "abc",      "1.7976931348623157e308",
                 "2.3e-308", "-0",     "-0.0",   ".5",       "5.",
                 "00.5",     "1e+2"});
    case 1: return integer();
    case 2: return fmt::format("{}e{}", static_cast<int64_t>(below(2000)) - 1000, static_cast<int64_t>(below(40)) - 20);
    default: return fmt::format("{}{}.{}", one_in(2) ? "-" : "", below(100000), below(one_in(2) ? 10 : 1000000000000));
  }
}

std::string Pick::spelling(std::string_view word) {
  std::string text(word);
  if (one_in(3)) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return text;
}

std::vector<uint64_t> seeds_of_tests(size_t count) {
  if (const char* given = std::getenv("REDOUBT_SEED"); given != nullptr) return {std::strtoull(given, nullptr, 10)};
  std::vector<uint64_t> seeds;
  for (uint64_t seed = 1; seed <= count; ++seed) seeds.push_back(seed);
  return seeds;
}

}  // namespace redoubt
