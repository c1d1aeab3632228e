#include "tests/support/hdr_reader.h"

#include <zlib.h>

#include <bit>
#include <numeric>
#include <regex>
#include <stdexcept>

namespace redoubt {
namespace {

void require(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(what);
}

std::string bytes_of(std::string_view base64) {
  static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  require(base64.size() % 4 == 0, "base64 comes in fours");
  while (base64.ends_with('=')) base64.remove_suffix(1);
  std::string bytes;
  uint32_t word = 0;
  int bits = 0;
  for (const char digit : base64) {
    const size_t value = digits.find(digit);
    require(value != digits.npos, "no digit of base64");
    word = word << 6 | static_cast<uint32_t>(value);
    if ((bits += 6) < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<char>(word >> bits & 0xff));
  }
  return bytes;
}

uint64_t take_number(std::string_view& bytes, size_t size) {
  require(bytes.size() >= size, "too short");
  uint64_t number = 0;
  for (size_t at = 0; at < size; ++at) number = number << 8 | static_cast<uint8_t>(bytes[at]);
  bytes.remove_prefix(size);
  return number;
}

int64_t take_count(std::string_view& bytes) {
  uint64_t value = 0;
  for (int byte = 0; byte < 9; ++byte) {
    const uint64_t next = take_number(bytes, 1);
    value |= (byte == 8 ? next : next & 0x7f) << (7 * byte);
    if (byte < 8 && next < 0x80) break;
  }
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

std::string inflated(std::string_view stream) {
  std::string bytes(size_t{1} << 20, '\0');
  uLongf size = bytes.size();
  require(uncompress(reinterpret_cast<Bytef*>(bytes.data()), &size, reinterpret_cast<const Bytef*>(stream.data()),
                     static_cast<uLong>(stream.size())) == Z_OK,
          "no zlib stream");
  bytes.resize(size);
  return bytes;
}

}  // namespace

uint64_t HdrHistogram::total() const { return std::accumulate(counts.begin(), counts.end(), uint64_t{0}); }

HdrHistogram read_hdr_histogram(std::string_view base64) {
  require(base64.starts_with("HISTFAA"), "every such text begins so");
  const std::string compressed = bytes_of(base64);
  std::string_view rest = compressed;
  require(take_number(rest, 4) == 0x1c849314, "cookie of what is compressed");
  require(take_number(rest, 4) == rest.size(), "size of what is compressed");
  const std::string payload = inflated(rest);
  rest = payload;
  HdrHistogram histogram;
  require(take_number(rest, 4) == 0x1c849313, "cookie");
  const uint64_t size = take_number(rest, 4);
  require(take_number(rest, 4) == 0, "normalizing index");
  histogram.significant_digits = take_number(rest, 4);
  require(take_number(rest, 8) == 1, "lowest value");
  histogram.highest_value = take_number(rest, 8);
  require(std::bit_cast<double>(take_number(rest, 8)) == 1.0, "ratio");
  require(rest.size() == size, "size of the counts");
  while (!rest.empty()) {
    const int64_t count = take_count(rest);
    if (count < 0) {
      histogram.counts.insert(histogram.counts.end(), static_cast<size_t>(-count), 0);
    } else {
      histogram.counts.push_back(static_cast<uint64_t>(count));
    }
  }
  require(histogram.counts.size() <= hdr_index(histogram.highest_value) + 1, "more counts than there are buckets");
  return histogram;
}

std::vector<HdrLine> read_hdr_log(std::string_view log) {
  std::vector<HdrLine> lines;
  const std::regex form("(?:Tag=([^, ]+),)?([0-9]+\\.[0-9]{3}),([0-9]+\\.[0-9]{3}),([0-9]+\\.[0-9]{3}),([^,]+)");
  while (!log.empty()) {
    const size_t end = log.find('\n');
    require(end != log.npos, "the last line has no end");
    const std::string line(log.substr(0, end));
    log.remove_prefix(end + 1);
    if (line.starts_with('#') || line.starts_with('"')) continue;
    std::smatch parts;
    require(std::regex_match(line, parts, form), "no line of a log");
    lines.push_back(
        {parts[1], std::stod(parts[2]), std::stod(parts[3]), std::stod(parts[4]), read_hdr_histogram(parts[5].str())});
  }
  return lines;
}

// 2048 sub-buckets, of which each bucket but the first uses the upper half.
size_t hdr_index(uint64_t value) {
  constexpr int sub_bucket_bits = 11;
  constexpr uint64_t sub_bucket_mask = (1u << sub_bucket_bits) - 1;
  constexpr int64_t half = 1 << (sub_bucket_bits - 1);
  const int bucket = 64 - std::countl_zero(value | sub_bucket_mask) - sub_bucket_bits;
  const auto sub_bucket = static_cast<int64_t>(value >> bucket);
  return static_cast<size_t>(((int64_t{bucket} + 1) << (sub_bucket_bits - 1)) + (sub_bucket - half));
}

}  // namespace redoubt
