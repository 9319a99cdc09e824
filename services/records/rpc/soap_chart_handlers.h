#ifndef SERVICES_RECORDS_RPC_SOAP_CHART_HANDLERS_H_
#define SERVICES_RECORDS_RPC_SOAP_CHART_HANDLERS_H_

#include "absl/status/statusor.h"
#include "libs/db/session.h"
#include "libs/rpc/context.h"
#include "libs/rpc/page_token.h"
#include "portal/records/v1/soap_chart_service.pb.h"
#include "services/records/domain/soap_chart.h"
#include "services/records/rpc/dependencies.h"
#include "services/records/storage/plan_section_kind_store.h"
#include "services/records/storage/soap_chart_store.h"

namespace portal::records {

// portal.records.v1.SoapChartService.
class SoapChartHandlers {
 public:
  explicit SoapChartHandlers(const Dependencies& dependencies)
      : deps_(dependencies),
        page_tokens_(dependencies.sealer),
        charts_(dependencies.pool),
        kinds_(dependencies.pool) {}

  absl::StatusOr<v1::SoapChart> CreateSoapChart(const rpc::Context& context,
                                                const v1::CreateSoapChartRequest& request);
  absl::StatusOr<v1::SoapChart> GetSoapChart(const rpc::Context& context,
                                             const v1::GetSoapChartRequest& request);
  absl::StatusOr<v1::ListSoapChartsResponse> ListSoapCharts(
      const rpc::Context& context, const v1::ListSoapChartsRequest& request);
  absl::StatusOr<v1::SoapChart> UpdateSoapChart(const rpc::Context& context,
                                                const v1::UpdateSoapChartRequest& request);
  absl::StatusOr<v1::SoapChart> LockSoapChart(const rpc::Context& context,
                                              const v1::LockSoapChartRequest& request);
  absl::StatusOr<v1::SoapChart> AddSoapChartAddendum(
      const rpc::Context& context, const v1::AddSoapChartAddendumRequest& request);
  absl::StatusOr<v1::SoapChart> MoveSoapChart(const rpc::Context& context,
                                              const v1::MoveSoapChartRequest& request);
  absl::StatusOr<v1::SoapChart> SetPlanVisibility(const rpc::Context& context,
                                                  const v1::SetPlanVisibilityRequest& request);
  absl::StatusOr<v1::ListPlanSectionKindsResponse> ListPlanSectionKinds(
      const rpc::Context& context, const v1::ListPlanSectionKindsRequest& request);

 private:
  // Has holders told of the chart's plan, unless they lately were.
  void TellHolders(db::Transaction& transaction, const SoapChart& chart) const;
  // Writes `after` over `before`, with the audit row, and answers it.
  absl::StatusOr<v1::SoapChart> Write(const rpc::Context& context, db::Transaction& transaction,
                                      const SoapChart& before, const SoapChart& after);

  const Dependencies deps_;
  const rpc::PageTokens page_tokens_;
  const SoapChartStore charts_;
  const PlanSectionKindStore kinds_;
};

}  // namespace portal::records

#endif  // SERVICES_RECORDS_RPC_SOAP_CHART_HANDLERS_H_
