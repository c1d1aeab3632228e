// What Sha1 and Sha256 share: an incremental digest of OpenSSL behind a header that does not include OpenSSL. Not
// thread-safe; throws std::runtime_error if OpenSSL does not offer the algorithm.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

struct evp_md_ctx_st;
struct evp_md_st;

namespace redoubt::detail {

class EvpDigest {
 public:
  explicit EvpDigest(const char* algorithm);
  ~EvpDigest();
  EvpDigest(const EvpDigest&) = delete;
  EvpDigest& operator=(const EvpDigest&) = delete;

  void update(std::string_view data);
  // Writes the digest of what was added and starts anew.
  void finish(unsigned char* out);

 private:
  void start();
  const evp_md_st* algorithm_;  // owned by the process-wide cache
  evp_md_ctx_st* context_;
};

std::string to_hex(const unsigned char* data, size_t size);

}  // namespace redoubt::detail
