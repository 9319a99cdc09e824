#include "services/messaging/domain/errors.h"

#include "libs/status/errors.h"

namespace portal::messaging {

absl::Status RecipientUnknown() {
  return status::Error(absl::StatusCode::kUnavailable, "RECIPIENT_UNKNOWN",
                       "the account or clinic is not known here yet; try again");
}

}  // namespace portal::messaging
