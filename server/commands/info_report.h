// The report that INFO gives, section by section. Needs no client: crash reports use it too. Executor thread only.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/dispatch/context.h"

namespace redoubt {

class InfoText;

// The sections with these names, in any letter case; "all", "everything" and "default" stand for several, and no name at
// all is "default". Each comes once, in the order of the report, not of the names; unknown names add nothing.
std::string info_report(const Services& server, std::span<const std::string_view> names);

// One writer per section, heading and lines. The table in info_report.cc says which name has which.
namespace info_section {
void server(const Services&, InfoText&);
void clients(const Services&, InfoText&);
void memory(const Services&, InfoText&);
void persistence(const Services&, InfoText&);
void stats(const Services&, InfoText&);
void replication(const Services&, InfoText&);
void cpu(const Services&, InfoText&);
void modules(const Services&, InfoText&);
void commandstats(const Services&, InfoText&);
void errorstats(const Services&, InfoText&);
void latencystats(const Services&, InfoText&);
void cluster(const Services&, InfoText&);
void keyspace(const Services&, InfoText&);
}  // namespace info_section

}  // namespace redoubt
