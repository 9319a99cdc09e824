#ifndef SERVICES_MESSAGING_DOMAIN_ERRORS_H_
#define SERVICES_MESSAGING_DOMAIN_ERRORS_H_

#include "absl/status/status.h"

// What callers are told; reason.proto says what each promises.
namespace portal::messaging {

// The account or clinic that a notice names is not known yet.
absl::Status RecipientUnknown();
// No notice that could not be sent is kept under this event id.
absl::Status DeadLetterNotFound();

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_DOMAIN_ERRORS_H_
