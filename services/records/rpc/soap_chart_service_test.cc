#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "libs/status/errors.h"
#include "services/records/domain/limits.h"
#include "services/records/domain/plan_section.h"
#include "services/records/rpc/records_service_fixture.h"

namespace portal::records {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Stub = v1::SoapChartService::Stub;

const auto kInvalidField = testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD");
const auto kPatientNotFound = testing::FailsWith(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND");
const auto kChartNotFound = testing::FailsWith(absl::StatusCode::kNotFound, "SOAP_CHART_NOT_FOUND");
const auto kLocked = testing::FailsWith(absl::StatusCode::kFailedPrecondition, "SOAP_CHART_LOCKED");
const auto kEtagMismatch = testing::FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH");
const auto kKindUnknown =
    testing::FailsWith(absl::StatusCode::kInvalidArgument, "PLAN_SECTION_KIND_UNKNOWN");
const auto kRequestIdReused =
    testing::FailsWith(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED");
constexpr char kNobody[] = "0190163d-8694-739b-aea5-966c26f8ad91";

class SoapChartServiceTest : public RecordsServiceFixture {
 protected:
  SoapChartServiceTest() : patient_id_(AddPatient().patient_id()) {}

  absl::StatusOr<v1::SoapChart> Create(const v1::CreateSoapChartRequest& request) {
    return Result(charts_, &Stub::CreateSoapChart, request, practitioner_);
  }

  static std::vector<std::string> Kinds(const v1::SoapChart& chart) {
    std::vector<std::string> kinds;
    for (const v1::PlanSection& section : chart.plan_sections()) {
      kinds.push_back(section.plan_section_kind_id());
    }
    return kinds;
  }

  const std::string patient_id_;
};

TEST_F(SoapChartServiceTest, AChartIsStoredInTheCallersNameWithItsSectionsInOrder) {
  v1::CreateSoapChartRequest request = ChartRequest(patient_id_);
  v1::SoapChart& entered = *request.mutable_soap_chart();
  entered.set_subjective("<script>alert('x')</script>\r\n\t'; DROP TABLE soap_charts;--");
  AddSection("free_text", "  as written {\"a\",NULL}\\ ", entered);
  AddSection("lifestyle", "\u00A0\n", entered);
  AddSection("diet", "greens", entered);
  // Ignored.
  entered.set_soap_chart_id(kNobody);
  entered.set_patient_id(kNobody);
  entered.set_practitioner_display_name("Dr Nobody");
  entered.set_state(v1::SOAP_CHART_STATE_LOCKED);
  entered.set_etag("77");
  entered.mutable_plan_sections(2)->set_title("my own title");

  ASSERT_OK_AND_ASSIGN(const v1::SoapChart created, Create(request));
  v1::SoapChart expected = entered;
  expected.set_soap_chart_id(created.soap_chart_id());
  expected.set_clinic_id(clinic_.ToString());
  expected.set_patient_id(patient_id_);
  expected.set_practitioner_account_id(practitioner_id_.ToString());
  expected.set_practitioner_display_name("Dr Ødegård");
  expected.set_state(v1::SOAP_CHART_STATE_UNLOCKED);
  expected.set_etag("1");
  expected.mutable_create_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()));
  *expected.mutable_update_time() = expected.create_time();
  expected.clear_plan_sections();
  AddSection("diet", "greens", expected);
  AddSection("free_text", "  as written {\"a\",NULL}\\ ", expected);
  expected.mutable_plan_sections(0)->set_title("Diet");
  expected.mutable_plan_sections(1)->set_title("Free text");
  EXPECT_THAT(created, EqualsProto(expected));
  EXPECT_THAT(Stored(created), EqualsProto(expected));
}

TEST_F(SoapChartServiceTest, FrontDeskNeitherReadsNorWritesCharts) {
  const v1::SoapChart chart = AddChart(patient_id_);
  const std::string before = Footprint();
  const auto refused = testing::FailsWith(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED");
  v1::GetSoapChartRequest get;
  get.set_clinic_id(clinic_.ToString());
  get.set_soap_chart_id(chart.soap_chart_id());
  EXPECT_THAT(Result(charts_, &Stub::GetSoapChart, get, front_desk_), refused);
  EXPECT_THAT(Result(charts_, &Stub::CreateSoapChart, ChartRequest(patient_id_), front_desk_),
              refused);
  EXPECT_THAT(
      Result(charts_, &Stub::UpdateSoapChart, UpdateRequest(chart, {"subjective"}), front_desk_),
      refused);
  EXPECT_THAT(Result(charts_, &Stub::LockSoapChart, LockRequest(chart), front_desk_), refused);
  EXPECT_EQ(Footprint(), before);
  EXPECT_EQ(NotMade(), absl::StrCat("records.CreateSoapChart|ROLE_NOT_ALLOWED|", patient_id_,
                                    "\nrecords.UpdateSoapChart|ROLE_NOT_ALLOWED|",
                                    "\nrecords.LockSoapChart|ROLE_NOT_ALLOWED|"));
}

TEST_F(SoapChartServiceTest, ForeignAndUnknownPatientsAndChartsLookAlike) {
  const v1::SoapChart chart = AddChart(patient_id_);
  const std::string before = Footprint();
  v1::CreateSoapChartRequest create = ChartRequest(patient_id_);
  create.set_clinic_id(other_clinic_.ToString());
  EXPECT_THAT(Result(charts_, &Stub::CreateSoapChart, create, stranger_), kPatientNotFound);
  v1::CreateSoapChartRequest create_unknown = create;
  create_unknown.set_patient_id(kNobody);
  EXPECT_EQ(Bytes(charts_, &Stub::CreateSoapChart, create, stranger_),
            Bytes(charts_, &Stub::CreateSoapChart, create_unknown, stranger_));

  v1::GetSoapChartRequest get;
  get.set_clinic_id(other_clinic_.ToString());
  get.set_soap_chart_id(chart.soap_chart_id());
  v1::GetSoapChartRequest get_unknown = get;
  get_unknown.set_soap_chart_id(kNobody);
  EXPECT_THAT(Result(charts_, &Stub::GetSoapChart, get, stranger_), kChartNotFound);
  EXPECT_EQ(Bytes(charts_, &Stub::GetSoapChart, get, stranger_),
            Bytes(charts_, &Stub::GetSoapChart, get_unknown, stranger_));

  v1::UpdateSoapChartRequest update = UpdateRequest(chart, {"subjective"});
  update.set_clinic_id(other_clinic_.ToString());
  EXPECT_THAT(Result(charts_, &Stub::UpdateSoapChart, update, stranger_), kChartNotFound);
  v1::LockSoapChartRequest lock = LockRequest(chart);
  lock.set_clinic_id(other_clinic_.ToString());
  EXPECT_THAT(Result(charts_, &Stub::LockSoapChart, lock, stranger_), kChartNotFound);
  v1::ListSoapChartsRequest list;
  list.set_clinic_id(other_clinic_.ToString());
  list.set_patient_id(patient_id_);
  EXPECT_THAT(Result(charts_, &Stub::ListSoapCharts, list, stranger_), kPatientNotFound);
  EXPECT_EQ(Footprint(), before);
}

TEST_F(SoapChartServiceTest, LimitsAreExactInCharacters) {
  std::string longest;
  for (int i = 0; i < 10'000; ++i) longest += "é";
  v1::CreateSoapChartRequest request = ChartRequest(patient_id_);
  v1::SoapChart& chart = *request.mutable_soap_chart();
  chart.set_subjective(longest + longest);
  AddSection("diet", longest, chart);
  EXPECT_OK(Create(request));
  const std::string before = Footprint();
  request.set_request_id(RequestId());
  chart.set_subjective(longest + longest + "é");
  chart.mutable_plan_sections(0)->set_text(longest + "é");
  chart.clear_encounter_date();
  EXPECT_THAT(status::InvalidFieldsOf(Create(request).status()),
              ElementsAre("soap_chart.encounter_date", "soap_chart.subjective",
                          "soap_chart.plan_sections[0].text"));
  EXPECT_EQ(Footprint(), before);
}

TEST_F(SoapChartServiceTest, TheLargestChartThatTheContractAllowsFitsIntoARequest) {
  const auto text = [](int characters) {
    std::string all;
    for (int i = 0; i < characters; ++i) all += "\U0001F33F";  // four bytes
    return all;
  };
  v1::CreateSoapChartRequest request = ChartRequest(patient_id_);
  v1::SoapChart& chart = *request.mutable_soap_chart();
  chart.set_subjective(text(kMaxSoapCharacters));
  chart.set_objective(text(kMaxSoapCharacters));
  chart.set_assessment(text(kMaxSoapCharacters));
  const std::string section = text(kMaxPlanSectionCharacters);
  for (int i = 0; i * kMaxPlanSectionCharacters < kMaxPlanCharacters; ++i) {
    AddSection(StartingPlanSectionKinds()[i].id, section, chart);
  }
  ASSERT_OK_AND_ASSIGN(const v1::SoapChart made, Create(request));
  EXPECT_EQ(made.plan_sections_size(), chart.plan_sections_size());

  const std::string before = Footprint();
  request.set_request_id(RequestId());
  AddSection(StartingPlanSectionKinds()[chart.plan_sections_size()].id, "x", chart);
  EXPECT_THAT(status::InvalidFieldsOf(Create(request).status()),
              ElementsAre("soap_chart.plan_sections"));
  EXPECT_EQ(Footprint(), before);
}

TEST_F(SoapChartServiceTest, UnknownAndRepeatedKindsAreRefusedAndNothingIsKept) {
  const std::string before = Footprint();
  v1::CreateSoapChartRequest request = ChartRequest(patient_id_);
  AddSection("rest", "x", *request.mutable_soap_chart());
  EXPECT_THAT(Create(request), kKindUnknown);
  request = ChartRequest(patient_id_);
  AddSection("diet", "x", *request.mutable_soap_chart());
  AddSection("diet", "y", *request.mutable_soap_chart());
  EXPECT_THAT(Create(request), kKindUnknown);
  EXPECT_EQ(Footprint(), before);
  EXPECT_EQ(Psql("SELECT count(*) FROM plan_section_kinds"), "0");
}

TEST_F(SoapChartServiceTest, AnUpdateChangesWhatItsMaskNamesAndNothingElse) {
  const v1::SoapChart chart = AddChart(patient_id_);
  clock_.Advance(absl::Minutes(1));
  v1::UpdateSoapChartRequest request = UpdateRequest(chart, {"objective", "plan_sections"});
  v1::SoapChart& changed = *request.mutable_soap_chart();
  changed.set_objective("");
  changed.clear_plan_sections();
  AddSection("blends", "tea", changed);
  // Not named: neither taken over nor looked at.
  changed.set_subjective(std::string(30'000, 'x'));
  changed.clear_encounter_date();
  changed.set_patient_id(kNobody);

  ASSERT_OK_AND_ASSIGN(const v1::SoapChart updated, Update(request));
  v1::SoapChart expected = chart;
  expected.set_objective("");
  expected.clear_plan_sections();
  AddSection("blends", "tea", expected);
  expected.mutable_plan_sections(0)->set_title("Blends");
  expected.set_etag("2");
  expected.mutable_update_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()));
  EXPECT_THAT(updated, EqualsProto(expected));
  EXPECT_THAT(Stored(chart), EqualsProto(expected));
}

TEST_F(SoapChartServiceTest, MasksAndEtagsAreRequiredAndChecked) {
  const v1::SoapChart chart = AddChart(patient_id_);
  const std::string before = Footprint();
  for (const std::string path : {"*", "patient_id", "state", "subjective.text", "Subjective", ""}) {
    EXPECT_THAT(status::InvalidFieldsOf(Update(UpdateRequest(chart, {"objective", path})).status()),
                ElementsAre("update_mask"))
        << path;
  }
  EXPECT_THAT(status::InvalidFieldsOf(Update(UpdateRequest(chart, {})).status()),
              ElementsAre("update_mask"));
  v1::UpdateSoapChartRequest request = UpdateRequest(chart, {"encounter_date"});
  request.mutable_soap_chart()->clear_encounter_date();
  request.mutable_soap_chart()->clear_etag();
  request.set_soap_chart_id("x");
  request.set_request_id("1");
  EXPECT_THAT(
      status::InvalidFieldsOf(Update(request).status()),
      ElementsAre("soap_chart_id", "soap_chart.encounter_date", "soap_chart.etag", "request_id"));
  v1::LockSoapChartRequest lock = LockRequest(chart);
  lock.clear_etag();
  EXPECT_THAT(status::InvalidFieldsOf(Lock(lock).status()), ElementsAre("etag"));
  EXPECT_EQ(Footprint(), before);
}

TEST_F(SoapChartServiceTest, RefusalsComeInOrderNotFoundLockedEtagKind) {
  const v1::SoapChart chart = AddChart(patient_id_);
  v1::UpdateSoapChartRequest request = UpdateRequest(chart, {"plan_sections"});
  AddSection("rest", "x", *request.mutable_soap_chart());
  EXPECT_THAT(Update(request), kKindUnknown);
  request.mutable_soap_chart()->set_etag("stale");
  EXPECT_THAT(Update(request), kEtagMismatch);
  ASSERT_OK(Lock(LockRequest(chart)));
  EXPECT_THAT(Update(request), kLocked);
  request.set_soap_chart_id(kNobody);
  EXPECT_THAT(Update(request), kChartNotFound);
}

TEST_F(SoapChartServiceTest, ALockIsForEver) {
  const v1::SoapChart chart = AddChart(patient_id_);
  clock_.Advance(absl::Minutes(1));
  ASSERT_OK_AND_ASSIGN(const v1::SoapChart locked, Lock(LockRequest(chart)));
  EXPECT_EQ(locked.state(), v1::SOAP_CHART_STATE_LOCKED);
  EXPECT_EQ(locked.lock_time().seconds(), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_FALSE(chart.has_lock_time());
  const std::string before = Footprint();
  EXPECT_THAT(Update(UpdateRequest(locked, {"subjective"})), kLocked);
  EXPECT_THAT(Lock(LockRequest(locked)), kLocked);
  EXPECT_EQ(Footprint(), before);
  EXPECT_THAT(Stored(chart), EqualsProto(locked));
}

TEST_F(SoapChartServiceTest, RepeatedRequestsChangeOnceAndAlteredOnesNever) {
  const v1::SoapChart chart = AddChart(patient_id_);
  v1::UpdateSoapChartRequest update = UpdateRequest(chart, {"subjective"});
  update.mutable_soap_chart()->set_subjective("new");
  ASSERT_OK_AND_ASSIGN(const v1::SoapChart first, Update(update));
  ASSERT_OK_AND_ASSIGN(const v1::SoapChart again, Update(update));
  EXPECT_THAT(again, EqualsProto(first));
  update.mutable_soap_chart()->set_subjective("other");
  EXPECT_THAT(Update(update), kRequestIdReused);

  const v1::LockSoapChartRequest lock = LockRequest(first);
  ASSERT_OK_AND_ASSIGN(const v1::SoapChart locked, Lock(lock));
  ASSERT_OK_AND_ASSIGN(const v1::SoapChart locked_again, Lock(lock));
  EXPECT_THAT(locked_again, EqualsProto(locked));
  EXPECT_THAT(Stored(chart), EqualsProto(locked));
}

TEST_F(SoapChartServiceTest, ChangesAndReadsAreAuditedUnderThePatient) {
  const v1::SoapChart chart = AddChart(patient_id_);
  ASSERT_OK_AND_ASSIGN(const v1::SoapChart updated, Update(UpdateRequest(chart, {"subjective"})));
  EXPECT_THAT(Update(UpdateRequest(chart, {"subjective"})), kEtagMismatch);
  ASSERT_OK(Lock(LockRequest(updated)));
  Stored(chart);
  const std::string tail = absl::StrCat("|", patient_id_, "|soap_chart|", chart.soap_chart_id());
  EXPECT_EQ(
      Psql("SELECT action, patient_id, resource_kind, resource_id FROM audit_events "
           "WHERE action ~ 'SoapChart' ORDER BY event_id"),
      absl::StrCat("records.CreateSoapChart", tail, "\nrecords.UpdateSoapChart", tail,
                   "\nrecords.LockSoapChart", tail, "\nrecords.GetSoapChart|", patient_id_, "||"));
}

TEST_F(SoapChartServiceTest, ChartsAreListedNewestEncounterFirst) {
  std::vector<std::string> created;
  for (int day : {1, 3, 2, 3}) {
    v1::CreateSoapChartRequest request = ChartRequest(patient_id_);
    request.mutable_soap_chart()->mutable_encounter_date()->set_day(day);
    created.push_back(Create(request).value().soap_chart_id());
  }
  v1::ListSoapChartsRequest request;
  request.set_clinic_id(clinic_.ToString());
  request.set_patient_id(patient_id_);
  request.set_page_size(3);
  std::vector<std::string> listed;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page, Result(charts_, &Stub::ListSoapCharts, request, owner_));
    for (const v1::SoapChart& chart : page.soap_charts()) listed.push_back(chart.soap_chart_id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(listed, ElementsAre(created[3], created[1], created[2], created[0]));
  request.set_page_size(51);
  EXPECT_THAT(Result(charts_, &Stub::ListSoapCharts, request, owner_), kInvalidField);
}

TEST_F(SoapChartServiceTest, KindsAreTheSameBeforeAndAfterTheFirstChart) {
  v1::ListPlanSectionKindsRequest request;
  request.set_clinic_id(clinic_.ToString());
  ASSERT_OK_AND_ASSIGN(const auto before,
                       Result(charts_, &Stub::ListPlanSectionKinds, request, front_desk_));
  EXPECT_EQ(before.plan_section_kinds_size(), 11);
  EXPECT_EQ(before.plan_section_kinds(7).plan_section_kind_id(), "lab_requisitions");
  EXPECT_EQ(before.plan_section_kinds(7).position(), 8);
  AddChart(patient_id_);
  ASSERT_OK_AND_ASSIGN(const auto after,
                       Result(charts_, &Stub::ListPlanSectionKinds, request, front_desk_));
  EXPECT_THAT(after, EqualsProto(before));
}

TEST_F(SoapChartServiceTest, OfALockAndTwoUpdatesWithOneEtagExactlyOneWins) {
  for (int round = 0; round < 10; ++round) {
    const v1::SoapChart chart = AddChart(patient_id_);
    const auto update = [&](const std::string& text) {
      v1::UpdateSoapChartRequest request = UpdateRequest(chart, {"subjective"});
      request.mutable_soap_chart()->set_subjective(text);
      return Update(request);
    };
    absl::StatusOr<v1::SoapChart> first, second, locked;
    std::thread one([&] { first = update("first"); });
    std::thread two([&] { second = update("second"); });
    std::thread three([&] { locked = Lock(LockRequest(chart)); });
    one.join();
    two.join();
    three.join();
    EXPECT_EQ(first.ok() + second.ok() + locked.ok(), 1);
    const auto lost = testing::FailsWith(
        locked.ok() ? absl::StatusCode::kFailedPrecondition : absl::StatusCode::kAborted,
        locked.ok() ? "SOAP_CHART_LOCKED" : "ETAG_MISMATCH");
    for (const auto* result : {&first, &second, &locked}) {
      if (result->ok()) {
        EXPECT_THAT(Stored(chart), EqualsProto(**result));
      } else {
        EXPECT_THAT(*result, lost);
      }
    }
  }
}

class ChartHistoryTest : public RecordsServiceFixture {
 protected:
  using Stub = v1::SoapChartService::Stub;

  absl::StatusOr<v1::SoapChart> Add(const v1::SoapChart& chart, const std::string& text) {
    v1::AddSoapChartAddendumRequest request;
    request.set_clinic_id(chart.clinic_id());
    request.set_soap_chart_id(chart.soap_chart_id());
    request.set_text(text);
    request.set_request_id(RequestId());
    return Result(charts_, &Stub::AddSoapChartAddendum, request, practitioner_);
  }

  v1::MoveSoapChartRequest MoveRequest(const v1::SoapChart& chart,
                                       const std::string& patient_id) const {
    v1::MoveSoapChartRequest request;
    request.set_clinic_id(chart.clinic_id());
    request.set_soap_chart_id(chart.soap_chart_id());
    request.set_patient_id(patient_id);
    request.set_etag(chart.etag());
    request.set_reason("wrong <b>patient</b>'; --");
    request.set_request_id(RequestId());
    return request;
  }

  absl::StatusOr<v1::SoapChart> Move(const v1::MoveSoapChartRequest& request) {
    return Result(charts_, &Stub::MoveSoapChart, request, practitioner_);
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

  int PlansOfHolder(const std::string& patient_id) {
    v1::ListMyTreatmentPlansRequest request;
    request.set_patient_id(patient_id);
    return Result(plans_, &v1::TreatmentPlanService::Stub::ListMyTreatmentPlans, request, holder_)
        .value()
        .treatment_plans_size();
  }

  absl::Status PlanOfHolder(const v1::SoapChart& chart) {
    v1::GetMyTreatmentPlanRequest request;
    request.set_patient_id(chart.patient_id());
    request.set_treatment_plan_id(chart.soap_chart_id());
    return Result(plans_, &v1::TreatmentPlanService::Stub::GetMyTreatmentPlan, request, holder_)
        .status();
  }

  v1::SoapChart AddLocked(const std::string& patient_id) {
    return Lock(LockRequest(AddChart(patient_id))).value();
  }

  std::string Audited(const std::string& method) const {
    return Psql(
        "SELECT string_agg(patient_id::text, '|' ORDER BY event_id) FROM audit_events "
        "WHERE action = 'records." +
        method + "' AND outcome = 'OK'");
  }
};

TEST_F(ChartHistoryTest, ALockedChartIsAddedToAndStaysAsItIs) {
  const std::string patient = AddPatient().patient_id();
  const v1::SoapChart locked = AddLocked(patient);
  ASSERT_OK(Add(locked, "first <script>"));
  clock_.Advance(absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const v1::SoapChart chart, Add(locked, "second"));
  EXPECT_THAT(chart, EqualsProto(Stored(locked)));
  ASSERT_EQ(chart.addenda_size(), 2);
  EXPECT_EQ(chart.addenda(0).text(), "first <script>");
  EXPECT_EQ(chart.addenda(1).text(), "second");
  EXPECT_EQ(chart.addenda(1).author_display_name(), "Dr Ødegård");
  EXPECT_EQ(chart.addenda(1).author_account_id(), practitioner_id_.ToString());
  EXPECT_EQ(chart.addenda(1).create_time().seconds(), absl::ToUnixSeconds(clock_.Now()));
  v1::SoapChart without = chart;
  without.clear_addenda();
  EXPECT_THAT(without, EqualsProto(locked));
  EXPECT_EQ(Audited("AddSoapChartAddendum"), patient + "|" + patient);

  // The patient's side knows nothing of it.
  Grant(patient);
  v1::ListMyTreatmentPlansRequest mine;
  mine.set_patient_id(patient);
  EXPECT_THAT(Result(plans_, &v1::TreatmentPlanService::Stub::ListMyTreatmentPlans, mine, holder_)
                  .value()
                  .SerializeAsString(),
              Not(HasSubstr("second")));
}

TEST_F(ChartHistoryTest, AnUnlockedChartAnEmptyWordAndAForeignChartAreRefused) {
  const std::string patient = AddPatient().patient_id();
  const v1::SoapChart open = AddChart(patient), locked = AddLocked(patient);
  const std::string before = Footprint();
  EXPECT_THAT(Add(open, "x"),
              testing::FailsWith(absl::StatusCode::kFailedPrecondition, "SOAP_CHART_NOT_LOCKED"));
  EXPECT_THAT(status::InvalidFieldsOf(Add(locked, " \n").status()), ElementsAre("text"));
  v1::SoapChart foreign = locked;
  foreign.set_soap_chart_id(patient);
  EXPECT_THAT(Add(foreign, "x"),
              testing::FailsWith(absl::StatusCode::kNotFound, "SOAP_CHART_NOT_FOUND"));
  EXPECT_EQ(Footprint(), before);
  EXPECT_EQ(Psql("SELECT count(*) FROM soap_chart_addenda"), "0");
}

TEST_F(ChartHistoryTest, NoMoreThanAHundredAddendaAlsoWhenTheyComeAtOnce) {
  const v1::SoapChart locked = AddLocked(AddPatient().patient_id());
  Psql(
      "INSERT INTO soap_chart_addenda SELECT gen_random_uuid(), clinic_id, soap_chart_id, 'x', "
      "practitioner_account_id, 'y', now() FROM soap_charts, generate_series(1, 98)");
  std::atomic<int> added = 0;
  std::vector<std::thread> authors;
  for (int i = 0; i < 4; ++i) authors.emplace_back([&] { added += Add(locked, "z").ok(); });
  for (std::thread& author : authors) author.join();
  EXPECT_EQ(added, 2);
  EXPECT_EQ(Psql("SELECT count(*) FROM soap_chart_addenda"), "100");
}

TEST_F(ChartHistoryTest, AMovedChartLeavesTheFirstPatientsHoldersAtOnceAndIsAuditedForBoth) {
  const std::string wrong = AddPatient().patient_id(), right = AddPatient("Ana").patient_id();
  Grant(wrong);
  const v1::SoapChart locked = AddLocked(wrong);
  EXPECT_EQ(PlansOfHolder(wrong), 1);
  clock_.Advance(absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const v1::SoapChart moved, Move(MoveRequest(locked, right)));
  EXPECT_THAT(moved, EqualsProto(Stored(locked)));
  v1::SoapChart expected = locked;
  expected.set_patient_id(right);
  expected.set_etag(moved.etag());
  *expected.mutable_update_time() = moved.update_time();
  v1::SoapChartMove& move = *expected.add_moves();
  move.set_from_patient_id(wrong);
  move.set_to_patient_id(right);
  move.set_reason("wrong <b>patient</b>'; --");
  move.set_mover_account_id(practitioner_id_.ToString());
  move.set_mover_display_name("Dr Ødegård");
  *move.mutable_move_time() = moved.update_time();
  EXPECT_THAT(moved, EqualsProto(expected));
  EXPECT_NE(moved.etag(), locked.etag());

  EXPECT_EQ(PlansOfHolder(wrong), 0);
  EXPECT_THAT(PlanOfHolder(locked),
              testing::FailsWith(absl::StatusCode::kNotFound, "TREATMENT_PLAN_NOT_FOUND"));
  Grant(right);
  EXPECT_EQ(PlansOfHolder(right), 1);
  EXPECT_EQ(Audited("MoveSoapChart"), wrong + "|" + right);
}

TEST_F(ChartHistoryTest, AChartIsNotMovedToNobodyToItselfAcrossClinicsOrFromAStaleVersion) {
  const std::string patient = AddPatient().patient_id(), other = AddPatient("Ana").patient_id();
  const v1::SoapChart chart = AddChart(patient);
  v1::CreatePatientRequest elsewhere = PatientRequest();
  elsewhere.set_clinic_id(other_clinic_.ToString());
  const std::string foreign =
      Result(patients_, &v1::PatientService::Stub::CreatePatient, elsewhere, stranger_)
          .value()
          .patient_id();
  const std::string merged = AddPatient().patient_id();
  ASSERT_OK(Merge(MergeRequest(patient, merged)));
  const std::string before = Footprint();
  EXPECT_THAT(Move(MoveRequest(chart, foreign)),
              testing::FailsWith(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND"));
  EXPECT_THAT(Move(MoveRequest(chart, merged)),
              testing::FailsWith(absl::StatusCode::kFailedPrecondition, "PATIENT_MERGED"));
  EXPECT_THAT(status::InvalidFieldsOf(Move(MoveRequest(chart, patient)).status()),
              ElementsAre("patient_id"));
  v1::MoveSoapChartRequest request = MoveRequest(chart, other);
  request.set_etag("77");
  EXPECT_THAT(Move(request), testing::FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  request = MoveRequest(chart, other);
  request.set_reason(" ");
  EXPECT_THAT(status::InvalidFieldsOf(Move(request).status()), ElementsAre("reason"));
  request = MoveRequest(chart, other);
  request.set_soap_chart_id(other);
  EXPECT_THAT(Move(request),
              testing::FailsWith(absl::StatusCode::kNotFound, "SOAP_CHART_NOT_FOUND"));
  EXPECT_EQ(Footprint(), before);
  EXPECT_EQ(Psql("SELECT count(*) FROM chart_moves"), "0");
}

TEST_F(ChartHistoryTest, OfTwoMovesAtOnceExactlyOneIsMade) {
  const std::string patient = AddPatient().patient_id(), a = AddPatient("A").patient_id(),
                    b = AddPatient("B").patient_id();
  for (int round = 0; round < 10; ++round) {
    const v1::SoapChart chart = AddChart(patient);
    std::atomic<int> made = 0;
    std::thread one([&] { made += Move(MoveRequest(chart, a)).ok(); });
    std::thread two([&] { made += Move(MoveRequest(chart, b)).ok(); });
    one.join();
    two.join();
    EXPECT_EQ(made, 1);
    EXPECT_EQ(Stored(chart).moves_size(), 1);
  }
}

TEST_F(ChartHistoryTest, AHiddenPlanDoesNotExistForHoldersAndIsMarkedForStaff) {
  const std::string patient = AddPatient().patient_id();
  Grant(patient);
  const v1::SoapChart locked = AddLocked(patient);
  const std::string revisions = Psql("SELECT count(*) FROM plan_revisions");
  ASSERT_OK_AND_ASSIGN(const v1::SoapChart hidden, Hide(locked, true));
  EXPECT_TRUE(hidden.plan_hidden_from_holders());
  EXPECT_THAT(hidden, EqualsProto(Stored(locked)));
  EXPECT_EQ(PlansOfHolder(patient), 0);
  EXPECT_THAT(PlanOfHolder(locked),
              testing::FailsWith(absl::StatusCode::kNotFound, "TREATMENT_PLAN_NOT_FOUND"));
  v1::ListTreatmentPlansRequest request;
  request.set_clinic_id(clinic_.ToString());
  request.set_patient_id(patient);
  ASSERT_OK_AND_ASSIGN(
      const auto page,
      Result(plans_, &v1::TreatmentPlanService::Stub::ListTreatmentPlans, request, front_desk_));
  ASSERT_EQ(page.treatment_plans_size(), 1);
  EXPECT_TRUE(page.treatment_plans(0).hidden_from_holders());
  EXPECT_EQ(Psql("SELECT count(*) FROM plan_revisions"), revisions);
  EXPECT_EQ(Audited("SetPlanVisibility"), patient);

  EXPECT_THAT(Hide(locked, false), testing::FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_EQ(PlansOfHolder(patient), 0);
  ASSERT_OK(Hide(hidden, false));
  EXPECT_EQ(PlansOfHolder(patient), 1);
  EXPECT_OK(PlanOfHolder(locked));
}

}  // namespace
}  // namespace portal::records
