#ifndef SERVICES_ACCESS_CODE_STORAGE_PATIENT_DIRECTORY_H_
#define SERVICES_ACCESS_CODE_STORAGE_PATIENT_DIRECTORY_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "services/access_code/domain/grant.h"
#include "services/access_code/domain/patient.h"

namespace portal::access_code {

// What records has told of its patients.

struct PatientPut {
  bool is_newer = false;
  // Grants that a merge came upon and whose end had come before.
  std::vector<Grant> ended;
};

// Takes over what is newer than what is known; anything else changes nothing. A merge takes the
// patient's codes and grants along; a new birth date moves the ends of grants that end with it.
//   INVALID_FIELD      the patient, or the surviving one, is known to belong to another clinic, or
//                      the survivor was merged into this one
//   PATIENT_NOT_FOUND  the surviving patient is not known yet
//   GRANT_EXISTS       a code was redeemed in between: try again
absl::StatusOr<PatientPut> PutPatient(db::Transaction& transaction, const Patient& patient,
                                      absl::Time now);

// The patient whose record the patient's has become by merges; the patient itself without any.
id::PatientId SurvivorOf(db::Session& session, const id::PatientId& patient_id);

// Whether the clinic has the patient.
bool IsPatientOf(db::Session& session, const id::ClinicId& clinic_id,
                 const id::PatientId& patient_id);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_PATIENT_DIRECTORY_H_
