// redoubt-check-rdb --salvage on files from outside: it ends, however many lies there are; what it writes is an RDB file without
// any damage, in which no key stands twice and which has as many keys as it says.
#include <set>
#include <string>

#include "check-rdb/modes.h"
#include "check-rdb/salvage/scan.h"
#include "tests/fuzz/rdb_walk.h"
#include "tests/support/piece_source.h"
#include "tests/support/simulated_files.h"

namespace redoubt {
namespace {

class Keys final : public RdbWalk {
 public:
  std::set<std::pair<uint64_t, std::string>> names;
  uint64_t count = 0;

  bool begin_key(const RdbKey& key) override {
    take(key);
    return RdbWalk::begin_key(key);
  }
  void module_key(const RdbKey& key, std::string_view /*module*/) override { take(key); }

 private:
  void take(const RdbKey& key) {
    ++count;
    require(names.emplace(key.db, key.name).second);
  }
};

// How many keys there are, all sound.
uint64_t count_keys(std::string_view file) {
  PieceSource source(file);
  RdbReader reader(source, {.deep = true, .skip_modules = true});
  Keys keys;
  require(reader.read_all(keys).has_value());
  return keys.count;
}

void run(std::string_view data) {
  SimulatedFiles files;
  files.add_directory("/tmp");
  files.add_file("/dump.rdb", data);
  CheckRdbOptions options;
  options.mode = CheckRdbMode::salvage;
  options.file = "/dump.rdb";
  options.salvage_file = "/out.rdb";
  options.spill_directory = "/tmp";
  options.memory = 1;  // so that also small files are sorted in parts
  std::string text;
  Output out(text);
  const auto file = RdbFile::open(files, options.file, "salvaging", options, out);
  require(file.has_value());
  const Result<SalvagePlan> plan = plan_salvage(**file, files, options);
  require(plan.has_value());
  uint64_t before = 0;
  for (const RdbStretch& stretch : plan->stretches) {
    require(before <= stretch.begin && stretch.begin < stretch.end && stretch.end <= data.size());
    before = stretch.end;
  }
  const CheckStatus status = run_salvage(options, files, out, out);
  require(plan->sound == (status == CheckStatus::sound));
  require(files.exists("/out.rdb") == (status == CheckStatus::repaired));
  if (status == CheckStatus::repaired) require(count_keys(files.content("/out.rdb")) == plan->keys);
}

}  // namespace
}  // namespace redoubt

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  redoubt::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
