#include "services/records/rpc/service.h"

#include "portal/records/v1/audit_service.grpc.pb.h"
#include "portal/records/v1/patient_service.grpc.pb.h"
#include "portal/records/v1/soap_chart_service.grpc.pb.h"
#include "portal/records/v1/treatment_plan_service.grpc.pb.h"

namespace portal::records {

std::vector<rpc::MethodTable> Service::Tables() {
  using rpc::Lane;
  rpc::MethodTable patients(v1::PatientService::service_full_name());
  patients.Unary("CreatePatient", Lane::kWrite, &patients_, &PatientHandlers::CreatePatient)
      .Unary("GetPatient", Lane::kRead, &patients_, &PatientHandlers::GetPatient)
      .Unary("ListPatients", Lane::kRead, &patients_, &PatientHandlers::ListPatients)
      .Unary("UpdatePatient", Lane::kWrite, &patients_, &PatientHandlers::UpdatePatient)
      .Unary("FindDuplicatePatients", Lane::kRead, &patients_,
             &PatientHandlers::FindDuplicatePatients)
      .Unary("MergePatients", Lane::kWrite, &patients_, &PatientHandlers::MergePatients)
      .Unary("SearchPatients", Lane::kRead, &patients_, &PatientHandlers::SearchPatients)
      .Unary("GetMyPatient", Lane::kRead, &patients_, &PatientHandlers::GetMyPatient);
  rpc::MethodTable charts(v1::SoapChartService::service_full_name());
  charts.Unary("CreateSoapChart", Lane::kWrite, &charts_, &SoapChartHandlers::CreateSoapChart)
      .Unary("GetSoapChart", Lane::kRead, &charts_, &SoapChartHandlers::GetSoapChart)
      .Unary("ListSoapCharts", Lane::kRead, &charts_, &SoapChartHandlers::ListSoapCharts)
      .Unary("UpdateSoapChart", Lane::kWrite, &charts_, &SoapChartHandlers::UpdateSoapChart)
      .Unary("LockSoapChart", Lane::kWrite, &charts_, &SoapChartHandlers::LockSoapChart)
      .Unary("AddSoapChartAddendum", Lane::kWrite, &charts_,
             &SoapChartHandlers::AddSoapChartAddendum)
      .Unary("MoveSoapChart", Lane::kWrite, &charts_, &SoapChartHandlers::MoveSoapChart)
      .Unary("SetPlanVisibility", Lane::kWrite, &charts_, &SoapChartHandlers::SetPlanVisibility)
      .Unary("ListPlanSectionKinds", Lane::kRead, &charts_,
             &SoapChartHandlers::ListPlanSectionKinds)
      .Unary("CreatePlanSectionKind", Lane::kWrite, &kinds_,
             &PlanSectionKindHandlers::CreatePlanSectionKind)
      .Unary("UpdatePlanSectionKind", Lane::kWrite, &kinds_,
             &PlanSectionKindHandlers::UpdatePlanSectionKind)
      .Unary("RetirePlanSectionKind", Lane::kWrite, &kinds_,
             &PlanSectionKindHandlers::RetirePlanSectionKind)
      .Unary("RestorePlanSectionKind", Lane::kWrite, &kinds_,
             &PlanSectionKindHandlers::RestorePlanSectionKind);
  rpc::MethodTable plans(v1::TreatmentPlanService::service_full_name());
  plans
      .Unary("ListMyTreatmentPlans", Lane::kRead, &plans_,
             &TreatmentPlanHandlers::ListMyTreatmentPlans)
      .Unary("GetMyTreatmentPlan", Lane::kRead, &plans_, &TreatmentPlanHandlers::GetMyTreatmentPlan)
      .Unary("ListTreatmentPlans", Lane::kRead, &plans_, &TreatmentPlanHandlers::ListTreatmentPlans)
      .Unary("ExplainTreatmentPlanAccess", Lane::kRead, &plans_,
             &TreatmentPlanHandlers::ExplainTreatmentPlanAccess)
      .Unary("MarkTreatmentPlanSeen", Lane::kWrite, &plans_,
             &TreatmentPlanHandlers::MarkTreatmentPlanSeen)
      .Unary("ListPlanRevisions", Lane::kRead, &plans_, &TreatmentPlanHandlers::ListPlanRevisions);
  rpc::MethodTable audit(v1::AuditService::service_full_name());
  audit.Unary("ListAuditEvents", Lane::kRead, &audit_, &AuditHandlers::ListAuditEvents)
      .Unary("ListPatientAuditEvents", Lane::kRead, &audit_, &AuditHandlers::ListPatientAuditEvents)
      .Unary("ListMyRecordAccesses", Lane::kRead, &audit_, &AuditHandlers::ListMyRecordAccesses);
  return {std::move(patients), std::move(charts), std::move(plans), std::move(audit)};
}

}  // namespace portal::records
