// What redoubt-check-rdb can do, one function each. They print to `out` what was asked for and to `err` what went wrong with
// files, and return the exit status. Options have been checked by parse_check_rdb_options(). Errors of writing to `out` are
// latched there, and looked at by run_check_rdb().
#pragma once

#include "check-rdb/options.h"
#include "common/base/file.h"
#include "common/tool/check_status.h"
#include "common/tool/output.h"

namespace redoubt {

CheckStatus run_verify(const CheckRdbOptions& options, FileSystem& files, Output& out, Output& err);
CheckStatus run_stats(const CheckRdbOptions& options, FileSystem& files, Output& out, Output& err);
CheckStatus run_export(const CheckRdbOptions& options, FileSystem& files, Output& out, Output& err);
CheckStatus run_salvage(const CheckRdbOptions& options, FileSystem& files, Output& out, Output& err);
CheckStatus run_diff(const CheckRdbOptions& options, FileSystem& files, Output& out, Output& err);

// The one of them that the options ask for.
CheckStatus run_check_rdb(const CheckRdbOptions& options, FileSystem& files, Output& out, Output& err);

}  // namespace redoubt
