// SHA-256, for the passwords of ACL users. Not thread-safe; one object can make many digests, one after another,
// which is cheaper than one object for each.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "common/hash/evp_digest.h"

namespace redoubt {

using Sha256Digest = std::array<unsigned char, 32>;

class Sha256 {
 public:
  void update(std::string_view data) { evp_.update(data); }
  // The digest of everything since the last call; starts anew.
  Sha256Digest digest() {
    Sha256Digest result;
    evp_.finish(result.data());
    return result;
  }

 private:
  detail::EvpDigest evp_{"SHA256"};
};

inline Sha256Digest sha256(std::string_view data) {
  Sha256 hash;
  hash.update(data);
  return hash.digest();
}

// Lower-case hexadecimal digits of the digest.
inline std::string sha256_hex(std::string_view data) {
  const Sha256Digest digest = sha256(data);
  return detail::to_hex(digest.data(), digest.size());
}

}  // namespace redoubt
