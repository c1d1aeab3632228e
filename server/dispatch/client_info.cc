#include "server/dispatch/client_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "server/dispatch/command_table.h"
#include "server/dispatch/context.h"
#include "server/stats/memory_report.h"

namespace redoubt {
namespace {

std::string flags_text(const Client& client) {
  struct Letter {
    ClientFlag flag;
    char letter;
  };
  static constexpr Letter letters[] = {
      {ClientFlag::pubsub, 'P'},    {ClientFlag::postponed, 'b'},   {ClientFlag::close_after_reply, 'c'},
      {ClientFlag::close_now, 'A'}, {ClientFlag::unix_socket, 'U'}, {ClientFlag::readonly, 'r'},
      {ClientFlag::no_evict, 'e'},  {ClientFlag::no_touch, 'T'},
  };
  std::string text;
  if (client.is(ClientFlag::monitor)) {
    text += 'O';
  } else if (client.is(ClientFlag::replica)) {
    text += 'S';
  }
  for (const Letter& entry : letters) {
    if (client.is(entry.flag)) text += entry.letter;
  }
  if (client.waiting()) text += 'b';
  return text.empty() ? "N" : text;
}

// The first block stands for the fixed buffer that Redis gives each client, the others for its list of replies.
struct OutputFigures {
  size_t buffer;
  size_t in_buffer;
  size_t blocks;
  size_t block_memory;
};

OutputFigures figures_of(const OutputBuffer& out) {
  OutputFigures figures{};
  figures.buffer = std::min(out.memory(), OutputBuffer::block_size);
  figures.in_buffer = std::min(out.size(), figures.buffer);
  figures.block_memory = out.memory() - figures.buffer;
  figures.blocks = figures.block_memory == 0 ? 0 : std::max<size_t>(out.blocks() - 1, 1);
  return figures;
}

}  // namespace

ClientType type_of(const Client& client) {
  if (client.is(ClientFlag::replica) && !client.is(ClientFlag::monitor)) return ClientType::replica;
  return client.is(ClientFlag::pubsub) ? ClientType::pubsub : ClientType::normal;
}

std::optional<ClientType> client_type_by_name(std::string_view name) {
  if (same_option(name, "NORMAL")) return ClientType::normal;
  if (same_option(name, "SLAVE") || same_option(name, "REPLICA")) return ClientType::replica;
  if (same_option(name, "PUBSUB")) return ClientType::pubsub;
  if (same_option(name, "MASTER")) return ClientType::primary;
  return std::nullopt;
}

void append_client_info(std::string& text, const Client& client, int64_t now_ms, size_t argument_bytes) {
  const OutputFigures out = figures_of(client.out);
  const auto seconds_since = [&](int64_t then) { return std::max<int64_t>(now_ms - then, 0) / 1000; };
  // What was written in this tick is sent at its end; what is older waits for the socket.
  const bool new_output = argument_bytes != 0 || client.is(ClientFlag::flush_scheduled);
  const bool waits_to_send = !client.out.empty() && !new_output;
  const size_t argument_memory = argument_bytes != 0 ? argument_bytes : client.parser_memory;
  auto to = std::back_inserter(text);
  fmt::format_to(to, "id={} addr={} laddr={} fd={} name={} age={} idle={} flags={} db={} sub=0 psub=0 ssub=0 multi=-1",
                 client.id, client.peer, client.local, client.descriptor, client.name, seconds_since(client.created_ms),
                 seconds_since(client.last_active_ms), flags_text(client), client.db);
  fmt::format_to(to, " qbuf={} qbuf-free={} argv-mem={} multi-mem=0 rbs={} rbp={} obl={} oll={} omem={} tot-mem={}",
                 client.input_bytes, client.input_capacity - std::min(client.input_bytes, client.input_capacity),
                 argument_memory, out.buffer, out.in_buffer, out.in_buffer, out.blocks, out.block_memory,
                 client_memory(client));
  fmt::format_to(to, " events={} cmd={} user={} redir=-1 resp={} lib-name={} lib-ver={}", waits_to_send ? "rw" : "r",
                 client.last_command == nullptr ? "NULL" : client.last_command->full_name, client.user,
                 client.resp_version(), client.lib_name, client.lib_version);
}

}  // namespace redoubt
