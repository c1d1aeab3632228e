#include "server/commands/info_report.h"

#include <algorithm>

#include "server/stats/info_text.h"

namespace redoubt {
namespace {

struct Section {
  std::string_view name;  // upper case
  std::string_view other_name;
  bool in_default;
  void (*write)(const Services&, InfoText&);
};

constexpr Section sections[] = {
    {"SERVER", "", true, info_section::server},
    {"CLIENTS", "", true, info_section::clients},
    {"MEMORY", "", true, info_section::memory},
    {"PERSISTENCE", "", true, info_section::persistence},
    {"STATS", "", true, info_section::stats},
    {"REPLICATION", "", true, info_section::replication},
    {"CPU", "", true, info_section::cpu},
    {"MODULES", "MODULE_LIST", true, info_section::modules},
    {"COMMANDSTATS", "", false, info_section::commandstats},
    {"ERRORSTATS", "", true, info_section::errorstats},
    {"LATENCYSTATS", "", false, info_section::latencystats},
    {"CLUSTER", "", true, info_section::cluster},
    {"KEYSPACE", "", true, info_section::keyspace},
};

bool asks_for(std::string_view name, const Section& section) {
  if (same_option(name, "ALL") || same_option(name, "EVERYTHING")) return true;
  if (same_option(name, "DEFAULT")) return section.in_default;
  return same_option(name, section.name) || (!section.other_name.empty() && same_option(name, section.other_name));
}

}  // namespace

std::string info_report(const Services& server, std::span<const std::string_view> names) {
  InfoText text;
  for (const Section& section : sections) {
    const bool wanted =
        names.empty() ? section.in_default
                      : std::any_of(names.begin(), names.end(), [&](auto name) { return asks_for(name, section); });
    if (wanted) section.write(server, text);
  }
  return text.take();
}

}  // namespace redoubt
