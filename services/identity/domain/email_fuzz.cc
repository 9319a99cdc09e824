#include "services/identity/domain/email.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "libs/testing/fuzz.h"

namespace portal::identity {

// An address is kept as it was written, and what it is compared by is one of it.
FUZZ_TARGET(text) {
  const absl::StatusOr<Email> email = Email::Parse("email", text);
  if (!email.ok()) {
    FUZZ_EXPECT(absl::IsInvalidArgument(email.status()));
    return;
  }
  FUZZ_EXPECT(email->text() == text);
  for (const char letter : text) FUZZ_EXPECT(!absl::ascii_iscntrl(letter) && letter != ' ');
  const absl::StatusOr<Email> normalized = Email::Parse("email", email->normalized());
  FUZZ_EXPECT(normalized.ok() && normalized->normalized() == email->normalized());
}

}  // namespace portal::identity
