// redoubt-server: reads the command line and the configuration, becomes the process that they ask for, and runs a Server.
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "common/base/config_file.h"
#include "common/base/log.h"
#include "common/base/memory.h"
#include "common/base/process.h"
#include "common/base/system_check.h"
#include "server/commands/register.h"
#include "server/config/command_line.h"
#include "server/config/config_store.h"
#include "server/config/version.h"
#include "server/dispatch/command_table.h"
#include "server/server.h"

namespace redoubt {
namespace {

constexpr uint64_t descriptors_of_our_own = 32;  // listeners, log, event loop and what else is open besides clients

std::string absolute_executable(const char* fallback) {
  char path[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
  return size > 0 ? std::string(path, static_cast<size_t>(size)) : std::string(fallback);
}

// Where a person, or a script that waits for it, looks first.
void write_banner(Log& log, const Config& config) {
  if (!config.logfile.empty() && !config.always_show_logo) {
    log.notice("Running mode=standalone, port={}.", config.port);
    return;
  }
  const std::string banner = fmt::format(
      "\n"
      "   |_|  |_|  |_|   Redoubt {} (compatible with Redis {})\n"
      "   |  _    _  |    Running in standalone mode\n"
      "   | |_|  |_| |    Port: {}\n"
      "   |__________|    PID: {}\n"
      "\n",
      REDOUBT_VERSION, redis_version, config.port, getpid());
  log.write_signal_safe(banner);
}

void write_warnings(Log& log, const Config& config) {
  if (const std::string backlog = check_tcp_backlog(config.tcp_backlog); !backlog.empty()) {
    log.warning("WARNING: {}", backlog);
  }
  const std::vector<std::string> ignored = split_words(config.ignore_warnings).value_or(std::vector<std::string>{});
  for (const SystemCheck& check : check_system()) {
    const bool wanted = std::find(ignored.begin(), ignored.end(), check.name) == ignored.end();
    if (check.at_start && !check.ok && wanted) log.warning("WARNING {}", check.message);
  }
}

// As many descriptors as maxclients needs, or as many clients as there can be descriptors.
bool fit_maxclients(Log& log, ConfigStore& store) {
  const uint64_t wanted = store.config().maxclients + descriptors_of_our_own;
  const OpenFilesLimit limit = raise_open_files_limit(wanted);
  if (limit.now >= wanted) return true;
  if (limit.now <= descriptors_of_our_own) {
    log.warning(
        "Your current 'ulimit -n' of {} is not enough for the server to start. Please increase your open file "
        "limit to at least {}. Exiting.",
        limit.now, wanted);
    return false;
  }
  const std::string fitting = std::to_string(limit.now - descriptors_of_our_own);
  log.warning(
      "You requested maxclients of {} requiring at least {} max file descriptors; the system allows {} ({}). "
      "maxclients has been reduced to {} to compensate for low ulimit.",
      store.config().maxclients, wanted, limit.now, limit.error, fitting);
  const ConfigStore::Pair pair{"maxclients", fitting};
  return store.set({&pair, 1}, true).has_value();
}

int serve(const CommandLine& line, int argc, char** argv) {
  CommandTable commands;
  register_all_commands(commands);
  ConfigStore store;
  store.set_rename_command([&commands](const RenamedCommand& r) { return commands.rename(r.from, r.to); });
  std::vector<std::string> arguments(argv, argv + argc);
  if (const auto failure = store.load(line.sources)) {
    fputs(fatal_config_error(*failure).c_str(), stderr);
    return 1;
  }
  const Config& config = store.config();
  const Supervision supervision = resolve_supervision(config.supervised);
  const bool background = config.daemonize && supervision == Supervision::no;
  if (background) {
    if (const Status done = daemonize(); !done) {
      fprintf(stderr, "%s\n", done.error().text.c_str());
      return 1;
    }
  }
  signal(SIGHUP, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  register_allocating_thread();
  ProcessTitle title(argc, argv);
  Log log({config.loglevel, config.logfile, config.syslog_enabled, config.syslog_ident, config.syslog_facility});
  log.notice("oO0OoO0OoO0Oo Redoubt is starting oO0OoO0OoO0Oo");
  log.notice("Redoubt version={}, Redis version={}, bits={}, commit=00000000, modified=0, pid={}, just started",
             REDOUBT_VERSION, redis_version, sizeof(void*) * CHAR_BIT, getpid());
  if (line.sources.file.empty() && !line.sources.from_stdin && line.sources.options.empty()) {
    log.warning(
        "Warning: no config file specified, using the default config. In order to specify a config file use {} "
        "/path/to/redis.conf",
        arguments[0]);
  } else {
    log.notice("Configuration loaded");
  }
  log.set_role('M');
  if (config.disable_thp) (void)disable_huge_pages();
  set_background_purging(config.jemalloc_bg_thread);
  if (!fit_maxclients(log, store)) return 1;
  if (supervision == Supervision::upstart) stop_for_upstart();

  Server server({store, commands, log, title, absolute_executable(argv[0]), std::move(arguments),
                 supervision != Supervision::no, [supervision] {
                   if (supervision == Supervision::systemd)
                     (void)notify_systemd("STATUS=Ready to accept connections\nREADY=1\n");
                 }});
  if (const Status done = server.listen(); !done) {
    log.warning("{}", done.error().text);
    return 1;
  }
  // Not before the port is ours: the file may be that of the server that has it.
  const std::string pidfile = config.pidfile.empty() && background ? "/var/run/redis.pid" : config.pidfile;
  if (!pidfile.empty()) {
    if (const Status done = write_pid_file(pidfile); !done)
      log.warning("Failed to write PID file: {}", done.error().text);
  }
  write_banner(log, config);
  log.notice("Server initialized");
  write_warnings(log, config);
  const int code = server.run();
  if (!pidfile.empty()) {
    log.notice("Removing the pid file.");
    (void)remove_pid_file(pidfile);
  }
  if (code == 0) log.notice("Redoubt is now ready to exit, bye bye...");
  return code;
}

}  // namespace
}  // namespace redoubt

int main(int argc, char** argv) {
  using namespace redoubt;
  setvbuf(stdout, nullptr, _IOLBF, 0);
  const CommandLine line = parse_command_line({argv, static_cast<size_t>(argc)});
  switch (line.action) {
    case CommandLine::Action::print:
      fputs(line.text.c_str(), line.exit_code == 0 ? stdout : stderr);
      return line.exit_code;
    case CommandLine::Action::check_system: {
      const std::vector<SystemCheck> checks = check_system();
      fputs(format_system_checks(checks).c_str(), stdout);
      return std::any_of(checks.begin(), checks.end(), [](const SystemCheck& c) { return !c.ok; }) ? 1 : 0;
    }
    case CommandLine::Action::serve: break;
  }
  return serve(line, argc, argv);
}
