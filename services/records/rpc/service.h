#ifndef SERVICES_RECORDS_RPC_SERVICE_H_
#define SERVICES_RECORDS_RPC_SERVICE_H_

#include <vector>

#include "libs/rpc/method_table.h"
#include "services/records/rpc/audit_handlers.h"
#include "services/records/rpc/dependencies.h"
#include "services/records/rpc/patient_handlers.h"
#include "services/records/rpc/plan_section_kind_handlers.h"
#include "services/records/rpc/soap_chart_handlers.h"
#include "services/records/rpc/treatment_plan_handlers.h"

namespace portal::records {

// Everything that the service answers.
class Service {
 public:
  explicit Service(const Dependencies& dependencies)
      : patients_(dependencies),
        charts_(dependencies),
        kinds_(dependencies),
        plans_(dependencies),
        audit_(dependencies) {}

  // For rpc::Server::Start. The service outlives the server.
  std::vector<rpc::MethodTable> Tables();

 private:
  PatientHandlers patients_;
  SoapChartHandlers charts_;
  PlanSectionKindHandlers kinds_;
  TreatmentPlanHandlers plans_;
  AuditHandlers audit_;
};

}  // namespace portal::records

#endif  // SERVICES_RECORDS_RPC_SERVICE_H_
