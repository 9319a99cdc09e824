#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "libs/status/errors.h"
#include "services/records/rpc/records_service_fixture.h"

namespace portal::records {
namespace {

using ::testing::ElementsAre;
using Stub = v1::SoapChartService::Stub;

const auto kUnknown =
    testing::FailsWith(absl::StatusCode::kInvalidArgument, "PLAN_SECTION_KIND_UNKNOWN");
const auto kRetired =
    testing::FailsWith(absl::StatusCode::kFailedPrecondition, "PLAN_SECTION_KIND_RETIRED");
const auto kTooMany =
    testing::FailsWith(absl::StatusCode::kFailedPrecondition, "TOO_MANY_PLAN_SECTION_KINDS");

class PlanSectionKindServiceTest : public RecordsServiceFixture {
 protected:
  absl::StatusOr<v1::PlanSectionKind> Create(const std::string& title) {
    v1::CreatePlanSectionKindRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_title(title);
    request.set_request_id(RequestId());
    return Result(charts_, &Stub::CreatePlanSectionKind, request, owner_);
  }

  absl::StatusOr<v1::PlanSectionKind> Change(const std::string& kind_id, const std::string& title,
                                             int position) {
    v1::UpdatePlanSectionKindRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_plan_section_kind_id(kind_id);
    request.set_title(title);
    request.set_position(position);
    request.set_request_id(RequestId());
    return Result(charts_, &Stub::UpdatePlanSectionKind, request, owner_);
  }

  template <typename Request>
  Request Named(const std::string& kind_id) const {
    Request request;
    request.set_clinic_id(clinic_.ToString());
    request.set_plan_section_kind_id(kind_id);
    request.set_request_id(RequestId());
    return request;
  }

  absl::StatusOr<v1::PlanSectionKind> Retire(const std::string& kind_id) {
    return Result(charts_, &Stub::RetirePlanSectionKind,
                  Named<v1::RetirePlanSectionKindRequest>(kind_id), owner_);
  }

  absl::StatusOr<v1::PlanSectionKind> Restore(const std::string& kind_id) {
    return Result(charts_, &Stub::RestorePlanSectionKind,
                  Named<v1::RestorePlanSectionKindRequest>(kind_id), owner_);
  }

  std::vector<v1::PlanSectionKind> List() {
    v1::ListPlanSectionKindsRequest request;
    request.set_clinic_id(clinic_.ToString());
    const auto kinds = Result(charts_, &Stub::ListPlanSectionKinds, request, front_desk_).value();
    return {kinds.plan_section_kinds().begin(), kinds.plan_section_kinds().end()};
  }
};

TEST_F(PlanSectionKindServiceTest, ATitleThatWouldTakeMinutesToComposeIsRefusedAtOnce) {
  const absl::Time start = absl::Now();
  EXPECT_THAT(status::InvalidFieldsOf(Create(AccentsInDisorder()).status()), ElementsAre("title"));
  EXPECT_THAT(status::InvalidFieldsOf(Change("diet", AccentsInDisorder(), 1).status()),
              ElementsAre("title"));
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));  // under sanitizers
}

TEST_F(PlanSectionKindServiceTest, AClinicAddsItsOwnKindAndUsesIt) {
  ASSERT_OK_AND_ASSIGN(const v1::PlanSectionKind kind, Create(" Teas <b>'; -- "));
  EXPECT_EQ(kind.title(), "Teas <b>'; --");
  EXPECT_EQ(kind.position(), 12);
  EXPECT_FALSE(kind.retired());
  const std::vector<v1::PlanSectionKind> kinds = List();
  ASSERT_EQ(kinds.size(), 12);
  EXPECT_THAT(kinds.back(), EqualsProto(kind));
  v1::CreateSoapChartRequest request = ChartRequest(AddPatient().patient_id());
  AddSection(kind.plan_section_kind_id(), "mint", *request.mutable_soap_chart());
  ASSERT_OK_AND_ASSIGN(const v1::SoapChart chart,
                       Result(charts_, &Stub::CreateSoapChart, request, practitioner_));
  EXPECT_EQ(chart.plan_sections(0).title(), "Teas <b>'; --");
  EXPECT_EQ(Psql("SELECT action, outcome FROM audit_events "
                 "WHERE resource_kind = 'plan_section_kind'"),
            "records.CreatePlanSectionKind|OK");
}

TEST_F(PlanSectionKindServiceTest, ARenamedKindShowsInChartsAndRevisionsKeepTheTitleOfTheirTime) {
  const v1::SoapChart chart = AddChart(AddPatient().patient_id());
  ASSERT_OK_AND_ASSIGN(const v1::PlanSectionKind kind, Change("diet", "Food", 1));
  EXPECT_EQ(kind.position(), 1);
  EXPECT_EQ(List().front().title(), "Food");
  EXPECT_EQ(List()[1].plan_section_kind_id(), "products");
  EXPECT_EQ(Stored(chart).plan_sections(0).title(), "Food");
  EXPECT_EQ(Stored(chart).etag(), chart.etag());
  EXPECT_EQ(Psql("SELECT sections FROM plan_revisions"),
            R"([{"text": "greens", "title": "Diet", "kind_id": "diet"}])");
  ASSERT_OK_AND_ASSIGN(const v1::PlanSectionKind last, Change("diet", "Food", 50));
  EXPECT_EQ(last.position(), 11);
}

TEST_F(PlanSectionKindServiceTest, ASignedPlanKeepsItsTitlesAndTheirOrder) {
  const std::string patient = AddPatient().patient_id();
  v1::CreateSoapChartRequest request = ChartRequest(patient);
  request.mutable_soap_chart()->clear_plan_sections();
  AddSection("diet", "greens", *request.mutable_soap_chart());
  AddSection("products", "iron", *request.mutable_soap_chart());
  ASSERT_OK_AND_ASSIGN(const v1::SoapChart chart,
                       Result(charts_, &Stub::CreateSoapChart, request, practitioner_));
  ASSERT_OK(Lock(LockRequest(chart)));
  const auto shown = [&] {
    std::vector<std::string> sections;
    const v1::SoapChart stored = Stored(chart);
    for (const v1::PlanSection& section : stored.plan_sections()) {
      sections.push_back(absl::StrCat(section.title(), ": ", section.text()));
    }
    return sections;
  };
  const std::vector<std::string> signed_so = shown();
  ASSERT_EQ(signed_so.size(), 2);
  ASSERT_OK(Change("diet", "Food", 50));
  ASSERT_OK(Change("products", "Remedies", 1));
  EXPECT_EQ(shown(), signed_so);
  const std::string plan =
      "SELECT array_to_string(titles, ','), array_to_string(texts, ',') FROM treatment_plans";
  const std::string in_plan = Psql(plan);
  ASSERT_OK(Retire("diet"));
  EXPECT_EQ(shown(), signed_so);
  EXPECT_EQ(Psql(plan), in_plan);
  EXPECT_THAT(in_plan, ::testing::Not(::testing::HasSubstr("Food")));
}

TEST_F(PlanSectionKindServiceTest, ARetiredKindStaysWhereItIsUsedAndTakesNoNewText) {
  const std::string patient = AddPatient().patient_id();
  const v1::SoapChart chart = AddChart(patient);
  ASSERT_OK_AND_ASSIGN(const v1::PlanSectionKind kind, Retire("diet"));
  EXPECT_TRUE(kind.retired());
  EXPECT_TRUE(List()[3].retired());
  EXPECT_EQ(Stored(chart).plan_sections(0).text(), "greens");

  v1::CreateSoapChartRequest request = ChartRequest(patient);
  AddSection("diet", "new", *request.mutable_soap_chart());
  const std::string before = Footprint();
  EXPECT_THAT(Result(charts_, &Stub::CreateSoapChart, request, practitioner_), kRetired);
  v1::UpdateSoapChartRequest update = UpdateRequest(chart, {"plan_sections"});
  update.mutable_soap_chart()->mutable_plan_sections(0)->set_text("more greens");
  EXPECT_THAT(Update(update), kRetired);
  EXPECT_EQ(Footprint(), before);
  update = UpdateRequest(chart, {"plan_sections"});
  AddSection("blends", "tea", *update.mutable_soap_chart());
  EXPECT_OK(Update(update));

  ASSERT_OK_AND_ASSIGN(const v1::PlanSectionKind restored, Restore("diet"));
  EXPECT_FALSE(restored.retired());
  request.set_request_id(RequestId());
  EXPECT_OK(Result(charts_, &Stub::CreateSoapChart, request, practitioner_));
}

TEST_F(PlanSectionKindServiceTest, FiftyAreTheMostAlsoWhenTheyComeAtOnce) {
  for (int i = 0; i < 37; ++i) ASSERT_OK(Create(absl::StrCat("Kind ", i)));
  std::atomic<int> made = 0, refused = 0;
  std::vector<std::thread> owners;
  for (int i = 0; i < 4; ++i) {
    owners.emplace_back([&] {
      const absl::Status status = Create("Last").status();
      made += status.ok();
      refused += status::ReasonOf(status) == "TOO_MANY_PLAN_SECTION_KINDS";
    });
  }
  for (std::thread& owner : owners) owner.join();
  EXPECT_EQ(made, 2);
  EXPECT_EQ(refused, 2);
  EXPECT_EQ(List().size(), 50);
  ASSERT_OK(Retire("diet"));
  EXPECT_THAT(Create("One more"), kTooMany);
}

TEST_F(PlanSectionKindServiceTest, WhatTheClinicDoesNotHaveAndWhatIsNoTitleChangeNothing) {
  const std::string before = Footprint();
  EXPECT_THAT(Change("nonsense", "x", 1), kUnknown);
  EXPECT_THAT(Retire("nonsense"), kUnknown);
  EXPECT_THAT(Restore(""), kUnknown);
  EXPECT_THAT(status::InvalidFieldsOf(Create(" ").status()), ElementsAre("title"));
  EXPECT_THAT(status::InvalidFieldsOf(Change("diet", std::string(101, 'x'), 0).status()),
              ElementsAre("title", "position"));
  EXPECT_THAT(status::InvalidFieldsOf(Change("diet", "x", 51).status()), ElementsAre("position"));
  EXPECT_EQ(Footprint(), before);
  EXPECT_EQ(List().size(), 11);
  EXPECT_EQ(List()[3].title(), "Diet");
}

}  // namespace
}  // namespace portal::records
