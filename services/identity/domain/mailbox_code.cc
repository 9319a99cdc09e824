#include "services/identity/domain/mailbox_code.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "libs/status/errors.h"
#include "services/identity/domain/limits.h"

namespace portal::identity {

MailboxCode MailboxCode::OfNumber(uint32_t number) {
  return MailboxCode(absl::StrFormat("%06u", number));
}

absl::StatusOr<MailboxCode> MailboxCode::Parse(absl::string_view field, absl::string_view text) {
  if (text.size() != kMailboxCodeDigits ||
      !std::all_of(text.begin(), text.end(), absl::ascii_isdigit)) {
    return status::InvalidField(field, "must be six digits");
  }
  return MailboxCode(std::string(text));
}

}  // namespace portal::identity
