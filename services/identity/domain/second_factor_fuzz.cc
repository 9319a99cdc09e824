#include "services/identity/domain/second_factor.h"

#include <string>

#include "absl/status/statusor.h"
#include "libs/testing/fuzz.h"
#include "services/identity/domain/limits.h"

namespace portal::identity {

// What passes has one of two forms, and is the same however it is spaced.
FUZZ_TARGET(typed) {
  const absl::StatusOr<SecondFactorCode> code = SecondFactorCode::Parse("code", typed);
  const absl::StatusOr<std::string> digits = SixDigits("code", typed);
  if (!code.ok()) {
    FUZZ_EXPECT(absl::IsInvalidArgument(code.status()));
    FUZZ_EXPECT(!digits.ok());
    return;
  }
  FUZZ_EXPECT(code->text().size() == (code->is_totp() ? kSixDigits : kRecoveryCodeCharacters));
  FUZZ_EXPECT(digits.ok() == code->is_totp());
  if (digits.ok()) FUZZ_EXPECT(*digits == code->text());
  const auto again = SecondFactorCode::Parse("code", WithHyphens(code->text()));
  FUZZ_EXPECT(again.ok() && again->text() == code->text());
}

}  // namespace portal::identity
