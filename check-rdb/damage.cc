#include "check-rdb/damage.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/rdb/rdb_type_name.h"
#include "common/tool/hex_dump.h"
#include "common/tool/json_text.h"

namespace redoubt {

std::string printable(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    if (byte >= ' ' && byte < '\x7f' && byte != '\\') {
      text.push_back(byte);
    } else {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    }
  }
  return text;
}

std::string expected(const RdbDamage& damage) {
  const std::string_view doing = damage.at.doing;
  const bool cut = damage.message.starts_with("Unexpected EOF");
  if (cut && damage.at.offset == 0) return "an RDB file; this one is empty";
  if (doing == "start") return "the word REDIS and four digits of a version up to 12, which every RDB file begins with";
  if (doing == "check-sum") {
    return cut ? "the 8 bytes of the checksum: the file was cut off at its very end"
               : "the checksum of the bytes before it: some of them are not what was written, though they can be read";
  }
  std::string_view what = "a record: the type of a key, or one of the bytes 244 to 255 for everything else";
  if (doing == "read-expire") what = "the time at which a key expires";
  if (doing == "read-key") what = "the name of a key: a length and so many bytes";
  if (doing == "read-object-value") what = "the value of the key, in the form that its type prescribes";
  if (doing == "read-len") what = "lengths: the number of a database, or how many keys there are";
  if (doing == "read-aux") what = "a name and a value that tell about the file";
  if (doing == "read-module-aux") what = "data of a module";
  if (doing == "read-functions") what = "the code of a library of functions";
  return fmt::format("{}{}", what, cut ? "; but the file ends there, without its end mark (255)" : "");
}

namespace {

constexpr size_t dump_size = 64;  // on either side

// Whether there are only zeros from there on, as far as a glance can tell.
bool only_zeros(RdbFile& file, uint64_t offset) {
  constexpr size_t glance = size_t{64} << 10;
  const std::string bytes = file.look(offset, glance);
  constexpr size_t enough = 16;
  if (bytes.size() < enough || bytes.find_first_not_of('\0') != std::string::npos) return false;
  const std::string end = file.look(file.size() - std::min<uint64_t>(file.size(), glance), glance);
  const size_t from = file.size() - std::min<uint64_t>(file.size(), glance) < offset ? end.size() - bytes.size() : 0;
  return end.find_first_not_of('\0', from) == std::string::npos;
}

}  // namespace

std::string explain(const RdbDamage& damage, RdbFile& file, const Painter& painter) {
  std::string text = fmt::format("{} {}.\n", painter.paint(Style::strong, "Expected:"), expected(damage));
  const uint64_t offset = damage.at.offset;
  const uint64_t begin = offset / 16 * 16 - std::min<uint64_t>(offset / 16 * 16, dump_size);
  const std::string around = file.look(begin, static_cast<size_t>(offset - begin) + dump_size);
  if (!around.empty()) {
    text += fmt::format("{}\n{}", painter.paint(Style::strong, "The bytes around:"), hex_dump(around, begin, offset));
  }
  if (file.size() > offset && only_zeros(file, offset)) {
    text +=
        "From there on the file holds only zeros: as after a power failure, when its end had not been written yet.\n";
  }
  return text;
}

boost::json::object json_of(const RdbDamage& damage) {
  boost::json::object object;
  object["offset"] = damage.at.offset;
  object["doing"] = damage.at.doing;
  object["message"] = json_of_bytes(damage.message);
  object["expected"] = expected(damage);
  if (damage.at.key) object["key"] = json_of_bytes(*damage.at.key);
  if (damage.at.type) {
    object["type"] = static_cast<int>(*damage.at.type);
    object["type_name"] = rdb_type_name(*damage.at.type);
  }
  return object;
}

}  // namespace redoubt
