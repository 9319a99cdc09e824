#ifndef LIBS_CRYPTO_TOTP_H_
#define LIBS_CRYPTO_TOTP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// Time-based one-time passwords (RFC 6238) as authenticator apps make them: SHA-1, six digits, a
// new one every 30 seconds; through liboath.
namespace portal::crypto {

// RFC 4226, section 4: at least 128 bits, 160 recommended.
inline constexpr size_t kTotpSecretBytes = 20;
inline constexpr size_t kTotpDigits = 6;
inline constexpr absl::Duration kTotpStep = absl::Seconds(30);

// The number of the step that `now` is in.
int64_t TotpStepAt(absl::Time now);

// The code of a step. `secret`: kTotpSecretBytes bytes. INTERNAL if liboath fails.
absl::StatusOr<std::string> TotpCode(absl::string_view secret, int64_t step);

// The step whose code this is: that of `now`, the one before or the one after, for clocks that are
// not quite right and people who type slowly (RFC 6238, section 5.2). None if it is no such code.
// Takes as long for every code of the right length.
absl::StatusOr<std::optional<int64_t>> MatchTotp(absl::string_view secret, absl::string_view code,
                                                 absl::Time now);

// RFC 4648, section 6, upper case, without padding: how people and apps read a secret.
std::string Base32Encode(absl::string_view bytes);

}  // namespace portal::crypto

#endif  // LIBS_CRYPTO_TOTP_H_
