#include "services/records/storage/audit_trail_store.h"

#include <string>

#include "services/records/domain/errors.h"
#include "services/records/storage/patient_store.h"
#include "services/records/storage/queries.h"

namespace portal::records {
namespace {

ActorKind KindOf(const std::string& text) {
  if (text == "account") return ActorKind::kAccount;
  if (text == "staff") return ActorKind::kStaff;
  if (text == "service_account") return ActorKind::kServiceAccount;
  return ActorKind::kSystem;
}

std::vector<AuditEvent> EventsOf(const db::Rows& rows) {
  std::vector<AuditEvent> events;
  for (const db::Row& row : rows) {
    events.push_back({.id = row.Uuid("event_id"),
                      .occurred_at = row.Time("occurred_us"),
                      .actor_kind = KindOf(row.Text("actor_kind")),
                      .actor_id = row.OptionalId<id::AccountId>("actor_id"),
                      .actor_name = row.Text("actor_name"),
                      .patient_id = row.OptionalId<id::PatientId>("patient_id"),
                      .action = row.Text("action"),
                      .resource_kind = row.Text("resource_kind"),
                      .resource_id = row.Text("resource_id"),
                      .outcome = row.Text("outcome")});
  }
  return events;
}

AccessCount CountOf(const db::Row& row) {
  return {.day = absl::ToCivilDay(row.Time("day_us"), absl::UTCTimeZone()),
          .actor_kind = KindOf(row.Text("actor_kind")),
          .actor_id = row.OptionalId<id::AccountId>("actor_id"),
          .actor_name = row.Text("actor_name"),
          .action = row.Text("action"),
          .repeated = row.Bool("repeated"),
          .count = static_cast<int>(row.Int64("count")),
          .last_at = row.Time("last_us")};
}

}  // namespace

absl::StatusOr<std::vector<AuditEvent>> AuditTrailStore::List(const db::CallOptions& call,
                                                              const id::ClinicId& clinic_id,
                                                              const AuditFilter& filter,
                                                              const AuditPosition& before,
                                                              int limit) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::vector<AuditEvent>> {
    if (filter.actor_id.has_value()) {
      return EventsOf(session.Exec(queries::kListAuditEventsOfActor, clinic_id, before.occurred_at,
                                   before.id, filter.start, limit, *filter.actor_id));
    }
    return EventsOf(session.Exec(queries::kListAuditEvents, clinic_id, before.occurred_at,
                                 before.id, filter.start, limit));
  });
}

absl::StatusOr<std::vector<AuditEvent>> AuditTrailStore::ListOfPatient(
    const db::CallOptions& call, const id::ClinicId& clinic_id, const id::PatientId& patient_id,
    const AuditFilter& filter, const AuditPosition& before, int limit) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::vector<AuditEvent>> {
    if (!IsPatientOf(session, clinic_id, patient_id)) return PatientNotFound();
    return EventsOf(session.Exec(queries::kListAuditEventsOfPatient, clinic_id, before.occurred_at,
                                 before.id, filter.start, limit, patient_id, filter.actor_id));
  });
}

absl::StatusOr<AuditTrailStore::AccessPage> AuditTrailStore::ListAccesses(
    const db::CallOptions& call, const AccessQuery& query, int limit) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<AccessPage> {
    if (!IsPatient(session, query.patient_id)) return PatientNotFound();
    AccessPage page{.next_before = session
                                       .Exec(queries::kFindRecordAccessPage, query.patient_id,
                                             query.before, limit, query.viewer, query.others_until)
                                       .One()
                                       .OptionalTime("start_us")};
    const absl::Time start = page.next_before.value_or(absl::UnixEpoch());
    for (const db::Row& row : session.Exec(queries::kListRecordAccesses, query.patient_id, start,
                                           query.before, query.viewer, query.others_until)) {
      page.counts.push_back(CountOf(row));
    }
    return page;
  });
}

absl::StatusOr<bool> AuditTrailStore::HasTreated(const db::CallOptions& call,
                                                 const id::ClinicId& clinic_id,
                                                 const id::PatientId& patient_id,
                                                 const id::AccountId& practitioner) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<bool> {
    const auto chart =
        session.Exec(queries::kFindChartOfPractitioner, clinic_id, patient_id, practitioner)
            .AtMostOne();
    if (chart.has_value()) return true;
    if (!IsPatientOf(session, clinic_id, patient_id)) return PatientNotFound();
    return false;
  });
}

}  // namespace portal::records
