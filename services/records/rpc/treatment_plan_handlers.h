#ifndef SERVICES_RECORDS_RPC_TREATMENT_PLAN_HANDLERS_H_
#define SERVICES_RECORDS_RPC_TREATMENT_PLAN_HANDLERS_H_

#include "absl/status/statusor.h"
#include "libs/rpc/context.h"
#include "libs/rpc/page_token.h"
#include "portal/records/v1/treatment_plan_service.pb.h"
#include "services/records/rpc/dependencies.h"
#include "services/records/rpc/plan_revision_token.h"
#include "services/records/storage/treatment_plan_store.h"

namespace portal::records {

// portal.records.v1.TreatmentPlanService.
class TreatmentPlanHandlers {
 public:
  explicit TreatmentPlanHandlers(const Dependencies& dependencies)
      : deps_(dependencies),
        page_tokens_(dependencies.sealer),
        revision_tokens_(dependencies.sealer),
        plans_(dependencies.pool) {}

  absl::StatusOr<v1::ListMyTreatmentPlansResponse> ListMyTreatmentPlans(
      const rpc::Context& context, const v1::ListMyTreatmentPlansRequest& request);
  absl::StatusOr<v1::TreatmentPlan> GetMyTreatmentPlan(
      const rpc::Context& context, const v1::GetMyTreatmentPlanRequest& request);
  absl::StatusOr<v1::ListTreatmentPlansResponse> ListTreatmentPlans(
      const rpc::Context& context, const v1::ListTreatmentPlansRequest& request);
  absl::StatusOr<v1::ExplainTreatmentPlanAccessResponse> ExplainTreatmentPlanAccess(
      const rpc::Context& context, const v1::ExplainTreatmentPlanAccessRequest& request);

  absl::StatusOr<v1::MarkTreatmentPlanSeenResponse> MarkTreatmentPlanSeen(
      const rpc::Context& context, const v1::MarkTreatmentPlanSeenRequest& request);
  absl::StatusOr<v1::ListPlanRevisionsResponse> ListPlanRevisions(
      const rpc::Context& context, const v1::ListPlanRevisionsRequest& request);

 private:
  const Dependencies deps_;
  const rpc::PageTokens page_tokens_;
  const PlanRevisionTokens revision_tokens_;
  const TreatmentPlanStore plans_;
};

}  // namespace portal::records

#endif  // SERVICES_RECORDS_RPC_TREATMENT_PLAN_HANDLERS_H_
