#ifndef LIBS_CRYPTO_SODIUM_H_
#define LIBS_CRYPTO_SODIUM_H_

#include <sodium.h>

#include <string>

#include "absl/strings/string_view.h"

// libsodium, set up. Only files of libs/crypto include this.
namespace portal::crypto {

// Sets libsodium up once, before the first use anywhere in the process; aborts if it cannot work on
// this machine.
void EnsureSodium();

inline const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

inline unsigned char* MutableBytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace portal::crypto

#endif  // LIBS_CRYPTO_SODIUM_H_
