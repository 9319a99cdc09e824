#ifndef SERVICES_ACCESS_CODE_STORAGE_PATIENT_DIRECTORY_H_
#define SERVICES_ACCESS_CODE_STORAGE_PATIENT_DIRECTORY_H_

#include "absl/status/status.h"
#include "libs/db/pool.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "services/access_code/domain/patient.h"

namespace portal::access_code {

// What records has told of its patients. Thread-safe.
class PatientDirectory {
 public:
  // `pool` outlives the directory.
  explicit PatientDirectory(db::Pool& pool) : pool_(pool) {}

  // Takes over what is newer than what is known; anything else changes nothing and is OK.
  // INVALID_FIELD if the patient is known to belong to another clinic; otherwise what
  // libs/db/pool.h lists.
  absl::Status Put(const db::CallOptions& call, const Patient& patient) const;

 private:
  db::Pool& pool_;
};

// Whether the clinic has the patient.
bool IsPatientOf(db::Session& session, const id::ClinicId& clinic_id,
                 const id::PatientId& patient_id);

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_PATIENT_DIRECTORY_H_
