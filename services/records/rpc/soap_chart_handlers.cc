#include "services/records/rpc/soap_chart_handlers.h"

#include <string>
#include <vector>

#include "libs/audit/event.h"
#include "libs/id/uuid.h"
#include "libs/rpc/call.h"
#include "libs/rpc/change.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/records/domain/date.h"
#include "services/records/domain/errors.h"
#include "services/records/domain/limits.h"
#include "services/records/rpc/convert.h"
#include "services/records/rpc/paging.h"
#include "services/records/rpc/plan_notice.h"
#include "services/records/storage/patient_store.h"

namespace portal::records {
namespace {

audit::Event EventAbout(const rpc::Context& context, const SoapChart& chart) {
  audit::Event event = context.AuditEvent();
  event.patient_id = chart.patient_id;
  event.resource_kind = "soap_chart";
  event.resource_id = chart.id.ToString();
  return event;
}

rpc::Disclosed Disclosed(const v1::SoapChart& chart) {
  return {"soap_chart", chart.soap_chart_id(), chart.patient_id()};
}

SoapChart NewChart(const rpc::Context& context, const ChartChange& content,
                   const time::Clock& clock) {
  const absl::Time now = clock.Now();
  return {.id = id::SoapChartId::New(clock),
          .clinic_id = context.clinic_id(),
          .patient_id = context.patient_id(),
          .practitioner_account_id = context.account_id(),
          .practitioner_display_name = context.passport().display_name,
          .encounter_date = *content.encounter_date,
          .subjective = *content.subjective,
          .objective = *content.objective,
          .assessment = *content.assessment,
          .version = 1,
          .created_at = now,
          .updated_at = now,
          .plan_updated_at = now};
}

}  // namespace

absl::StatusOr<v1::SoapChart> SoapChartHandlers::CreateSoapChart(
    const rpc::Context& context, const v1::CreateSoapChartRequest& request) {
  ASSIGN_OR_RETURN(const ChartChange content,
                   ParseRequest(request, LatestToday(deps_.clock.Now())));
  const auto create = [&](db::Transaction& transaction) -> absl::StatusOr<v1::SoapChart> {
    RETURN_IF_ERROR(HoldForChart(transaction, context.clinic_id(), context.patient_id()));
    SoapChart chart = NewChart(context, content, deps_.clock);
    ASSIGN_OR_RETURN(
        chart.plan_sections,
        Arranged(*content.plan_sections, kinds_.Ensure(transaction, context.clinic_id())));
    charts_.Insert(transaction, chart);
    if (IsNewsToHolders(chart)) TellHolders(transaction, chart);
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {EventAbout(context, chart)}));
    return ToProto(chart);
  };
  return rpc::ChangeOnce<v1::SoapChart>(deps_, context, request, create, Disclosed);
}

absl::StatusOr<v1::SoapChart> SoapChartHandlers::GetSoapChart(
    const rpc::Context& context, const v1::GetSoapChartRequest& request) {
  ASSIGN_OR_RETURN(const id::SoapChartId chart_id,
                   id::SoapChartId::Parse("soap_chart_id", request.soap_chart_id()));
  ASSIGN_OR_RETURN(const SoapChart chart,
                   charts_.Get(rpc::CallOf(context), context.clinic_id(), chart_id));
  context.Discloses(chart.patient_id);
  return ToProto(chart);
}

absl::StatusOr<v1::ListSoapChartsResponse> SoapChartHandlers::ListSoapCharts(
    const rpc::Context& context, const v1::ListSoapChartsRequest& request) {
  ASSIGN_OR_RETURN(const int page_size,
                   rpc::PageSize(request.page_size(), kDefaultChartsPage, kMaxChartsPage));
  ASSIGN_OR_RETURN(const std::vector<std::string> position,
                   page_tokens_.Parse(request, request.page_token(), kEncounterColumns));
  ASSIGN_OR_RETURN(const EncounterPosition after, EncounterPositionOf(position));
  ASSIGN_OR_RETURN(const std::vector<SoapChart> charts,
                   charts_.List(rpc::CallOf(context), context.clinic_id(), context.patient_id(),
                                after, page_size + 1));
  v1::ListSoapChartsResponse response;
  const SoapChart* last = FillPage(charts, page_size, *response.mutable_soap_charts());
  if (last != nullptr) {
    response.set_next_page_token(
        page_tokens_.Make(request, ToTexts(last->encounter_date, last->id)));
  }
  return response;
}

absl::StatusOr<v1::SoapChart> SoapChartHandlers::UpdateSoapChart(
    const rpc::Context& context, const v1::UpdateSoapChartRequest& request) {
  ASSIGN_OR_RETURN(const ChartUpdate update, ParseRequest(request, LatestToday(deps_.clock.Now())));
  const auto change = [&](db::Transaction& transaction) -> absl::StatusOr<v1::SoapChart> {
    ASSIGN_OR_RETURN(const SoapChart before,
                     charts_.GetForChange(transaction, context.clinic_id(), update.chart_id));
    RETURN_IF_ERROR(CheckEditable(before, update.etag));
    ChartChange change = update.change;
    if (change.plan_sections.has_value()) {
      ASSIGN_OR_RETURN(
          change.plan_sections,
          Arranged(*change.plan_sections, kinds_.Ensure(transaction, context.clinic_id()),
                   before.plan_sections));
    }
    return Write(context, transaction, before, Changed(before, change, deps_.clock.Now()));
  };
  return rpc::ChangeOnce<v1::SoapChart>(deps_, context, request, change, Disclosed);
}

absl::StatusOr<v1::SoapChart> SoapChartHandlers::LockSoapChart(
    const rpc::Context& context, const v1::LockSoapChartRequest& request) {
  ASSIGN_OR_RETURN(const ChartUpdate update, ParseRequest(request));
  const auto lock = [&](db::Transaction& transaction) -> absl::StatusOr<v1::SoapChart> {
    ASSIGN_OR_RETURN(const SoapChart before,
                     charts_.GetForChange(transaction, context.clinic_id(), update.chart_id));
    RETURN_IF_ERROR(CheckEditable(before, update.etag));
    return Write(context, transaction, before, Locked(before, deps_.clock.Now()));
  };
  return rpc::ChangeOnce<v1::SoapChart>(deps_, context, request, lock, Disclosed);
}

absl::StatusOr<v1::SoapChart> SoapChartHandlers::AddSoapChartAddendum(
    const rpc::Context& context, const v1::AddSoapChartAddendumRequest& request) {
  ASSIGN_OR_RETURN(const id::SoapChartId chart_id, ParseRequest(request));
  const auto add = [&](db::Transaction& transaction) -> absl::StatusOr<v1::SoapChart> {
    ASSIGN_OR_RETURN(SoapChart chart,
                     charts_.GetForChange(transaction, context.clinic_id(), chart_id));
    RETURN_IF_ERROR(CheckTakesAddendum(chart));
    chart.addenda.push_back({.id = id::NewUuidV7(deps_.clock),
                             .text = request.text(),
                             .author_account_id = context.account_id(),
                             .author_display_name = context.passport().display_name,
                             .created_at = deps_.clock.Now()});
    charts_.Insert(transaction, chart, chart.addenda.back());
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {EventAbout(context, chart)}));
    return ToProto(chart);
  };
  return rpc::ChangeOnce<v1::SoapChart>(deps_, context, request, add, Disclosed);
}

absl::StatusOr<v1::SoapChart> SoapChartHandlers::MoveSoapChart(
    const rpc::Context& context, const v1::MoveSoapChartRequest& request) {
  ASSIGN_OR_RETURN(const ChartUpdate update, ParseRequest(request));
  const auto move = [&](db::Transaction& transaction) -> absl::StatusOr<v1::SoapChart> {
    // The patient first, as merges do.
    const absl::Status held = HoldForChart(transaction, context.clinic_id(), context.patient_id());
    ASSIGN_OR_RETURN(const SoapChart before,
                     charts_.GetForChange(transaction, context.clinic_id(), update.chart_id));
    RETURN_IF_ERROR(held);
    RETURN_IF_ERROR(CheckEtag(before, update.etag));
    if (before.patient_id == context.patient_id()) {
      return status::InvalidField("patient_id", "must be another patient than before");
    }
    const SoapChart after = Moved(before, {.from = before.patient_id,
                                           .to = context.patient_id(),
                                           .reason = request.reason(),
                                           .mover_account_id = context.account_id(),
                                           .mover_display_name = context.passport().display_name,
                                           .moved_at = deps_.clock.Now()});
    RETURN_IF_ERROR(charts_.Move(transaction, before, after));
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock,
                                  {EventAbout(context, before), EventAbout(context, after)}));
    return ToProto(after);
  };
  return rpc::ChangeOnce<v1::SoapChart>(deps_, context, request, move, Disclosed);
}

absl::StatusOr<v1::SoapChart> SoapChartHandlers::SetPlanVisibility(
    const rpc::Context& context, const v1::SetPlanVisibilityRequest& request) {
  ASSIGN_OR_RETURN(const ChartUpdate update, ParseRequest(request));
  const auto set = [&](db::Transaction& transaction) -> absl::StatusOr<v1::SoapChart> {
    ASSIGN_OR_RETURN(const SoapChart before,
                     charts_.GetForChange(transaction, context.clinic_id(), update.chart_id));
    RETURN_IF_ERROR(CheckEtag(before, update.etag));
    const SoapChart after =
        WithPlanHidden(before, request.hidden_from_holders(), deps_.clock.Now());
    RETURN_IF_ERROR(charts_.SetPlanHidden(
        transaction, before, after,
        {.account_id = context.account_id(), .display_name = context.passport().display_name}));
    if (IsNewsToHolders(before, after)) TellHolders(transaction, after);
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {EventAbout(context, after)}));
    return ToProto(after);
  };
  return rpc::ChangeOnce<v1::SoapChart>(deps_, context, request, set, Disclosed);
}

absl::StatusOr<v1::ListPlanSectionKindsResponse> SoapChartHandlers::ListPlanSectionKinds(
    const rpc::Context& context, const v1::ListPlanSectionKindsRequest&) {
  ASSIGN_OR_RETURN(const std::vector<PlanSectionKind> kinds,
                   kinds_.List(rpc::CallOf(context), context.clinic_id()));
  v1::ListPlanSectionKindsResponse response;
  for (const PlanSectionKind& kind : kinds) *response.add_plan_section_kinds() = ToProto(kind);
  return response;
}

void SoapChartHandlers::TellHolders(db::Transaction& transaction, const SoapChart& chart) const {
  const absl::Time now = deps_.clock.Now();
  if (!charts_.MarkHoldersTold(transaction, chart, now)) return;
  deps_.outbox.Append(transaction, kPlanNoticeTopic, PlanNoticePayload(chart, now));
}

absl::StatusOr<v1::SoapChart> SoapChartHandlers::Write(const rpc::Context& context,
                                                       db::Transaction& transaction,
                                                       const SoapChart& before,
                                                       const SoapChart& after) {
  RETURN_IF_ERROR(charts_.Update(transaction, before, after, context.account_id()));
  if (IsNewsToHolders(before, after)) TellHolders(transaction, after);
  RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {EventAbout(context, after)}));
  return ToProto(after);
}

}  // namespace portal::records
