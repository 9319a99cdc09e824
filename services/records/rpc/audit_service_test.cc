#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/time_util.h"
#include "services/records/domain/audit_trail.h"
#include "services/records/rpc/records_service_fixture.h"

namespace portal::records {
namespace {

using ::google::protobuf::util::TimeUtil;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Stub = v1::AuditService::Stub;

const auto kPatientNotFound = testing::FailsWith(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND");
const auto kRoleNotAllowed =
    testing::FailsWith(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED");
constexpr char kNobody[] = "0190163d-8694-739b-aea5-966c26f8ad91";

class AuditServiceTest : public RecordsServiceFixture {
 protected:
  AuditServiceTest() : patient_id_(AddPatient().patient_id()) {
    Grant(patient_id_);
    desk_ = harness_.Passport(desk_id_, {{clinic_, {auth::StaffRole::kFrontDesk}}}, "Désirée");
    head_ = harness_.Passport(head_id_, {{clinic_, {auth::StaffRole::kOwner}}}, "Head");
    colleague_ =
        harness_.Passport(head_id_, {{clinic_, {auth::StaffRole::kPractitioner}}}, "Dr Other");
  }

  v1::ListPatientAuditEventsRequest OfPatient(const std::string& patient_id) const {
    v1::ListPatientAuditEventsRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_patient_id(patient_id);
    return request;
  }

  v1::ListAuditEventsRequest OfClinic() const {
    v1::ListAuditEventsRequest request;
    request.set_clinic_id(clinic_.ToString());
    return request;
  }

  std::vector<v1::AuditEvent> Events(const v1::ListPatientAuditEventsRequest& request) {
    const auto answer = Result(audit_, &Stub::ListPatientAuditEvents, request, head_).value();
    return {answer.audit_events().begin(), answer.audit_events().end()};
  }

  std::vector<v1::AuditEvent> Events(const v1::ListAuditEventsRequest& request) {
    const auto answer = Result(audit_, &Stub::ListAuditEvents, request, head_).value();
    return {answer.audit_events().begin(), answer.audit_events().end()};
  }

  // "GetPatient OK Désirée", the newest first.
  template <typename Request>
  std::vector<std::string> Told(const Request& request) {
    std::vector<std::string> told;
    for (const v1::AuditEvent& event : Events(request)) {
      told.push_back(absl::StrCat(event.action().substr(8), " ", event.outcome(), " ",
                                  event.actor_display_name()));
    }
    return told;
  }

  v1::ListMyRecordAccessesRequest MyAccessesRequest(const std::string& patient_id) const {
    v1::ListMyRecordAccessesRequest request;
    request.set_patient_id(patient_id);
    return request;
  }

  std::vector<v1::RecordAccess> MyAccesses() {
    const auto answer =
        Result(audit_, &Stub::ListMyRecordAccesses, MyAccessesRequest(patient_id_), holder_)
            .value();
    EXPECT_EQ(answer.next_page_token(), "");
    return {answer.record_accesses().begin(), answer.record_accesses().end()};
  }

  // "STAFF Désirée PROFILE 2", in the order of the alphabet.
  std::vector<std::string> Who() {
    std::vector<std::string> who;
    for (const v1::RecordAccess& access : MyAccesses()) {
      who.push_back(absl::StrCat(v1::AuditActorKind_Name(access.actor_kind()).substr(17), " ",
                                 access.actor_display_name(), access.by_you() ? "(you) " : " ",
                                 v1::RecordPart_Name(access.part()).substr(12),
                                 access.changed() ? " changed " : " ", access.count()));
    }
    std::sort(who.begin(), who.end());
    return who;
  }

  absl::Status Get(const std::string& passport) {
    v1::GetPatientRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_patient_id(patient_id_);
    return Result(patients_, &v1::PatientService::Stub::GetPatient, request, passport).status();
  }

  absl::Status GetMine(const std::string& passport) {
    v1::GetMyPatientRequest request;
    request.set_patient_id(patient_id_);
    return Result(patients_, &v1::PatientService::Stub::GetMyPatient, request, passport).status();
  }

  absl::Status ListCharts(const std::string& passport) {
    v1::ListSoapChartsRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_patient_id(patient_id_);
    return Result(charts_, &v1::SoapChartService::Stub::ListSoapCharts, request, passport).status();
  }

  // Events as the service wrote them.
  void AddEvents(int count, const std::string& last, const std::string& step,
                 const std::string& actor_kind, const id::AccountId& actor_id,
                 const std::string& action, const std::string& outcome = "OK") {
    Psql(absl::StrCat(
        "INSERT INTO audit_events (event_id, occurred_at, actor_kind, actor_id, calling_service, "
        "clinic_id, patient_id, resource_kind, resource_id, action, outcome, source_address, "
        "request_id, actor_name) SELECT gen_random_uuid(), timestamptz '",
        last, "' - n * interval '", step, "', '", actor_kind, "', '", actor_id.ToString(),
        "', 'gateway', '", clinic_.ToString(), "', '", patient_id_, "', '', '', 'records.", action,
        "', '", outcome, "', '', '', '", actor_kind == "staff" ? "Dr Old" : "",
        "' FROM generate_series(0, ", count - 1, ") AS n"));
  }

  // Reads of charts by one member of staff.
  void AddReads(int count, const std::string& last, const std::string& step) {
    AddEvents(count, last, step, "staff", desk_id_, "GetSoapChart");
  }

  // Reads by another holder.
  void AddVisits(int count, const std::string& last, const std::string& step = "1 second") {
    AddEvents(count, last, step, "account", relative_id_, "GetMyPatient");
  }

  // Of other holders: "day count", as they are listed.
  std::vector<std::string> Visits() {
    std::vector<std::string> visits;
    for (const v1::RecordAccess& it : MyAccesses()) {
      if (it.actor_kind() == v1::AUDIT_ACTOR_KIND_ACCOUNT && !it.by_you()) {
        visits.push_back(absl::StrCat(it.access_date().day(), " ", it.count()));
        EXPECT_EQ(it.last_access_time().seconds() % (24 * 60 * 60), 0);
        EXPECT_EQ(it.last_access_time().nanos(), 0);
      }
    }
    return visits;
  }

  void SetClock(const std::string& now) {
    absl::Time time;
    std::string error;
    ASSERT_TRUE(absl::ParseTime(absl::RFC3339_full, now, &time, &error)) << error;
    clock_.Set(time);
  }

  const std::string patient_id_;
  const id::AccountId desk_id_ = id::AccountId::New(clock_);
  const id::AccountId head_id_ = id::AccountId::New(clock_);
  const id::AccountId relative_id_ = id::AccountId::New(clock_);
  std::string desk_, head_, colleague_;
};

TEST_F(AuditServiceTest, AnOwnerSeesReadsChangesAndRefusalsNewestFirst) {
  const v1::SoapChart chart = AddChart(patient_id_);
  ASSERT_OK(Get(desk_));
  EXPECT_THAT(ListCharts(desk_), kRoleNotAllowed);
  ASSERT_OK(GetMine(holder_));
  const std::vector<std::string> expected = {
      "GetMyPatient OK ", "ListSoapCharts ROLE_NOT_ALLOWED Désirée", "GetPatient OK Désirée",
      "CreateSoapChart OK Dr Ødegård", "CreatePatient OK Dr Ødegård"};
  EXPECT_EQ(Told(OfPatient(patient_id_)), expected);
  const std::vector<v1::AuditEvent> events = Events(OfPatient(patient_id_));
  ASSERT_THAT(events, SizeIs(6));
  // Reading the trail is in the trail.
  EXPECT_EQ(events[0].action(), "records.ListPatientAuditEvents");
  EXPECT_EQ(events[0].actor_id(), head_id_.ToString());
  EXPECT_EQ(events[0].actor_kind(), v1::AUDIT_ACTOR_KIND_STAFF);
  EXPECT_EQ(events[1].actor_kind(), v1::AUDIT_ACTOR_KIND_ACCOUNT);
  EXPECT_EQ(events[1].actor_id(), holder_id_.ToString());
  EXPECT_EQ(events[1].patient_id(), patient_id_);
  EXPECT_GT(events[1].event_time().seconds(), 1'700'000'000);
  EXPECT_EQ(events[4].resource_kind(), "soap_chart");
  EXPECT_EQ(events[4].resource_id(), chart.soap_chart_id());
}

// An account's call names no clinic; its patient's has it in the trail, refused ones too.
TEST_F(AuditServiceTest, WhatAccountsDoIsInTheTrailOfTheirPatientsClinic) {
  ASSERT_OK(GetMine(holder_));
  EXPECT_THAT(GetMine(harness_.Passport(relative_id_)), kPatientNotFound);
  EXPECT_THAT(Told(OfClinic()), ElementsAre("GetMyPatient PATIENT_NOT_FOUND ", "GetMyPatient OK ",
                                            "CreatePatient OK Dr Ødegård"));
  EXPECT_THAT(Told(OfClinic()), Contains("ListAuditEvents OK Head"));
  v1::ListAuditEventsRequest elsewhere;
  elsewhere.set_clinic_id(other_clinic_.ToString());
  ASSERT_OK_AND_ASSIGN(const auto answer,
                       Result(audit_, &Stub::ListAuditEvents, elsewhere, stranger_));
  EXPECT_THAT(answer.audit_events(), IsEmpty());
}

TEST_F(AuditServiceTest, StrangersAreSeenWithoutTheirNames) {
  EXPECT_THAT(Get(stranger_),
              testing::FailsWith(absl::StatusCode::kPermissionDenied, "NOT_STAFF_OF_CLINIC"));
  EXPECT_EQ(Told(OfPatient(patient_id_)).front(), "GetPatient NOT_STAFF_OF_CLINIC ");
}

TEST_F(AuditServiceTest, AServiceAccountIsNamed) {
  const auto robot = id::AccountId::New(clock_);
  ASSERT_OK(Get(harness_.ServiceAccountPassport(
      robot, {.clinic_id = clinic_, .scopes = {auth::ServiceScope::kPatientsRead}})));
  const v1::AuditEvent event = Events(OfPatient(patient_id_)).front();
  EXPECT_EQ(event.actor_kind(), v1::AUDIT_ACTOR_KIND_SERVICE_ACCOUNT);
  EXPECT_EQ(event.actor_id(), robot.ToString());
  EXPECT_EQ(event.actor_display_name(), "A service account");
  EXPECT_THAT(Who(), Contains("SERVICE_ACCOUNT A service account PROFILE 1"));
}

TEST_F(AuditServiceTest, APractitionerSeesThatOfOwnPatientsOnly) {
  AddChart(patient_id_);
  EXPECT_OK(Result(audit_, &Stub::ListPatientAuditEvents, OfPatient(patient_id_), practitioner_));
  EXPECT_THAT(Result(audit_, &Stub::ListPatientAuditEvents, OfPatient(patient_id_), colleague_),
              kRoleNotAllowed);
  EXPECT_EQ(Told(OfPatient(patient_id_)).front(),
            "ListPatientAuditEvents ROLE_NOT_ALLOWED Dr Other");
  EXPECT_THAT(Result(audit_, &Stub::ListAuditEvents, OfClinic(), practitioner_), kRoleNotAllowed);
  EXPECT_THAT(Result(audit_, &Stub::ListPatientAuditEvents, OfPatient(patient_id_), desk_),
              kRoleNotAllowed);
  EXPECT_THAT(Result(audit_, &Stub::ListAuditEvents, OfClinic(), desk_), kRoleNotAllowed);
}

TEST_F(AuditServiceTest, AnotherClinicsPatientIsNotFound) {
  v1::ListPatientAuditEventsRequest request = OfPatient(patient_id_);
  request.set_clinic_id(other_clinic_.ToString());
  EXPECT_THAT(Result(audit_, &Stub::ListPatientAuditEvents, request, stranger_), kPatientNotFound);
  EXPECT_THAT(Result(audit_, &Stub::ListPatientAuditEvents, request,
                     StaffOf(other_clinic_, auth::StaffRole::kPractitioner)),
              kPatientNotFound);
  const std::string foreign = Bytes(audit_, &Stub::ListPatientAuditEvents, request, stranger_);
  request.set_patient_id(kNobody);
  EXPECT_EQ(Bytes(audit_, &Stub::ListPatientAuditEvents, request, stranger_), foreign);
}

TEST_F(AuditServiceTest, PagesGoOnWhereTheyEndedAndFiltersHold) {
  AddReads(25, "2026-05-01 12:00:00Z", "1 hour");
  v1::ListPatientAuditEventsRequest request = OfPatient(patient_id_);
  request.set_actor_id(desk_id_.ToString());
  request.set_page_size(10);
  std::set<std::string> seen;
  std::vector<int> sizes;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page,
                         Result(audit_, &Stub::ListPatientAuditEvents, request, head_));
    for (const v1::AuditEvent& event : page.audit_events()) seen.insert(event.audit_event_id());
    sizes.push_back(page.audit_events_size());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(sizes, ElementsAre(10, 10, 5));
  EXPECT_THAT(seen, SizeIs(25));

  // From the start on, and before the end.
  v1::ListAuditEventsRequest of_clinic = OfClinic();
  EXPECT_TRUE(TimeUtil::FromString("2026-05-01T10:00:00Z", of_clinic.mutable_start_time()));
  EXPECT_TRUE(TimeUtil::FromString("2026-05-01T12:00:00Z", of_clinic.mutable_end_time()));
  EXPECT_THAT(Told(of_clinic), ElementsAre("GetSoapChart OK Dr Old", "GetSoapChart OK Dr Old"));
  of_clinic.set_actor_id(desk_id_.ToString());
  EXPECT_THAT(Events(of_clinic), SizeIs(2));
  of_clinic.set_actor_id(kNobody);
  EXPECT_THAT(Events(of_clinic), IsEmpty());
  *of_clinic.mutable_start_time() = of_clinic.end_time();
  EXPECT_THAT(Result(audit_, &Stub::ListAuditEvents, of_clinic, head_),
              testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
  // A token is of its query.
  request.set_page_token("");
  ASSERT_OK_AND_ASSIGN(const auto page,
                       Result(audit_, &Stub::ListPatientAuditEvents, request, head_));
  request.set_page_token(page.next_page_token());
  request.clear_actor_id();
  EXPECT_THAT(Result(audit_, &Stub::ListPatientAuditEvents, request, head_),
              testing::FailsWith(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID"));
}

TEST_F(AuditServiceTest, AHolderSeesStaffByNameAndOtherHoldersWithoutOne) {
  AddChart(patient_id_);
  ASSERT_OK(Get(desk_));
  ASSERT_OK(Get(desk_));
  EXPECT_THAT(ListCharts(desk_), kRoleNotAllowed);
  ASSERT_OK(GetMine(holder_));
  EXPECT_THAT(GetMine(harness_.Passport(relative_id_)), kPatientNotFound);
  grants_.Grant(relative_id_, id::PatientId::Parse("patient_id", patient_id_).value());
  ASSERT_OK(GetMine(harness_.Passport(relative_id_)));
  EXPECT_THAT(Who(), Not(Contains(HasSubstr("ACCOUNT  "))));
  Psql("DELETE FROM audit_events WHERE action = 'records.ListMyRecordAccesses'");
  clock_.Set(absl::Now() + absl::Hours(25));  // the day is over
  EXPECT_THAT(Who(), ElementsAre("ACCOUNT  PROFILE 1", "ACCOUNT (you) PROFILE 1",
                                 "STAFF Dr Ødegård CHARTS changed 1",
                                 "STAFF Dr Ødegård PROFILE changed 1", "STAFF Désirée PROFILE 2"));
  EXPECT_THAT(Who(), Contains("ACCOUNT (you) ACCESSES 1"));
}

TEST_F(AuditServiceTest, WithoutAGrantThereIsNoPatient) {
  const std::string stranger = harness_.Passport(relative_id_);
  const std::string refused =
      Bytes(audit_, &Stub::ListMyRecordAccesses, MyAccessesRequest(patient_id_), stranger);
  EXPECT_THAT(refused, HasSubstr("PATIENT_NOT_FOUND"));
  EXPECT_EQ(Bytes(audit_, &Stub::ListMyRecordAccesses, MyAccessesRequest(kNobody), stranger),
            refused);
  EXPECT_THAT(Who(), Not(Contains(HasSubstr("ACCESSES"))));
}

TEST_F(AuditServiceTest, APageOfAccessesIsMadeOfWholeDays) {
  AddReads(900, "2026-05-02 23:00:00Z", "1 second");
  AddReads(900, "2026-05-01 23:00:00Z", "1 second");
  v1::ListMyRecordAccessesRequest request = MyAccessesRequest(patient_id_);
  std::vector<std::pair<int, int>> days;
  int pages = 0;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page,
                         Result(audit_, &Stub::ListMyRecordAccesses, request, holder_));
    ++pages;
    for (const v1::RecordAccess& access : page.record_accesses()) {
      if (access.actor_display_name() == "Dr Old") {
        days.emplace_back(access.access_date().day(), access.count());
      }
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(days, ElementsAre(std::pair(2, 900), std::pair(1, 900)));
  EXPECT_EQ(pages, 2);
}

TEST_F(AuditServiceTest, ADayIsNeverCut) {
  AddReads(1500, "2026-05-02 23:00:00Z", "1 second");
  AddVisits(700, "2026-05-02 22:00:00Z");
  AddReads(1, "2026-05-01 23:00:00Z", "1 second");
  SetClock("2026-05-04T00:00:00Z");
  v1::ListMyRecordAccessesRequest request = MyAccessesRequest(patient_id_);
  std::vector<std::string> pages;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page,
                         Result(audit_, &Stub::ListMyRecordAccesses, request, holder_));
    std::string days;
    for (const v1::RecordAccess& it : page.record_accesses()) {
      if (it.access_date().month() != 5) continue;
      absl::StrAppend(&days, it.access_date().day(), ": ", it.count(), " ");
    }
    pages.push_back(days);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(pages, Contains("2: 1500 2: 700 "));
  EXPECT_EQ(pages.back(), "1: 1 ");
}

TEST_F(AuditServiceTest, OtherHoldersAreShownAnHourAfterTheirDayAndAsOfItsBeginning) {
  AddVisits(1, "2026-05-02 23:59:59.999999Z");
  AddVisits(3, "2026-05-01 23:00:00Z");
  AddReads(1, "2026-05-02 00:00:00.000001Z", "1 second");
  SetClock("2026-05-02T23:59:59Z");
  EXPECT_THAT(Visits(), ElementsAre("1 3"));
  SetClock("2026-05-03T00:59:59.999999Z");
  EXPECT_THAT(Visits(), ElementsAre("1 3"));
  SetClock("2026-05-03T01:00:00Z");
  EXPECT_THAT(Visits(), ElementsAre("2 1", "1 3"));
  // After everything else of the day.
  std::vector<std::string> order;
  for (const v1::RecordAccess& it : MyAccesses()) {
    if (it.access_date().month() != 5) continue;
    order.push_back(absl::StrCat(it.access_date().day(), it.actor_display_name()));
  }
  EXPECT_THAT(order, ElementsAre("2Dr Old", "2", "1"));
}

// Nor does the length of a page tell of them.
TEST_F(AuditServiceTest, WhatOtherHoldersDoTodayChangesNothingInTheList) {
  AddReads(990, "2026-05-02 12:00:00Z", "1 second");
  SetClock("2026-05-02T13:00:00Z");
  Psql("DELETE FROM audit_events WHERE action <> 'records.GetSoapChart'");
  const auto told = [&] {
    std::string bytes;
    for (const v1::RecordAccess& it : MyAccesses()) {
      if (!it.by_you()) bytes += it.SerializeAsString();
    }
    return bytes;
  };
  const std::string before = told();
  AddVisits(1000, "2026-05-02 12:30:00Z");
  EXPECT_EQ(told(), before);
}

TEST_F(AuditServiceTest, BothHistoriesStayWhenPatientsAreMerged) {
  const std::string staying = AddPatient("Anna", "Berg").patient_id();
  ASSERT_OK(Get(desk_));
  ASSERT_OK(Merge(MergeRequest(staying, patient_id_)));
  Grant(staying);
  const std::vector<std::string> told = Told(OfPatient(staying));
  EXPECT_THAT(told, Contains("GetPatient OK Désirée"));
  EXPECT_THAT(told, Contains("CreatePatient OK Dr Ødegård").Times(2));
  ASSERT_OK_AND_ASSIGN(const auto mine, Result(audit_, &Stub::ListMyRecordAccesses,
                                               MyAccessesRequest(staying), holder_));
  int of_desk = 0;
  for (const v1::RecordAccess& it : mine.record_accesses()) {
    of_desk += it.actor_display_name() == "Désirée";
  }
  EXPECT_EQ(of_desk, 1);
}

TEST_F(AuditServiceTest, EveryMethodAboutAPatientIsOfAKnownPart) {
  for (const auto* service :
       {v1::PatientService::service_full_name(), v1::SoapChartService::service_full_name(),
        v1::TreatmentPlanService::service_full_name(), v1::AuditService::service_full_name()}) {
    const auto* descriptor =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
    ASSERT_NE(descriptor, nullptr) << service;
    for (int i = 0; i < descriptor->method_count(); ++i) {
      const std::string& method = descriptor->method(i)->name();
      const bool about_nobody =
          absl::StrContains(method, "PlanSectionKind") || method == "ListAuditEvents";
      EXPECT_EQ(AccessOf("records." + method).part == RecordPart::kOther, about_nobody) << method;
    }
  }
}

}  // namespace
}  // namespace portal::records
