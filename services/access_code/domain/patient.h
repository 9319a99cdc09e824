#ifndef SERVICES_ACCESS_CODE_DOMAIN_PATIENT_H_
#define SERVICES_ACCESS_CODE_DOMAIN_PATIENT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "libs/id/ids.h"

namespace portal::access_code {

// What records says about a patient.
struct Patient {
  id::PatientId id;
  id::ClinicId clinic_id;  // never changes
  std::string display_name;
  int64_t version = 0;  // rises with each change, from 1
  std::optional<absl::CivilDay> birth_date;
  // The patient that this one was merged into.
  std::optional<id::PatientId> merged_into;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_DOMAIN_PATIENT_H_
