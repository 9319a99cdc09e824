#ifndef SERVICES_ACCESS_CODE_DOMAIN_GRANT_H_
#define SERVICES_ACCESS_CODE_DOMAIN_GRANT_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "libs/id/ids.h"

namespace portal::access_code {

// Who holds a grant: the patient, or a parent or carer, whose grant ends when the patient comes of
// age.
enum class HolderRelationship { kOther, kSelf };

// How a grant ended before anybody asked.
enum class GrantEnd {
  kRevoked,        // by staff
  kDropped,        // by its holder
  kReached,        // its end came
  kAccountClosed,  // its holder's account was closed
  kMerged,         // the account holds one for the patient that this one's was merged into
};

enum class GrantState { kActive, kRevoked, kDropped, kEnded, kAccountClosed, kMerged };

// An account's permission to see one patient's records.
struct Grant {
  id::GrantId id;
  id::ClinicId clinic_id;
  id::PatientId patient_id;
  id::AccountId account_id;
  id::AccessCodeId access_code_id;
  absl::Time created_at;
  HolderRelationship holder = HolderRelationship::kOther;
  // From this instant on it unlocks nothing, whether that was noted or not.
  std::optional<absl::Time> ends_at;
  // When the patient comes of age, if the grant ends then.
  std::optional<absl::Time> of_age_at;
  // Staff renewed it: it does not end then.
  bool kept_of_age = false;
  // Both or neither. Once set, it unlocks nothing and stays so.
  std::optional<absl::Time> ended_at;
  std::optional<GrantEnd> end;
  // The patient it was made for, before a merge.
  std::optional<id::PatientId> merged_from;
};

GrantState StateAt(const Grant& grant, absl::Time now);

// What an active grant shows its holder.
struct AccessiblePatient {
  id::PatientId patient_id;
  id::ClinicId clinic_id;
  std::string display_name;
  id::GrantId grant_id;
  absl::Time granted_at;
  std::optional<absl::Time> ends_at;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_DOMAIN_GRANT_H_
