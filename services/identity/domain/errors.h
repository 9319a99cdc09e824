#ifndef SERVICES_IDENTITY_DOMAIN_ERRORS_H_
#define SERVICES_IDENTITY_DOMAIN_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// The failures of identity's own; reason.proto says what each promises. Each is one value: which of
// its causes applied is not to be told from the answer.
namespace portal::identity {

// UNAUTHENTICATED/CREDENTIALS_REJECTED: unknown e-mail, wrong password or locked.
absl::Status CredentialsRejected();
// FAILED_PRECONDITION/EMAIL_NOT_VERIFIED: the password is right, the mailbox was never proven.
absl::Status EmailNotVerified();
// INVALID_ARGUMENT/LINK_REJECTED: unknown, used, replaced, expired or tried too often.
absl::Status LinkRejected();
// INVALID_ARGUMENT/MAILBOX_CODE_REJECTED: wrong, unknown, used, replaced, expired or tried too
// often.
absl::Status MailboxCodeRejected();
// FAILED_PRECONDITION/TERMS_NOT_CURRENT with metadata "current_version".
absl::Status TermsNotCurrent(int current);
// UNAUTHENTICATED/SESSION_ENDED: unknown, ended or expired.
absl::Status SessionEnded();
// NOT_FOUND/SESSION_NOT_FOUND: not one of the account's.
absl::Status SessionNotFound();
// UNAUTHENTICATED/SECOND_FACTOR_REJECTED: wrong or used code, or too many attempts.
absl::Status SecondFactorRejected();
// UNAUTHENTICATED/CHALLENGE_REJECTED: unknown, used or expired.
absl::Status ChallengeRejected();
// FAILED_PRECONDITION/SECOND_FACTOR_ENABLED: there is one already.
absl::Status SecondFactorEnabled();
// FAILED_PRECONDITION/SECOND_FACTOR_NOT_ENABLED: there is none.
absl::Status SecondFactorNotEnabled();
// FAILED_PRECONDITION/SECOND_FACTOR_NOT_BEGUN: there is none to confirm.
absl::Status SecondFactorNotBegun();
// FAILED_PRECONDITION/SECOND_FACTOR_REMOVAL_NOT_DUE: none begun, cancelled, lapsed, or too early.
absl::Status SecondFactorRemovalNotDue();
// INVALID_ARGUMENT/PASSWORD_UNACCEPTABLE with metadata "rule": "too_short", "too_long" or "common".
absl::Status PasswordUnacceptable(absl::string_view rule, absl::string_view message);
// RESOURCE_EXHAUSTED/TOO_MANY_ATTEMPTS with RetryInfo: nothing was looked at.
absl::Status TooManyAttempts(absl::Duration retry_after);
// ALREADY_EXISTS/STAFF_EXISTS: on the clinic's staff, or invited.
absl::Status StaffExists();
// ALREADY_EXISTS/CLINIC_SLUG_TAKEN.
absl::Status ClinicSlugTaken();
// NOT_FOUND/CLINIC_NOT_FOUND.
absl::Status ClinicNotFound();
// NOT_FOUND/STAFF_MEMBER_NOT_FOUND.
absl::Status StaffMemberNotFound();
// FAILED_PRECONDITION/STAFF_MEMBER_STATE with metadata "state", such as "INVITED".
absl::Status StaffMemberInState(absl::string_view state);
// FAILED_PRECONDITION/LAST_OWNER.
absl::Status LastOwner();
// FAILED_PRECONDITION/SECOND_FACTOR_NEEDED.
absl::Status SecondFactorNeeded();
// FAILED_PRECONDITION/OWN_SECOND_FACTOR.
absl::Status OwnSecondFactor();

// UNIMPLEMENTED/METHOD_NOT_FOUND: clients are offered no method at this path.
absl::Status MethodNotFound();
// PERMISSION_DENIED/CROSS_SITE_REQUEST: another site's page may have made the browser send it.
absl::Status CrossSiteRequest();
// INVALID_ARGUMENT/SEVERAL_CREDENTIALS: more than one session in one request.
absl::Status SeveralCredentials();
// UNAUTHENTICATED/PASSPORT_MISSING: as the services say it.
absl::Status SignInNeeded();

// NOT_FOUND/SERVICE_ACCOUNT_NOT_FOUND: not at this clinic.
absl::Status ServiceAccountNotFound();
// FAILED_PRECONDITION/SERVICE_ACCOUNT_REVOKED.
absl::Status ServiceAccountRevoked();

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_DOMAIN_ERRORS_H_
