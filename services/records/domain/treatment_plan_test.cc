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

class PlanVisibilityTest : public ::testing::Test {
 protected:
  static constexpr bool kShown = false, kHidden = true;

  static PlanAccess::VisibilityChange ChangeTo(bool hidden) {
    return {.hidden = hidden, .changed_at = absl::FromUnixSeconds(200)};
  }

  PlanAccess access_{
      .present = true, .present_since = absl::FromUnixSeconds(100), .visibility_recorded = true};
};

TEST_F(PlanVisibilityTest, WhatHappenedBeforeChangesWereRecordedIsNotKnown) {
  access_.visibility_recorded = false;
  EXPECT_TRUE(access_.shown());
  EXPECT_EQ(access_.ShownSince(), std::nullopt);
  access_.hidden = true;
  EXPECT_FALSE(access_.visibility_known());
  // What was recorded later is.
  access_.visibility_change = ChangeTo(kHidden);
  EXPECT_TRUE(access_.LastVisibilityChange().has_value());
  access_.hidden = false;
  access_.visibility_change = ChangeTo(kShown);
  EXPECT_EQ(access_.ShownSince(), absl::FromUnixSeconds(200));
}

TEST_F(PlanVisibilityTest, WhatAnotherProgramDidWithoutRecordingItIsNotKnown) {
  access_.visibility_change = ChangeTo(kHidden);
  EXPECT_EQ(access_.ShownSince(), std::nullopt);
  EXPECT_FALSE(access_.LastVisibilityChange().has_value());
  access_.hidden = true;
  access_.visibility_change = ChangeTo(kShown);
  EXPECT_FALSE(access_.LastVisibilityChange().has_value());
  access_.visibility_change = std::nullopt;
  EXPECT_FALSE(access_.visibility_known());
}

TEST(PlanViewTest, IsChangedOnlyAgainstWhatWasSeen) {
  EXPECT_FALSE((PlanView{.revision = 3}.changed()));
  EXPECT_FALSE((PlanView{.revision = 3, .seen_revision = 3}.changed()));
  EXPECT_TRUE((PlanView{.revision = 3, .seen_revision = 2}.changed()));
}

TEST(PlanAccessTest, APlanIsShownSinceTheLastOfWhatItTook) {
  const absl::Time start = absl::FromUnixSeconds(1'800'000'000);
  PlanAccess access{.present = true, .present_since = start, .visibility_recorded = true};
  EXPECT_EQ(access.ShownSince(), start);
  access.visibility_change = {.hidden = false, .changed_at = start + absl::Hours(2)};
  EXPECT_EQ(access.ShownSince(), start + absl::Hours(2));
  access.moved_at = start + absl::Hours(1);
  EXPECT_EQ(access.ShownSince(), start + absl::Hours(2));
  access.moved_at = start + absl::Hours(3);
  EXPECT_EQ(access.ShownSince(), start + absl::Hours(3));
  access.visibility_change = {.hidden = false, .changed_at = start - absl::Hours(1)};
  access.moved_at.reset();
  EXPECT_EQ(access.ShownSince(), start);
}

TEST(PlanAccessTest, WhatIsNotShownIsSinceNever) {
  const PlanAccess shown{
      .present = true, .present_since = absl::UnixEpoch(), .visibility_recorded = true};
  EXPECT_TRUE(shown.shown());
  EXPECT_EQ(shown.ShownSince(), absl::UnixEpoch());
  PlanAccess access = shown;
  access.hidden = true;
  EXPECT_FALSE(access.shown());
  EXPECT_EQ(access.ShownSince(), std::nullopt);
  access = shown;
  access.present = false;
  EXPECT_FALSE(access.shown());
  EXPECT_EQ(access.ShownSince(), std::nullopt);
  access = shown;
  access.patient_id = id::PatientId::Parse("id", "0190163d-8694-739b-aea5-966c26f8ad91").value();
  EXPECT_TRUE(access.moved_away());
  EXPECT_FALSE(access.shown());
  EXPECT_EQ(access.ShownSince(), std::nullopt);
}

}  // namespace
}  // namespace portal::records
