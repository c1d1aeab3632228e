#include "common/hash/evp_digest.h"

#include <openssl/evp.h>

#include <stdexcept>
#include <string>

namespace redoubt::detail {
namespace {

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error("OpenSSL: " + what); }

// Fetching costs more than hashing a short text, so the two algorithms that are used here are fetched once.
const EVP_MD* fetch(std::string_view name) {
  static const EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  const EVP_MD* found = name == "SHA1" ? sha1 : name == "SHA256" ? sha256 : nullptr;
  if (found == nullptr) fail("no digest " + std::string(name));
  return found;
}

}  // namespace

EvpDigest::EvpDigest(const char* algorithm) : algorithm_(fetch(algorithm)), context_(EVP_MD_CTX_new()) {
  if (context_ == nullptr) throw std::bad_alloc();
  start();
}

EvpDigest::~EvpDigest() { EVP_MD_CTX_free(context_); }

void EvpDigest::start() {
  if (EVP_DigestInit_ex(context_, algorithm_, nullptr) != 1) fail("a digest cannot be started");
}

void EvpDigest::update(std::string_view data) {
  if (EVP_DigestUpdate(context_, data.data(), data.size()) != 1) fail("a digest cannot be fed");
}

void EvpDigest::finish(unsigned char* out) {
  if (EVP_DigestFinal_ex(context_, out, nullptr) != 1) fail("a digest cannot be finished");
  start();
}

std::string to_hex(const unsigned char* data, size_t size) {
  std::string text;
  text.reserve(2 * size);
  for (size_t i = 0; i < size; ++i) {
    text += "0123456789abcdef"[data[i] >> 4];
    text += "0123456789abcdef"[data[i] & 15];
  }
  return text;
}

}  // namespace redoubt::detail
