#ifndef SERVICES_ACCESS_CODE_STORAGE_PATIENT_DIRECTORY_H_
#define SERVICES_ACCESS_CODE_STORAGE_PATIENT_DIRECTORY_H_

#include "absl/status/statusor.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "services/access_code/domain/patient.h"

namespace portal::access_code {

// What records has told of its patients.

// Takes over what is newer than what is known; anything else changes nothing. Returns whether it
// did. INVALID_FIELD if the patient is known to belong to another clinic.
absl::StatusOr<bool> PutPatient(db::Transaction& transaction, const Patient& patient);

// Whether the clinic has the patient.
bool IsPatientOf(db::Session& session, const id::ClinicId& clinic_id,
                 const id::PatientId& patient_id);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_PATIENT_DIRECTORY_H_
