#ifndef SERVICES_RECORDS_RPC_PLAN_NOTICE_H_
#define SERVICES_RECORDS_RPC_PLAN_NOTICE_H_

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "libs/db/pool.h"
#include "libs/outbox/relay.h"
#include "services/records/domain/soap_chart.h"

// How those who may see a plan are told that it is waiting: through the outbox to access_code,
// which knows them. No word of the plan goes along.
namespace portal::records {

inline constexpr char kPlanNoticeTopic[] = "plan.notice";

// The event's payload: the ids of the chart's clinic, patient and of the chart, and when
// SoapChartStore::MarkHoldersTold noted it, in microseconds, with spaces between.
std::string PlanNoticePayload(const SoapChart& chart, absl::Time told_at);

// The topic's route. A plan that holders cannot see any more by the time of delivery (kept from
// them, emptied, moved to another patient) is not told of, and counts as untold: when it is shown
// again it is news. INVALID_ARGUMENT, an event that can
// never be delivered, if access_code says so or the payload is not ours. `pool`, one that no
// handler waits for, outlives the route.
outbox::Route PlanNoticeRoute(std::shared_ptr<grpc::Channel> access_code, db::Pool& pool);

// What programs of before kPlanNoticeTopic wrote, and replicas of theirs still write during an
// upgrade: a portal.access_code.v1.NotifyHoldersRequest without its event_id, delivered as it is.
// Goes with the release after the first one that has kPlanNoticeTopic.
inline constexpr char kNotifyHoldersTopic[] = "holders.notify";
outbox::Route NotifyHoldersRoute(std::shared_ptr<grpc::Channel> access_code);

}  // namespace portal::records

#endif  // SERVICES_RECORDS_RPC_PLAN_NOTICE_H_
