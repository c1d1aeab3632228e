// CONFIG REWRITE: brings a configuration file up to date with the values in use, and leaves everything else of it
// where it was: comments, the order of lines, includes. A directive that the file does not have is appended under a
// heading of its own, unless it has its default; one that stands there more often than needed loses the extra lines.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "server/config/directives.h"

namespace redoubt {

// The new text of a file whose text is `old_text`.
std::string rewrite_config_text(std::string_view old_text, const DirectiveTable& table, const Config& config,
                                bool force_all);

// The same for the file at `path`, which need not exist. The new file replaces the old one at once and for good
// (written aside, flushed to disk, renamed) and keeps its permissions; on an error, which is the system's
// text for it, the old one is untouched.
Status rewrite_config_file(const std::string& path, const DirectiveTable& table, const Config& config, bool force_all);

}  // namespace redoubt
