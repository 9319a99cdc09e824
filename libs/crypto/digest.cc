#include "libs/crypto/digest.h"

#include "libs/crypto/sodium.h"

namespace portal::crypto {
namespace {

static_assert(kDigestBytes == crypto_hash_sha256_BYTES);
static_assert(kDigestBytes == crypto_auth_hmacsha256_BYTES);

}  // namespace

std::string Sha256(absl::string_view message) {
  EnsureSodium();
  std::string digest(kDigestBytes, '\0');
  crypto_hash_sha256(MutableBytes(digest), Bytes(message), message.size());
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
