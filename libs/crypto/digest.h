#ifndef LIBS_CRYPTO_DIGEST_H_
#define LIBS_CRYPTO_DIGEST_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace portal::crypto {

inline constexpr size_t kDigestBytes = 32;

// SHA-256 (FIPS 180-4), kDigestBytes raw bytes.
std::string Sha256(absl::string_view message);

// HMAC-SHA-256 (RFC 2104), kDigestBytes raw bytes. The key may have any length.
std::string HmacSha256(absl::string_view key, absl::string_view message);

}  // namespace portal::crypto

#endif  // LIBS_CRYPTO_DIGEST_H_
