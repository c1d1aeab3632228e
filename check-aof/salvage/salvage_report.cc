#include "check-aof/salvage/salvage_report.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "common/base/config_file.h"
#include "common/tool/json_text.h"

namespace redoubt {
namespace {

std::string list_of_commands(const AofLoss& loss) {
  std::string text;
  for (const auto& [name, count] : loss.recognised) {
    text += text.empty() ? "" : ", ";
    append_word(text, name);
    if (count > 1) text += fmt::format(" x{}", count);
  }
  return text;
}

std::string list_of_keys(const AofLoss& loss) {
  std::string text;
  for (const std::string& key : loss.keys) {
    text += text.empty() ? "" : " ";
    append_word(text, key);
    if (key.size() == AofLoss::longest_key) text += "...";
  }
  if (loss.more_keys > 0) text += fmt::format(" and {} more", loss.more_keys);
  return text;
}

void print_loss(const AofLoss& loss, Output& out) {
  out.print("  offset {} to {}, {} bytes dropped: {}\n", loss.offset, loss.end, loss.bytes, loss.reason);
  if (loss.commands > 0) out.print("    whole commands among them: {}\n", loss.commands);
  if (!loss.recognised.empty()) out.print("    recognised: {}\n", list_of_commands(loss));
  if (!loss.keys.empty()) out.print("    keys that this may touch: {}\n", list_of_keys(loss));
  if (!loss.database) return;
  out.print(
      "    the database after it is not certain: {} commands up to the next SELECT were kept in database {}, {}\n",
      loss.database->commands, loss.database->number,
      loss.database->found_in_stretch ? "which a SELECT among the dropped bytes names" : "the one before");
}

boost::json::object json_of_loss(const AofLoss& loss) {
  boost::json::object recognised;
  for (const auto& [name, count] : loss.recognised) {
    // Names of objects must be text; those of commands are, but for damage.
    recognised[is_utf8(name) ? name : base64(name)] = count;
  }
  boost::json::array keys;
  for (const std::string& key : loss.keys) keys.push_back(json_of_bytes(key));
  boost::json::object object = {{"offset", loss.offset},
                                {"end", loss.end},
                                {"bytes", loss.bytes},
                                {"reason", loss.reason},
                                {"whole_commands", loss.commands},
                                {"recognised", std::move(recognised)},
                                {"keys", std::move(keys)},
                                {"more_keys", loss.more_keys}};
  if (loss.database) {
    object["database"] = {{"number", loss.database->number},
                          {"found_in_stretch", loss.database->found_in_stretch},
                          {"commands", loss.database->commands}};
  }
  return object;
}

}  // namespace

void print_aof_salvage(const AofSalvageReport& report, Output& out) {
  for (const SalvagedAof& file : report.files) {
    const uint64_t places = file.losses.size() + file.more_losses;
    out.print("{}: kept {} commands, {} of {} bytes; dropped {} bytes in {} place{}\n", file.name, file.commands,
              file.salvaged_size, file.size, file.lost_bytes, places, places == 1 ? "" : "s");
    for (const AofLoss& loss : file.losses) print_loss(loss, out);
    if (file.more_losses > 0) out.print("  and {} places more\n", file.more_losses);
  }
  for (const std::string& name : report.copied) out.print("{}: sound, copied as it is\n", name);
  if (report.dry_run) {
    out.print("Nothing was written.\n");
  } else if (report.manifest.empty()) {
    out.print("Written to {}\n", report.output);
  } else {
    out.print("Written to the directory {}, with the manifest {}\n", report.output, report.manifest);
  }
}

void print_aof_salvage_json(const AofSalvageReport& report, Output& out) {
  boost::json::array files;
  for (const SalvagedAof& file : report.files) {
    boost::json::array losses;
    for (const AofLoss& loss : file.losses) losses.push_back(json_of_loss(loss));
    files.push_back(boost::json::object{{"file", json_of_bytes(file.name)},
                                        {"size", file.size},
                                        {"salvaged_size", file.salvaged_size},
                                        {"commands", file.commands},
                                        {"lost_bytes", file.lost_bytes},
                                        {"losses", std::move(losses)},
                                        {"more_losses", file.more_losses}});
  }
  boost::json::array copied;
  for (const std::string& name : report.copied) copied.push_back(json_of_bytes(name));
  boost::json::object object = {{"status", report.dry_run ? "damaged" : "repaired"},
                                {"dry_run", report.dry_run},
                                {"output", json_of_bytes(report.output)},
                                {"files", std::move(files)},
                                {"copied", std::move(copied)}};
  if (!report.manifest.empty()) object["manifest"] = json_of_bytes(report.manifest);
  out.print("{}\n", boost::json::serialize(object));
}

}  // namespace redoubt
