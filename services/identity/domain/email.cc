#include "services/identity/domain/email.h"

#include "absl/strings/ascii.h"
#include "libs/email/address.h"
#include "libs/status/status_macros.h"

namespace portal::identity {

Email::Email(absl::string_view text) : text_(text), normalized_(absl::AsciiStrToLower(text)) {}

absl::StatusOr<Email> Email::Parse(absl::string_view field, absl::string_view text) {
  RETURN_IF_ERROR(email::CheckAddress(field, text));
  return Email(text);
}

}  // namespace portal::identity
