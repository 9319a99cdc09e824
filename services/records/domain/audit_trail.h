#ifndef SERVICES_RECORDS_DOMAIN_AUDIT_TRAIL_H_
#define SERVICES_RECORDS_DOMAIN_AUDIT_TRAIL_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/id/ids.h"

// What is shown of the audit trail, to the clinic and to account holders.
namespace portal::records {

enum class ActorKind { kAccount, kStaff, kServiceAccount, kSystem };

struct AuditEvent {
  id::Uuid id;
  absl::Time occurred_at;
  ActorKind actor_kind = ActorKind::kSystem;
  std::optional<id::AccountId> actor_id;  // or the service account's id
  std::string actor_name;                 // of staff and service accounts
  std::optional<id::PatientId> patient_id;
  std::string action;  // "records.GetPatient"
  std::string resource_kind, resource_id;
  std::string outcome;
};

// A part of a patient's record, as account holders know it.
enum class RecordPart { kProfile, kListing, kCharts, kTreatmentPlans, kAccesses, kOther };

// What an action does: which part it concerns, and whether it changes it.
struct Access {
  RecordPart part;
  bool changes;
};
// kOther for an action that is not known here.
Access AccessOf(absl::string_view action);

// One person's accesses to one part on one day, those of all other account holders together.
struct RecordAccess {
  absl::CivilDay day;  // UTC
  absl::Time last_at;  // the beginning of the day for other account holders
  int count = 0;
  ActorKind actor_kind = ActorKind::kSystem;
  std::optional<id::AccountId> actor_id;
  std::string actor_name;  // the newest one
  RecordPart part = RecordPart::kOther;
  bool changed = false;
};

// What `viewer` is shown. `events` are the newest first, as are the accesses by the last one behind
// each. Other account holders cannot be told apart, nor when in the day they came.
std::vector<RecordAccess> Collapse(const std::vector<AuditEvent>& events,
                                   const id::AccountId& viewer);

// How many of the first `limit` of `events`, newest first, make a page of whole days: all if there
// are no further ones; the oldest day, which may be cut, is left to the next page unless it is the
// only one.
size_t WholeDays(const std::vector<AuditEvent>& events, size_t limit);

}  // namespace portal::records

#endif  // SERVICES_RECORDS_DOMAIN_AUDIT_TRAIL_H_
