#ifndef LIBS_AUDIT_EVENT_H_
#define LIBS_AUDIT_EVENT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "libs/time/clock.h"

// Who did what to whose data, and how it ended: one row per patient, clinic or account concerned.
// The service's role may add rows, never change or delete them; Sealer makes tampering by anybody
// else show.
namespace portal::audit {

enum class ActorKind {
  kNobody,          // not signed in
  kAccount,         // a patient's or family's account
  kStaff,           // an account acting in a role at a clinic
  kServiceAccount,  // a clinic's back end, acting within its scopes
  kService,         // a service of ours on its own behalf: `calling_service`
  kOperator,        // a person at an operator command; `source_address` is user@host
};

absl::string_view ToString(ActorKind kind);

// Ids, names of ours and outcomes: never content, and no personal data but the address and the
// names that staff work under. Texts are empty where they do not apply; all but the actor's name
// are printable ASCII of at most kMaxTextBytes.
struct Event {
  ActorKind actor_kind = ActorKind::kNobody;
  std::optional<id::AccountId> actor_id;  // or the service account's id
  // What the clinic's staff and service accounts went by at that moment; empty for everybody else.
  std::string actor_name;
  std::optional<id::SessionId> session_id;
  std::string calling_service;  // from its certificate
  std::optional<id::ClinicId> clinic_id;
  std::optional<id::PatientId> patient_id;
  std::string resource_kind;  // "soap_chart"
  std::string resource_id;
  std::string action;  // "records.GetPatient"
  // Or the reason of the refusal: "PATIENT_NOT_FOUND"; REPEATED: see libs/rpc/change.h.
  std::string outcome = "OK";
  std::string source_address;  // the person's, as the gateway saw it
  std::string request_id;      // leads to the log
};

inline constexpr size_t kMaxTextBytes = 256;
// Of UTF-8; identity's names are shorter.
inline constexpr size_t kMaxActorNameBytes = 1024;

// Adds the events in the caller's transaction, with one statement. INTERNAL if an event is
// malformed: it is ours.
absl::Status Append(db::Session& session, const time::Clock& clock, absl::Span<const Event> events);

// An event with what a row adds to it. Made before the insert, so that repeating the insert adds
// nothing.
struct Record {
  id::Uuid id;
  absl::Time occurred_at;
  Event event;
};

// INTERNAL if a text is too long or holds what it may not.
absl::Status Validate(const Event& event);
Record NewRecord(const time::Clock& clock, Event event);
absl::Status Insert(db::Session& session, absl::Span<const Record> records);

}  // namespace portal::audit

#endif  // LIBS_AUDIT_EVENT_H_
