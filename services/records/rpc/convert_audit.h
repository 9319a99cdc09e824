#ifndef SERVICES_RECORDS_RPC_CONVERT_AUDIT_H_
#define SERVICES_RECORDS_RPC_CONVERT_AUDIT_H_

#include <optional>

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "libs/id/ids.h"
#include "portal/records/v1/audit_trail.pb.h"
#include "services/records/domain/audit_trail.h"

// convert.h for the audit trail.
namespace portal::records {

v1::AuditEvent ToProto(const AuditEvent& event);
// As `viewer` sees it.
v1::RecordAccess ToProto(const RecordAccess& access, const id::AccountId& viewer);

// Nothing unless it is after 1970 and before the year 10000.
std::optional<absl::Time> InstantOf(const google::protobuf::Timestamp& timestamp);

}  // namespace portal::records

#endif  // SERVICES_RECORDS_RPC_CONVERT_AUDIT_H_
