#include "services/records/rpc/plan_notice.h"

#include <utility>

#include "libs/rpc/event_route.h"
#include "portal/access_code/v1/holder_notice_service.grpc.pb.h"

namespace portal::records {

using access_code::v1::HolderNoticeService;
using access_code::v1::NotifyHoldersRequest;

std::string NotifyHoldersPayload(const SoapChart& chart) {
  NotifyHoldersRequest request;
  request.set_clinic_id(chart.clinic_id.ToString());
  request.set_patient_id(chart.patient_id.ToString());
  request.set_kind(access_code::v1::HOLDER_NOTICE_KIND_NEW_TREATMENT_PLAN);
  return request.SerializeAsString();
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
