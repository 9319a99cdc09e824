#include "libs/crypto/sodium.h"

#include <cstdio>
#include <cstdlib>

namespace portal::crypto {

void EnsureSodium() {
  static const bool ready = [] {
    if (sodium_init() >= 0) return true;
    std::fputs("libsodium cannot be initialised\n", stderr);
    std::abort();
  }();
  static_cast<void>(ready);
}

}  // namespace portal::crypto
