#include "services/records/domain/treatment_plan.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portal::records {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(DifferenceTest, NamesWhatCameChangedAndWent) {
  const std::vector<PlanSection> then = {
      {"diet", "Diet", "greens"}, {"blends", "Blends", "tea"}, {"products", "Products", "iron"}};
  const std::vector<PlanSection> now = {{"exercises", "Exercises", "walk"},
                                        {"products", "Remedies", "iron"},
                                        {"diet", "Food", "more greens"}};
  EXPECT_THAT(Difference(then, now),
              ElementsAre(SectionChange{"exercises", "Exercises", std::nullopt, "walk"},
                          SectionChange{"diet", "Food", "greens", "more greens"},
                          SectionChange{"blends", "Blends", "tea", std::nullopt}));
  EXPECT_THAT(Difference(then, then), IsEmpty());
  EXPECT_THAT(Difference({}, {}), IsEmpty());
  EXPECT_EQ(Difference({}, now).size(), 3);
  EXPECT_EQ(Difference(now, {}).size(), 3);
}

TEST(PlanViewTest, IsChangedOnlyAgainstWhatWasSeen) {
  EXPECT_FALSE((PlanView{.revision = 3}.changed()));
  EXPECT_FALSE((PlanView{.revision = 3, .seen_revision = 3}.changed()));
  EXPECT_TRUE((PlanView{.revision = 3, .seen_revision = 2}.changed()));
}

}  // namespace
}  // namespace portal::records
