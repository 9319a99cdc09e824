#include "services/records/storage/soap_chart_store.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "services/records/storage/records_fixture.h"

namespace portal::records {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::ThrowsMessage;

const auto kPatientNotFound = testing::FailsWith(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND");
const auto kChartNotFound = testing::FailsWith(absl::StatusCode::kNotFound, "SOAP_CHART_NOT_FOUND");
const auto kLocked = testing::FailsWith(absl::StatusCode::kFailedPrecondition, "SOAP_CHART_LOCKED");
const auto kEtagMismatch = testing::FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH");
const auto kKindUnknown =
    testing::FailsWith(absl::StatusCode::kInvalidArgument, "PLAN_SECTION_KIND_UNKNOWN");

const PlanSection kDiet = {"diet", "Diet", "greens; '); DROP TABLE plan_sections;--"};
const PlanSection kBlends = {"blends", "Blends", "{\"a\",NULL}\\\n<b>tea</b>"};
const std::vector<PlanSection> kNone;

class SoapChartStoreTest : public RecordsFixture {
 protected:
  SoapChartStoreTest() : patient_(AddPatient(clinic_)) {}

  std::vector<id::SoapChartId> Pages(int size) {
    std::vector<id::SoapChartId> ids;
    EncounterPosition after;
    while (true) {
      const auto page = charts_.List({}, clinic_, patient_.id, after, size).value();
      for (const SoapChart& chart : page) ids.push_back(chart.id);
      if (page.size() < size) return ids;
      after = {page.back().encounter_date, page.back().id};
    }
  }

  std::string Revisions() {
    return Psql("SELECT revision, encounter_date, signed, sections FROM plan_revisions ORDER BY 1");
  }

  const Patient patient_;
};

TEST_F(SoapChartStoreTest, EveryFieldComesBackAsWrittenWithSectionsInTheClinicsOrder) {
  const SoapChart chart = AddChart(patient_, {kBlends, kDiet});
  EXPECT_EQ(Stored(chart), chart);
  Psql("UPDATE plan_section_kinds SET position = 50, title = 'Food' WHERE kind_id = 'blends'");
  EXPECT_THAT(Stored(chart).plan_sections,
              ElementsAre(kDiet, PlanSection{"blends", "Food", kBlends.text}));
}

TEST_F(SoapChartStoreTest, AForeignOrUnknownPatientGetsNoChart) {
  Patient foreign = patient_;
  foreign.clinic_id = other_clinic_;
  EXPECT_THAT(Add(NewChart(foreign, {kDiet})), kPatientNotFound);
  foreign.clinic_id = clinic_;
  foreign.id = id::PatientId::New(clock_);
  EXPECT_THAT(Add(NewChart(foreign, {kDiet})), kPatientNotFound);
  EXPECT_EQ(Psql("SELECT count(*) FROM soap_charts"), "0");
  EXPECT_EQ(Psql("SELECT count(*) FROM plan_section_kinds"), "0");
}

TEST_F(SoapChartStoreTest, AForeignOrUnknownChartIsNotFound) {
  const SoapChart chart = AddChart(patient_);
  EXPECT_THAT(charts_.Get({}, other_clinic_, chart.id), kChartNotFound);
  EXPECT_THAT(charts_.Get({}, clinic_, id::SoapChartId::New(clock_)), kChartNotFound);
  SoapChart foreign = chart;
  foreign.clinic_id = other_clinic_;
  EXPECT_THAT(Change(foreign, EtagOf(1), {.subjective = "x"}), kChartNotFound);
  EXPECT_EQ(Stored(chart), chart);
  EXPECT_THAT(charts_.List({}, other_clinic_, patient_.id, {}, 10), kPatientNotFound);
  EXPECT_THAT(charts_.List({}, clinic_, id::PatientId::New(clock_), {}, 10), kPatientNotFound);
}

TEST_F(SoapChartStoreTest, AnEmptyListIsNoUnknownPatient) {
  ASSERT_OK_AND_ASSIGN(const auto charts, charts_.List({}, clinic_, patient_.id, {}, 10));
  EXPECT_THAT(charts, IsEmpty());
}

TEST_F(SoapChartStoreTest, PagesGiveTheNewestEncounterFirstAndEachChartOnce) {
  const absl::CivilDay day(2026, 2, 1);
  const SoapChart oldest = AddChart(patient_, {}, absl::CivilDay(1900, 1, 1));
  const SoapChart first = AddChart(patient_, {kDiet}, day);
  const SoapChart second = AddChart(patient_, {}, day);
  const SoapChart newest = AddChart(patient_, {kBlends}, day + 1);
  AddChart(AddPatient(clinic_), {kDiet}, day);
  for (int size : {1, 2, 3, 4, 5}) {
    EXPECT_THAT(Pages(size), ElementsAre(newest.id, second.id, first.id, oldest.id)) << size;
  }
}

TEST_F(SoapChartStoreTest, AChangeIsWrittenWhole) {
  const SoapChart chart = AddChart(patient_, {kDiet});
  clock_.Advance(absl::Minutes(1));
  const ChartChange change{.encounter_date = absl::CivilDay(2026, 2, 2),
                           .subjective = "s2",
                           .objective = "o2",
                           .assessment = "",
                           .plan_sections = {{kBlends}}};
  ASSERT_OK(Change(chart, EtagOf(1), change));
  EXPECT_EQ(Stored(chart), Changed(chart, change, clock_.Now()));
}

TEST_F(SoapChartStoreTest, AStaleEtagChangesNothing) {
  const SoapChart chart = AddChart(patient_, {kDiet});
  ASSERT_OK(Change(chart, EtagOf(1), {.subjective = "first"}));
  const SoapChart after = Stored(chart);
  EXPECT_THAT(Change(chart, EtagOf(1), {.subjective = "second", .plan_sections = kNone}),
              kEtagMismatch);
  EXPECT_EQ(Stored(chart), after);
  EXPECT_THAT(Lock(chart, EtagOf(1)), kEtagMismatch);
  EXPECT_EQ(Stored(chart), after);
}

TEST_F(SoapChartStoreTest, TheUpdateItselfRefusesAVersionThatIsNotStored) {
  const SoapChart chart = AddChart(patient_, {kDiet});
  SoapChart stale = chart;
  stale.version = 7;
  EXPECT_THAT(pool_.Transact([&](db::Transaction& transaction) {
    return charts_.Update(transaction, stale, Changed(stale, {.subjective = "x"}, clock_.Now()),
                          practitioner_);
  }),
              kEtagMismatch);
  EXPECT_EQ(Stored(chart), chart);
}

TEST_F(SoapChartStoreTest, AnUnknownKindIsRefusedByItsForeignKey) {
  const SoapChart chart = AddChart(patient_, {kDiet});
  EXPECT_THAT(Change(chart, EtagOf(1), {.plan_sections = {{{"rest", "Rest", "x"}}}}), kKindUnknown);
  EXPECT_EQ(Stored(chart), chart);
  EXPECT_THAT(Add(NewChart(patient_, {{"rest", "Rest", "x"}})), kKindUnknown);
  EXPECT_EQ(Psql("SELECT count(*) FROM soap_charts"), "1");
}

TEST_F(SoapChartStoreTest, BlankSectionsAreRefusedByTheDatabase) {
  const SoapChart chart = AddChart(patient_, {kDiet});
  for (const char* blank : {"", " ", "\n\t", "\u00A0", "\u3000\u2003", "\uFEFF\u200B"}) {
    EXPECT_THAT(Change(chart, EtagOf(1), {.plan_sections = {{{"blends", "", blank}}}}),
                testing::FailsWith(absl::StatusCode::kInternal, "INTERNAL"))
        << ::testing::PrintToString(blank);
  }
  EXPECT_EQ(Stored(chart), chart);
}

TEST_F(SoapChartStoreTest, ALockedChartIsNeverChangedAgain) {
  const SoapChart chart = AddChart(patient_, {kDiet});
  clock_.Advance(absl::Minutes(1));
  ASSERT_OK(Lock(chart, EtagOf(1)));
  const SoapChart locked = Stored(chart);
  EXPECT_EQ(locked, Locked(chart, clock_.Now()));
  EXPECT_THAT(Change(chart, EtagOf(2), {.subjective = "x"}), kLocked);
  EXPECT_THAT(Change(chart, EtagOf(1), {.subjective = "x"}), kLocked);
  EXPECT_THAT(Lock(chart, EtagOf(2)), kLocked);
  EXPECT_EQ(Stored(chart), locked);
}

TEST_F(SoapChartStoreTest, TheDatabaseKeepsALockedChartEvenFromADefectOfOurs) {
  const SoapChart chart = AddChart(patient_, {kDiet});
  ASSERT_OK(Lock(chart, EtagOf(1)));
  const SoapChart locked = Stored(chart);
  // Without CheckEditable, and with sections, which have no version of their own.
  EXPECT_THAT(pool_.Transact([&](db::Transaction& transaction) {
    return charts_.Update(transaction, locked,
                          Changed(locked, {.plan_sections = {{kBlends}}}, clock_.Now()),
                          practitioner_);
  }),
              kLocked);
  for (const char* sql : {"UPDATE soap_charts SET locked_at = NULL",
                          "UPDATE soap_charts SET subjective = ''", "DELETE FROM soap_charts",
                          "UPDATE plan_sections SET text = 'x'", "DELETE FROM plan_sections",
                          "INSERT INTO plan_sections SELECT clinic_id, soap_chart_id, 'blends', "
                          "'x' FROM soap_charts"}) {
    EXPECT_THAT([&] { Psql(sql); }, ThrowsMessage<std::runtime_error>(HasSubstr("do not change")))
        << sql;
  }
  EXPECT_EQ(Stored(chart), locked);
}

TEST_F(SoapChartStoreTest, TheAppRoleCannotGiveAChartAwayOrRewriteHistory) {
  AddChart(patient_, {kDiet});
  for (const char* sql : {"UPDATE soap_charts SET clinic_id = clinic_id", "DELETE FROM soap_charts",
                          "UPDATE chart_moves SET reason = reason", "DELETE FROM chart_moves",
                          "UPDATE plan_revisions SET signed = true", "DELETE FROM plan_revisions",
                          "UPDATE patients SET clinic_id = clinic_id", "DELETE FROM patients",
                          "DELETE FROM patient_search_terms", "DELETE FROM patient_name_words"}) {
    EXPECT_THAT([&] { testing::Psql(database_.app, sql); },
                ThrowsMessage<std::runtime_error>(HasSubstr("permission denied")))
        << sql;
  }
}

TEST_F(SoapChartStoreTest, SectionsCannotBelongToAnotherClinicsChart) {
  AddChart(patient_, {kDiet});
  AddChart(AddPatient(other_clinic_), {kDiet});
  EXPECT_THAT(
      [&] {
        Psql(absl::StrCat("INSERT INTO plan_sections SELECT '", other_clinic_.ToString(),
                          "', soap_chart_id, 'blends', 'x' FROM soap_charts WHERE clinic_id = '",
                          clinic_.ToString(), "'"));
      },
      ThrowsMessage<std::runtime_error>(HasSubstr("plan_sections_chart_fkey")));
}

TEST_F(SoapChartStoreTest, EveryChangeOfThePlanAndNoOtherLeavesARevision) {
  const SoapChart chart = AddChart(patient_);
  EXPECT_EQ(Revisions(), "");
  ASSERT_OK(Change(chart, EtagOf(1), {.encounter_date = absl::CivilDay(2026, 2, 1)}));
  EXPECT_EQ(Revisions(), "");  // there is no plan yet
  const PlanSection tea = {"blends", "Blends", "tea"}, rice = {"diet", "Diet", "rice"};
  ASSERT_OK(Change(chart, EtagOf(2), {.plan_sections = {{tea, rice}}}));
  ASSERT_OK(Change(chart, EtagOf(3), {.subjective = "x", .plan_sections = {{tea, rice}}}));
  ASSERT_OK(Change(chart, EtagOf(4), {.plan_sections = kNone}));
  ASSERT_OK(Change(chart, EtagOf(5), {.plan_sections = {{rice}}}));
  ASSERT_OK(Change(chart, EtagOf(6), {.encounter_date = absl::CivilDay(2026, 2, 2)}));
  ASSERT_OK(Lock(chart, EtagOf(7)));
  EXPECT_EQ(Revisions(),
            "3|2026-02-01|f|[{\"text\": \"tea\", \"title\": \"Blends\", \"kind_id\": \"blends\"}, "
            "{\"text\": \"rice\", \"title\": \"Diet\", \"kind_id\": \"diet\"}]\n"
            "5|2026-02-01|f|[]\n"
            "6|2026-02-01|f|[{\"text\": \"rice\", \"title\": \"Diet\", \"kind_id\": \"diet\"}]\n"
            "7|2026-02-02|f|[{\"text\": \"rice\", \"title\": \"Diet\", \"kind_id\": \"diet\"}]\n"
            "8|2026-02-02|t|[{\"text\": \"rice\", \"title\": \"Diet\", \"kind_id\": \"diet\"}]");
  EXPECT_EQ(Psql("SELECT DISTINCT changed_by_account_id FROM plan_revisions"),
            practitioner_.ToString());
}

TEST_F(SoapChartStoreTest, AChartThatBeginsWithAPlanLeavesItsFirstRevision) {
  AddChart(patient_, {{"diet", "Diet", "rice"}});
  EXPECT_EQ(Revisions(),
            "1|2026-03-01|f|[{\"text\": \"rice\", \"title\": \"Diet\", \"kind_id\": \"diet\"}]");
}

TEST_F(SoapChartStoreTest, OfChangesWithOneEtagExactlyOneWins) {
  const SoapChart chart = AddChart(patient_, {kDiet});
  constexpr int kRounds = 20, kWriters = 6;
  for (int round = 1; round <= kRounds; ++round) {
    std::atomic<int> won = 0;
    std::vector<std::thread> writers;
    for (int writer = 0; writer < kWriters; ++writer) {
      writers.emplace_back([&, writer] {
        const std::string text = absl::StrCat(round, "/", writer);
        const absl::Status status = Change(
            chart, EtagOf(round), {.subjective = text, .plan_sections = {{{"diet", "", text}}}});
        EXPECT_THAT(status, AnyOf(testing::IsOk(), kEtagMismatch));
        won += status.ok();
      });
    }
    for (std::thread& writer : writers) writer.join();
    EXPECT_EQ(won, 1);
    const SoapChart after = Stored(chart);
    EXPECT_EQ(after.version, round + 1);
    ASSERT_EQ(after.plan_sections.size(), 1);
    EXPECT_EQ(after.plan_sections[0].text, after.subjective);  // one writer's, whole
  }
  EXPECT_EQ(Psql("SELECT count(*) FROM plan_revisions"), absl::StrCat(kRounds + 1));
}

TEST_F(SoapChartStoreTest, NoChangeComesAfterALock) {
  for (int round = 0; round < 20; ++round) {
    const SoapChart chart = AddChart(patient_, {kDiet});
    absl::Status locked, changed;
    std::thread locker([&] { locked = Lock(chart, EtagOf(1)); });
    std::thread changer([&] {
      changed = Change(chart, EtagOf(1), {.subjective = "late", .plan_sections = {{kBlends}}});
    });
    locker.join();
    changer.join();
    const SoapChart after = Stored(chart);
    EXPECT_EQ(after.version, 2);
    if (locked.ok()) {
      EXPECT_THAT(changed, kLocked);
      EXPECT_TRUE(after.locked());
      EXPECT_EQ(after.subjective, chart.subjective);
      EXPECT_EQ(after.plan_sections, chart.plan_sections);
    } else {
      EXPECT_THAT(locked, kEtagMismatch);
      EXPECT_OK(changed);
      EXPECT_FALSE(after.locked());
      EXPECT_EQ(after.subjective, "late");
      EXPECT_THAT(after.plan_sections, ElementsAre(kBlends));
    }
  }
}

TEST_F(SoapChartStoreTest, AClinicsListIsTheStartingListUntilItHasItsOwn) {
  ASSERT_OK_AND_ASSIGN(const auto before, kinds_.List({}, clinic_));
  EXPECT_EQ(before, StartingPlanSectionKinds());
  EXPECT_EQ(Psql("SELECT count(*) FROM plan_section_kinds"), "0");  // looking writes nothing
  AddChart(patient_);
  ASSERT_OK_AND_ASSIGN(const auto after, kinds_.List({}, clinic_));
  EXPECT_EQ(after, StartingPlanSectionKinds());

  Psql("DELETE FROM plan_section_kinds WHERE kind_id = 'blends'");
  AddChart(patient_);
  EXPECT_THAT(Add(NewChart(patient_, {kBlends})), kKindUnknown);  // it does not come back
  ASSERT_OK_AND_ASSIGN(const auto own, kinds_.List({}, clinic_));
  EXPECT_EQ(own.size(), 10);
}

TEST_F(SoapChartStoreTest, ManyFirstChartsAtOnceMakeOneList) {
  for (int round = 0; round < 10; ++round) {
    const Patient patient = AddPatient(id::ClinicId::New(clock_));
    std::vector<std::thread> writers;
    for (int writer = 0; writer < 6; ++writer) {
      writers.emplace_back([&] { EXPECT_OK(Add(NewChart(patient, {kDiet}))); });
    }
    for (std::thread& writer : writers) writer.join();
    ASSERT_OK_AND_ASSIGN(const auto kinds, kinds_.List({}, patient.clinic_id));
    EXPECT_EQ(kinds, StartingPlanSectionKinds());
    ASSERT_OK_AND_ASSIGN(const auto charts,
                         charts_.List({}, patient.clinic_id, patient.id, {}, 10));
    EXPECT_EQ(charts.size(), 6);
  }
}

}  // namespace
}  // namespace portal::records
