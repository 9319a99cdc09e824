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
    std::vector<TreatmentPlan> plans;
    const std::vector<PlanView> views = plans_.List({}, patient_.id, {}, 100, holder_).value();
    for (const PlanView& view : views) plans.push_back(view.plan);
    EXPECT_EQ(plans_.ListAtClinic({}, clinic_, patient_.id, {}, 100).value(), plans);
    return plans;
  }

  absl::StatusOr<TreatmentPlan> Get(const id::PatientId& patient_id,
                                    const id::SoapChartId& plan_id) {
    ASSIGN_OR_RETURN(const TreatmentPlanStore::Seen seen,
                     plans_.Get({}, patient_id, plan_id, holder_));
    return seen.view.plan;
  }

  TreatmentPlanStore::Seen Look(const SoapChart& chart) {
    return plans_.Get({}, patient_.id, chart.id, holder_).value();
  }

  absl::StatusOr<bool> Mark(const id::PatientId& patient_id, const SoapChart& chart,
                            const id::AccountId& account_id, int64_t revision) {
    return pool_.Transact([&](db::Transaction& transaction) {
      return plans_.MarkSeen(transaction, patient_id, chart.id, account_id, revision, clock_.Now());
    });
  }
  absl::StatusOr<bool> MarkSeen(const SoapChart& chart, int64_t revision) {
    return Mark(patient_.id, chart, holder_, revision);
  }

  const Patient patient_;
  const id::AccountId holder_ = id::AccountId::New(clock_);
};

TEST_F(TreatmentPlanStoreTest, AppearsWithItsFirstSectionAndDisappearsWithItsLast) {
  const SoapChart chart = AddChart(patient_);
  EXPECT_THAT(Plans(), IsEmpty());
  EXPECT_THAT(Get(patient_.id, chart.id), kPlanNotFound);

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
  ASSERT_OK_AND_ASSIGN(const TreatmentPlan plan, Get(patient_.id, chart.id));
  EXPECT_EQ(plan, expected);

  ASSERT_OK(Change(chart, EtagOf(2), {.plan_sections = kNone}));
  EXPECT_THAT(Plans(), IsEmpty());
  EXPECT_THAT(Get(patient_.id, chart.id), kPlanNotFound);
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
      ASSERT_OK_AND_ASSIGN(const auto page, plans_.List({}, patient_.id, after, size, holder_));
      for (const PlanView& view : page) ids.push_back(view.plan.id);
      if (page.size() < size) break;
      after = {page.back().plan.encounter_date, page.back().plan.id};
    }
    EXPECT_THAT(ids, ElementsAre(newest.id, middle.id, oldest.id)) << size;
  }
}

TEST_F(TreatmentPlanStoreTest, PlansOfAnotherPatientOrClinicAreNotFound) {
  const SoapChart chart = AddChart(patient_, {kDiet});
  const Patient sibling = AddPatient(clinic_);
  EXPECT_THAT(Get(sibling.id, chart.id), kPlanNotFound);
  EXPECT_THAT(Get(patient_.id, id::SoapChartId::New(clock_)), kPlanNotFound);
  EXPECT_THAT(Get(id::PatientId::New(clock_), chart.id), kPatientNotFound);
  EXPECT_THAT(plans_.List({}, id::PatientId::New(clock_), {}, 10, holder_), kPatientNotFound);
  EXPECT_THAT(plans_.ListAtClinic({}, other_clinic_, patient_.id, {}, 10), kPatientNotFound);
  ASSERT_OK_AND_ASSIGN(const auto none, plans_.List({}, sibling.id, {}, 10, holder_));
  EXPECT_THAT(none, IsEmpty());
}

TEST_F(TreatmentPlanStoreTest, WhatAnAccountSawIsComparedWithWhatThereIs) {
  const SoapChart chart = AddChart(patient_, {kDiet});
  EXPECT_EQ(Look(chart).view.seen_revision, std::nullopt);
  EXPECT_FALSE(Look(chart).then.has_value());
  ASSERT_OK(MarkSeen(chart, Look(chart).view.revision));
  EXPECT_EQ(Look(chart).view.seen_revision, 1);
  EXPECT_FALSE(Look(chart).view.changed());

  ASSERT_OK(Change(chart, EtagOf(1), {.subjective = "not the plan"}));
  EXPECT_FALSE(Look(chart).view.changed());
  Psql("UPDATE plan_section_kinds SET title = 'Food' WHERE kind_id = 'diet'");
  ASSERT_OK(Change(chart, EtagOf(2), {.plan_sections = {{kBlends}}}));
  const TreatmentPlanStore::Seen seen = Look(chart);
  EXPECT_TRUE(seen.view.changed());
  ASSERT_TRUE(seen.then.has_value());
  EXPECT_EQ(seen.then->number, 1);
  EXPECT_EQ(seen.then->encounter_date, chart.encounter_date);
  EXPECT_FALSE(seen.then->is_signed);
  EXPECT_THAT(seen.then->sections, ElementsAre(kDiet));  // with the title of then

  // Another account's look is its own.
  const auto other = plans_.Get({}, patient_.id, chart.id, practitioner_).value();
  EXPECT_EQ(other.view.seen_revision, std::nullopt);
  ASSERT_OK_AND_ASSIGN(const auto list, plans_.List({}, patient_.id, {}, 10, holder_));
  EXPECT_EQ(list[0].revision, seen.view.revision);
  EXPECT_EQ(list[0].seen_revision, 1);
}

TEST_F(TreatmentPlanStoreTest, ALookNeverGoesBackAndNeedsAVisiblePlan) {
  const SoapChart chart = AddChart(patient_, {kDiet});
  ASSERT_OK(Change(chart, EtagOf(1), {.plan_sections = {{kBlends}}}));
  EXPECT_EQ(MarkSeen(chart, 1).value(), true);
  EXPECT_EQ(MarkSeen(chart, 2).value(), true);
  const std::string looked_at = Psql("SELECT looked_at FROM plan_looks");
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(MarkSeen(chart, 2).value(), false);
  EXPECT_EQ(MarkSeen(chart, 1).value(), false);
  EXPECT_EQ(Look(chart).view.seen_revision, 2);
  EXPECT_EQ(Psql("SELECT looked_at FROM plan_looks"), looked_at);

  const id::AccountId other = id::AccountId::New(clock_);
  const auto mark = [&](const id::PatientId& patient_id) {
    return Mark(patient_id, chart, other, 2);
  };
  EXPECT_THAT(mark(AddPatient(clinic_).id), kPlanNotFound);
  EXPECT_THAT(mark(id::PatientId::New(clock_)), kPatientNotFound);
  Psql("UPDATE soap_charts SET plan_hidden = true");
  EXPECT_THAT(mark(patient_.id), kPlanNotFound);
  EXPECT_EQ(Psql("SELECT count(*) FROM plan_looks"), "1");
}

TEST_F(TreatmentPlanStoreTest, RevisionsAreListedNewestFirstForTheirClinic) {
  const SoapChart chart = AddChart(patient_, {kDiet});
  ASSERT_OK(Change(chart, EtagOf(1), {.plan_sections = kNone}));
  ASSERT_OK(Change(chart, EtagOf(2), {.plan_sections = {{kBlends, kDiet}}}));
  ASSERT_OK(Lock(chart, EtagOf(3)));
  ASSERT_OK_AND_ASSIGN(const auto all, plans_.ListRevisions({}, clinic_, chart.id, 1000, 10));
  EXPECT_EQ(all.patient_id, patient_.id);
  ASSERT_EQ(all.revisions.size(), 4);
  EXPECT_EQ(all.revisions[0].number, 4);
  EXPECT_TRUE(all.revisions[0].is_signed);
  EXPECT_THAT(all.revisions[1].sections, ElementsAre(kBlends, kDiet));
  EXPECT_THAT(all.revisions[2].sections, IsEmpty());
  EXPECT_EQ(all.revisions[3].changed_by, practitioner_);
  ASSERT_OK_AND_ASSIGN(const auto page, plans_.ListRevisions({}, clinic_, chart.id, 3, 1));
  ASSERT_EQ(page.revisions.size(), 1);
  EXPECT_EQ(page.revisions[0].number, 2);
  EXPECT_THAT(plans_.ListRevisions({}, other_clinic_, chart.id, 1000, 10),
              testing::FailsWith(absl::StatusCode::kNotFound, "SOAP_CHART_NOT_FOUND"));
}

}  // namespace
}  // namespace portal::records
