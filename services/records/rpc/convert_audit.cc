#include "services/records/rpc/convert_audit.h"

#include "absl/time/civil_time.h"
#include "libs/rpc/timestamp.h"
#include "services/records/rpc/convert.h"

namespace portal::records {
namespace {

using google::protobuf::Timestamp;
using rpc::ToProto;

v1::AuditActorKind ToProto(ActorKind kind) {
  switch (kind) {
    case ActorKind::kAccount:
      return v1::AUDIT_ACTOR_KIND_ACCOUNT;
    case ActorKind::kStaff:
      return v1::AUDIT_ACTOR_KIND_STAFF;
    case ActorKind::kServiceAccount:
      return v1::AUDIT_ACTOR_KIND_SERVICE_ACCOUNT;
    case ActorKind::kSystem:
      return v1::AUDIT_ACTOR_KIND_SYSTEM;
  }
  return v1::AUDIT_ACTOR_KIND_UNSPECIFIED;
}

v1::RecordPart ToProto(RecordPart part) {
  switch (part) {
    case RecordPart::kProfile:
      return v1::RECORD_PART_PROFILE;
    case RecordPart::kListing:
      return v1::RECORD_PART_LISTING;
    case RecordPart::kCharts:
      return v1::RECORD_PART_CHARTS;
    case RecordPart::kTreatmentPlans:
      return v1::RECORD_PART_TREATMENT_PLANS;
    case RecordPart::kAccesses:
      return v1::RECORD_PART_ACCESSES;
    case RecordPart::kOther:
      return v1::RECORD_PART_OTHER;
  }
  return v1::RECORD_PART_UNSPECIFIED;
}

}  // namespace

v1::AuditEvent ToProto(const AuditEvent& event) {
  v1::AuditEvent proto;
  proto.set_audit_event_id(event.id.ToString());
  *proto.mutable_event_time() = ToProto(event.occurred_at);
  proto.set_actor_kind(ToProto(event.actor_kind));
  if (event.actor_id.has_value()) proto.set_actor_id(event.actor_id->ToString());
  proto.set_actor_display_name(event.actor_name);
  if (event.patient_id.has_value()) proto.set_patient_id(event.patient_id->ToString());
  proto.set_action(event.action);
  proto.set_resource_kind(event.resource_kind);
  proto.set_resource_id(event.resource_id);
  proto.set_outcome(event.outcome);
  return proto;
}

v1::RecordAccess ToProto(const RecordAccess& access, const id::AccountId& viewer) {
  v1::RecordAccess proto;
  *proto.mutable_access_date() = ToProto(access.day);
  *proto.mutable_last_access_time() = ToProto(access.last_at);
  proto.set_count(access.count);
  proto.set_actor_kind(ToProto(access.actor_kind));
  proto.set_actor_display_name(access.actor_name);
  proto.set_by_you(access.actor_id == viewer);
  proto.set_part(ToProto(access.part));
  proto.set_changed(access.changed);
  return proto;
}

std::optional<absl::Time> InstantOf(const Timestamp& timestamp) {
  static const absl::Time kEnd = absl::FromCivil(absl::CivilYear(10000), absl::UTCTimeZone());
  if (timestamp.nanos() < 0 || timestamp.nanos() >= 1'000'000'000 || timestamp.seconds() <= 0 ||
      timestamp.seconds() >= absl::ToUnixSeconds(kEnd)) {
    return std::nullopt;
  }
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Microseconds(timestamp.nanos() / 1000);
}

}  // namespace portal::records
