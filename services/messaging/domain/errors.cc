#include "services/messaging/domain/errors.h"

#include "libs/status/errors.h"

namespace portal::messaging {

absl::Status RecipientUnknown() {
  return status::Error(absl::StatusCode::kUnavailable, "RECIPIENT_UNKNOWN",
                       "the account or clinic is not known here yet; try again");
}

absl::Status DeadLetterNotFound() {
  return status::Error(absl::StatusCode::kNotFound, "DEAD_LETTER_NOT_FOUND",
                       "no notice that could not be sent is kept under this id");
}

}  // namespace portal::messaging
