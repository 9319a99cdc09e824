#include "services/records/rpc/plan_notice.h"

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/outbox/relay.h"
#include "libs/status/errors.h"
#include "libs/telemetry/metrics.h"
#include "libs/testing/fake_receiver.h"
#include "portal/access_code/v1/holder_notice_service.grpc.pb.h"
#include "services/records/rpc/records_service_fixture.h"

namespace portal::records {
namespace {

using access_code::v1::HolderNoticeService;
using access_code::v1::NotifyHoldersRequest;
using access_code::v1::NotifyHoldersResponse;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Stub = v1::SoapChartService::Stub;

// The service with its outbox delivered to another service, which is the test's.
class PlanNoticeTest : public RecordsServiceFixture {
 protected:
  PlanNoticeTest() : patient_id_(AddPatient().patient_id()), access_code_("access_code") {
    EXPECT_OK(access_code_.Start(
        receiver_.Tables(HolderNoticeService::service_full_name(), "NotifyHolders")));
    const auto channel = access_code_.Channel("records");
    relay_ = std::make_unique<outbox::Relay>(
        background_pool_, outbox_, metrics_,
        std::map<std::string, outbox::Route>{
            {kPlanNoticeTopic, WithRealDeadline(PlanNoticeRoute(channel, background_pool_))},
            {kNotifyHoldersTopic, WithRealDeadline(NotifyHoldersRoute(channel))}});
  }

  // Calls have them; the relay's are of the test's clock.
  static outbox::Route WithRealDeadline(const outbox::Route& route) {
    return [route](outbox::Delivery delivery) {
      delivery.deadline = absl::Now() + absl::Seconds(20);
      return route(delivery);
    };
  }

  void Append(const char* topic, const std::string& payload) {
    EXPECT_OK(pool_.Transact([&](db::Transaction& transaction) {
      outbox_.Append(transaction, topic, payload);
      return absl::OkStatus();
    }));
  }

  // For whom notices have arrived by now.
  std::vector<std::string> Told() {
    while (relay_->DeliverOnce().value() > 0) continue;
    std::vector<std::string> told;
    for (const NotifyHoldersRequest& request : receiver_.Requests()) {
      told.push_back(request.patient_id());
    }
    return told;
  }

  absl::StatusOr<v1::SoapChart> Hide(const v1::SoapChart& chart, bool hidden) {
    v1::SetPlanVisibilityRequest request;
    request.set_clinic_id(chart.clinic_id());
    request.set_soap_chart_id(chart.soap_chart_id());
    request.set_hidden_from_holders(hidden);
    request.set_etag(chart.etag());
    request.set_request_id(RequestId());
    return Result(charts_, &Stub::SetPlanVisibility, request, practitioner_);
  }

  absl::StatusOr<v1::SoapChart> Move(const v1::SoapChart& chart, const std::string& patient_id) {
    v1::MoveSoapChartRequest request;
    request.set_clinic_id(chart.clinic_id());
    request.set_soap_chart_id(chart.soap_chart_id());
    request.set_patient_id(patient_id);
    request.set_reason("wrong record");
    request.set_etag(chart.etag());
    request.set_request_id(RequestId());
    return Result(charts_, &Stub::MoveSoapChart, request, practitioner_);
  }

  v1::SoapChart AddChartWithoutPlan() {
    return Result(charts_, &Stub::CreateSoapChart, ChartRequest(patient_id_), practitioner_)
        .value();
  }

  absl::StatusOr<v1::SoapChart> WritePlan(v1::SoapChart chart, const std::string& text) {
    chart.clear_plan_sections();
    if (!text.empty()) AddSection("diet", text, chart);
    return Update(UpdateRequest(chart, {"plan_sections"}));
  }

  const std::string patient_id_;
  testing::FakeReceiver<NotifyHoldersRequest, NotifyHoldersResponse> receiver_;
  testing::RpcHarness access_code_;
  telemetry::Metrics metrics_, metrics_before_;
  std::unique_ptr<outbox::Relay> relay_;
};

TEST_F(PlanNoticeTest, ANewPlanIsToldOfWithNoWordOfIt) {
  AddChart(patient_id_, "CANARY-DIET");
  EXPECT_THAT(Told(), ElementsAre(patient_id_));
  const auto call = receiver_.Calls()[0];
  EXPECT_EQ(call.request.clinic_id(), clinic_.ToString());
  EXPECT_EQ(call.request.kind(), access_code::v1::HOLDER_NOTICE_KIND_NEW_TREATMENT_PLAN);
  EXPECT_EQ(call.request.event_id(), call.request_id);
  EXPECT_THAT(call.request.SerializeAsString(), Not(::testing::HasSubstr("CANARY")));
}

TEST_F(PlanNoticeTest, WhatTheReleaseBeforeHasLeftIsDelivered) {
  NotifyHoldersRequest left;
  left.set_clinic_id(clinic_.ToString());
  left.set_patient_id(patient_id_);
  left.set_kind(access_code::v1::HOLDER_NOTICE_KIND_NEW_TREATMENT_PLAN);
  Append("holders.notify", left.SerializeAsString());
  EXPECT_THAT(Told(), ElementsAre(patient_id_));
  const auto call = receiver_.Calls()[0];
  EXPECT_EQ(call.request.event_id(), call.request_id);
  left.set_event_id(call.request_id);
  EXPECT_THAT(call.request, EqualsProto(left));
  EXPECT_EQ(Psql("SELECT count(*) FROM outbox_events WHERE topic = 'holders.notify'"), "0");
}

// Its relay touches only topics it knows: a payload that it cannot read must not have one of them.
TEST_F(PlanNoticeTest, TheReleaseBeforeLeavesNewNoticesAlone) {
  outbox::Relay before(background_pool_, outbox_, metrics_before_,
                       {{"holders.notify", NotifyHoldersRoute(access_code_.Channel("records"))}});
  AddChart(patient_id_);
  EXPECT_EQ(before.DeliverOnce().value(), 0);
  EXPECT_THAT(Told(), ElementsAre(patient_id_));
}

TEST_F(PlanNoticeTest, APayloadThatIsNotOursIsKeptForAnOperator) {
  const std::string id = "0190163d-8694-739b-aea5-966c26f8ad91";
  const std::string ids = id + " " + id + " " + id;
  for (const std::string& payload :
       std::vector<std::string>{"", ids, ids + " x", "a b c 1", ids + " 1 1"}) {
    Append(kPlanNoticeTopic, payload);
  }
  EXPECT_THAT(Told(), IsEmpty());
  EXPECT_EQ(Psql("SELECT count(*) FROM outbox_events WHERE dead_at IS NOT NULL"), "5");
}

TEST_F(PlanNoticeTest, OnePlanIsToldOfOnceInTwentyFourHours) {
  v1::SoapChart chart = AddChart(patient_id_);
  clock_.Advance(absl::Hours(24) - absl::Microseconds(1));
  ASSERT_OK_AND_ASSIGN(chart, WritePlan(chart, ""));
  ASSERT_OK_AND_ASSIGN(chart, WritePlan(chart, "it is back"));
  EXPECT_THAT(Told(), SizeIs(1));
  // Another plan has its own day.
  AddChart(patient_id_);
  EXPECT_THAT(Told(), SizeIs(2));
  clock_.Advance(absl::Microseconds(1));
  ASSERT_OK(Lock(LockRequest(chart)));
  EXPECT_THAT(Told(), SizeIs(3));
}

TEST_F(PlanNoticeTest, SigningIsToldAndAnEditIsNot) {
  v1::SoapChart chart = AddChart(patient_id_);
  clock_.Advance(absl::Hours(48));
  ASSERT_OK_AND_ASSIGN(chart, WritePlan(chart, "other words"));
  EXPECT_THAT(Told(), SizeIs(1));
  ASSERT_OK(Lock(LockRequest(chart)));
  EXPECT_THAT(Told(), SizeIs(2));
}

TEST_F(PlanNoticeTest, AChartWithoutAPlanIsNoNewsUntilItHasOne) {
  v1::SoapChart chart = AddChartWithoutPlan();
  EXPECT_THAT(Told(), IsEmpty());
  ASSERT_OK(WritePlan(chart, "greens"));
  EXPECT_THAT(Told(), SizeIs(1));
  ASSERT_OK(Lock(LockRequest(AddChartWithoutPlan())));
  EXPECT_THAT(Told(), SizeIs(1));
}

TEST_F(PlanNoticeTest, APlanKeptFromHoldersIsToldOfWhenItIsShown) {
  v1::SoapChart chart = AddChartWithoutPlan();
  ASSERT_OK_AND_ASSIGN(chart, Hide(chart, true));
  ASSERT_OK_AND_ASSIGN(chart, WritePlan(chart, "greens"));
  ASSERT_OK_AND_ASSIGN(chart, Lock(LockRequest(chart)));
  EXPECT_THAT(Told(), IsEmpty());
  ASSERT_OK_AND_ASSIGN(chart, Hide(chart, false));
  EXPECT_THAT(Told(), SizeIs(1));
  // Hiding and showing it again within the day is no further news.
  ASSERT_OK_AND_ASSIGN(chart, Hide(chart, true));
  ASSERT_OK(Hide(chart, false));
  EXPECT_THAT(Told(), SizeIs(1));
}

TEST_F(PlanNoticeTest, AChartThatIsMovedIsNoNewsToAnybody) {
  const v1::SoapChart chart = AddChart(patient_id_);
  Told();
  clock_.Advance(absl::Hours(48));
  ASSERT_OK(Move(chart, AddPatient("Anna", "Berg").patient_id()));
  EXPECT_THAT(Told(), ElementsAre(patient_id_));
}

TEST_F(PlanNoticeTest, AChartThatWasMovedThereAndBackIsToldOf) {
  v1::SoapChart chart = AddChart(patient_id_);
  ASSERT_OK_AND_ASSIGN(chart, Move(chart, AddPatient("Anna", "Berg").patient_id()));
  ASSERT_OK(Move(chart, patient_id_));
  EXPECT_THAT(Told(), ElementsAre(patient_id_));
}

TEST_F(PlanNoticeTest, AfterAMoveSigningIsNewsToThoseOfTheOtherPatient) {
  v1::SoapChart chart = AddChart(patient_id_);
  EXPECT_THAT(Told(), SizeIs(1));
  const std::string other = AddPatient("Anna", "Berg").patient_id();
  ASSERT_OK_AND_ASSIGN(chart, Move(chart, other));
  ASSERT_OK(Lock(LockRequest(chart)));
  EXPECT_THAT(Told(), ElementsAre(patient_id_, other));
}

TEST_F(PlanNoticeTest, WhatHoldersCannotSeeAnyMoreIsNotToldLate) {
  v1::SoapChart hidden = AddChart(patient_id_);
  ASSERT_OK(Hide(hidden, true));
  ASSERT_OK(WritePlan(AddChart(patient_id_), ""));
  ASSERT_OK(Move(AddChart(patient_id_), AddPatient("Anna", "Berg").patient_id()));
  EXPECT_THAT(Told(), IsEmpty());
  AddChart(patient_id_);
  EXPECT_THAT(Told(), SizeIs(1));
}

TEST_F(PlanNoticeTest, ADroppedNoticeCountsAsUntoldAndIsNewsWhenThePlanIsShownAgain) {
  v1::SoapChart hidden = AddChart(patient_id_);
  ASSERT_OK_AND_ASSIGN(hidden, Hide(hidden, true));
  v1::SoapChart emptied = AddChart(patient_id_);
  ASSERT_OK_AND_ASSIGN(emptied, WritePlan(emptied, ""));
  EXPECT_THAT(Told(), IsEmpty());
  clock_.Advance(absl::Minutes(1));
  ASSERT_OK_AND_ASSIGN(hidden, Hide(hidden, false));
  ASSERT_OK_AND_ASSIGN(emptied, WritePlan(emptied, "it is back"));
  EXPECT_THAT(Told(), SizeIs(2));
  // From then on, once in a day as always.
  clock_.Advance(absl::Hours(24) - absl::Microseconds(1));
  ASSERT_OK_AND_ASSIGN(hidden, Hide(hidden, true));
  ASSERT_OK(Hide(hidden, false));
  EXPECT_THAT(Told(), SizeIs(2));
}

TEST_F(PlanNoticeTest, ANoticeThatWaitsIsOfThePlanThatIsShownAgainMeanwhile) {
  v1::SoapChart chart = AddChart(patient_id_);
  ASSERT_OK_AND_ASSIGN(chart, Hide(chart, true));
  clock_.Advance(absl::Minutes(1));
  ASSERT_OK(Hide(chart, false));
  EXPECT_THAT(Told(), SizeIs(1));
}

// As when the relay's process ends between dropping a notice and erasing it.
TEST_F(PlanNoticeTest, ANoticeThatIsDroppedTwiceDoesNotTellTwice) {
  v1::SoapChart chart = AddChart(patient_id_);
  const absl::Time first = clock_.Now();
  ASSERT_OK_AND_ASSIGN(chart, Hide(chart, true));
  EXPECT_THAT(Told(), IsEmpty());
  clock_.Advance(absl::Minutes(1));
  ASSERT_OK_AND_ASSIGN(chart, Hide(chart, false));
  const std::string ids = absl::StrCat(chart.clinic_id(), " ", patient_id_, " ",
                                       chart.soap_chart_id(), " ", absl::ToUnixMicros(first));
  Append(kPlanNoticeTopic, ids);
  EXPECT_THAT(Told(), SizeIs(1));
  // Nor does it, coming late, make that of the second notice undone.
  ASSERT_OK_AND_ASSIGN(chart, Hide(chart, true));
  Append(kPlanNoticeTopic, ids);
  EXPECT_THAT(Told(), SizeIs(1));
  ASSERT_OK(Hide(chart, false));
  EXPECT_THAT(Told(), SizeIs(1));
}

// Whichever comes first, exactly one notice arrives for a plan that is shown in the end.
TEST_F(PlanNoticeTest, ShowingAPlanWhileItsNoticeIsDroppedTellsOnce) {
  for (size_t round = 1; round <= 20; ++round) {
    v1::SoapChart chart = AddChart(patient_id_);
    ASSERT_OK_AND_ASSIGN(chart, Hide(chart, true));
    clock_.Advance(absl::Minutes(1));
    std::thread showing([&] { EXPECT_OK(Hide(chart, false)); });
    EXPECT_OK(relay_->DeliverOnce());
    showing.join();
    EXPECT_THAT(Told(), SizeIs(round));
  }
}

TEST_F(PlanNoticeTest, APlanThatWentAlongWithAMergeIsTold) {
  AddChart(patient_id_);
  ASSERT_OK(Merge(MergeRequest(AddPatient("Anna", "Berg").patient_id(), patient_id_)));
  EXPECT_THAT(Told(), ElementsAre(patient_id_));
}

TEST_F(PlanNoticeTest, OfInactiveAndDeceasedPatientsNobodyIsTold) {
  for (const char* state :
       {"state = 'inactive'", "state = 'deceased', deceased_date = '2026-01-01'"}) {
    Psql(std::string("UPDATE patients SET ") + state);
    ASSERT_OK(Lock(LockRequest(AddChart(patient_id_))));
    EXPECT_THAT(Told(), IsEmpty()) << state;
  }
  Psql("UPDATE patients SET state = 'active', deceased_date = NULL");
  AddChart(patient_id_);
  EXPECT_THAT(Told(), SizeIs(1));
}

TEST_F(PlanNoticeTest, ARefusedChangeTellsNobodyAndARepeatedOneNobodyTwice) {
  v1::CreateSoapChartRequest request = ChartRequest(patient_id_);
  AddSection("no-such-kind", "greens", *request.mutable_soap_chart());
  EXPECT_FALSE(Result(charts_, &Stub::CreateSoapChart, request, practitioner_).ok());
  EXPECT_THAT(Told(), IsEmpty());
  request = ChartRequest(patient_id_);
  AddSection("diet", "greens", *request.mutable_soap_chart());
  ASSERT_OK(Result(charts_, &Stub::CreateSoapChart, request, practitioner_));
  ASSERT_OK(Result(charts_, &Stub::CreateSoapChart, request, practitioner_));
  EXPECT_THAT(Told(), SizeIs(1));
}

TEST_F(PlanNoticeTest, WhileAccessCodeIsAwayTheNoticeWaits) {
  receiver_.Answer(status::DependencyUnavailable("the database"));
  AddChart(patient_id_);
  EXPECT_THAT(Told(), SizeIs(1));
  receiver_.Answer(absl::OkStatus());
  clock_.Advance(absl::Minutes(5));
  EXPECT_THAT(Told(), SizeIs(2));
  const auto calls = receiver_.Calls();
  EXPECT_EQ(calls[0].request.event_id(), calls[1].request.event_id());
  clock_.Advance(absl::Minutes(5));
  EXPECT_THAT(Told(), SizeIs(2));
}

}  // namespace
}  // namespace portal::records
