#include "libs/crypto/digest.h"

#include <openssl/evp.h>

#include <cstdlib>

#include "libs/crypto/sodium.h"

namespace portal::crypto {
namespace {

static_assert(kDigestBytes == crypto_auth_hmacsha256_BYTES);

// Looked up once: that costs more than the digest of a passport.
const EVP_MD* Sha256Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

}  // namespace

// OpenSSL's uses the processor's instructions for it, which libsodium's does not: every call with a
// passport takes one.
std::string Sha256(absl::string_view message) {
  std::string digest(kDigestBytes, '\0');
  if (EVP_Digest(message.data(), message.size(), MutableBytes(digest), nullptr, Sha256Algorithm(),
                 nullptr) != 1) {
    std::abort();  // SHA-256 is missing, or there is no memory
  }
  return digest;
}

std::string HmacSha256(absl::string_view key, absl::string_view message) {
  EnsureSodium();
  std::string digest(kDigestBytes, '\0');
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, Bytes(key), key.size());
  crypto_auth_hmacsha256_update(&state, Bytes(message), message.size());
  crypto_auth_hmacsha256_final(&state, MutableBytes(digest));
  sodium_memzero(&state, sizeof(state));
  return digest;
}

}  // namespace portal::crypto
