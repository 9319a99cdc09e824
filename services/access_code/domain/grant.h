#ifndef SERVICES_ACCESS_CODE_DOMAIN_GRANT_H_
#define SERVICES_ACCESS_CODE_DOMAIN_GRANT_H_

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "libs/id/ids.h"

namespace portal::access_code {

// An account's permission to see one patient's records.
struct Grant {
  id::GrantId id;
  id::ClinicId clinic_id;
  id::PatientId patient_id;
  id::AccountId account_id;
  id::AccessCodeId access_code_id;
  absl::Time created_at;
  // Once set, it unlocks nothing and stays so.
  std::optional<absl::Time> revoked_at;
};

// What an active grant shows its holder.
struct AccessiblePatient {
  id::PatientId patient_id;
  id::ClinicId clinic_id;
  std::string display_name;
  id::GrantId grant_id;
  absl::Time granted_at;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_DOMAIN_GRANT_H_
