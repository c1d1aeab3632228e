#include <algorithm>
#include <array>

#include "common/base/number.h"
#include "server/config/directive.h"

// Nothing is kept on disk so far. Two settings are understood all the same, because they say just that and
// scripts say it habitually: `save ""` and `appendonly no`. Any other value of theirs is an error.
namespace redoubt {
namespace {

bool is_save_rule(const std::string& seconds, const std::string& changes) {
  const auto s = parse_i64(seconds);
  const auto c = parse_i64(changes);
  return s && c && *s >= 1 && *c >= 0;
}

Status set_save(Config&, Words words) {
  if (words.empty() || (words.size() == 1 && words[0].empty())) return {};
  bool rules = words.size() % 2 == 0;
  for (size_t i = 0; rules && i < words.size(); i += 2) rules = is_save_rule(words[i], words[i + 1]);
  if (!rules) return Error{"Invalid save parameters"};
  return Error{"snapshots are not available, only an empty value is accepted"};
}

std::string get_save(const Config&) { return ""; }

Status set_appendonly(Config&, Words words) {
  if (equal_ignoring_case(words[0], "no")) return {};
  if (equal_ignoring_case(words[0], "yes"))
    return Error{"the append only file is not available, only 'no' is accepted"};
  return Error{"argument must be 'yes' or 'no'"};
}

std::string get_appendonly(const Config&) { return "no"; }

constexpr std::array rows = {
    Directive{"save", "", many_words, Special{set_save, get_save}},
    Directive{"appendonly", "", modifiable, Special{set_appendonly, get_appendonly}},
};

}  // namespace

std::span<const Directive> persistence_directives() { return rows; }

}  // namespace redoubt
