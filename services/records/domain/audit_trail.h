#ifndef SERVICES_RECORDS_DOMAIN_AUDIT_TRAIL_H_
#define SERVICES_RECORDS_DOMAIN_AUDIT_TRAIL_H_

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

// How often on one day somebody did one thing with a record.
struct AccessCount {
  absl::CivilDay day;  // UTC
  ActorKind actor_kind = ActorKind::kSystem;
  std::optional<id::AccountId> actor_id;  // nobody: account holders other than the viewer, together
  std::string actor_name;                 // the newest one
  std::string action;
  bool repeated = false;  // a repeated request, which showed once more what it had done
  int count = 0;
  absl::Time last_at;
};

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

// What an account holder is shown, the newest last_at first: of other holders neither who they are,
// nor when in the day, nor in which order they came.
std::vector<RecordAccess> Collapse(const std::vector<AccessCount>& counts);

// The accesses of other holders are shown until the beginning of this day: of days that are over,
// and for so long that nothing is added to them, so that nobody learns by looking again and again
// when somebody else looked.
absl::Time OtherHoldersShownUntil(absl::Time now);

}  // namespace portal::records

#endif  // SERVICES_RECORDS_DOMAIN_AUDIT_TRAIL_H_
