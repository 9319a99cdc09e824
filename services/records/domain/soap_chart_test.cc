#include "services/records/domain/soap_chart.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/records/domain/limits.h"
#include "services/records/domain/version.h"

namespace portal::records {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::CivilDay kToday(2026, 3, 2);
const absl::Time kBefore = absl::FromUnixSeconds(1'772'000'000);
const absl::Time kNow = kBefore + absl::Hours(1);

SoapChart Chart() {
  SoapChart chart;
  chart.practitioner_display_name = "Dr Ødegård";
  chart.encounter_date = kToday;
  chart.subjective = "s";
  chart.objective = "o";
  chart.assessment = "a";
  chart.plan_sections = {{"diet", "Diet", "greens"}};
  chart.version = 9;
  chart.created_at = chart.updated_at = chart.plan_updated_at = kBefore;
  return chart;
}

std::vector<std::string> InvalidFields(const ChartChange& change) {
  status::FieldViolations violations;
  CheckChange(change, kToday, violations);
  return status::InvalidFieldsOf(violations.ToStatus());
}

std::string Repeated(absl::string_view character, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text.append(character.data(), character.size());
  return text;
}

TEST(AddendumTest, BelongsToALockedChartWithRoomForIt) {
  SoapChart chart;
  EXPECT_THAT(CheckTakesAddendum(chart),
              testing::FailsWith(absl::StatusCode::kFailedPrecondition, "SOAP_CHART_NOT_LOCKED"));
  chart.locked_at = absl::UnixEpoch();
  chart.addenda.resize(kMaxAddenda - 1);
  EXPECT_OK(CheckTakesAddendum(chart));
  chart.addenda.emplace_back();
  EXPECT_THAT(CheckTakesAddendum(chart),
              testing::FailsWith(absl::StatusCode::kFailedPrecondition, "TOO_MANY_ADDENDA"));
}

TEST(AddendumTest, SaysSomethingWithinItsLimit) {
  const auto valid = [](void (*check)(absl::string_view, status::FieldViolations&),
                        const std::string& text) {
    status::FieldViolations violations;
    check(text, violations);
    return violations.empty();
  };
  EXPECT_TRUE(valid(CheckAddendum, "<script>\n\t'; --"));
  EXPECT_TRUE(valid(CheckAddendum, std::string(kMaxAddendumCharacters, 'x')));
  EXPECT_FALSE(valid(CheckAddendum, std::string(kMaxAddendumCharacters + 1, 'x')));
  EXPECT_TRUE(valid(CheckReason, std::string(kMaxReasonCharacters, 'x')));
  EXPECT_FALSE(valid(CheckReason, std::string(kMaxReasonCharacters + 1, 'x')));
  for (const char* text : {"", " \n", "\u00A0\u200B", "bell\a"}) {
    EXPECT_FALSE(valid(CheckAddendum, text)) << text;
    EXPECT_FALSE(valid(CheckReason, text)) << text;
  }
}

TEST(CheckChangeTest, TextsTakeExactlyTheirMaximumOfCharacters) {
  const std::string longest = Repeated("é", 20'000), longest_section = Repeated("é", 10'000);
  ChartChange change;
  change.subjective = change.objective = change.assessment = longest;
  change.plan_sections = {{"diet", "", longest_section}, {"blends", "", longest_section}};
  EXPECT_THAT(InvalidFields(change), IsEmpty());
  change.subjective = change.objective = change.assessment = longest + "é";
  (*change.plan_sections)[1].text += "é";
  EXPECT_THAT(InvalidFields(change),
              ElementsAre("soap_chart.subjective", "soap_chart.objective", "soap_chart.assessment",
                          "soap_chart.plan_sections[1].text"));
}

TEST(CheckChangeTest, ThePlanTakesExactlyItsMaximumOfCharacters) {
  ChartChange change;
  change.plan_sections.emplace(10, PlanSection{"diet", "", Repeated("é", 10'000)});
  EXPECT_THAT(InvalidFields(change), IsEmpty());
  change.plan_sections->push_back({"blends", "", "é"});
  EXPECT_THAT(InvalidFields(change), ElementsAre("soap_chart.plan_sections"));
}

TEST(CheckChangeTest, TextsTakeTabsAndLineEndsButNoOtherControls) {
  ChartChange change;
  change.subjective = "a\tb\r\nc <script>'; DROP TABLE soap_charts;--";
  change.plan_sections = {{"diet", "", "esc\x1B"}};
  EXPECT_THAT(InvalidFields(change), ElementsAre("soap_chart.plan_sections[0].text"));
}

TEST(CheckChangeTest, AtMostFiftySections) {
  ChartChange change;
  change.plan_sections.emplace(50);
  EXPECT_THAT(InvalidFields(change), IsEmpty());
  change.plan_sections.emplace(51);
  EXPECT_THAT(InvalidFields(change), ElementsAre("soap_chart.plan_sections"));
}

TEST(CheckChangeTest, EncountersAreFrom1900ToAYearAhead) {
  for (absl::CivilDay day : {absl::CivilDay(1900, 1, 1), kToday + 366}) {
    EXPECT_THAT(InvalidFields({.encounter_date = day}), IsEmpty()) << day;
  }
  for (absl::CivilDay day : {absl::CivilDay(1899, 12, 31), kToday + 367}) {
    EXPECT_THAT(InvalidFields({.encounter_date = day}), ElementsAre("soap_chart.encounter_date"));
  }
}

TEST(CheckEditableTest, LockedComesBeforeEtag) {
  SoapChart chart = Chart();
  EXPECT_OK(CheckEditable(chart, EtagOf(9)));
  for (const char* etag : {"", "8", "a", "09", "9 "}) {
    EXPECT_THAT(CheckEditable(chart, etag),
                testing::FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH"))
        << etag;
  }
  chart.locked_at = kNow;
  for (const std::string& etag : {EtagOf(9), EtagOf(8)}) {
    EXPECT_THAT(CheckEditable(chart, etag),
                testing::FailsWith(absl::StatusCode::kFailedPrecondition, "SOAP_CHART_LOCKED"));
  }
}

TEST(ChangedTest, OnlyNamedPartsChange) {
  const SoapChart before = Chart();
  SoapChart expected = before;
  expected.version = 10;
  expected.updated_at = kNow;
  expected.subjective = "";
  EXPECT_EQ(Changed(before, {.subjective = ""}, kNow), expected);
  expected.subjective = "s";
  expected.objective = "new";
  EXPECT_EQ(Changed(before, {.objective = "new"}, kNow), expected);
  expected.objective = "o";
  expected.assessment = "new";
  EXPECT_EQ(Changed(before, {.assessment = "new"}, kNow), expected);
}

TEST(ChangedTest, ThePlansTimeMovesWithWhatItShows) {
  const SoapChart before = Chart();
  EXPECT_EQ(Changed(before, {.subjective = "new"}, kNow).plan_updated_at, kBefore);
  EXPECT_EQ(Changed(before, {.plan_sections = before.plan_sections}, kNow).plan_updated_at,
            kBefore);
  EXPECT_EQ(Changed(before, {.encounter_date = kToday}, kNow).plan_updated_at, kBefore);

  EXPECT_EQ(Changed(before, {.encounter_date = kToday - 1}, kNow).plan_updated_at, kNow);
  EXPECT_EQ(Changed(before, {.plan_sections = std::vector<PlanSection>()}, kNow).plan_updated_at,
            kNow);
  const PlanSection other = {"diet", "Diet", "no greens"};
  EXPECT_EQ(Changed(before, {.plan_sections = {{other}}}, kNow).plan_updated_at, kNow);
  EXPECT_EQ(Locked(before, kNow).plan_updated_at, kNow);
}

TEST(ChangedTest, WithoutAPlanNothingMovesItsTime) {
  SoapChart before = Chart();
  before.plan_sections.clear();
  EXPECT_EQ(Changed(before, {.encounter_date = kToday - 1}, kNow).plan_updated_at, kBefore);
  EXPECT_EQ(Locked(before, kNow).plan_updated_at, kBefore);
}

TEST(LockedTest, LocksAndTakesANewVersion) {
  const SoapChart after = Locked(Chart(), kNow);
  EXPECT_TRUE(after.locked());
  EXPECT_EQ(after.locked_at, kNow);
  EXPECT_EQ(after.version, 10);
  EXPECT_EQ(after.updated_at, kNow);
}

TEST(PlanChangedTest, ANewTitleIsNoChangeOfThePlan) {
  SoapChart after = Chart();
  after.plan_sections[0].title = "Nutrition";
  EXPECT_FALSE(PlanChanged(Chart(), after));
}

TEST(IsNewsToHoldersTest, APlanThatCameIntoViewOrWasSignedIs) {
  SoapChart none;
  SoapChart plan = none;
  plan.plan_sections = {{"diet", "Diet", "greens"}};
  SoapChart hidden = plan;
  hidden.plan_hidden = true;
  SoapChart other = plan;
  other.plan_sections[0].text = "more greens";
  const SoapChart locked = Locked(plan, absl::UnixEpoch());
  SoapChart moved = locked;
  moved.patient_id = id::PatientId(id::Uuid(id::Uuid::Bytes{1}));
  EXPECT_TRUE(IsNewsToHolders(plan));
  EXPECT_FALSE(IsNewsToHolders(none));
  EXPECT_FALSE(IsNewsToHolders(hidden));
  EXPECT_TRUE(IsNewsToHolders(none, plan));
  EXPECT_TRUE(IsNewsToHolders(hidden, plan));
  EXPECT_TRUE(IsNewsToHolders(plan, locked));
  EXPECT_FALSE(IsNewsToHolders(plan, other));
  EXPECT_FALSE(IsNewsToHolders(plan, none));
  EXPECT_FALSE(IsNewsToHolders(plan, hidden));
  EXPECT_FALSE(IsNewsToHolders(hidden, Locked(hidden, absl::UnixEpoch())));
  EXPECT_FALSE(IsNewsToHolders(none, Locked(none, absl::UnixEpoch())));
  EXPECT_FALSE(IsNewsToHolders(plan, moved));
}

}  // namespace
}  // namespace portal::records
