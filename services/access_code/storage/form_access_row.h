#ifndef SERVICES_ACCESS_CODE_STORAGE_FORM_ACCESS_ROW_H_
#define SERVICES_ACCESS_CODE_STORAGE_FORM_ACCESS_ROW_H_

#include "libs/db/row.h"
#include "services/access_code/domain/form_access.h"

namespace portal::access_code {

// From a statement that says which code opened which form.
inline FormAccess FormAccessOf(const db::Row& row) {
  return {.access_code_id = row.Id<id::AccessCodeId>("access_code_id"),
          .clinic_id = row.Id<id::ClinicId>("clinic_id"),
          .patient_id = row.Id<id::PatientId>("patient_id"),
          .form_assignment_id = row.Id<FormAssignmentId>("form_assignment_id")};
}

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_FORM_ACCESS_ROW_H_
