#include "services/identity/domain/staff.h"

#include <optional>

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/identity/domain/text.h"

namespace portal::identity {
namespace {

using testing::FailsWith;

StaffMember Member(StaffState state, StaffRoles roles) {
  StaffMember member = {.roles = roles};
  if (state != StaffState::kInvited) member.account_id = id::AccountId();
  if (state == StaffState::kSuspended) member.suspended_at = absl::UnixEpoch();
  return member;
}

constexpr StaffRoles kOwnerOnly = {StaffRole::kOwner};
constexpr StaffRoles kBoth = {StaffRole::kOwner, StaffRole::kPractitioner};
constexpr StaffRoles kDesk = {StaffRole::kFrontDesk};

TEST(StaffTest, StateThatIsNotTheNeededOneIsNamed) {
  const StaffMember suspended = Member(StaffState::kSuspended, kDesk);
  EXPECT_OK(CheckState(suspended, StaffState::kSuspended));
  for (const StaffState needed : {StaffState::kInvited, StaffState::kActive}) {
    const absl::Status refused = CheckState(suspended, needed);
    EXPECT_THAT(refused, FailsWith(absl::StatusCode::kFailedPrecondition, "STAFF_MEMBER_STATE"));
  }
  EXPECT_OK(CheckState(Member(StaffState::kInvited, kDesk), StaffState::kInvited));
  EXPECT_OK(CheckState(Member(StaffState::kActive, kDesk), StaffState::kActive));
}

TEST(StaffTest, EtagIsThatOfTheCurrentVersionOnly) {
  StaffMember member = Member(StaffState::kActive, kDesk);
  member.version = 17;
  EXPECT_OK(CheckEtag(member, EtagOf(17)));
  for (const std::string& etag : {EtagOf(16), EtagOf(18), std::string(), std::string("17")}) {
    EXPECT_THAT(CheckEtag(member, etag), FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  }
}

TEST(StaffTest, LastActiveOwnerStays) {
  const StaffMember owner = Member(StaffState::kActive, kBoth);
  for (const std::optional<StaffMember>& after :
       {std::optional<StaffMember>(), std::optional(Member(StaffState::kActive, kDesk)),
        std::optional(Member(StaffState::kSuspended, kBoth))}) {
    EXPECT_THAT(CheckOwnerRemains(owner, after, false),
                FailsWith(absl::StatusCode::kFailedPrecondition, "LAST_OWNER"));
    EXPECT_OK(CheckOwnerRemains(owner, after, true));
  }
  EXPECT_OK(CheckOwnerRemains(owner, Member(StaffState::kActive, kOwnerOnly), false));
}

TEST(StaffTest, WhoIsNoActiveOwnerMayGoWithoutAnother) {
  for (const StaffMember& before :
       {Member(StaffState::kInvited, kBoth), Member(StaffState::kSuspended, kBoth),
        Member(StaffState::kActive, kDesk)}) {
    EXPECT_OK(CheckOwnerRemains(before, std::nullopt, false));
  }
}

}  // namespace
}  // namespace portal::identity
