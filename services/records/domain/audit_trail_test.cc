#include "services/records/domain/audit_trail.h"

#include <optional>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/time/clock.h"

namespace portal::records {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kMidnight = absl::FromCivil(absl::CivilDay(2026, 3, 2), absl::UTCTimeZone());
const id::AccountId kOne = id::AccountId::New(time::SystemClock());
const id::AccountId kOther = id::AccountId::New(time::SystemClock());
const id::AccountId kViewer = id::AccountId::New(time::SystemClock());

constexpr absl::CivilDay kDay(2026, 3, 2);

AccessCount Read(absl::Time at, id::AccountId actor = kOne,
                 std::string action = "records.GetSoapChart") {
  return {.day = absl::ToCivilDay(at, absl::UTCTimeZone()),
          .actor_kind = ActorKind::kStaff,
          .actor_id = actor,
          .actor_name = "Dr X",
          .action = std::move(action),
          .count = 1,
          .last_at = at};
}

AccessCount OfHolders(absl::Time at, std::optional<id::AccountId> viewer,
                      std::string action = "records.GetMyPatient") {
  AccessCount count = Read(at, kOne, std::move(action));
  count.actor_kind = ActorKind::kAccount;
  count.actor_id = viewer;
  count.actor_name.clear();
  return count;
}

TEST(CollapseTest, OnePersonsAccessesToOnePartOnOneDayAreOne) {
  AccessCount lists = Read(kMidnight + absl::Hours(1), kOne, "records.ListSoapCharts");
  lists.count = 7;
  const auto accesses =
      Collapse({Read(kMidnight - absl::Microseconds(1)), Read(kMidnight + absl::Hours(2)), lists});
  ASSERT_THAT(accesses, SizeIs(2));
  EXPECT_EQ(accesses[0].day, kDay);
  EXPECT_EQ(accesses[0].count, 8);
  EXPECT_EQ(accesses[0].last_at, kMidnight + absl::Hours(2));
  EXPECT_EQ(accesses[0].actor_kind, ActorKind::kStaff);
  EXPECT_EQ(accesses[0].actor_id, kOne);
  EXPECT_EQ(accesses[0].actor_name, "Dr X");
  EXPECT_EQ(accesses[0].part, RecordPart::kCharts);
  EXPECT_FALSE(accesses[0].changed);
  EXPECT_EQ(accesses[1].day, kDay - 1);
  EXPECT_EQ(accesses[1].count, 1);
}

TEST(CollapseTest, OtherPersonsRolesPartsAndChangesAreOnTheirOwn) {
  EXPECT_THAT(
      Collapse({Read(kMidnight), Read(kMidnight, kOther),
                OfHolders(kMidnight, kOne, "records.GetSoapChart"),
                Read(kMidnight, kOne, "records.GetPatient"),
                Read(kMidnight, kOne, "records.UpdateSoapChart"), Read(kMidnight, kOne, "x")}),
      SizeIs(6));
  EXPECT_THAT(Collapse({}), IsEmpty());
}

TEST(CollapseTest, TheNewestNameOfTheDayStands) {
  AccessCount unnamed = Read(kMidnight + absl::Hours(3));
  unnamed.actor_name.clear();
  AccessCount renamed = Read(kMidnight + absl::Hours(2), kOne, "records.ListSoapCharts");
  renamed.actor_name = "Dr Y";
  const AccessCount before = Read(kMidnight, kOne, "records.UpdateSoapChart");
  AccessCount repeated = before;
  repeated.repeated = true;
  for (const auto& counts : {std::vector<AccessCount>{unnamed, renamed, repeated},
                             std::vector<AccessCount>{repeated, renamed, unnamed}}) {
    const auto accesses = Collapse(counts);
    ASSERT_THAT(accesses, SizeIs(1));
    EXPECT_EQ(accesses[0].actor_name, "Dr Y");
  }
}

TEST(CollapseTest, OtherHoldersAreOneOfWhomTheDayIsKnown) {
  const absl::Time late = kMidnight + absl::Hours(23);
  const auto accesses =
      Collapse({OfHolders(late, std::nullopt), OfHolders(late, std::nullopt, "records.GetPatient"),
                OfHolders(kMidnight + absl::Hours(5), kViewer), Read(kMidnight + absl::Hours(1))});
  ASSERT_THAT(accesses, SizeIs(3));
  EXPECT_EQ(accesses[0].actor_id, kViewer);
  EXPECT_EQ(accesses[0].last_at, kMidnight + absl::Hours(5));
  EXPECT_EQ(accesses[1].actor_id, kOne);
  // Where it stands does not tell either.
  EXPECT_EQ(accesses[2].actor_id, std::nullopt);
  EXPECT_EQ(accesses[2].count, 2);
  EXPECT_EQ(accesses[2].last_at, kMidnight);
}

TEST(CollapseTest, InWhichOrderOtherHoldersCameDoesNotShow) {
  const auto parts = [](absl::Duration profile, absl::Duration plans) {
    std::vector<RecordPart> order;
    for (const RecordAccess& it :
         Collapse({OfHolders(kMidnight + profile, std::nullopt),
                   OfHolders(kMidnight + plans, std::nullopt, "records.GetMyTreatmentPlan")})) {
      order.push_back(it.part);
    }
    return order;
  };
  EXPECT_EQ(parts(absl::Hours(1), absl::Hours(2)), parts(absl::Hours(2), absl::Hours(1)));
}

TEST(CollapseTest, ARepeatedRequestChangedNothing) {
  const AccessCount change = Read(kMidnight + absl::Hours(1), kOne, "records.UpdateSoapChart");
  AccessCount repeated = change;
  repeated.repeated = true;
  repeated.last_at = kMidnight + absl::Hours(2);
  const auto accesses = Collapse({change, repeated});
  ASSERT_THAT(accesses, SizeIs(2));
  EXPECT_FALSE(accesses[0].changed);
  EXPECT_TRUE(accesses[1].changed);
  EXPECT_EQ(accesses[1].count, 1);
}

TEST(OtherHoldersShownUntilTest, ADayIsShownOnceNothingIsAddedToIt) {
  EXPECT_EQ(OtherHoldersShownUntil(kMidnight + absl::Hours(1)), kMidnight);
  EXPECT_EQ(OtherHoldersShownUntil(kMidnight + absl::Hours(1) - absl::Microseconds(1)),
            kMidnight - absl::Hours(24));
  EXPECT_EQ(OtherHoldersShownUntil(kMidnight + absl::Hours(24)), kMidnight);
}

TEST(AccessOfTest, KeepingAPlanFromHoldersIsNothingThatHappenedToAPlan) {
  for (const char* action : {"records.SetPlanVisibility", "records.ExplainTreatmentPlanAccess"}) {
    EXPECT_EQ(AccessOf(action).part, RecordPart::kCharts) << action;
  }
}

}  // namespace
}  // namespace portal::records
