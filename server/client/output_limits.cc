#include "server/client/output_limits.h"

namespace redoubt {

OutputLimitClass output_class(const Client& client) {
  if (client.is(ClientFlag::replica)) return OutputLimitClass::replica;
  return client.is(ClientFlag::pubsub) ? OutputLimitClass::pubsub : OutputLimitClass::normal;
}

bool over_output_limit(Client& client, const Config& config, int64_t now_ms) {
  const OutputLimit& limit = config.output_limit(output_class(client));
  const size_t used = client.out.memory();
  if (limit.hard != 0 && used >= limit.hard) return true;
  if (limit.soft == 0 || used < limit.soft) {
    client.soft_limit_since_ms = 0;
    return false;
  }
  if (client.soft_limit_since_ms == 0) client.soft_limit_since_ms = now_ms;
  return now_ms - client.soft_limit_since_ms > int64_t{limit.soft_seconds} * 1000;
}

}  // namespace redoubt
