#include "services/records/rpc/plan_notice.h"

#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "libs/id/ids.h"
#include "libs/rpc/event_route.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "portal/access_code/v1/holder_notice_service.grpc.pb.h"
#include "services/records/storage/patient_store.h"
#include "services/records/storage/soap_chart_store.h"

namespace portal::records {
namespace {

using access_code::v1::HolderNoticeService;
using access_code::v1::NotifyHoldersRequest;

struct PlanNotice {
  id::ClinicId clinic_id;
  id::PatientId patient_id;
  id::SoapChartId chart_id;
};

absl::StatusOr<PlanNotice> ParsePayload(absl::string_view payload) {
  const std::vector<absl::string_view> ids = absl::StrSplit(payload, ' ');
  if (ids.size() != 3) return status::InvalidField("payload", "is not three ids");
  PlanNotice notice;
  ASSIGN_OR_RETURN(notice.clinic_id, id::ClinicId::Parse("payload", ids[0]));
  ASSIGN_OR_RETURN(notice.patient_id, id::PatientId::Parse("payload", ids[1]));
  ASSIGN_OR_RETURN(notice.chart_id, id::SoapChartId::Parse("payload", ids[2]));
  return notice;
}

// Whether holders of the notice's patient can see the plan, be it by a merge.
absl::StatusOr<bool> IsShown(const PlanNotice& notice, const db::CallOptions& call,
                             db::Pool& pool) {
  ASSIGN_OR_RETURN(const SoapChart chart,
                   SoapChartStore(pool).Get(call, notice.clinic_id, notice.chart_id));
  if (!IsNewsToHolders(chart)) return false;
  if (chart.patient_id == notice.patient_id) return true;
  ASSIGN_OR_RETURN(const Patient patient,
                   PatientStore(pool).Get(call, notice.clinic_id, notice.patient_id));
  return patient.merged_into == chart.patient_id;
}

}  // namespace

std::string PlanNoticePayload(const SoapChart& chart) {
  return absl::StrCat(chart.clinic_id.ToString(), " ", chart.patient_id.ToString(), " ",
                      chart.id.ToString());
}

outbox::Route PlanNoticeRoute(std::shared_ptr<grpc::Channel> access_code, db::Pool& pool) {
  std::shared_ptr<HolderNoticeService::Stub> stub =
      HolderNoticeService::NewStub(std::move(access_code));
  const outbox::Route deliver =
      rpc::EventRoute(std::move(stub), &HolderNoticeService::Stub::NotifyHolders);
  return [deliver, &pool](outbox::Delivery delivery) -> absl::Status {
    ASSIGN_OR_RETURN(const PlanNotice notice, ParsePayload(delivery.payload));
    ASSIGN_OR_RETURN(const bool shown, IsShown(notice, {.deadline = delivery.deadline}, pool));
    if (!shown) return absl::OkStatus();
    NotifyHoldersRequest request;
    request.set_event_id(delivery.event_id.ToString());
    request.set_clinic_id(notice.clinic_id.ToString());
    request.set_patient_id(notice.patient_id.ToString());
    request.set_kind(access_code::v1::HOLDER_NOTICE_KIND_NEW_TREATMENT_PLAN);
    delivery.payload = request.SerializeAsString();
    return deliver(delivery);
  };
}

outbox::Route NotifyHoldersRoute(std::shared_ptr<grpc::Channel> access_code) {
  std::shared_ptr<HolderNoticeService::Stub> stub =
      HolderNoticeService::NewStub(std::move(access_code));
  return rpc::EventRoute(std::move(stub), &HolderNoticeService::Stub::NotifyHolders,
                         [](NotifyHoldersRequest& request, const outbox::Delivery& delivery) {
                           request.set_event_id(delivery.event_id.ToString());
                         });
}

}  // namespace portal::records
