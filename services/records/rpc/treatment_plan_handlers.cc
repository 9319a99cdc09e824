#include "services/records/rpc/treatment_plan_handlers.h"

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "libs/rpc/call.h"
#include "libs/status/status_macros.h"
#include "services/records/domain/limits.h"
#include "services/records/rpc/convert.h"
#include "services/records/rpc/paging.h"

namespace portal::records {
namespace {

using Plans = std::vector<TreatmentPlan>;

// A page of either list: staff see exactly what the account holders see.
template <typename Response, typename Request>
absl::StatusOr<Response> Page(
    const rpc::PageTokens& page_tokens, const Request& request,
    absl::FunctionRef<absl::StatusOr<Plans>(const EncounterPosition& after, int limit)> list) {
  ASSIGN_OR_RETURN(const int page_size,
                   rpc::PageSize(request.page_size(), kDefaultChartsPage, kMaxChartsPage));
  ASSIGN_OR_RETURN(const std::vector<std::string> position,
                   page_tokens.Parse(request, request.page_token(), kEncounterColumns));
  ASSIGN_OR_RETURN(const EncounterPosition after, EncounterPositionOf(position));
  ASSIGN_OR_RETURN(const Plans plans, list(after, page_size + 1));
  Response response;
  const TreatmentPlan* last = FillPage(plans, page_size, *response.mutable_treatment_plans());
  if (last != nullptr) {
    response.set_next_page_token(
        page_tokens.Make(request, ToTexts(last->encounter_date, last->id)));
  }
  return response;
}

}  // namespace

absl::StatusOr<v1::ListMyTreatmentPlansResponse> TreatmentPlanHandlers::ListMyTreatmentPlans(
    const rpc::Context& context, const v1::ListMyTreatmentPlansRequest& request) {
  return Page<v1::ListMyTreatmentPlansResponse>(
      page_tokens_, request, [&](const EncounterPosition& after, int limit) {
        return plans_.List(rpc::CallOf(context), context.patient_id(), after, limit);
      });
}

absl::StatusOr<v1::TreatmentPlan> TreatmentPlanHandlers::GetMyTreatmentPlan(
    const rpc::Context& context, const v1::GetMyTreatmentPlanRequest& request) {
  ASSIGN_OR_RETURN(const id::SoapChartId plan_id,
                   id::SoapChartId::Parse("treatment_plan_id", request.treatment_plan_id()));
  ASSIGN_OR_RETURN(const TreatmentPlan plan,
                   plans_.Get(rpc::CallOf(context), context.patient_id(), plan_id));
  return ToProto(plan);
}

absl::StatusOr<v1::ListTreatmentPlansResponse> TreatmentPlanHandlers::ListTreatmentPlans(
    const rpc::Context& context, const v1::ListTreatmentPlansRequest& request) {
  return Page<v1::ListTreatmentPlansResponse>(
      page_tokens_, request, [&](const EncounterPosition& after, int limit) {
        return plans_.ListAtClinic(rpc::CallOf(context), context.clinic_id(), context.patient_id(),
                                   after, limit);
      });
}

}  // namespace portal::records
