#ifndef SERVICES_ACCESS_CODE_RPC_SERVICE_EVENT_H_
#define SERVICES_ACCESS_CODE_RPC_SERVICE_EVENT_H_

#include "libs/audit/event.h"
#include "libs/id/ids.h"

namespace portal::access_code {

// What nobody asked for: it was due.
inline audit::Event ServiceEvent(const char* action, const id::ClinicId& clinic_id,
                                 const id::PatientId& patient_id) {
  audit::Event event;
  event.actor_kind = audit::ActorKind::kService;
  event.calling_service = "access_code";
  event.clinic_id = clinic_id;
  event.patient_id = patient_id;
  event.action = action;
  return event;
}

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_SERVICE_EVENT_H_
