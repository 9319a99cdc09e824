#include "services/identity/domain/errors.h"

#include <string>

#include "libs/status/errors.h"

namespace portal::identity {

absl::Status CredentialsRejected() {
  return status::Error(
      absl::StatusCode::kUnauthenticated, "CREDENTIALS_REJECTED",
      "the e-mail address or the password is wrong, or there were too many attempts");
}

absl::Status EmailNotVerified() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "EMAIL_NOT_VERIFIED",
                       "the e-mail address has not been verified yet");
}

absl::Status LinkRejected() {
  return status::Error(absl::StatusCode::kInvalidArgument, "LINK_REJECTED",
                       "the link is not valid, or not any more");
}

absl::Status MailboxCodeRejected() {
  return status::Error(absl::StatusCode::kInvalidArgument, "MAILBOX_CODE_REJECTED",
                       "the code is not right, or not valid any more");
}

absl::Status TermsNotCurrent(int current) {
  return status::Error(absl::StatusCode::kFailedPrecondition, "TERMS_NOT_CURRENT",
                       "other terms of use are published now",
                       {{"current_version", std::to_string(current)}});
}

absl::Status SessionEnded() {
  return status::Error(absl::StatusCode::kUnauthenticated, "SESSION_ENDED",
                       "the session has ended");
}

absl::Status SessionNotFound() {
  return status::Error(absl::StatusCode::kNotFound, "SESSION_NOT_FOUND", "no such session");
}

absl::Status SecondFactorRejected() {
  return status::Error(absl::StatusCode::kUnauthenticated, "SECOND_FACTOR_REJECTED",
                       "the code is wrong or was used, or there were too many attempts");
}

absl::Status ChallengeRejected() {
  return status::Error(absl::StatusCode::kUnauthenticated, "CHALLENGE_REJECTED",
                       "the sign-in is not valid, or not any more: sign in again");
}

absl::Status SecondFactorEnabled() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "SECOND_FACTOR_ENABLED",
                       "the account has a second factor already");
}

absl::Status SecondFactorNotEnabled() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "SECOND_FACTOR_NOT_ENABLED",
                       "the account has no second factor");
}

absl::Status SecondFactorNotBegun() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "SECOND_FACTOR_NOT_BEGUN",
                       "there is no second factor to confirm");
}

absl::Status SecondFactorRemovalNotDue() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "SECOND_FACTOR_REMOVAL_NOT_DUE",
                       "the second factor cannot be removed now");
}

absl::Status PasswordUnacceptable(absl::string_view rule, absl::string_view message) {
  return status::Error(absl::StatusCode::kInvalidArgument, "PASSWORD_UNACCEPTABLE", message,
                       {{"rule", std::string(rule)}});
}

absl::Status TooManyAttempts(absl::Duration retry_after) {
  return status::WithRetryAfter(
      status::Error(absl::StatusCode::kResourceExhausted, "TOO_MANY_ATTEMPTS", "too many attempts"),
      retry_after);
}

absl::Status StaffExists() {
  return status::Error(absl::StatusCode::kAlreadyExists, "STAFF_EXISTS",
                       "this person is on the clinic's staff already, or invited");
}

absl::Status ClinicSlugTaken() {
  return status::Error(absl::StatusCode::kAlreadyExists, "CLINIC_SLUG_TAKEN",
                       "another clinic has this slug");
}

absl::Status ClinicNotFound() {
  return status::Error(absl::StatusCode::kNotFound, "CLINIC_NOT_FOUND", "no such clinic");
}

absl::Status StaffMemberNotFound() {
  return status::Error(absl::StatusCode::kNotFound, "STAFF_MEMBER_NOT_FOUND",
                       "no such member of the clinic's staff");
}

absl::Status StaffMemberInState(absl::string_view state) {
  return status::Error(absl::StatusCode::kFailedPrecondition, "STAFF_MEMBER_STATE",
                       "the member's state does not allow this", {{"state", std::string(state)}});
}

absl::Status LastOwner() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "LAST_OWNER",
                       "the clinic would be left without an active owner");
}

absl::Status OwnSecondFactor() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "OWN_SECOND_FACTOR",
                       "one's own second factor is disabled with a code");
}

absl::Status SecondFactorNeeded() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "SECOND_FACTOR_NEEDED",
                       "sign in with a second factor to do this");
}

absl::Status MethodNotFound() {
  return status::Error(absl::StatusCode::kUnimplemented, "METHOD_NOT_FOUND",
                       "there is no such method");
}

absl::Status CrossSiteRequest() {
  return status::Error(absl::StatusCode::kPermissionDenied, "CROSS_SITE_REQUEST",
                       "a browser's request needs the header portal-client");
}

absl::Status SeveralCredentials() {
  return status::Error(absl::StatusCode::kInvalidArgument, "SEVERAL_CREDENTIALS",
                       "send one session: a cookie or a bearer token");
}

absl::Status SignInNeeded() {
  return status::Error(absl::StatusCode::kUnauthenticated, "PASSPORT_MISSING",
                       "sign in to make this call");
}

absl::Status ServiceAccountNotFound() {
  return status::Error(absl::StatusCode::kNotFound, "SERVICE_ACCOUNT_NOT_FOUND",
                       "no such service account");
}

absl::Status ServiceAccountRevoked() {
  return status::Error(absl::StatusCode::kFailedPrecondition, "SERVICE_ACCOUNT_REVOKED",
                       "the service account was revoked");
}

}  // namespace portal::identity
