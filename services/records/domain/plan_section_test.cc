#include "services/records/domain/plan_section.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/records/domain/limits.h"

namespace portal::records {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<PlanSectionKind> kKinds = {{"diet", "Diet", 1}, {"sleep", "Sleep", 2}};

PlanSection Section(std::string kind, std::string text) { return {kind, "ignored", text}; }

TEST(StartingPlanSectionKindsTest, AreTheMissionsListInOrder) {
  std::vector<std::string> ids;
  for (const PlanSectionKind& kind : StartingPlanSectionKinds()) {
    ids.push_back(kind.id);
    EXPECT_EQ(kind.position, ids.size());
    EXPECT_FALSE(kind.title.empty());
  }
  EXPECT_THAT(ids,
              ElementsAre("products", "prescriptions", "blends", "diet", "lifestyle", "exercises",
                          "procedures", "lab_requisitions", "referrals", "follow_up", "free_text"));
}

TEST(ArrangedTest, TakesOrderAndTitlesFromTheClinicsList) {
  ASSERT_OK_AND_ASSIGN(const auto sections,
                       Arranged({Section("sleep", " 8 h\n"), Section("diet", "greens")}, kKinds));
  EXPECT_THAT(sections, ElementsAre(PlanSection{"diet", "Diet", "greens"},
                                    PlanSection{"sleep", "Sleep", " 8 h\n"}));
}

TEST(ArrangedTest, DropsSectionsOfOnlyWhiteSpace) {
  for (const char* blank : {"", " ", "\n\t ", "\u00A0", "\u3000\u2003", "\u200B"}) {
    ASSERT_OK_AND_ASSIGN(const auto sections, Arranged({Section("diet", blank)}, kKinds));
    EXPECT_THAT(sections, IsEmpty()) << ::testing::PrintToString(blank);
  }
}

TEST(ArrangedTest, RefusesUnknownAndRepeatedKindsEvenWhenBlank) {
  const auto unknown =
      testing::FailsWith(absl::StatusCode::kInvalidArgument, "PLAN_SECTION_KIND_UNKNOWN");
  EXPECT_THAT(Arranged({Section("rest", "x")}, kKinds), unknown);
  EXPECT_THAT(Arranged({Section("rest", " ")}, kKinds), unknown);
  EXPECT_THAT(Arranged({Section("Diet", "x")}, kKinds), unknown);
  EXPECT_THAT(Arranged({Section("", "x")}, kKinds), unknown);
  EXPECT_THAT(Arranged({Section("diet", "x"), Section("diet", "x")}, kKinds), unknown);
  EXPECT_THAT(Arranged({Section("diet", "x"), Section("diet", "")}, kKinds), unknown);
}

TEST(ArrangedTest, ARetiredKindKeepsItsTextAndTakesNoNewOne) {
  std::vector<PlanSectionKind> kinds = StartingPlanSectionKinds();
  kinds[3].retired = true;
  const std::vector<PlanSection> before = {{"diet", "Diet", "greens"}};
  ASSERT_OK(Arranged({{"diet", "", "greens"}, {"blends", "", "tea"}}, kinds, before));
  EXPECT_OK(Arranged({{"diet", "", " "}}, kinds, before));
  const auto retired =
      testing::FailsWith(absl::StatusCode::kFailedPrecondition, "PLAN_SECTION_KIND_RETIRED");
  EXPECT_THAT(Arranged({{"diet", "", "more greens"}}, kinds, before), retired);
  EXPECT_THAT(Arranged({{"diet", "", "greens"}}, kinds), retired);
}

TEST(WithKindAtTest, TheKindTakesItsPlaceAndTheOthersMakeRoom) {
  const std::vector<PlanSectionKind> kinds = {{"a", "A", 1}, {"b", "B", 2}, {"c", "C", 3}};
  const auto ids = [&](const std::string& id, int position) {
    std::string order;
    const auto changed = WithKindAt(kinds, {id, "x", position}).value();
    for (size_t i = 0; i < changed.size(); ++i) {
      EXPECT_EQ(changed[i].position, i + 1);
      order += changed[i].id;
    }
    return order;
  };
  EXPECT_EQ(ids("a", 1), "abc");
  EXPECT_EQ(ids("a", 2), "bac");
  EXPECT_EQ(ids("a", 3), "bca");
  EXPECT_EQ(ids("a", 50), "bca");
  EXPECT_EQ(ids("c", 1), "cab");
  EXPECT_THAT(WithKindAt(kinds, {"d", "D", 1}),
              testing::FailsWith(absl::StatusCode::kInvalidArgument, "PLAN_SECTION_KIND_UNKNOWN"));
}

TEST(CheckedTitleTest, IsOneLineWithinItsLimit) {
  const auto valid = [](const std::string& title) {
    status::FieldViolations violations;
    CheckedTitle(title, violations);
    return violations.empty();
  };
  EXPECT_TRUE(valid("Tees & <b>Tinkturen</b>'; --"));
  EXPECT_TRUE(valid(std::string(kMaxKindTitleCharacters, 'x')));
  EXPECT_FALSE(valid(std::string(kMaxKindTitleCharacters + 1, 'x')));
  EXPECT_FALSE(valid(" "));
  EXPECT_FALSE(valid("a\nb"));
  std::string grown;
  for (int i = 0; i < kMaxKindTitleCharacters; ++i) grown += "\u0958";
  EXPECT_FALSE(valid(grown));
  status::FieldViolations violations;
  EXPECT_EQ(CheckedTitle(" a ", violations), "a");
  EXPECT_EQ(CheckedTitle("Te\u0301s", violations), "Tés");
}

}  // namespace
}  // namespace portal::records
