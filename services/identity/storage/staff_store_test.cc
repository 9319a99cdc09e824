#include "services/identity/storage/staff_store.h"

#include <atomic>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/identity/domain/limits.h"
#include "services/identity/storage/store_fixture.h"

namespace portal::identity {
namespace {

using testing::FailsWith;

class StaffStoreTest : public StoreTest {
 protected:
  // What the handler does with a link, for an address without an account.
  absl::StatusOr<StaffMember> Accept(absl::string_view token,
                                     absl::string_view display_name = "Anna") {
    return Transact([&](db::Transaction& transaction) -> absl::StatusOr<StaffMember> {
      absl::StatusOr<Invitation> invitation =
          staff_.LockInvitation(transaction, HashOf(token), clock_.Now());
      if (!invitation.ok()) return invitation.status();
      const auto account_id = id::AccountId::New(clock_);
      const absl::Status created =
          accounts_.Create(transaction, account_id, invitation->email, "hash", clock_.Now());
      if (!created.ok()) return created;
      return staff_.Accept(transaction, HashOf(token), account_id, display_name);
    });
  }
};

TEST_F(StaffStoreTest, SlugOfAnotherClinicIsTaken) {
  NewClinic("willow-creek");
  EXPECT_THAT(Transact([&](db::Transaction& transaction) {
                return clinics_.Create(transaction, {.clinic_id = id::ClinicId::New(clock_),
                                                     .slug = "willow-creek",
                                                     .display_name = "Other",
                                                     .time_zone = "UTC",
                                                     .created_at = clock_.Now()});
              }),
              FailsWith(absl::StatusCode::kAlreadyExists, "CLINIC_SLUG_TAKEN"));
  EXPECT_EQ(Sql("SELECT display_name FROM clinics"), "Clinic willow-creek");
}

TEST_F(StaffStoreTest, ClinicIsFoundAsItWasMade) {
  const id::ClinicId clinic_id = NewClinic("willow-creek");
  ASSERT_OK_AND_ASSIGN(const std::optional<Clinic> clinic, clinics_.Find({}, clinic_id));
  ASSERT_TRUE(clinic.has_value());
  EXPECT_EQ(clinic->slug, "willow-creek");
  EXPECT_EQ(clinic->time_zone, "America/Toronto");
  EXPECT_EQ(clinic->created_at, clock_.Now());
  ASSERT_OK_AND_ASSIGN(const std::optional<Clinic> unknown,
                       clinics_.Find({}, id::ClinicId::New(clock_)));
  EXPECT_FALSE(unknown.has_value());
}

TEST_F(StaffStoreTest, PersonInvitedOrOnTheStaffIsNotInvitedAgain) {
  const id::ClinicId clinic_id = NewClinic("willow-creek");
  ASSERT_OK(Invite(clinic_id, "anna@example.org", "first"));
  EXPECT_THAT(Invite(clinic_id, "ANNA@example.org", "second"),
              FailsWith(absl::StatusCode::kAlreadyExists, "STAFF_EXISTS"));
  ASSERT_OK(Accept("first"));
  clock_.Advance(2 * kInvitationLifetime);
  EXPECT_THAT(Invite(clinic_id, "anna@example.org", "third"),
              FailsWith(absl::StatusCode::kAlreadyExists, "STAFF_EXISTS"));
  EXPECT_OK(Invite(NewClinic("other"), "anna@example.org", "elsewhere"));
}

TEST_F(StaffStoreTest, ExpiredInvitationIsRenewedInPlace) {
  const id::ClinicId clinic_id = NewClinic("willow-creek");
  ASSERT_OK_AND_ASSIGN(const StaffMember first, Invite(clinic_id, "anna@example.org", "first"));
  clock_.Advance(kInvitationLifetime - absl::Microseconds(1));
  EXPECT_THAT(Invite(clinic_id, "anna@example.org", "early"),
              FailsWith(absl::StatusCode::kAlreadyExists, "STAFF_EXISTS"));
  clock_.Advance(absl::Microseconds(1));
  ASSERT_OK_AND_ASSIGN(const StaffMember second,
                       Invite(clinic_id, "Anna@Example.org", "second", {StaffRole::kFrontDesk}));
  EXPECT_EQ(second.staff_member_id, first.staff_member_id);
  EXPECT_THAT(Accept("first"), FailsWith(absl::StatusCode::kInvalidArgument, "LINK_REJECTED"));
  ASSERT_OK_AND_ASSIGN(const StaffMember accepted, Accept("second"));
  EXPECT_EQ(accepted.roles, (StaffRoles{StaffRole::kFrontDesk}));
}

TEST_F(StaffStoreTest, InvitationTellsTheAccountOfItsAddress) {
  const id::ClinicId clinic_id = NewClinic("willow-creek");
  ASSERT_OK(Invite(clinic_id, "Anna@example.org", "token"));
  ASSERT_OK_AND_ASSIGN(const Invitation without,
                       staff_.FindInvitation({}, HashOf("token"), clock_.Now()));
  EXPECT_EQ(without.email.text(), "Anna@example.org");
  EXPECT_FALSE(without.account.has_value());
  const id::AccountId account_id = NewAccount("anna@example.org");
  ASSERT_OK_AND_ASSIGN(const Invitation with,
                       staff_.FindInvitation({}, HashOf("token"), clock_.Now()));
  ASSERT_TRUE(with.account.has_value());
  EXPECT_EQ(with.account->account_id, account_id);
  EXPECT_EQ(with.account->password_hash, "hash of anna@example.org");
}

TEST_F(StaffStoreTest, LinkIsRejectedAtItsExpiryAndNothingChanges) {
  ASSERT_OK(Invite(NewClinic("willow-creek"), "anna@example.org", "token"));
  clock_.Advance(kInvitationLifetime);
  EXPECT_THAT(staff_.FindInvitation({}, HashOf("token"), clock_.Now()),
              FailsWith(absl::StatusCode::kInvalidArgument, "LINK_REJECTED"));
  EXPECT_THAT(Accept("token"), FailsWith(absl::StatusCode::kInvalidArgument, "LINK_REJECTED"));
  EXPECT_EQ(Sql("SELECT count(*) FROM accounts"), "0");
  clock_.Advance(-absl::Microseconds(1));
  EXPECT_OK(Accept("token"));
}

TEST_F(StaffStoreTest, InvitationAcceptedInParallelIsAcceptedOnce) {
  for (int round = 0; round < 10; ++round) {
    const std::string name = absl::StrCat("clinic-", round);
    ASSERT_OK(Invite(NewClinic(name), absl::StrCat(name, "@example.org"), name));
    std::atomic<int> accepted = 0;
    InParallel(8, [&](int) {
      const auto member = Accept(name);
      if (member.ok()) {
        ++accepted;
      } else {
        EXPECT_THAT(member, FailsWith(absl::StatusCode::kInvalidArgument, "LINK_REJECTED"));
      }
    });
    EXPECT_EQ(accepted, 1);
  }
  EXPECT_EQ(Sql("SELECT count(*) FROM accounts"), "10");
}

TEST_F(StaffStoreTest, OnePersonInvitedInParallelIsInvitedOnce) {
  const id::ClinicId clinic_id = NewClinic("willow-creek");
  std::atomic<int> invited = 0;
  InParallel(
      8, [&](int i) { invited += Invite(clinic_id, "anna@example.org", absl::StrCat(i)).ok(); });
  EXPECT_EQ(invited, 1);
}

TEST_F(StaffStoreTest, ListHoldsTheClinicsOwnInOrder) {
  const id::ClinicId clinic_id = NewClinic("willow-creek");
  std::vector<StaffMemberId> ids;
  for (int i = 0; i < 5; ++i) {
    const std::string name = absl::StrCat("member", i);
    ASSERT_OK_AND_ASSIGN(
        const StaffMember member,
        Invite(clinic_id, absl::StrCat(name, "@example.org"), name, {StaffRole::kPractitioner}));
    ids.push_back(member.staff_member_id);
  }
  ASSERT_OK(Invite(NewClinic("other"), "someone@example.org", "elsewhere"));
  ASSERT_OK(Accept("member1", "Dr. Anna"));

  ASSERT_OK_AND_ASSIGN(const std::vector<StaffMember> page, staff_.List({}, clinic_id, {}, 3));
  ASSERT_EQ(page.size(), 3);
  EXPECT_EQ(page[0].staff_member_id, ids[0]);
  EXPECT_FALSE(page[0].account_id.has_value());
  EXPECT_EQ(page[0].display_name, "");
  EXPECT_TRUE(page[1].account_id.has_value());
  EXPECT_EQ(page[1].display_name, "Dr. Anna");
  EXPECT_EQ(page[1].roles, (StaffRoles{StaffRole::kPractitioner}));
  ASSERT_OK_AND_ASSIGN(const std::vector<StaffMember> rest,
                       staff_.List({}, clinic_id, page[2].staff_member_id, 3));
  ASSERT_EQ(rest.size(), 2);
  EXPECT_EQ(rest[1].staff_member_id, ids[4]);
}

}  // namespace
}  // namespace portal::identity
