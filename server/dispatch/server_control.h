// What commands ask of the process as a whole; implemented by the composition root.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/result.h"
#include "server/config/config.h"

namespace redoubt {

struct Client;

class ServerControl {
 public:
  virtual ~ServerControl() = default;
  // SHUTDOWN: the loop ends after this tick. An error when it cannot be done; `client` is not answered otherwise.
  virtual Status shut_down(const ShutdownOptions& options) = 0;
  // SHUTDOWN ABORT: an error when no shutdown is under way.
  virtual Status abort_shutdown() = 0;
  // DEBUG RESTART and CRASH-AND-RECOVER: the process replaces itself after `delay_ms`; `graceful` shuts down in order
  // first. Does not return on success.
  virtual Status restart(bool graceful, int64_t delay_ms) = 0;
  // DEBUG PAUSE-CRON: housekeeping stops or goes on. DEBUG SET-ACTIVE-EXPIRE likewise for the expiry cycle alone.
  virtual void pause_housekeeping(bool paused) = 0;
  virtual void set_active_expire(bool on) = 0;
  // Facts for INFO.
  virtual const std::string& run_id() const = 0;
  virtual const std::string& executable() const = 0;
  virtual const std::string& config_file() const = 0;
  virtual int current_hz() const = 0;
  virtual int listening_port() const = 0;
  virtual bool supervised() const = 0;
};

}  // namespace redoubt
