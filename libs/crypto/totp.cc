#include "libs/crypto/totp.h"

#include <liboath/oath.h>

#include <array>

#include "libs/crypto/compare.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"

namespace portal::crypto {
namespace {

// Once, before the first use, however many threads.
bool Initialized() {
  static const bool initialized = oath_init() == OATH_OK;
  return initialized;
}

}  // namespace

int64_t TotpStepAt(absl::Time now) {
  return absl::ToUnixSeconds(now) / absl::ToInt64Seconds(kTotpStep);
}

absl::StatusOr<std::string> TotpCode(absl::string_view secret, int64_t step) {
  std::array<char, kTotpDigits + 1> code;
  if (!Initialized() || step < 0 || secret.size() != kTotpSecretBytes ||
      oath_hotp_generate(secret.data(), secret.size(), static_cast<uint64_t>(step), kTotpDigits,
                         /*add_checksum=*/false, OATH_HOTP_DYNAMIC_TRUNCATION,
                         code.data()) != OATH_OK) {
    return status::Internal("liboath makes no code");
  }
  return std::string(code.data(), kTotpDigits);
}

absl::StatusOr<std::optional<int64_t>> MatchTotp(absl::string_view secret, absl::string_view code,
                                                 absl::Time now) {
  std::optional<int64_t> match;
  const int64_t current = TotpStepAt(now);
  for (const int64_t step : {current - 1, current, current + 1}) {
    ASSIGN_OR_RETURN(const std::string expected, TotpCode(secret, step));
    if (ConstantTimeEquals(code, expected)) match = step;
  }
  return match;
}

std::string Base32Encode(absl::string_view bytes) {
  constexpr absl::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  uint32_t buffer = 0;
  int bits = 0;
  for (const char byte : bytes) {
    buffer = (buffer << 8) | static_cast<uint8_t>(byte);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text.push_back(kAlphabet[(buffer >> bits) & 31]);
    }
  }
  if (bits > 0) text.push_back(kAlphabet[(buffer << (5 - bits)) & 31]);
  return text;
}

}  // namespace portal::crypto
