#include "services/identity/domain/mailbox_code.h"

#include "absl/strings/str_format.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/second_factor.h"

namespace portal::identity {

MailboxCode MailboxCode::OfNumber(uint32_t number) {
  return MailboxCode(absl::StrFormat("%06u", number));
}

absl::StatusOr<MailboxCode> MailboxCode::Parse(absl::string_view field, absl::string_view text) {
  ASSIGN_OR_RETURN(std::string digits, SixDigits(field, text));
  return MailboxCode(std::move(digits));
}

}  // namespace portal::identity
