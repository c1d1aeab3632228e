// One client in words: the lines of CLIENT LIST and CLIENT INFO, which the log uses too, and the types by which CLIENT
// picks clients. Executor thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/client/client.h"

namespace redoubt {

enum class ClientType : uint8_t { normal, replica, pubsub, primary };

ClientType type_of(const Client& client);
// "normal", "replica" or "slave", "pubsub", "master", in any letter case.
std::optional<ClientType> client_type_by_name(std::string_view name);

// Appends "id=3 addr=127.0.0.1:6379 ... lib-ver=" without a newline. `now_ms` is monotonic; `argument_bytes` is the size of
// the arguments of the command that the client is carrying out right now, 0 when it carries out none.
void append_client_info(std::string& text, const Client& client, int64_t now_ms, size_t argument_bytes = 0);

}  // namespace redoubt
