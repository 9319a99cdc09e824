#include "services/access_code/domain/errors.h"

#include "libs/status/errors.h"

namespace portal::access_code {

absl::Status AccessCodeRejected() {
  return status::Error(absl::StatusCode::kInvalidArgument, "ACCESS_CODE_REJECTED",
                       "this access code cannot be redeemed");
}

absl::Status AccessCodeNotFound() {
  return status::Error(absl::StatusCode::kNotFound, "ACCESS_CODE_NOT_FOUND",
                       "the clinic has no such access code");
}

absl::Status AccessCodeNotLive() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "ACCESS_CODE_NOT_LIVE",
                       "the access code was redeemed, cancelled or has expired");
}

absl::Status GrantNotFound() {
  return status::Error(absl::StatusCode::kNotFound, "GRANT_NOT_FOUND",
                       "the clinic has no such grant");
}

absl::Status GrantExists() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "GRANT_EXISTS",
                       "the account has what this access code opens already; the code stays live");
}

absl::Status GrantEnded() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "GRANT_ENDED",
                       "the grant has ended; a new access code makes a new one");
}

absl::Status BirthDateUnknown() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "BIRTH_DATE_UNKNOWN",
                       "codes of this clinic demand the birth date, and the record holds none");
}

absl::Status PatientNotFound() {
  return status::Error(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND", "no such patient");
}

absl::Status SessionEnded() {
  return status::Error(absl::StatusCode::kUnauthenticated, "SESSION_ENDED",
                       "the session has ended");
}

absl::Status TooManyAttempts(absl::Duration retry_after) {
  return status::WithRetryAfter(
      status::Error(absl::StatusCode::kResourceExhausted, "TOO_MANY_ATTEMPTS",
                    "too many access codes were tried; this one was not looked at"),
      retry_after);
}

}  // namespace portal::access_code
