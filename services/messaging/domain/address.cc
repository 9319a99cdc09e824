#include "services/messaging/domain/address.h"

#include "libs/email/address.h"
#include "libs/status/status_macros.h"

namespace portal::messaging {

absl::StatusOr<Address> Address::Parse(absl::string_view field, absl::string_view text) {
  RETURN_IF_ERROR(email::CheckAddress(field, text));
  return Address(text);
}

}  // namespace portal::messaging
