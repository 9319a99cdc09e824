#ifndef SERVICES_RECORDS_RPC_PLAN_SECTION_KIND_HANDLERS_H_
#define SERVICES_RECORDS_RPC_PLAN_SECTION_KIND_HANDLERS_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/db/session.h"
#include "libs/rpc/context.h"
#include "portal/records/v1/soap_chart_service.pb.h"
#include "services/records/domain/plan_section.h"
#include "services/records/rpc/dependencies.h"
#include "services/records/storage/plan_section_kind_store.h"

namespace portal::records {

// The part of portal.records.v1.SoapChartService that is a clinic's own list of plan sections.
class PlanSectionKindHandlers {
 public:
  explicit PlanSectionKindHandlers(const Dependencies& dependencies)
      : deps_(dependencies), kinds_(dependencies.pool) {}

  absl::StatusOr<v1::PlanSectionKind> CreatePlanSectionKind(
      const rpc::Context& context, const v1::CreatePlanSectionKindRequest& request);
  absl::StatusOr<v1::PlanSectionKind> UpdatePlanSectionKind(
      const rpc::Context& context, const v1::UpdatePlanSectionKindRequest& request);
  absl::StatusOr<v1::PlanSectionKind> RetirePlanSectionKind(
      const rpc::Context& context, const v1::RetirePlanSectionKindRequest& request);
  absl::StatusOr<v1::PlanSectionKind> RestorePlanSectionKind(
      const rpc::Context& context, const v1::RestorePlanSectionKindRequest& request);

 private:
  // Changes one kind of the list, once for each request id.
  template <typename Request>
  absl::StatusOr<v1::PlanSectionKind> Change(const rpc::Context& context, const Request& request,
                                             absl::FunctionRef<void(PlanSectionKind&)> alter);

  absl::Status Audit(const rpc::Context& context, db::Transaction& transaction,
                     const std::string& kind_id) const;

  const Dependencies deps_;
  const PlanSectionKindStore kinds_;
};

}  // namespace portal::records

#endif  // SERVICES_RECORDS_RPC_PLAN_SECTION_KIND_HANDLERS_H_
