// The format of Redis's append-only files, and how they lie in their directory.
//
//   a log:       [an RDB file, the preamble] | record …
//   record:      command     "*" count "\r\n", then as often: "$" length "\r\n" bytes "\r\n"
//                annotation  "#TS:" Unix seconds "\r\n": when the commands after it were appended; others begin with "#" too
//   Commands between MULTI and EXEC count together or not at all.
//
//   appenddirname/                                 (appendonlydir)
//     NAME.manifest                                which files make the log, in which order; NAME is appendfilename
//     NAME.1.base.rdb, or NAME.1.base.aof          the data set when the log was last rewritten
//     NAME.1.incr.aof  NAME.2.incr.aof  …          what was done since
//     temp-NAME.manifest, temp-NAME.incr, temp-rewriteaof-…  not finished when the server stopped; of no use
//
//   manifest:    "file" NAME "seq" NUMBER "type" LETTER "\n"  one line per file: the base (b), then what is to be deleted (h:
//                history), then the increments (i) by rising numbers. Pairs of other words may follow. "#" begins a comment.
#pragma once

#include <cstddef>
#include <string_view>

namespace redoubt {

// Of a line of an annotation or a manifest, with its end.
inline constexpr size_t aof_max_line = 1024;

inline constexpr std::string_view aof_timestamp_mark = "#TS:";

inline constexpr std::string_view aof_manifest_suffix = ".manifest";
inline constexpr std::string_view aof_base_suffix = ".base";
inline constexpr std::string_view aof_increment_suffix = ".incr";
inline constexpr std::string_view aof_rdb_suffix = ".rdb";  // of a base that is an RDB file
inline constexpr std::string_view aof_resp_suffix = ".aof";
inline constexpr std::string_view aof_temporary_prefix = "temp-";

// A rewritten collection is told by commands of at most so many elements.
inline constexpr size_t aof_elements_per_command = 64;

}  // namespace redoubt
