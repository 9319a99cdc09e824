#include "services/records/storage/treatment_plan_store.h"

#include <vector>

#include "gmock/gmock.h"
#include "services/records/storage/records_fixture.h"

namespace portal::records {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const auto kPatientNotFound = testing::FailsWith(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND");
const auto kPlanNotFound =
    testing::FailsWith(absl::StatusCode::kNotFound, "TREATMENT_PLAN_NOT_FOUND");

const PlanSection kDiet = {"diet", "Diet", "greens"};
const PlanSection kBlends = {"blends", "Blends", "tea"};
const std::vector<PlanSection> kNone;

class TreatmentPlanStoreTest : public RecordsFixture {
 protected:
  TreatmentPlanStoreTest() : patient_(AddPatient(clinic_)) {}

  // What the account holders see; staff must see exactly the same.
  std::vector<TreatmentPlan> Plans() {
    std::vector<TreatmentPlan> plans = plans_.List({}, patient_.id, {}, 100).value();
    EXPECT_EQ(plans_.ListAtClinic({}, clinic_, patient_.id, {}, 100).value(), plans);
    return plans;
  }

  const Patient patient_;
};

TEST_F(TreatmentPlanStoreTest, AppearsWithItsFirstSectionAndDisappearsWithItsLast) {
  const SoapChart chart = AddChart(patient_);
  EXPECT_THAT(Plans(), IsEmpty());
  EXPECT_THAT(plans_.Get({}, patient_.id, chart.id), kPlanNotFound);

  clock_.Advance(absl::Minutes(1));
  ASSERT_OK(Change(chart, EtagOf(1), {.plan_sections = {{kBlends, kDiet}}}));
  const TreatmentPlan expected{.id = chart.id,
                               .clinic_id = clinic_,
                               .patient_id = patient_.id,
                               .practitioner_display_name = "Dr Ødegård",
                               .encounter_date = chart.encounter_date,
                               .sections = {kBlends, kDiet},
                               .is_signed = false,
                               .updated_at = clock_.Now()};
  EXPECT_THAT(Plans(), ElementsAre(expected));
  ASSERT_OK_AND_ASSIGN(const TreatmentPlan plan, plans_.Get({}, patient_.id, chart.id));
  EXPECT_EQ(plan, expected);

  ASSERT_OK(Change(chart, EtagOf(2), {.plan_sections = kNone}));
  EXPECT_THAT(Plans(), IsEmpty());
  EXPECT_THAT(plans_.Get({}, patient_.id, chart.id), kPlanNotFound);
}

TEST_F(TreatmentPlanStoreTest, ALockSignsThePlanAndMovesItsTime) {
  const SoapChart chart = AddChart(patient_, {kDiet});
  clock_.Advance(absl::Minutes(1));
  ASSERT_OK(Change(chart, EtagOf(1), {.subjective = "more"}));
  EXPECT_EQ(Plans()[0].updated_at, chart.created_at);
  ASSERT_OK(Lock(chart, EtagOf(2)));
  EXPECT_TRUE(Plans()[0].is_signed);
  EXPECT_EQ(Plans()[0].updated_at, clock_.Now());
}

TEST_F(TreatmentPlanStoreTest, PagesSkipChartsWithoutAPlan) {
  const absl::CivilDay day(2026, 2, 1);
  const SoapChart oldest = AddChart(patient_, {kDiet}, day);
  AddChart(patient_, {}, day);
  const SoapChart middle = AddChart(patient_, {kDiet}, day);
  AddChart(patient_, {}, day + 1);
  const SoapChart newest = AddChart(patient_, {kDiet}, day + 1);
  AddChart(AddPatient(clinic_), {kDiet}, day);
  for (int size : {1, 2, 3, 4}) {
    std::vector<id::SoapChartId> ids;
    EncounterPosition after;
    while (true) {
      ASSERT_OK_AND_ASSIGN(const auto page, plans_.List({}, patient_.id, after, size));
      for (const TreatmentPlan& plan : page) ids.push_back(plan.id);
      if (page.size() < size) break;
      after = {page.back().encounter_date, page.back().id};
    }
    EXPECT_THAT(ids, ElementsAre(newest.id, middle.id, oldest.id)) << size;
  }
}

TEST_F(TreatmentPlanStoreTest, PlansOfAnotherPatientOrClinicAreNotFound) {
  const SoapChart chart = AddChart(patient_, {kDiet});
  const Patient sibling = AddPatient(clinic_);
  EXPECT_THAT(plans_.Get({}, sibling.id, chart.id), kPlanNotFound);
  EXPECT_THAT(plans_.Get({}, patient_.id, id::SoapChartId::New(clock_)), kPlanNotFound);
  EXPECT_THAT(plans_.Get({}, id::PatientId::New(clock_), chart.id), kPatientNotFound);
  EXPECT_THAT(plans_.List({}, id::PatientId::New(clock_), {}, 10), kPatientNotFound);
  EXPECT_THAT(plans_.ListAtClinic({}, other_clinic_, patient_.id, {}, 10), kPatientNotFound);
  ASSERT_OK_AND_ASSIGN(const auto none, plans_.List({}, sibling.id, {}, 10));
  EXPECT_THAT(none, IsEmpty());
}

}  // namespace
}  // namespace portal::records
