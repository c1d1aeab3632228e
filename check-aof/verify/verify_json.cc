#include <boost/json/array.hpp>

#include "check-aof/verify/file_result.h"
#include "common/tool/json_text.h"

namespace redoubt {
namespace {

namespace json = boost::json;

json::object json_of(const FileDamage& damage) {
  json::object object;
  object["offset"] = damage.offset;
  object["line"] = damage.line;
  object["expected"] = json_of_bytes(damage.expected);
  object["command_offset"] = damage.record;
  object["command_line"] = damage.record_line;
  if (damage.number > 0) object["command_number"] = damage.number;
  if (!damage.command.empty()) object["command"] = json_of_bytes(damage.command);
  object["hex_dump"] = damage.dump;
  object["trailing_zeros"] = damage.zeros;
  if (damage.after) {
    object["commands_after"] = {{"offset", damage.after->offset},
                                {"end", damage.after->end},
                                {"commands", damage.after->commands},
                                {"to_the_end", damage.after->to_the_end}};
  }
  return object;
}

json::object json_of(const CutOutcome& cut) {
  json::object object;
  object["from"] = cut.from;
  object["to"] = cut.to;
  object["done"] = cut.done;
  if (!cut.refused.empty()) object["refused"] = json_of_bytes(cut.refused);
  if (!cut.backup.empty()) object["backup"] = json_of_bytes(cut.backup);
  return object;
}

json::object json_of(const FileResult& result) {
  const FileAnalysis& analysis = result.analysis;
  json::object object;
  object["name"] = json_of_bytes(result.file->name);
  object["path"] = json_of_bytes(result.file->path);
  object["role"] = name_of(result.file->role);
  if (result.file->sequence > 0) object["sequence"] = result.file->sequence;
  object["verdict"] = name_of(analysis.verdict);
  if (!analysis.error.empty()) object["error"] = json_of_bytes(analysis.error);
  if (analysis.verdict == FileVerdict::missing || analysis.verdict == FileVerdict::unreadable) return object;
  object["size"] = analysis.size;
  object["ok_up_to"] = analysis.ok_up_to;
  object["ok_up_to_line"] = result.ok_up_to_line;
  object["diff"] = analysis.size - analysis.ok_up_to;
  object["commands"] = analysis.commands;
  object["rdb_preamble"] = analysis.rdb;
  if (analysis.grew) object["grew"] = true;
  if (analysis.first_time) object["first_timestamp"] = *analysis.first_time;
  if (analysis.last_time) object["last_timestamp"] = *analysis.last_time;
  if (analysis.time_cut) object["timestamp_offset"] = *analysis.time_cut;
  if (!analysis.message.empty()) object["message"] = json_of_bytes(analysis.message);
  if (analysis.damage) object["damage"] = json_of(*analysis.damage);
  if (result.cut) object["cut"] = json_of(*result.cut);
  return object;
}

json::object json_of(const ManifestDamage& damage) {
  json::object object;
  object["error"] = json_of_bytes(damage.error);
  if (damage.where.line > 0) object["line"] = damage.where.line;
  if (!damage.where.text.empty()) object["text"] = json_of_bytes(damage.where.text);
  json::array duplicates;
  for (const std::string& duplicate : damage.duplicates) duplicates.push_back(json_of_bytes(duplicate));
  object["duplicates"] = std::move(duplicates);
  return object;
}

std::string_view verdict_of(CheckStatus status) {
  switch (status) {
    case CheckStatus::sound: return "sound";
    case CheckStatus::repaired: return "repaired";
    case CheckStatus::io: return "unreadable";
    default: return "damaged";
  }
}

}  // namespace

json::object json_of(const CheckedLog& log, const std::vector<FileResult>& results, CheckStatus status) {
  json::object object;
  object["log"] = json_of_bytes(log.argument);
  object["verdict"] = verdict_of(status);
  object["status"] = static_cast<int>(status);
  object["multi_part"] = log.multi_part;
  if (log.damage) object["manifest_damage"] = json_of(*log.damage);
  json::array files;
  json::array missing;
  for (const FileResult& result : results) {
    files.push_back(json_of(result));
    if (result.analysis.verdict == FileVerdict::missing) missing.push_back(json_of_bytes(result.file->name));
  }
  json::array surplus;
  for (const std::string& name : log.surplus) surplus.push_back(json_of_bytes(name));
  json::array history;
  for (const CheckedFile& file : log.history) {
    if (file.size) history.push_back(json_of_bytes(file.name));
  }
  object["files"] = std::move(files);
  object["missing"] = std::move(missing);
  object["surplus"] = std::move(surplus);
  object["history"] = std::move(history);
  return object;
}

}  // namespace redoubt
