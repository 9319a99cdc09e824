#ifndef LIBS_CRYPTO_SEALER_H_
#define LIBS_CRYPTO_SEALER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/crypto/keyring.h"

namespace portal::crypto {

// Authenticated encryption (XChaCha20-Poly1305, random 192-bit nonce) for what a database or a
// client keeps for us and must neither read nor change. Thread-safe.
//
// Sealed text: version 0x01 | length of key id | key id | nonce (24) | ciphertext | tag (16).
// Version and key id are authenticated. Each key is used through HMAC-SHA-256(key, label), so the
// same keyring may also key an HMAC.
class Sealer {
 public:
  // `keyring` outlives the sealer; keys it takes up later are used.
  explicit Sealer(const Keyring& keyring) : keyring_(keyring) {}

  // Binary. `associated_data` says what the text is for (kind, owner, row id); it is not stored,
  // and the same must be given to open the text again: a sealed text that was moved elsewhere does
  // not open.
  std::string Seal(absl::string_view plaintext, absl::string_view associated_data) const;

  // INTERNAL if the text was changed, is not ours, belongs to other associated data, or its key is
  // gone. Where the text comes from a client, the caller turns that into an error of its own.
  absl::StatusOr<std::string> Open(absl::string_view sealed,
                                   absl::string_view associated_data) const;

 private:
  const Keyring& keyring_;
};

}  // namespace portal::crypto

#endif  // LIBS_CRYPTO_SEALER_H_
