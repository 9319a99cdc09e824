#ifndef LIBS_CRYPTO_COMPARE_H_
#define LIBS_CRYPTO_COMPARE_H_

#include "absl/strings/string_view.h"

namespace portal::crypto {

// Whether two secrets are equal, in a time that depends on their lengths only.
bool ConstantTimeEquals(absl::string_view left, absl::string_view right);

}  // namespace portal::crypto

#endif  // LIBS_CRYPTO_COMPARE_H_
