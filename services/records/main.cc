// The records service: patients, SOAP charts and the treatment plans generated from them. See
// README.md.

#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "libs/rpc/grant_checker.h"
#include "libs/service/runtime.h"
#include "libs/status/status_macros.h"
#include "services/records/rpc/patient_announcement.h"
#include "services/records/rpc/plan_notice.h"
#include "services/records/rpc/service.h"
#include "services/records/storage/schema.h"

ABSL_FLAG(std::string, access_code_address, "",
          "host:port of access_code, which is asked for grants and told of patients.");

namespace portal::records {
namespace {

absl::Status Run() {
  const std::string address = absl::GetFlag(FLAGS_access_code_address);
  if (address.empty()) return absl::InvalidArgumentError("--access_code_address is missing");
  ASSIGN_OR_RETURN(
      const std::unique_ptr<service::Runtime> runtime,
      service::Runtime::Open(
          {.name = "records", .add_schema = AddSchema, .migrations = NeededMigrations()}));
  const auto access_code = runtime->ChannelTo("access_code", address);
  const std::unique_ptr<rpc::GrantChecker> grants = rpc::RemoteGrantChecker(access_code);
  Service service({.pool = runtime->pool(),
                   .sealer = runtime->sealer(),
                   .outbox = runtime->outbox(),
                   .idempotency = runtime->idempotency(),
                   .clock = runtime->clock()});
  return runtime->Serve(
      service.Tables(),
      {{kPutPatientTopic, PutPatientRoute(access_code)},
       {kPlanNoticeTopic, PlanNoticeRoute(access_code, runtime->background_pool())},
       {kNotifyHoldersTopic, NotifyHoldersRoute(access_code)}},
      grants.get());
}

}  // namespace
}  // namespace portal::records

int main(int argc, char** argv) {
  return portal::service::Main("records", argc, argv, portal::records::Run);
}
