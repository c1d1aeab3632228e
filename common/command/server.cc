// The commands on the server as a whole.
#include "common/command/families.h"

namespace redoubt {
namespace {

using Flag = CommandFlag;
using Acl = AclCategory;

constexpr std::string_view tips_all_shards_agg_sum[] = {"request_policy:all_shards", "response_policy:agg_sum"};
constexpr std::string_view tips_all_shards_all_succeeded[] = {"request_policy:all_shards",
                                                              "response_policy:all_succeeded"};
constexpr std::string_view tips_unstable_all_shards_special[] = {"nondeterministic_output", "request_policy:all_shards",
                                                                 "response_policy:special"};
constexpr std::string_view tips_unstable[] = {"nondeterministic_output"};

constexpr HistoryNote flushall_history[] = {{"4.0.0", "`ASYNC` came."}, {"6.2.0", "`SYNC` came."}};
constexpr ArgumentNote flushall_notes[] = {{.at = "ASYNC", .group = true, .name = "flush-type"},
                                           {.at = "ASYNC", .since = "4.0.0"},
                                           {.at = "SYNC", .since = "6.2.0"}};
constexpr HistoryNote flushdb_history[] = {{"4.0.0", "`ASYNC` came."}, {"6.2.0", "`SYNC` came."}};
constexpr HistoryNote info_history[] = {{"7.0.0", "Takes several sections."}};
constexpr HistoryNote shutdown_history[] = {{"7.0.0", "`NOW`, `FORCE` and `ABORT` came."}};
constexpr ArgumentNote shutdown_notes[] = {{.at = "NOSAVE", .group = true, .name = "save-selector"},
                                           {.at = "NOW", .since = "7.0.0"},
                                           {.at = "FORCE", .since = "7.0.0"},
                                           {.at = "ABORT", .since = "7.0.0"}};

constexpr HistoryNote bgsave_history[] = {{"3.2.2", "`SCHEDULE` came."}};
constexpr ArgumentNote bgsave_notes[] = {{.at = "SCHEDULE", .since = "3.2.2"}};

constexpr CommandSpec commands[] = {
    {.name = "bgsave",
     .syntax = "BGSAVE [SCHEDULE]",
     .summary = "Begins to save the data set in the background",
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(1)",
     .arity = -1,
     .flags = Flag::admin | Flag::noscript | Flag::no_async_loading,
     .categories = Acl::admin | Acl::slow | Acl::dangerous,
     .history = bgsave_history,
     .arguments = bgsave_notes},
    {.name = "dbsize",
     .syntax = "DBSIZE",
     .summary = "Counts the keys of the database",
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(1)",
     .arity = 1,
     .flags = Flag::readonly | Flag::fast,
     .categories = Acl::keyspace | Acl::read | Acl::fast,
     .tips = tips_all_shards_agg_sum},
    {.name = "debug",
     .syntax = "DEBUG",
     .summary = "Groups the commands that serve to test the server",
     .since = "1.0.0",
     .group = "server",
     .complexity = "Depends on the subcommand",
     .arity = -2,
     .flags = Flag::admin | Flag::noscript | Flag::loading | Flag::stale,
     .categories = Acl::admin | Acl::slow | Acl::dangerous,
     .system_command = true},
    {.name = "flushall",
     .syntax = "FLUSHALL [ASYNC | SYNC]",
     .summary = "Removes all keys of all databases",
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(N) with N keys in all databases",
     .arity = -1,
     .flags = Flag::write,
     .categories = Acl::keyspace | Acl::write | Acl::slow | Acl::dangerous,
     .tips = tips_all_shards_all_succeeded,
     .history = flushall_history,
     .arguments = flushall_notes},
    {.name = "flushdb",
     .syntax = "FLUSHDB [ASYNC | SYNC]",
     .summary = "Removes all keys of the database",
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(N) with N keys in the database",
     .arity = -1,
     .flags = Flag::write,
     .categories = Acl::keyspace | Acl::write | Acl::slow | Acl::dangerous,
     .tips = tips_all_shards_all_succeeded,
     .history = flushdb_history,
     .arguments = flushall_notes},
    {.name = "info",
     .syntax = "INFO [section [section ...]]",
     .summary = "Reports on the state of the server and its counters",
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(1)",
     .arity = -1,
     .flags = Flag::loading | Flag::stale,
     .categories = Acl::slow | Acl::dangerous,
     .tips = tips_unstable_all_shards_special,
     .history = info_history},
    {.name = "lastsave",
     .syntax = "LASTSAVE",
     .summary = "Tells when the data set was last saved",
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(1)",
     .arity = 1,
     .flags = Flag::loading | Flag::stale | Flag::fast,
     .categories = Acl::admin | Acl::fast | Acl::dangerous,
     .tips = tips_unstable},
    {.name = "lolwut",
     .syntax = "LOLWUT [VERSION version]",
     .summary = "Draws a picture and tells the version of the server",
     .since = "5.0.0",
     .group = "server",
     .arity = -1,
     .flags = Flag::readonly | Flag::fast,
     .categories = Acl::read | Acl::fast},
    {.name = "save",
     .syntax = "SAVE",
     .summary = "Saves the data set, and nothing else meanwhile",
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(N) with N keys in all databases",
     .arity = 1,
     .flags = Flag::admin | Flag::noscript | Flag::no_async_loading | Flag::no_multi,
     .categories = Acl::admin | Acl::slow | Acl::dangerous},
    {.name = "shutdown",
     .syntax = "SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]",
     .summary = "Saves the data set where that is asked for, and ends the server",
     .since = "1.0.0",
     .group = "server",
     .complexity = "O(N) with N keys when it saves, else O(1)",
     .arity = -1,
     .flags = Flag::admin | Flag::noscript | Flag::loading | Flag::stale | Flag::no_multi | Flag::allow_busy,
     .categories = Acl::admin | Acl::slow | Acl::dangerous,
     .history = shutdown_history,
     .arguments = shutdown_notes},
    {.name = "swapdb",
     .syntax = "SWAPDB index1 index2",
     .summary = "Exchanges two databases",
     .since = "4.0.0",
     .group = "server",
     .complexity = "O(N) with N clients that watch keys of the two databases or wait for them",
     .arity = 3,
     .flags = Flag::write | Flag::fast,
     .categories = Acl::keyspace | Acl::write | Acl::fast | Acl::dangerous},
    {.name = "time",
     .syntax = "TIME",
     .summary = "Tells the time of the server",
     .since = "2.6.0",
     .group = "server",
     .complexity = "O(1)",
     .arity = 1,
     .flags = Flag::loading | Flag::stale | Flag::fast,
     .categories = Acl::fast,
     .tips = tips_unstable},
};

}  // namespace

std::span<const CommandSpec> server_commands() { return commands; }

}  // namespace redoubt
