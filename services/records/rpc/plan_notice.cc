#include "services/records/rpc/plan_notice.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
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
  absl::Time told_at;
};

absl::StatusOr<PlanNotice> ParsePayload(absl::string_view payload) {
  const std::vector<absl::string_view> parts = absl::StrSplit(payload, ' ');
  int64_t told_us = 0;
  if (parts.size() != 4 || !absl::SimpleAtoi(parts[3], &told_us)) {
    return status::InvalidField("payload", "is not three ids and an instant");
  }
  PlanNotice notice{.told_at = absl::FromUnixMicros(told_us)};
  ASSIGN_OR_RETURN(notice.clinic_id, id::ClinicId::Parse("payload", parts[0]));
  ASSIGN_OR_RETURN(notice.patient_id, id::PatientId::Parse("payload", parts[1]));
  ASSIGN_OR_RETURN(notice.chart_id, id::SoapChartId::Parse("payload", parts[2]));
  return notice;
}

enum class Next { kDeliver, kDrop, kDeliverIfMerged };

// The chart is held meanwhile, so that whoever shows the plan again finds either that its holders
// are being told, or that they were not.
absl::StatusOr<Next> Decide(const PlanNotice& notice, const SoapChartStore& charts,
                            db::Transaction& transaction) {
  ASSIGN_OR_RETURN(const SoapChart chart,
                   charts.GetForChange(transaction, notice.clinic_id, notice.chart_id));
  if (chart.patient_id != notice.patient_id) {
    return IsNewsToHolders(chart) ? Next::kDeliverIfMerged : Next::kDrop;
  }
  // Another one was made since, for a plan that was shown again or signed.
  if (charts.HoldersToldAt(transaction, chart).value_or(notice.told_at) != notice.told_at) {
    return Next::kDrop;
  }
  if (IsNewsToHolders(chart)) return Next::kDeliver;
  charts.ForgetHoldersTold(transaction, chart);
  return Next::kDrop;
}

// Whether holders of the notice's patient can see the plan, be it by a merge. If not, they count as
// not told.
absl::StatusOr<bool> IsToBeTold(const PlanNotice& notice, const db::CallOptions& call,
                                db::Pool& pool) {
  const SoapChartStore charts(pool);
  ASSIGN_OR_RETURN(const Next next, pool.Transact(call, [&](db::Transaction& transaction) {
    return Decide(notice, charts, transaction);
  }));
  if (next != Next::kDeliverIfMerged) return next == Next::kDeliver;
  ASSIGN_OR_RETURN(const SoapChart chart, charts.Get(call, notice.clinic_id, notice.chart_id));
  ASSIGN_OR_RETURN(const Patient patient,
                   PatientStore(pool).Get(call, notice.clinic_id, notice.patient_id));
  return patient.merged_into == chart.patient_id;
}

}  // namespace

std::string PlanNoticePayload(const SoapChart& chart, absl::Time told_at) {
  return absl::StrCat(chart.clinic_id.ToString(), " ", chart.patient_id.ToString(), " ",
                      chart.id.ToString(), " ", absl::ToUnixMicros(told_at));
}

outbox::Route PlanNoticeRoute(std::shared_ptr<grpc::Channel> access_code, db::Pool& pool) {
  std::shared_ptr<HolderNoticeService::Stub> stub =
      HolderNoticeService::NewStub(std::move(access_code));
  const outbox::Route deliver =
      rpc::EventRoute(std::move(stub), &HolderNoticeService::Stub::NotifyHolders);
  return [deliver, &pool](outbox::Delivery delivery) -> absl::Status {
    ASSIGN_OR_RETURN(const PlanNotice notice, ParsePayload(delivery.payload));
    ASSIGN_OR_RETURN(const bool tell, IsToBeTold(notice, {.deadline = delivery.deadline}, pool));
    if (!tell) return absl::OkStatus();
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
