#ifndef SERVICES_ACCESS_CODE_DOMAIN_ACCESS_CODE_H_
#define SERVICES_ACCESS_CODE_DOMAIN_ACCESS_CODE_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/id/ids.h"
#include "services/access_code/domain/form_access.h"
#include "services/access_code/domain/grant.h"

namespace portal::access_code {

// An access code without its words.
struct AccessCode {
  id::AccessCodeId id;
  id::ClinicId clinic_id;
  id::PatientId patient_id;
  id::AccountId issuer;
  absl::Time created_at;
  // From this instant on it is no longer live.
  absl::Time expires_at;
  // Both or neither.
  std::optional<id::AccountId> redeemer;
  std::optional<absl::Time> redeemed_at;
  std::optional<absl::Time> cancelled_at;
  // Who is going to redeem it. Of a code for records.
  HolderRelationship holder = HolderRelationship::kOther;
  // The patient's birth date is to come with it; how often one came, or should have.
  bool birth_date_demanded = false;
  int birth_date_tries = 0;
  // The patient it was issued for, before a merge.
  std::optional<id::PatientId> merged_from;
  // What it opens instead of the patient's records: a form of the patient's, and nothing else. Such
  // a code demands no birth date.
  std::optional<FormAssignmentId> form_assignment_id;
};

// kLocked: came too often with a wrong birth date.
enum class AccessCodeState { kLive, kRedeemed, kExpired, kCancelled, kLocked };

AccessCodeState StateAt(const AccessCode& code, absl::Time now);

// How long a code is to be valid: the clinic's default for 0 days, INVALID_FIELD outside 1 to
// kMaxValidityDays.
absl::StatusOr<absl::Duration> ValidityOfDays(int32_t days, int default_days);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_DOMAIN_ACCESS_CODE_H_
