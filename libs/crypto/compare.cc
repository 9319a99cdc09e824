#include "libs/crypto/compare.h"

#include "libs/crypto/sodium.h"

namespace portal::crypto {

bool ConstantTimeEquals(absl::string_view left, absl::string_view right) {
  return left.size() == right.size() &&
         (left.empty() || sodium_memcmp(left.data(), right.data(), left.size()) == 0);
}

}  // namespace portal::crypto
