#include "services/records/rpc/treatment_plan_handlers.h"

#include <limits>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/audit/event.h"
#include "libs/rpc/call.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/records/domain/limits.h"
#include "services/records/rpc/convert.h"
#include "services/records/rpc/paging.h"

namespace portal::records {
namespace {

const TreatmentPlan& PlanIn(const TreatmentPlan& plan) { return plan; }
const TreatmentPlan& PlanIn(const PlanView& view) { return view.plan; }

// A page of either list: of plans for staff, of an account's views of them.
template <typename Response, typename Row, typename Request>
absl::StatusOr<Response> Page(
    const rpc::PageTokens& page_tokens, const Request& request,
    absl::FunctionRef<absl::StatusOr<std::vector<Row>>(const EncounterPosition& after, int limit)>
        list) {
  ASSIGN_OR_RETURN(const int page_size,
                   rpc::PageSize(request.page_size(), kDefaultChartsPage, kMaxChartsPage));
  ASSIGN_OR_RETURN(const std::vector<std::string> position,
                   page_tokens.Parse(request, request.page_token(), kEncounterColumns));
  ASSIGN_OR_RETURN(const EncounterPosition after, EncounterPositionOf(position));
  ASSIGN_OR_RETURN(const std::vector<Row> plans, list(after, page_size + 1));
  Response response;
  const Row* last = FillPage(plans, page_size, *response.mutable_treatment_plans());
  if (last != nullptr) {
    response.set_next_page_token(
        page_tokens.Make(request, ToTexts(PlanIn(*last).encounter_date, PlanIn(*last).id)));
  }
  return response;
}

}  // namespace

absl::StatusOr<v1::ListMyTreatmentPlansResponse> TreatmentPlanHandlers::ListMyTreatmentPlans(
    const rpc::Context& context, const v1::ListMyTreatmentPlansRequest& request) {
  std::vector<PlanView> views;
  const auto list = [&](const EncounterPosition& after,
                        int limit) -> absl::StatusOr<std::vector<PlanView>> {
    ASSIGN_OR_RETURN(views, plans_.List(rpc::CallOf(context), context.patient_id(), after, limit,
                                        context.account_id()));
    return views;
  };
  ASSIGN_OR_RETURN(v1::ListMyTreatmentPlansResponse response,
                   (Page<v1::ListMyTreatmentPlansResponse, PlanView>(page_tokens_, request, list)));
  for (int i = 0; i < response.treatment_plans_size(); ++i) {
    response.mutable_treatment_plans(i)->set_revision_token(revision_tokens_.Make(
        context.account_id(), context.patient_id(), views[i].plan.id, views[i].revision));
  }
  return response;
}

absl::StatusOr<v1::TreatmentPlan> TreatmentPlanHandlers::GetMyTreatmentPlan(
    const rpc::Context& context, const v1::GetMyTreatmentPlanRequest& request) {
  ASSIGN_OR_RETURN(const id::SoapChartId plan_id,
                   id::SoapChartId::Parse("treatment_plan_id", request.treatment_plan_id()));
  ASSIGN_OR_RETURN(
      const TreatmentPlanStore::Seen seen,
      plans_.Get(rpc::CallOf(context), context.patient_id(), plan_id, context.account_id()));
  v1::TreatmentPlan plan = ToProto(seen.view);
  plan.set_revision_token(revision_tokens_.Make(context.account_id(), context.patient_id(), plan_id,
                                                seen.view.revision));
  if (seen.then.has_value()) *plan.mutable_changes() = ToProto(*seen.then, seen.view.plan);
  return plan;
}

absl::StatusOr<v1::MarkTreatmentPlanSeenResponse> TreatmentPlanHandlers::MarkTreatmentPlanSeen(
    const rpc::Context& context, const v1::MarkTreatmentPlanSeenRequest& request) {
  ASSIGN_OR_RETURN(const id::SoapChartId plan_id,
                   id::SoapChartId::Parse("treatment_plan_id", request.treatment_plan_id()));
  ASSIGN_OR_RETURN(const int64_t revision,
                   revision_tokens_.Parse(context.account_id(), context.patient_id(), plan_id,
                                          request.revision_token()));
  const auto mark = [&](db::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const bool is_new,
                     plans_.MarkSeen(transaction, context.patient_id(), plan_id,
                                     context.account_id(), revision, deps_.clock.Now()));
    if (!is_new) return absl::OkStatus();
    audit::Event event = context.AuditEvent();
    event.resource_kind = "treatment_plan";
    event.resource_id = plan_id.ToString();
    return audit::Append(transaction, deps_.clock, {event});
  };
  RETURN_IF_ERROR(deps_.pool.Transact(rpc::CallOf(context), mark));
  return v1::MarkTreatmentPlanSeenResponse();
}

absl::StatusOr<v1::ListTreatmentPlansResponse> TreatmentPlanHandlers::ListTreatmentPlans(
    const rpc::Context& context, const v1::ListTreatmentPlansRequest& request) {
  return Page<v1::ListTreatmentPlansResponse, TreatmentPlan>(
      page_tokens_, request, [&](const EncounterPosition& after, int limit) {
        return plans_.ListAtClinic(rpc::CallOf(context), context.clinic_id(), context.patient_id(),
                                   after, limit);
      });
}

absl::StatusOr<v1::ExplainTreatmentPlanAccessResponse>
TreatmentPlanHandlers::ExplainTreatmentPlanAccess(
    const rpc::Context& context, const v1::ExplainTreatmentPlanAccessRequest& request) {
  ASSIGN_OR_RETURN(const id::SoapChartId chart_id,
                   id::SoapChartId::Parse("soap_chart_id", request.soap_chart_id()));
  ASSIGN_OR_RETURN(const PlanAccess access,
                   plans_.ExplainAccess(rpc::CallOf(context), context.clinic_id(),
                                        context.patient_id(), chart_id));
  return ToProto(access);
}

absl::StatusOr<v1::ListPlanRevisionsResponse> TreatmentPlanHandlers::ListPlanRevisions(
    const rpc::Context& context, const v1::ListPlanRevisionsRequest& request) {
  ASSIGN_OR_RETURN(const id::SoapChartId plan_id,
                   id::SoapChartId::Parse("soap_chart_id", request.soap_chart_id()));
  ASSIGN_OR_RETURN(const int page_size,
                   rpc::PageSize(request.page_size(), kDefaultChartsPage, kMaxChartsPage));
  ASSIGN_OR_RETURN(const std::vector<std::string> position,
                   page_tokens_.Parse(request, request.page_token(), 1));
  int64_t before = std::numeric_limits<int64_t>::max();
  if (!position.empty() && !absl::SimpleAtoi(position[0], &before)) {
    return status::PageTokenInvalid();
  }
  ASSIGN_OR_RETURN(const TreatmentPlanStore::Revisions found,
                   plans_.ListRevisions(rpc::CallOf(context), context.clinic_id(), plan_id, before,
                                        page_size + 1));
  v1::ListPlanRevisionsResponse response;
  const PlanRevision* last =
      FillPage(found.revisions, page_size, *response.mutable_plan_revisions());
  if (last != nullptr) {
    response.set_next_page_token(page_tokens_.Make(request, {absl::StrCat(last->number)}));
  }
  context.Discloses(found.patient_id);
  return response;
}

}  // namespace portal::records
