#include "services/records/domain/plan_section.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

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

}  // namespace
}  // namespace portal::records
