#include "server/client/authentication.h"

#include "common/hash/sha256.h"
#include "server/config/config.h"

namespace redoubt {
namespace {

// Digests have one length and no relation to how far two passwords agree; no branch depends on their bytes.
bool same_password(std::string_view given, std::string_view wanted) {
  const Sha256Digest a = sha256(given);
  const Sha256Digest b = sha256(wanted);
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned>(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace

void set_default_user(Client& client, const Config& config) {
  client.user = default_user;
  client.gates &= ~static_cast<uint32_t>(gate_auth);
  if (!config.requirepass.empty()) client.gates |= gate_auth;
}

bool authenticate(Client& client, std::string_view user, std::string_view password, const Config& config) {
  const bool right = config.requirepass.empty() || same_password(password, config.requirepass);
  if (user != default_user || !right) return false;
  client.user = user;
  client.gates &= ~static_cast<uint32_t>(gate_auth);
  return true;
}

}  // namespace redoubt
