#ifndef SERVICES_RECORDS_RPC_AUDIT_HANDLERS_H_
#define SERVICES_RECORDS_RPC_AUDIT_HANDLERS_H_

#include "absl/status/statusor.h"
#include "libs/rpc/context.h"
#include "libs/rpc/page_token.h"
#include "libs/time/clock.h"
#include "portal/records/v1/audit_service.pb.h"
#include "services/records/rpc/dependencies.h"
#include "services/records/storage/audit_trail_store.h"

namespace portal::records {

// portal.records.v1.AuditService.
class AuditHandlers {
 public:
  explicit AuditHandlers(const Dependencies& dependencies)
      : clock_(dependencies.clock), page_tokens_(dependencies.sealer), trail_(dependencies.pool) {}

  absl::StatusOr<v1::ListAuditEventsResponse> ListAuditEvents(
      const rpc::Context& context, const v1::ListAuditEventsRequest& request);
  absl::StatusOr<v1::ListPatientAuditEventsResponse> ListPatientAuditEvents(
      const rpc::Context& context, const v1::ListPatientAuditEventsRequest& request);
  absl::StatusOr<v1::ListMyRecordAccessesResponse> ListMyRecordAccesses(
      const rpc::Context& context, const v1::ListMyRecordAccessesRequest& request);

 private:
  const time::Clock& clock_;
  const rpc::PageTokens page_tokens_;
  const AuditTrailStore trail_;
};

}  // namespace portal::records

#endif  // SERVICES_RECORDS_RPC_AUDIT_HANDLERS_H_
