#include "server/server.h"

#include <fmt/format.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstdlib>
#include <thread>
#include <utility>

#include "common/base/clock.h"
#include "common/base/config_file.h"
#include "common/base/crash_report.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/memory.h"
#include "common/base/process.h"
#include "common/base/random.h"
#include "common/net/event_loop.h"
#include "server/client/client_registry.h"
#include "server/commands/info_report.h"
#include "server/config/config_store.h"
#include "server/config/version.h"
#include "server/dispatch/command_table.h"
#include "server/dispatch/effects.h"
#include "server/dispatch/executor.h"
#include "server/dispatch/log_executor.h"
#include "server/dispatch/server_control.h"
#include "server/housekeeping.h"
#include "server/keyspace/evict.h"
#include "server/persistence/append_log.h"
#include "server/persistence/persistence.h"
#include "server/stats/sample_stats.h"
#include "server/stats/server_stats.h"

namespace redoubt {
namespace {

constexpr size_t run_id_digits = 40;
constexpr size_t shown_argument = 128;  // bytes of each argument in a crash report

}  // namespace

struct Server::Impl final : public TickHandler, public ServerControl {
  explicit Impl(Parts given);

  void on_tick_start(int64_t now_ns) override {
    tick_ns = now_ns;
    executor.start_tick(now_ns);
  }
  void on_tick_end() override {
    housekeeping.end_tick(tick_ns);
    wake_for_waits();
    follow_persistence();
  }
  void on_tick_over(int64_t took_ns) override { housekeeping.count_tick(took_ns); }

  Status shut_down(const ShutdownOptions& options) override;
  Status abort_shutdown() override { return Error{"No shutdown in progress."}; }
  Status restart(bool graceful, int64_t delay_ms) override;
  void pause_housekeeping(bool paused) override { housekeeping.pause(paused); }
  void set_active_expire(bool on) override { housekeeping.expire_cycle().set_active(on); }
  const std::string& run_id() const override { return id; }
  const std::string& executable() const override { return parts.executable; }
  const std::string& config_file() const override { return parts.config.file(); }
  int current_hz() const override { return housekeeping.hz(); }
  int listening_port() const override { return config.port; }
  bool supervised() const override { return parts.supervised; }

  void register_hooks();
  Status apply_listen(std::string_view error);
  Status apply_maxclients();
  Status apply_title();
  Status apply_oom_score();
  Status apply_memory();
  Status apply_watchdog();
  void wake_for_waits();
  void follow_persistence();
  void say_ready();
  bool finish_data(const ShutdownOptions& options);
  void on_signal(int signal);
  void write_crash_sections(CrashWriter& out);

  Parts parts;
  const Config& config;
  Log& log;
  const std::string id = random_hex(run_id_digits);
  int64_t tick_ns = 0;
  BlockDeadline wake_at = 0;  // of the timer that will end waits; 0: none
  EventLoop loop;
  Keyspace keyspace;
  ClientRegistry clients;
  Effects effects;
  Persistence persistence;
  Evictor evictor;
  ServerStats stats;
  Services services;
  Executor executor;
  LogExecutor log_executor;
  Connections connections;
  Housekeeping housekeeping;
  bool ready = false;
  bool tick_ordered = false;  // by a timer, for persistence
  int exit_code = 0;
  OomScore oom_score;
  std::unique_ptr<CrashHandlers> crash_handlers;
};

Server::Impl::Impl(Parts given)
    : parts(std::move(given)),
      config(parts.config.config()),
      log(parts.log),
      keyspace(config.databases, config),
      effects(keyspace.shared()),
      persistence(
          keyspace, config, real_file_system(), log, [this] { loop.wake(); }, true),
      evictor(keyspace, config),
      services{keyspace, parts.config, config, clients, parts.commands, effects,
               evictor,  stats,        *this,  log,     persistence},
      executor(services),
      log_executor(services),
      connections(loop, executor, clients, config, stats, log, persistence.append_log().progress()),
      housekeeping(services, executor, connections) {
  keyspace.shared().listener = &effects;
  persistence.append_log().set_source(effects.propagation());
  persistence.set_command_executor(log_executor);
  start_stats(stats, monotonic_us());
  (void)apply_memory();
  (void)apply_oom_score();
  (void)apply_watchdog();
  register_hooks();
  loop.on_signals({SIGTERM, SIGINT}, [this](int signal) { on_signal(signal); });
  exit_on_second_interrupt();
  if (!config.crash_log_enabled) return;
  crash_handlers = std::make_unique<CrashHandlers>(
      log, CrashOptions{.program = fmt::format("Redoubt {}", redis_version),
                        .sections = [this](CrashWriter& out) { write_crash_sections(out); },
                        .exit_on_panic = config.use_exit_on_panic});
}

// The loop must not sleep beyond the first deadline of a client that waits.
void Server::Impl::wake_for_waits() {
  const BlockDeadline next = effects.blocked().next_deadline();
  if (next == 0 || (wake_at != 0 && wake_at <= next)) return;
  wake_at = next;
  loop.every(std::max<int64_t>(next - wall_ms(), 1), [this] {
    wake_at = 0;
    return 0;
  });
}

// What was kept is loaded, or cannot be; and the loop must not sleep when it is time to go on.
void Server::Impl::follow_persistence() {
  if (persistence.failed()) {
    exit_code = 1;
    return loop.stop();
  }
  if (!ready && !persistence.loading()) say_ready();
  const int64_t wait_ms = persistence.next_tick_ms();
  if (wait_ms == 0 || tick_ordered) return;
  tick_ordered = true;
  loop.every(wait_ms, [this] {
    tick_ordered = false;
    return 0;
  });
}

void Server::Impl::say_ready() {
  ready = true;
  if (config.port != 0) log.notice("Ready to accept connections tcp");
  if (!config.unixsocket.empty()) log.notice("Ready to accept connections unix");
  if (parts.on_ready) parts.on_ready();
}

// ---- what CONFIG SET sets in motion --------------------------------------------------------------

namespace {

// The order of SORT ... ALPHA.
Status apply_locale(const Config& config) {
  if (setlocale(LC_COLLATE, config.locale_collate.c_str()) == nullptr) return Error{"Invalid locale name"};
  return {};
}

}  // namespace

void Server::Impl::register_hooks() {
  ConfigStore& store = parts.config;
  store.on_change({"port"},
                  [this](const Config&) { return apply_listen("Unable to listen on this port. Check server logs."); });
  store.on_change({"bind"}, [this](const Config&) { return apply_listen("Failed to bind to specified addresses."); });
  store.on_change({"appendonly"}, [this](const Config&) { return persistence.follow_appendonly(); });
  store.on_change({"maxclients"}, [this](const Config&) { return apply_maxclients(); });
  store.on_change({"proc-title-template"}, [this](const Config&) { return apply_title(); });
  store.on_change({"oom-score-adj", "oom-score-adj-values"}, [this](const Config&) { return apply_oom_score(); });
  store.on_change({"watchdog-period"}, [this](const Config&) { return apply_watchdog(); });
  store.on_change({"maxmemory", "maxmemory-policy", "lfu-log-factor", "lfu-decay-time", "lazyfree-lazy-expire",
                   "lazyfree-lazy-server-del", "maxmemory-clients"},
                  [this](const Config&) { return apply_memory(); });
  store.on_change({"loglevel"}, [this](const Config& next) {
    log.set_level(next.loglevel);
    return Status{};
  });
  store.on_change({"use-exit-on-panic"}, [this](const Config& next) {
    if (crash_handlers) crash_handlers->set_exit_on_panic(next.use_exit_on_panic);
    return Status{};
  });
  store.on_change({"jemalloc-bg-thread"}, [](const Config& next) {
    set_background_purging(next.jemalloc_bg_thread);
    return Status{};
  });
  store.on_change({"locale-collate"}, apply_locale);
}

Status Server::Impl::apply_listen(std::string_view error) {
  if (!connections.listen(config)) return Error{std::string(error)};
  return apply_title();
}

Status Server::Impl::apply_maxclients() {
  const OpenFilesLimit limit = raise_open_files_limit(uint64_t{config.maxclients} + 32);
  if (limit.now >= uint64_t{config.maxclients} + 32) return {};
  return Error{fmt::format("The operating system is not able to handle the specified number of clients, try with {}",
                           limit.now - 32)};
}

Status Server::Impl::apply_title() {
  if (!config.set_proc_title) return {};
  const auto title = expand_template(config.proc_title_template, [this](std::string_view name) {
    const std::pair<std::string_view, std::string> values[] = {
        {"title", parts.arguments.empty() ? "redoubt-server" : parts.arguments[0]},
        {"listen-addr", connections.listen_address()},
        {"server-mode", ""},
        {"port", std::to_string(config.port)},
        {"tls-port", "0"},
        {"unixsocket", config.unixsocket},
        {"config-file", config_file()}};
    for (const auto& [known, value] : values) {
      if (known == name) return std::optional<std::string>(value);
    }
    return std::optional<std::string>();
  });
  if (!title) return title.error();
  parts.title.set(title.value());
  return {};
}

Status Server::Impl::apply_oom_score() {
  const Status done = oom_score.apply(config.oom_score_adj, config.oom_score_adj_values[0]);
  if (done) return {};
  log.warning("Unable to write oom_score_adj: {}", done.error().text);
  return Error{"Failed to apply new oom_score_adj configuration, check server logs."};
}

Status Server::Impl::apply_memory() {
  configure_access(keyspace, config);
  executor.set_gate(gate_maxmemory, config.maxmemory != 0);
  return {};
}

Status Server::Impl::apply_watchdog() {
  Watchdog& watchdog = housekeeping.watchdog();
  if (config.watchdog_period <= 0) {
    watchdog.stop();
  } else {
    // A period shorter than two ticks of the idle server would always expire.
    const int64_t shortest = 2 * 1000 / config.hz;
    watchdog.start(std::chrono::milliseconds(std::max<int64_t>(config.watchdog_period, shortest)));
  }
  return {};
}

// ---- the end -------------------------------------------------------------------------------------

Status Server::Impl::shut_down(const ShutdownOptions& options) {
  log.notice("User requested shutdown...");
  if (parts.supervised) (void)notify_systemd("STOPPING=1\n");
  if (!finish_data(options)) return Error{"Errors trying to SHUTDOWN. Check logs."};
  loop.stop();
  return {};
}

// Half a data set is not worth keeping: what is being loaded is on the disk already.
bool Server::Impl::finish_data(const ShutdownOptions& options) {
  const bool save = (options.save || (!config.save.empty() && !options.nosave)) && !persistence.loading();
  const bool tell = parts.supervised && save;
  if (tell) (void)notify_systemd("STATUS=Saving the final RDB snapshot\n");
  if (persistence.end(save, options.force)) return true;
  if (tell) (void)notify_systemd("STATUS=Error trying to save the DB, can't exit.\n");
  log.warning("Errors trying to shut down the server. Check the logs for more information.");
  return false;
}

Status Server::Impl::restart(bool graceful, int64_t delay_ms) {
  if (access(parts.executable.c_str(), X_OK) != 0) {
    return Error{fmt::format("cannot execute {}", parts.executable)};
  }
  if (graceful && !finish_data({})) return Error{"the data set cannot be saved"};
  log.warning("{}", graceful ? "Restarting the server" : "Crashing and recovering the server");
  if (graceful) connections.flush_all();
  connections.stop_listening();
  if (delay_ms > 0) std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms));
  std::vector<char*> arguments;
  for (std::string& argument : parts.arguments) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  // All descriptors are closed by the exec.
  execv(parts.executable.c_str(), arguments.data());
  return Error{"execv failed"};
}

void Server::Impl::on_signal(int signal) {
  const bool interrupt = signal == SIGINT;
  log.warning("Received {} scheduling shutdown...", interrupt ? "SIGINT" : "SIGTERM");
  if (shut_down(interrupt ? config.shutdown_on_sigint : config.shutdown_on_sigterm)) return;
  exit_on_second_interrupt();
}

void Server::Impl::write_crash_sections(CrashWriter& out) {
  out.section("INFO OUTPUT");
  const std::string_view everything[] = {"everything"};
  out.text(info_report(services, everything));
  if (executor.current_client() == nullptr) return;
  const Client& client = *executor.current_client();
  out.section("CURRENT CLIENT INFO");
  out.text(fmt::format("id={} addr={} db={} resp={} name={} user={}\n", client.id, client.peer, client.db,
                       client.resp_version(), client.name, client.user));
  out.section("EXECUTING COMMAND");
  size_t i = 0;
  for (const std::string_view argument : executor.current_args()) {
    const bool hide = config.hide_user_data_from_log && i > 0;
    out.text(fmt::format("argv[{}]: {}\n", i++, hide ? "*redacted*" : quote_word(argument.substr(0, shown_argument))));
  }
}

// ---- Server --------------------------------------------------------------------------------------

Server::Server(Parts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}
Server::~Server() = default;

Status Server::listen() {
  Connections& connections = impl_->connections;
  const Config& config = impl_->config;
  if (!apply_locale(config)) return Error{"Failed to configure LOCALE for invalid locale name."};
  if (!connections.listen(config))
    return Error{fmt::format("Failed listening on port {} (tcp), aborting.", config.port)};
  if (const Status done = connections.listen_unix(config); !done) return done;
  if (connections.listeners() == 0) return Error{"Configured to not listen anywhere, exiting."};
  return impl_->apply_title();
}

int Server::run() {
  Impl& server = *impl_;
  Housekeeping& housekeeping = server.housekeeping;
  server.loop.every(1, [&housekeeping] { return housekeeping.periodic(); });
  server.loop.every(1, [&housekeeping] { return housekeeping.expire(); });
  server.persistence.start_loading();
  server.executor.follow_persistence();
  server.follow_persistence();
  if (server.exit_code == 0) server.loop.run(server);
  server.connections.stop_listening();
  server.connections.flush_all();
  return server.exit_code;
}

}  // namespace redoubt
