#include "tests/support/command_fixture.h"

#include <sys/uio.h>

#include <stdexcept>

#include "common/base/config_file.h"
#include "server/client/authentication.h"
#include "server/commands/register.h"
#include "server/persistence/append_log.h"

namespace redoubt {
namespace {

const Config& load(ConfigStore& store, std::string_view text) {
  ConfigSources sources;
  sources.options = text;
  if (const auto failure = store.load(sources)) throw std::runtime_error("the configuration is not accepted");
  return store.config();
}

LogOptions silent() {
  LogOptions options;
  options.level = LogLevel::nothing;
  return options;
}

std::string taken(OutputBuffer& out) {
  std::string bytes;
  iovec piece;
  while (out.pieces(&piece, 1) == 1) {
    bytes.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
    out.consume(piece.iov_len);
  }
  return bytes;
}

}  // namespace

// ---- RecordingControl ----------------------------------------------------------------------------

Status RecordingControl::shut_down(const ShutdownOptions& options) {
  asked.push_back(std::string("shut_down") + (options.save ? " save" : "") + (options.nosave ? " nosave" : "") +
                  (options.now ? " now" : "") + (options.force ? " force" : ""));
  return answer;
}
Status RecordingControl::abort_shutdown() {
  asked.emplace_back("abort_shutdown");
  return answer;
}
Status RecordingControl::restart(bool graceful, int64_t delay_ms) {
  asked.push_back((graceful ? "restart gracefully " : "restart ") + std::to_string(delay_ms));
  return answer;
}
void RecordingControl::pause_housekeeping(bool paused) {
  asked.push_back(std::string("pause_housekeeping ") + (paused ? "on" : "off"));
}
void RecordingControl::set_active_expire(bool on) {
  asked.push_back(std::string("set_active_expire ") + (on ? "on" : "off"));
}

// ---- TestClient ----------------------------------------------------------------------------------

TestClient::TestClient(TestServer& server, uint64_t id) : server_(server), client_(id, server.pool()) {
  client_.peer = "127.0.0.1:" + std::to_string(50000 + id);
  client_.local = "127.0.0.1:6379";
  client_.from_loopback = true;
}

std::string TestClient::feed(std::string_view input) {
  input_ += input;
  size_t done = 0;
  RequestBatch batch;
  while (!client_.closing() && client_.wait == nullptr) {
    batch.clear();
    const RequestLimits limits{.max_bulk = static_cast<int64_t>(server_.config().proto_max_bulk_len),
                               .authenticated = client_.authenticated()};
    const size_t used = parser_.parse(std::string_view(input_).substr(done), Executor::max_batch, limits, batch);
    const size_t executed = server_.executor().run(client_, batch);
    if (executed < batch.requests.size()) {
      done += executed == 0 ? 0 : batch.requests[executed - 1].end;
      parser_.reset();
      break;
    }
    done += used;
    if (!parser_.error().empty()) {
      client_.reply.error("ERR " + std::string(parser_.error()));
      client_.reply.take_errors();
      server_.clients().close(client_, true);
    }
    if (batch.requests.empty()) break;
  }
  input_.erase(0, done);
  return taken(client_.out);
}

std::string TestClient::run_raw(const std::vector<std::string>& words) { return feed(request_bytes(words)); }

Reply TestClient::run(const std::vector<std::string>& words) { return reply_in(run_raw(words)); }

Reply TestClient::reply_in(const std::string& bytes) {
  std::string_view left = bytes;
  ReplyParser parser;
  Reply reply;
  reply.kind = ReplyKind::simple;
  reply.text = "(no reply)";
  int replies = 0;
  while (!left.empty()) {
    if (parser.parse(left) != ReplyParser::Progress::whole) throw std::runtime_error("a broken reply: " + bytes);
    Reply next = parser.take();
    if (next.kind == ReplyKind::push) {
      pushes.push_back(std::move(next));
    } else {
      reply = std::move(next);
      ++replies;
    }
  }
  if (replies > 1) throw std::runtime_error("more than one reply: " + bytes);
  return reply;
}

// ---- TestServer ----------------------------------------------------------------------------------

TestServer::TestServer(std::string_view config, SimulatedFiles* files, const std::function<void()>& wake)
    : log_(silent()),
      own_files_(files == nullptr ? std::make_unique<SimulatedFiles>() : nullptr),
      files_(files == nullptr ? *own_files_ : *files),
      config_(load(store_, config)),
      keyspace_(config_.databases, config_),
      effects_(keyspace_.shared()),
      persistence_(
          keyspace_, config_, files_, log_, wake ? wake : [] {}, static_cast<bool>(wake)),
      evictor_(keyspace_, config_),
      services_{keyspace_, store_, config_,  registry_, commands_,   effects_,
                evictor_,  stats_, control_, log_,      persistence_},
      executor_(services_, [this] { return now_ms_; }) {
  keyspace_.shared().listener = &effects_;
  persistence_.append_log().set_source(effects_.propagation());
  store_.on_change({"appendonly"}, [this](const Config&) { return persistence_.follow_appendonly(); });
  register_all_commands(commands_);
  log_executor_.emplace(services_);
  persistence_.set_command_executor(*log_executor_);
  executor_.set_gate(gate_maxmemory, config_.maxmemory != 0);
  connect();
  persistence_.start_loading();
  executor_.follow_persistence();
}

TestServer::~TestServer() {
  for (const auto& client : clients_) registry_.remove(client->client());
}

void TestServer::tick() {
  executor_.update_time();
  persistence_.tick(true);
  executor_.follow_persistence();
}

void TestServer::finish_loading() {
  while (persistence_.loading()) tick();
}

TestClient& TestServer::connect() {
  clients_.push_back(std::make_unique<TestClient>(*this, registry_.next_id()));
  Client& client = clients_.back()->client();
  set_default_user(client, config_);
  registry_.add(client);
  return *clients_.back();
}

void TestServer::disconnect(TestClient& client) {
  registry_.remove(client.client());
  std::erase_if(clients_, [&](const auto& owned) { return owned.get() == &client; });
}

void TestServer::set_now(int64_t wall_ms) {
  now_ms_ = wall_ms;
  executor_.update_time();
  executor_.end_overdue_waits();
}

// ---- CommandTest and words -----------------------------------------------------------------------

Reply CommandTest::type(std::string_view line) { return server.client().run(words_of(line)); }

TestClient& CommandTest::other() {
  if (other_ == nullptr) other_ = &server.connect();
  return *other_;
}

std::vector<std::string> words_of(std::string_view line) {
  auto words = split_words(line);
  if (!words) throw std::runtime_error("quotes are not closed: " + std::string(line));
  return std::move(*words);
}

std::string request_bytes(const std::vector<std::string>& words) {
  std::string bytes = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) bytes += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  return bytes;
}

}  // namespace redoubt
