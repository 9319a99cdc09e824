#include <string>
#include <vector>

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
  ASSERT_OK_AND_ASSIGN(const v1::TreatmentPlan plan,
                       Result(plans_, &Stub::GetMyTreatmentPlan,
                              MyGet(patient_id_, chart.soap_chart_id()), holder_));
  v1::TreatmentPlan expected;
  expected.set_treatment_plan_id(chart.soap_chart_id());
  expected.set_clinic_id(clinic_.ToString());
  expected.set_patient_id(patient_id_);
  expected.set_practitioner_display_name("Dr Ødegård");
  *expected.mutable_encounter_date() = chart.encounter_date();
  *expected.add_sections() = chart.plan_sections(0);
  *expected.mutable_update_time() = chart.create_time();
  EXPECT_THAT(plan, EqualsProto(expected));
  EXPECT_EQ(plan.sections(0).text(), "greens <b>'; --");

  const v1::ListMyTreatmentPlansResponse mine = MyPlans();
  ASSERT_EQ(mine.treatment_plans_size(), 1);
  EXPECT_THAT(mine.treatment_plans(0), EqualsProto(expected));
  EXPECT_THAT(plan.SerializeAsString() + mine.SerializeAsString(), Not(HasSubstr("CANARY")));
}

TEST_F(TreatmentPlanServiceTest, StaffSeeExactlyWhatTheHolderSees) {
  AddChart(patient_id_);
  AddChart(patient_id_);
  ASSERT_OK_AND_ASSIGN(const v1::ListTreatmentPlansResponse seen,
                       Result(plans_, &Stub::ListTreatmentPlans, StaffList(), front_desk_));
  EXPECT_EQ(seen.treatment_plans_size(), 2);
  EXPECT_EQ(seen.SerializeAsString(), MyPlans().SerializeAsString());
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

}  // namespace
}  // namespace portal::records
