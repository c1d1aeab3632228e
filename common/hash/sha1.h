// SHA-1, for the names of scripts and DEBUG DIGEST (never where an attacker matters). Not thread-safe; one object can make many digests, one after another,
// which is cheaper than one object for each.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "common/hash/evp_digest.h"

namespace redoubt {

using Sha1Digest = std::array<unsigned char, 20>;

class Sha1 {
 public:
  void update(std::string_view data) { evp_.update(data); }
  // The digest of everything since the last call; starts anew.
  Sha1Digest digest() {
    Sha1Digest result;
    evp_.finish(result.data());
    return result;
  }

 private:
  detail::EvpDigest evp_{"SHA1"};
};

inline Sha1Digest sha1(std::string_view data) {
  Sha1 hash;
  hash.update(data);
  return hash.digest();
}

// Lower-case hexadecimal digits of the digest.
inline std::string sha1_hex(std::string_view data) {
  const Sha1Digest digest = sha1(data);
  return detail::to_hex(digest.data(), digest.size());
}

}  // namespace redoubt
