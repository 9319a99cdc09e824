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

AuditEvent Read(absl::Time at, id::AccountId actor = kOne,
                std::string action = "records.GetSoapChart") {
  return {.occurred_at = at,
          .actor_kind = ActorKind::kStaff,
          .actor_id = actor,
          .actor_name = "Dr X",
          .action = std::move(action),
          .outcome = "OK"};
}

TEST(CollapseTest, OnePersonsAccessesToOnePartOnOneDayAreOne) {
  const auto accesses = Collapse({Read(kMidnight + absl::Hours(2)), Read(kMidnight),
                                  Read(kMidnight + absl::Hours(1), kOne, "records.ListSoapCharts"),
                                  Read(kMidnight - absl::Microseconds(1))},
                                 kViewer);
  ASSERT_THAT(accesses, SizeIs(2));
  EXPECT_EQ(accesses[0].day, absl::CivilDay(2026, 3, 2));
  EXPECT_EQ(accesses[0].count, 3);
  EXPECT_EQ(accesses[0].last_at, kMidnight + absl::Hours(2));
  EXPECT_EQ(accesses[0].actor_name, "Dr X");
  EXPECT_EQ(accesses[0].part, RecordPart::kCharts);
  EXPECT_FALSE(accesses[0].changed);
  EXPECT_EQ(accesses[1].day, absl::CivilDay(2026, 3, 1));
  EXPECT_EQ(accesses[1].count, 1);
}

TEST(CollapseTest, OtherPersonsRolesPartsAndChangesAreOnTheirOwn) {
  AuditEvent as_holder = Read(kMidnight);
  as_holder.actor_kind = ActorKind::kAccount;
  EXPECT_THAT(
      Collapse({Read(kMidnight), Read(kMidnight, kOther), as_holder,
                Read(kMidnight, kOne, "records.GetPatient"),
                Read(kMidnight, kOne, "records.UpdateSoapChart"), Read(kMidnight, kOne, "x")},
               kViewer),
      SizeIs(6));
  EXPECT_THAT(Collapse({}, kViewer), IsEmpty());
}

TEST(CollapseTest, TheNewestNameOfTheDayStands) {
  AuditEvent unnamed = Read(kMidnight + absl::Hours(3));
  unnamed.actor_name.clear();
  AuditEvent renamed = Read(kMidnight + absl::Hours(2));
  renamed.actor_name = "Dr Y";
  const auto accesses = Collapse({unnamed, renamed, Read(kMidnight)}, kViewer);
  ASSERT_THAT(accesses, SizeIs(1));
  EXPECT_EQ(accesses[0].actor_name, "Dr Y");
}

TEST(CollapseTest, OtherHoldersAreOneOfWhomTheDayIsKnown) {
  std::vector<AuditEvent> events;
  for (const id::AccountId& account : {kOne, kOther, kViewer}) {
    AuditEvent& event = events.emplace_back(Read(kMidnight + absl::Hours(5), account));
    event.actor_kind = ActorKind::kAccount;
    event.actor_name.clear();
  }
  const auto accesses = Collapse(events, kViewer);
  ASSERT_THAT(accesses, SizeIs(2));
  EXPECT_EQ(accesses[0].count, 2);
  EXPECT_EQ(accesses[0].actor_id, std::nullopt);
  EXPECT_EQ(accesses[0].last_at, kMidnight);
  EXPECT_EQ(accesses[1].actor_id, kViewer);
  EXPECT_EQ(accesses[1].last_at, kMidnight + absl::Hours(5));
}

TEST(CollapseTest, ARepeatedRequestChangedNothing) {
  const AuditEvent change = Read(kMidnight, kOne, "records.UpdateSoapChart");
  AuditEvent repeated = change;
  repeated.outcome = "REPEATED";
  const auto accesses = Collapse({repeated, change}, kViewer);
  ASSERT_THAT(accesses, SizeIs(2));
  EXPECT_FALSE(accesses[0].changed);
  EXPECT_TRUE(accesses[1].changed);
  EXPECT_EQ(accesses[1].count, 1);
}

TEST(AccessOfTest, KeepingAPlanFromHoldersIsNothingThatHappenedToAPlan) {
  for (const char* action : {"records.SetPlanVisibility", "records.ExplainTreatmentPlanAccess"}) {
    EXPECT_EQ(AccessOf(action).part, RecordPart::kCharts) << action;
  }
}

TEST(WholeDaysTest, ThePageEndsWithADay) {
  const AuditEvent today = Read(kMidnight), yesterday = Read(kMidnight - absl::Hours(1)),
                   before = Read(kMidnight - absl::Hours(30));
  EXPECT_EQ(WholeDays({}, 3), 0);
  EXPECT_EQ(WholeDays({today, yesterday, yesterday}, 3), 3);          // nothing further
  EXPECT_EQ(WholeDays({today, yesterday, yesterday, before}, 3), 3);  // cut between days
  EXPECT_EQ(WholeDays({today, yesterday, yesterday, yesterday}, 3), 1);
  EXPECT_EQ(WholeDays({today, today, today, today}, 3), 3);  // more than a page in a day
}

}  // namespace
}  // namespace portal::records
