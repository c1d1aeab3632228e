// Who a client is. There is one user so far, "default", whose password is requirepass; without that, everybody is that
// user. Executor thread only.
#pragma once

#include <string_view>

#include "server/client/client.h"

namespace redoubt {

struct Config;

inline constexpr std::string_view default_user = "default";

// How a client starts, and starts again after RESET: as the default user, to authenticate first when there is a password.
void set_default_user(Client& client, const Config& config);

// Makes the client that user when the password is right, and tells whether it was; otherwise the client stays who it is.
// Takes as long for a password that is nearly right as for any other.
bool authenticate(Client& client, std::string_view user, std::string_view password, const Config& config);

}  // namespace redoubt
