#include "services/identity/domain/clinic.h"

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/testing/fuzz.h"

namespace portal::identity {
namespace {

bool HasOnly(absl::string_view text, absl::string_view characters) {
  return text.find_first_not_of(characters) == absl::string_view::npos;
}

}  // namespace

// A slug is part of addresses, and a time zone's name part of a path of this machine.
FUZZ_TARGET(text) {
  if (IsSlug(text)) {
    FUZZ_EXPECT(text.size() >= 3 && text.size() <= 40);
    FUZZ_EXPECT(HasOnly(text, "abcdefghijklmnopqrstuvwxyz0123456789-"));
  }
  if (IsTimeZone(text)) {
    FUZZ_EXPECT(
        HasOnly(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-"));
    FUZZ_EXPECT(!absl::StartsWith(text, "/"));
    absl::TimeZone zone;
    FUZZ_EXPECT(absl::LoadTimeZone(text, &zone));
  }
}

}  // namespace portal::identity
