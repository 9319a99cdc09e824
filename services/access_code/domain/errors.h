#ifndef SERVICES_ACCESS_CODE_DOMAIN_ERRORS_H_
#define SERVICES_ACCESS_CODE_DOMAIN_ERRORS_H_

#include "absl/status/status.h"
#include "absl/time/time.h"

// What callers are told. Each takes no detail that could tell one cause from another; reason.proto
// says what each promises.
namespace portal::access_code {

// The one answer for unknown, expired, cancelled and used codes and for texts that cannot be a
// code.
absl::Status AccessCodeRejected();
absl::Status AccessCodeNotFound();
absl::Status AccessCodeNotLive();
absl::Status GrantNotFound();
absl::Status GrantExists();
absl::Status GrantEnded();
absl::Status BirthDateUnknown();
absl::Status PatientNotFound();
// The account was closed a moment ago.
absl::Status SessionEnded();
absl::Status TooManyAttempts(absl::Duration retry_after);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_DOMAIN_ERRORS_H_
