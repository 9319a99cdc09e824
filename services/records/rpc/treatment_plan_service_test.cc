#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "libs/status/errors.h"
#include "services/records/rpc/records_service_fixture.h"

namespace portal::records {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Stub = v1::TreatmentPlanService::Stub;

const auto kPatientNotFound = testing::FailsWith(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND");
const auto kPlanNotFound =
    testing::FailsWith(absl::StatusCode::kNotFound, "TREATMENT_PLAN_NOT_FOUND");
const auto kPageTokenInvalid =
    testing::FailsWith(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
constexpr char kNobody[] = "0190163d-8694-739b-aea5-966c26f8ad91";

class TreatmentPlanServiceTest : public RecordsServiceFixture {
 protected:
  TreatmentPlanServiceTest() : patient_id_(AddPatient().patient_id()) { Grant(patient_id_); }

  static v1::ListMyTreatmentPlansRequest MyList(const std::string& patient_id) {
    v1::ListMyTreatmentPlansRequest request;
    request.set_patient_id(patient_id);
    return request;
  }

  static v1::GetMyTreatmentPlanRequest MyGet(const std::string& patient_id,
                                             const std::string& plan_id) {
    v1::GetMyTreatmentPlanRequest request;
    request.set_patient_id(patient_id);
    request.set_treatment_plan_id(plan_id);
    return request;
  }

  v1::ListTreatmentPlansRequest StaffList() const {
    v1::ListTreatmentPlansRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_patient_id(patient_id_);
    return request;
  }

  v1::ListMyTreatmentPlansResponse MyPlans() {
    return Result(plans_, &Stub::ListMyTreatmentPlans, MyList(patient_id_), holder_).value();
  }

  const std::string patient_id_;
};

TEST_F(TreatmentPlanServiceTest, AHolderSeesThePlanAndNoWordOfTheRest) {
  const v1::SoapChart chart = AddChart(patient_id_, "greens <b>'; --");
  ASSERT_OK_AND_ASSIGN(v1::TreatmentPlan plan,
                       Result(plans_, &Stub::GetMyTreatmentPlan,
                              MyGet(patient_id_, chart.soap_chart_id()), holder_));
  EXPECT_NE(plan.revision_token(), "");
  plan.clear_revision_token();
  v1::TreatmentPlan expected;
  expected.set_treatment_plan_id(chart.soap_chart_id());
  expected.set_clinic_id(clinic_.ToString());
  expected.set_patient_id(patient_id_);
  expected.set_practitioner_display_name("Dr Ødegård");
  *expected.mutable_encounter_date() = chart.encounter_date();
  *expected.add_sections() = chart.plan_sections(0);
  *expected.mutable_update_time() = chart.create_time();
  expected.set_new_to_you(true);
  EXPECT_THAT(plan, EqualsProto(expected));
  EXPECT_EQ(plan.sections(0).text(), "greens <b>'; --");

  v1::ListMyTreatmentPlansResponse mine = MyPlans();
  ASSERT_EQ(mine.treatment_plans_size(), 1);
  mine.mutable_treatment_plans(0)->clear_revision_token();
  EXPECT_THAT(mine.treatment_plans(0), EqualsProto(expected));
  EXPECT_THAT(plan.SerializeAsString() + mine.SerializeAsString(), Not(HasSubstr("CANARY")));
}

TEST_F(TreatmentPlanServiceTest, StaffSeeExactlyWhatTheHolderSees) {
  AddChart(patient_id_);
  AddChart(patient_id_);
  ASSERT_OK_AND_ASSIGN(const v1::ListTreatmentPlansResponse seen,
                       Result(plans_, &Stub::ListTreatmentPlans, StaffList(), front_desk_));
  EXPECT_EQ(seen.treatment_plans_size(), 2);
  v1::ListMyTreatmentPlansResponse mine = MyPlans();
  for (v1::TreatmentPlan& plan : *mine.mutable_treatment_plans()) {
    // Of the account, not of the plan.
    plan.clear_revision_token();
    plan.clear_new_to_you();
  }
  EXPECT_EQ(seen.SerializeAsString(), mine.SerializeAsString());
  EXPECT_THAT(seen.SerializeAsString(), Not(HasSubstr("CANARY")));
  v1::ListTreatmentPlansRequest foreign = StaffList();
  foreign.set_clinic_id(other_clinic_.ToString());
  EXPECT_THAT(Result(plans_, &Stub::ListTreatmentPlans, foreign, stranger_), kPatientNotFound);
}

TEST_F(TreatmentPlanServiceTest, APlanComesWithItsFirstSectionIsSignedByALockAndGoesWithItsLast) {
  const v1::SoapChart chart = AddChart(patient_id_, " \u00A0\n");
  EXPECT_EQ(MyPlans().treatment_plans_size(), 0);
  const auto get = MyGet(patient_id_, chart.soap_chart_id());
  EXPECT_THAT(Result(plans_, &Stub::GetMyTreatmentPlan, get, holder_), kPlanNotFound);

  v1::UpdateSoapChartRequest update = UpdateRequest(chart, {"plan_sections"});
  AddSection("diet", "greens", *update.mutable_soap_chart());
  ASSERT_OK_AND_ASSIGN(const v1::SoapChart with_plan, Update(update));
  EXPECT_EQ(MyPlans().treatment_plans_size(), 1);
  EXPECT_FALSE(MyPlans().treatment_plans(0).signed_());

  update = UpdateRequest(with_plan, {"plan_sections"});
  update.mutable_soap_chart()->mutable_plan_sections(0)->set_text("\u2003");
  ASSERT_OK_AND_ASSIGN(const v1::SoapChart emptied, Update(update));
  EXPECT_EQ(MyPlans().treatment_plans_size(), 0);
  EXPECT_THAT(Result(plans_, &Stub::GetMyTreatmentPlan, get, holder_), kPlanNotFound);

  update = UpdateRequest(emptied, {"plan_sections"});
  AddSection("diet", "greens again", *update.mutable_soap_chart());
  ASSERT_OK_AND_ASSIGN(const v1::SoapChart again, Update(update));
  ASSERT_OK(Lock(LockRequest(again)));
  ASSERT_OK_AND_ASSIGN(const v1::TreatmentPlan plan,
                       Result(plans_, &Stub::GetMyTreatmentPlan, get, holder_));
  EXPECT_TRUE(plan.signed_());
}

TEST_F(TreatmentPlanServiceTest, WithoutAGrantPatientsAndPlansLookLikeNoneByteForByte) {
  const std::string plan_id = AddChart(patient_id_).soap_chart_id();
  grants_.Revoke(holder_id_, id::PatientId::Parse("id", patient_id_).value());
  const auto list = [&](const std::string& patient_id) {
    return Bytes(plans_, &Stub::ListMyTreatmentPlans, MyList(patient_id), holder_);
  };
  const auto get = [&](const std::string& patient_id, const std::string& id) {
    return Bytes(plans_, &Stub::GetMyTreatmentPlan, MyGet(patient_id, id), holder_);
  };
  EXPECT_EQ(list(patient_id_), list(kNobody));
  EXPECT_EQ(get(patient_id_, plan_id), get(kNobody, plan_id));
  EXPECT_EQ(get(patient_id_, kNobody), get(kNobody, kNobody));
  EXPECT_THAT(Result(plans_, &Stub::GetMyTreatmentPlan, MyGet(patient_id_, kNobody), holder_),
              kPatientNotFound);
}

TEST_F(TreatmentPlanServiceTest, AGrantForOnePatientOpensNoOthersPlan) {
  const std::string sibling_id = AddPatient("Bo").patient_id();
  const std::string siblings_plan = AddChart(sibling_id).soap_chart_id();
  EXPECT_EQ(MyPlans().treatment_plans_size(), 0);
  const auto under_own_patient = MyGet(patient_id_, siblings_plan);
  EXPECT_THAT(Result(plans_, &Stub::GetMyTreatmentPlan, under_own_patient, holder_), kPlanNotFound);
  EXPECT_EQ(Bytes(plans_, &Stub::GetMyTreatmentPlan, under_own_patient, holder_),
            Bytes(plans_, &Stub::GetMyTreatmentPlan, MyGet(patient_id_, kNobody), holder_));
}

TEST_F(TreatmentPlanServiceTest, WhileGrantsCannotBeCheckedNothingIsShown) {
  AddChart(patient_id_);
  grants_.Fail(status::DependencyUnavailable("access_code"));
  EXPECT_THAT(Result(plans_, &Stub::ListMyTreatmentPlans, MyList(patient_id_), holder_),
              testing::FailsWith(absl::StatusCode::kUnavailable, "DEPENDENCY_UNAVAILABLE"));
}

TEST_F(TreatmentPlanServiceTest, PagesGoOnWhereTheyEndedAndTokensServeTheirQueryOnly) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(AddChart(patient_id_).soap_chart_id());
  v1::ListMyTreatmentPlansRequest request = MyList(patient_id_);
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto first,
                       Result(plans_, &Stub::ListMyTreatmentPlans, request, holder_));
  EXPECT_EQ(first.treatment_plans(0).treatment_plan_id(), ids[2]);
  EXPECT_EQ(first.treatment_plans(1).treatment_plan_id(), ids[1]);
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto last,
                       Result(plans_, &Stub::ListMyTreatmentPlans, request, holder_));
  ASSERT_EQ(last.treatment_plans_size(), 1);
  EXPECT_EQ(last.treatment_plans(0).treatment_plan_id(), ids[0]);
  EXPECT_EQ(last.next_page_token(), "");

  const std::string sibling_id = AddPatient("Bo").patient_id();
  Grant(sibling_id);
  request.set_patient_id(sibling_id);
  EXPECT_THAT(Result(plans_, &Stub::ListMyTreatmentPlans, request, holder_), kPageTokenInvalid);
  v1::ListTreatmentPlansRequest staff = StaffList();
  staff.set_page_token(first.next_page_token());
  EXPECT_THAT(Result(plans_, &Stub::ListTreatmentPlans, staff, front_desk_), kPageTokenInvalid);
  for (int size : {-1, 51}) {
    request = MyList(patient_id_);
    request.set_page_size(size);
    EXPECT_THAT(Result(plans_, &Stub::ListMyTreatmentPlans, request, holder_),
                testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
  }
}

TEST_F(TreatmentPlanServiceTest, ReadsAreAuditedUnderThePatientRefusalsToo) {
  AddChart(patient_id_);
  MyPlans();
  EXPECT_THAT(Result(plans_, &Stub::ListMyTreatmentPlans, MyList(kNobody), holder_),
              kPatientNotFound);
  EXPECT_EQ(Psql("SELECT patient_id, outcome FROM audit_events "
                 "WHERE action = 'records.ListMyTreatmentPlans' ORDER BY event_id"),
            patient_id_ + "|OK\n" + kNobody + "|PATIENT_NOT_FOUND");
}

class ChangedPlanTest : public TreatmentPlanServiceTest {
 protected:
  v1::TreatmentPlan MyPlan(const std::string& passport) {
    return Result(plans_, &Stub::GetMyTreatmentPlan, MyGet(patient_id_, chart_.soap_chart_id()),
                  passport)
        .value();
  }

  absl::Status MarkSeen(const std::string& token, const std::string& passport) {
    v1::MarkTreatmentPlanSeenRequest request;
    request.set_patient_id(patient_id_);
    request.set_treatment_plan_id(chart_.soap_chart_id());
    request.set_revision_token(token);
    return Result(plans_, &Stub::MarkTreatmentPlanSeen, request, passport).status();
  }

  void Write(const std::vector<std::pair<std::string, std::string>>& sections) {
    v1::UpdateSoapChartRequest update = UpdateRequest(chart_, {"plan_sections"});
    update.mutable_soap_chart()->clear_plan_sections();
    for (const auto& [kind, text] : sections) {
      AddSection(kind, text, *update.mutable_soap_chart());
    }
    chart_ = Update(update).value();
  }

  void SetHidden(bool hidden) {
    v1::SetPlanVisibilityRequest request;
    request.set_clinic_id(chart_.clinic_id());
    request.set_soap_chart_id(chart_.soap_chart_id());
    request.set_hidden_from_holders(hidden);
    request.set_etag(chart_.etag());
    request.set_request_id(RequestId());
    chart_ = Result(charts_, &v1::SoapChartService::Stub::SetPlanVisibility, request, practitioner_)
                 .value();
  }

  absl::StatusOr<v1::ExplainTreatmentPlanAccessResponse> Explain(const std::string& patient_id,
                                                                 const std::string& passport) {
    v1::ExplainTreatmentPlanAccessRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_patient_id(patient_id);
    request.set_soap_chart_id(chart_.soap_chart_id());
    return Result(plans_, &Stub::ExplainTreatmentPlanAccess, request, passport);
  }
  v1::ExplainTreatmentPlanAccessResponse Explained() {
    return Explain(patient_id_, front_desk_).value();
  }

  // Whom the chart is about from then on.
  void Move(const std::string& patient_id) {
    v1::MoveSoapChartRequest request;
    request.set_clinic_id(chart_.clinic_id());
    request.set_soap_chart_id(chart_.soap_chart_id());
    request.set_patient_id(patient_id);
    request.set_etag(chart_.etag());
    request.set_reason("CANARY-REASON");
    request.set_request_id(RequestId());
    chart_ =
        Result(charts_, &v1::SoapChartService::Stub::MoveSoapChart, request, practitioner_).value();
  }

  // An hour later than whatever was before.
  int64_t NextHour() {
    clock_.Advance(absl::Hours(1));
    return absl::ToUnixSeconds(clock_.Now());
  }

  v1::SoapChart chart_ = AddChart(patient_id_);
};

TEST_F(ChangedPlanTest, APlanIsExplainedAsShownSinceItCameIntoView) {
  const int64_t first = absl::ToUnixSeconds(clock_.Now());
  v1::ExplainTreatmentPlanAccessResponse access = Explained();
  EXPECT_EQ(access.reason(), v1::PLAN_ACCESS_REASON_SHOWN);
  EXPECT_EQ(access.shown_since().seconds(), first);
  EXPECT_FALSE(access.signed_());
  EXPECT_FALSE(access.has_visibility_change());
  EXPECT_FALSE(access.has_move_time());
  EXPECT_EQ(access.patient_id(), patient_id_);

  NextHour();
  Write({{"diet", "more greens"}});
  ASSERT_OK_AND_ASSIGN(chart_, Lock(LockRequest(chart_)));
  EXPECT_EQ(Explained().shown_since().seconds(), first);
  EXPECT_TRUE(Explained().signed_());
}

TEST_F(ChangedPlanTest, APlanIsExplainedAsAbsentWhileNoSectionHasText) {
  NextHour();
  Write({});
  EXPECT_EQ(Explained().reason(), v1::PLAN_ACCESS_REASON_NO_PLAN);
  EXPECT_FALSE(Explained().has_shown_since());
  SetHidden(true);
  EXPECT_EQ(Explained().reason(), v1::PLAN_ACCESS_REASON_NO_PLAN);
  SetHidden(false);
  const int64_t again = NextHour();
  Write({{"diet", "greens"}});
  EXPECT_EQ(Explained().reason(), v1::PLAN_ACCESS_REASON_SHOWN);
  EXPECT_EQ(Explained().shown_since().seconds(), again);
}

TEST_F(ChangedPlanTest, AHiddenPlanIsExplainedByWhoHidItAndWhen) {
  const int64_t hidden = NextHour();
  SetHidden(true);
  NextHour();
  SetHidden(true);  // changes nothing
  v1::ExplainTreatmentPlanAccessResponse access = Explained();
  EXPECT_EQ(access.reason(), v1::PLAN_ACCESS_REASON_HIDDEN);
  EXPECT_FALSE(access.has_shown_since());
  EXPECT_TRUE(access.visibility_change().hidden_from_holders());
  EXPECT_EQ(access.visibility_change().changer_account_id(), practitioner_id_.ToString());
  EXPECT_EQ(access.visibility_change().changer_display_name(), "Dr Ødegård");
  EXPECT_EQ(access.visibility_change().change_time().seconds(), hidden);

  const int64_t shown = NextHour();
  SetHidden(false);
  access = Explained();
  EXPECT_EQ(access.reason(), v1::PLAN_ACCESS_REASON_SHOWN);
  EXPECT_EQ(access.shown_since().seconds(), shown);
  EXPECT_FALSE(access.visibility_change().hidden_from_holders());
}

TEST_F(ChangedPlanTest, WhatIsNotOnRecordAboutAPlanIsNotSaid) {
  // A chart from before changes were recorded.
  Psql("UPDATE soap_charts SET plan_visibility_recorded = false");
  EXPECT_EQ(Explained().reason(), v1::PLAN_ACCESS_REASON_SHOWN);
  EXPECT_FALSE(Explained().has_shown_since());
  EXPECT_FALSE(Explained().has_visibility_change());
  NextHour();
  SetHidden(true);
  const int64_t shown = NextHour();
  SetHidden(false);
  EXPECT_EQ(Explained().shown_since().seconds(), shown);
  EXPECT_TRUE(Explained().has_visibility_change());
  // Changed by a program that does not record it.
  Psql("UPDATE soap_charts SET plan_hidden = true");
  EXPECT_EQ(Explained().reason(), v1::PLAN_ACCESS_REASON_HIDDEN);
  EXPECT_FALSE(Explained().has_visibility_change());
}

TEST_F(ChangedPlanTest, AChartThatWasMovedIsExplainedAtBothPatients) {
  const std::string other = AddPatient("Other").patient_id();
  const int64_t moved = NextHour();
  Move(other);
  ASSERT_OK_AND_ASSIGN(v1::ExplainTreatmentPlanAccessResponse there, Explain(other, front_desk_));
  EXPECT_EQ(there.reason(), v1::PLAN_ACCESS_REASON_SHOWN);
  EXPECT_EQ(there.shown_since().seconds(), moved);
  v1::ExplainTreatmentPlanAccessResponse here = Explained();
  EXPECT_EQ(here.reason(), v1::PLAN_ACCESS_REASON_MOVED_AWAY);
  EXPECT_FALSE(here.has_shown_since());
  EXPECT_EQ(here.patient_id(), other);
  EXPECT_EQ(here.move_time().seconds(), moved);
  EXPECT_THAT(here.SerializeAsString() + there.SerializeAsString(), Not(HasSubstr("CANARY")));

  const std::string third = AddPatient("Third").patient_id();
  NextHour();
  ASSERT_OK(Merge(MergeRequest(third, other)));
  EXPECT_EQ(Explained().patient_id(), third);
  EXPECT_EQ(Explained().move_time().seconds(), moved);
  EXPECT_EQ(Explain(other, owner_)->reason(), v1::PLAN_ACCESS_REASON_MOVED_AWAY);
  EXPECT_EQ(Explain(third, owner_)->reason(), v1::PLAN_ACCESS_REASON_SHOWN);
}

TEST_F(ChangedPlanTest, AccessIsExplainedToStaffOfTheClinicAndAudited) {
  ASSERT_OK(Explain(patient_id_, front_desk_));
  EXPECT_EQ(Psql("SELECT actor_kind, patient_id, outcome FROM audit_events "
                 "WHERE action = 'records.ExplainTreatmentPlanAccess'"),
            absl::StrCat("staff|", patient_id_, "|OK"));
  const auto no_chart = testing::FailsWith(absl::StatusCode::kNotFound, "SOAP_CHART_NOT_FOUND");
  EXPECT_THAT(Explain(AddPatient("Never").patient_id(), front_desk_), no_chart);
  EXPECT_THAT(Explain(kNobody, front_desk_), kPatientNotFound);
  EXPECT_THAT(Explain(patient_id_, stranger_),
              testing::FailsWith(absl::StatusCode::kPermissionDenied, "NOT_STAFF_OF_CLINIC"));
  EXPECT_THAT(Explain(patient_id_, holder_),
              testing::FailsWith(absl::StatusCode::kPermissionDenied, "NOT_STAFF_OF_CLINIC"));
  v1::ExplainTreatmentPlanAccessRequest foreign;
  foreign.set_clinic_id(other_clinic_.ToString());
  foreign.set_patient_id(patient_id_);
  foreign.set_soap_chart_id(chart_.soap_chart_id());
  EXPECT_THAT(Result(plans_, &Stub::ExplainTreatmentPlanAccess, foreign, stranger_),
              kPatientNotFound);
}

TEST_F(ChangedPlanTest, TheDifferenceIsAgainstWhatThisAccountHasSeen) {
  v1::TreatmentPlan plan = MyPlan(holder_);
  EXPECT_TRUE(plan.new_to_you());
  EXPECT_FALSE(plan.changed_since_last_look());
  ASSERT_OK(MarkSeen(plan.revision_token(), holder_));
  plan = MyPlan(holder_);
  EXPECT_FALSE(plan.new_to_you());
  EXPECT_FALSE(plan.changed_since_last_look());
  EXPECT_FALSE(plan.has_changes());

  Write({{"diet", "more <b>greens</b>"}, {"blends", "tea"}});
  ASSERT_OK(Lock(LockRequest(chart_)));
  plan = MyPlan(holder_);
  EXPECT_TRUE(plan.changed_since_last_look());
  EXPECT_TRUE(plan.changes().newly_signed());
  EXPECT_FALSE(plan.changes().has_previous_encounter_date());
  ASSERT_EQ(plan.changes().sections_size(), 2);
  const v1::PlanSectionChange& added = plan.changes().sections(0);
  EXPECT_EQ(added.kind(), v1::PLAN_SECTION_CHANGE_KIND_ADDED);
  EXPECT_EQ(added.title(), "Blends");
  EXPECT_EQ(added.new_text(), "tea");
  const v1::PlanSectionChange& changed = plan.changes().sections(1);
  EXPECT_EQ(changed.kind(), v1::PLAN_SECTION_CHANGE_KIND_CHANGED);
  EXPECT_EQ(changed.old_text(), "greens");
  EXPECT_EQ(changed.new_text(), "more <b>greens</b>");
  EXPECT_TRUE(MyPlans().treatment_plans(0).changed_since_last_look());
  EXPECT_FALSE(MyPlans().treatment_plans(0).has_changes());

  ASSERT_OK(MarkSeen(MyPlans().treatment_plans(0).revision_token(), holder_));
  EXPECT_FALSE(MyPlan(holder_).changed_since_last_look());
}

TEST_F(ChangedPlanTest, WhatAnAccountMarksAsSeenIsAuditedOnce) {
  const std::string token = MyPlan(holder_).revision_token();
  const std::string trail =
      "SELECT actor_kind, actor_id, patient_id, resource_kind, resource_id, outcome FROM "
      "audit_events "
      "WHERE action = 'records.MarkTreatmentPlanSeen' ORDER BY event_id";
  ASSERT_OK(MarkSeen(token, holder_));
  const std::string once = absl::StrCat("account|", holder_id_.ToString(), "|", patient_id_,
                                        "|treatment_plan|", chart_.soap_chart_id(), "|OK");
  EXPECT_EQ(Psql(trail), once);
  ASSERT_OK(MarkSeen(token, holder_));
  EXPECT_EQ(Psql(trail), once);
  SetHidden(true);
  EXPECT_THAT(MarkSeen(token, holder_), kPlanNotFound);
  EXPECT_EQ(Psql(trail), absl::StrCat(once, "\naccount|", holder_id_.ToString(), "|", patient_id_,
                                      "|||TREATMENT_PLAN_NOT_FOUND"));
}

TEST_F(ChangedPlanTest, WhatCameAndWentWhileThePlanWasHiddenIsNeverShown) {
  ASSERT_OK(MarkSeen(MyPlan(holder_).revision_token(), holder_));
  SetHidden(true);
  Write({{"diet", "greens"}, {"blends", "SECRET-1"}});
  Write({{"diet", "SECRET-2"}});
  EXPECT_EQ(MyPlans().treatment_plans_size(), 0);
  Write({{"diet", "greens"}, {"products", "iron"}});
  SetHidden(false);
  const v1::TreatmentPlan plan = MyPlan(holder_);
  ASSERT_EQ(plan.changes().sections_size(), 1);
  EXPECT_EQ(plan.changes().sections(0).new_text(), "iron");
  EXPECT_THAT(plan.SerializeAsString(), Not(HasSubstr("SECRET")));
}

TEST_F(ChangedPlanTest, ATokenIsGoodForItsAccountAndPlanOnly) {
  const id::AccountId other = id::AccountId::New(clock_);
  grants_.Grant(other, id::PatientId::Parse("id", patient_id_).value());
  const std::string others = harness_.Passport(other);
  const std::string token = MyPlan(holder_).revision_token();
  const auto invalid = testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD");
  EXPECT_THAT(MarkSeen(token, others), invalid);
  EXPECT_THAT(MarkSeen(token + "A", holder_), invalid);
  EXPECT_THAT(MarkSeen("", holder_), invalid);
  EXPECT_THAT(MarkSeen("1", holder_), invalid);
  chart_ = AddChart(patient_id_);
  EXPECT_THAT(MarkSeen(token, holder_), invalid);
  EXPECT_EQ(Psql("SELECT count(*) FROM plan_looks"), "0");
  grants_.Revoke(holder_id_, id::PatientId::Parse("id", patient_id_).value());
  EXPECT_THAT(MarkSeen(token, holder_), kPatientNotFound);
}

TEST_F(ChangedPlanTest, StaffListEveryRevisionPageByPageAndAudited) {
  Write({{"diet", "more greens"}});
  Write({});
  v1::ListPlanRevisionsRequest request;
  request.set_clinic_id(clinic_.ToString());
  request.set_soap_chart_id(chart_.soap_chart_id());
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto first,
                       Result(plans_, &Stub::ListPlanRevisions, request, front_desk_));
  ASSERT_EQ(first.plan_revisions_size(), 2);
  EXPECT_EQ(first.plan_revisions(0).sections_size(), 0);
  EXPECT_EQ(first.plan_revisions(1).sections(0).text(), "more greens");
  EXPECT_EQ(first.plan_revisions(1).changer_account_id(), practitioner_id_.ToString());
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto last,
                       Result(plans_, &Stub::ListPlanRevisions, request, front_desk_));
  ASSERT_EQ(last.plan_revisions_size(), 1);
  EXPECT_EQ(last.plan_revisions(0).sections(0).text(), "greens");
  EXPECT_EQ(last.next_page_token(), "");
  EXPECT_EQ(Psql("SELECT DISTINCT patient_id FROM audit_events "
                 "WHERE action = 'records.ListPlanRevisions'"),
            patient_id_);
  request.clear_page_token();
  request.set_clinic_id(other_clinic_.ToString());
  EXPECT_THAT(Result(plans_, &Stub::ListPlanRevisions, request, stranger_),
              testing::FailsWith(absl::StatusCode::kNotFound, "SOAP_CHART_NOT_FOUND"));
}

}  // namespace
}  // namespace portal::records
