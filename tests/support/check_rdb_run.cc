#include "tests/support/check_rdb_run.h"

#include "tests/support/process_run.h"

namespace redoubt {

CheckRdbRun CheckRdbFiles::run(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "redoubt-check-rdb");
  CheckRdbRun result;
  Output out(result.out);
  Output err(result.err);
  const ParsedCheckRdb parsed = parse_check_rdb_options(static_cast<int>(arguments.size()), arguments.data(), out, err);
  result.status = static_cast<int>(parsed.status ? *parsed.status : run_check_rdb(parsed.options, files, out, err));
  out.flush();
  err.flush();
  return result;
}

std::map<std::string, std::vector<std::string>> keys_in(std::string_view file, std::string* error) {
  const RdbReading reading = read_rdb(file, {.deep = true});
  std::map<std::string, std::vector<std::string>> keys;
  if (error != nullptr) *error = reading.error;
  if (!reading.error.empty()) return keys;
  std::vector<std::string>* key = nullptr;
  for (const std::string& line : reading.lines) {
    if (line.starts_with("key ")) {
      const size_t type = line.find(" type ");
      key = &keys[line.substr(4, type - 4)];
      const size_t at = line.find(" at ");
      const size_t behind = line.find(' ', at + 4);
      key->push_back(line.substr(type, at - type) + (behind == std::string::npos ? "" : line.substr(behind)));
    } else if (line == "end") {
      key = nullptr;
    } else if (key != nullptr) {
      key->push_back(line);
    }
  }
  return keys;
}

std::string golden_rdb(const std::string& name) { return read_file(REDOUBT_SOURCE_DIR "/tests/data/rdb/" + name); }

}  // namespace redoubt
