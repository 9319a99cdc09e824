#include "services/identity/storage/session_store.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/identity/domain/limits.h"
#include "services/identity/storage/store_fixture.h"

namespace portal::identity {
namespace {

class SessionStoreTest : public StoreTest {
 protected:
  Session Find(const id::SessionId& session_id) {
    absl::StatusOr<std::optional<Session>> found = sessions_.Find({}, session_id);
    EXPECT_OK(found);
    return found->value();
  }

  // Makes the account a member of a clinic; returns the clinic.
  id::ClinicId NewMembership(const id::AccountId& account_id, absl::string_view slug,
                             StaffRoles roles) {
    const id::ClinicId clinic_id = NewClinic(slug);
    EXPECT_OK(Invite(clinic_id, absl::StrCat(slug, "@example.org"), slug, roles));
    EXPECT_OK(Transact([&](db::Transaction& transaction) {
      return staff_.Accept(transaction, HashOf(slug), account_id, absl::StrCat("Name at ", slug));
    }));
    return clinic_id;
  }
};

TEST_F(SessionStoreTest, IsFoundByIdAndByTokenAndByNothingElse) {
  const id::AccountId account_id = NewAccount("Anna@Example.org");
  const id::SessionId session_id = NewSession(account_id, "token");
  const Session session = Find(session_id);
  EXPECT_EQ(session.account_id, account_id);
  EXPECT_EQ(session.email, "Anna@Example.org");
  EXPECT_EQ(session.created_at, clock_.Now());
  EXPECT_EQ(session.last_seen_at, clock_.Now());
  EXPECT_EQ(session.expires_at, clock_.Now() + absl::Hours(12));
  EXPECT_FALSE(session.ended_at.has_value());
  EXPECT_TRUE(session.memberships.empty());

  ASSERT_OK_AND_ASSIGN(const std::optional<Session> by_token,
                       sessions_.FindByToken({}, HashOf("token")));
  ASSERT_TRUE(by_token.has_value());
  EXPECT_EQ(by_token->session_id, session_id);
  ASSERT_OK_AND_ASSIGN(const std::optional<Session> by_other,
                       sessions_.FindByToken({}, HashOf("other")));
  EXPECT_FALSE(by_other.has_value());
  ASSERT_OK_AND_ASSIGN(const std::optional<Session> unknown,
                       sessions_.Find({}, id::SessionId::New(clock_)));
  EXPECT_FALSE(unknown.has_value());
}

TEST_F(SessionStoreTest, CarriesMembershipsThatAreNeitherInvitedNorSuspended) {
  const id::AccountId account_id = NewAccount("anna@example.org");
  const id::SessionId session_id = NewSession(account_id, "token");
  const id::ClinicId first =
      NewMembership(account_id, "first", {StaffRole::kOwner, StaffRole::kPractitioner});
  const id::ClinicId second = NewMembership(account_id, "second", {StaffRole::kFrontDesk});
  ASSERT_OK(Invite(NewClinic("third"), "anna@example.org", "invited only"));

  EXPECT_EQ(Find(session_id).memberships,
            (std::vector<Membership>{{.clinic_id = first,
                                      .clinic_display_name = "Clinic first",
                                      .display_name = "Name at first",
                                      .roles = {StaffRole::kOwner, StaffRole::kPractitioner}},
                                     {.clinic_id = second,
                                      .clinic_display_name = "Clinic second",
                                      .display_name = "Name at second",
                                      .roles = {StaffRole::kFrontDesk}}}));
  Sql(absl::StrCat("UPDATE staff_members SET suspended_at = now() WHERE clinic_id = '",
                   first.ToString(), "'"));
  ASSERT_EQ(Find(session_id).memberships.size(), 1);
  EXPECT_EQ(Find(session_id).memberships[0].clinic_id, second);
}

TEST_F(SessionStoreTest, CarriesAtMost100Memberships) {
  const id::AccountId account_id = NewAccount("anna@example.org");
  const id::SessionId session_id = NewSession(account_id, "token");
  Sql(absl::StrCat(R"(
      INSERT INTO clinics (clinic_id, slug, display_name, time_zone, created_at)
      SELECT md5('clinic' || i)::uuid, 'clinic-' || i, 'Clinic', 'UTC', now() FROM generate_series(1, 101) AS i;
      INSERT INTO staff_members (staff_member_id, clinic_id, account_id, email, normalized_email, display_name, roles,
                                 created_at)
      SELECT gen_random_uuid(), clinic_id, ')",
                   account_id.ToString(), R"(', 'a@b.co', 'a@b.co', 'Anna', 4, now()
      FROM clinics)"));
  EXPECT_EQ(Find(session_id).memberships.size(), kMaxMemberships);
}

TEST_F(SessionStoreTest, UseIsNotedIfTheLastOneIsLongAgoAndNotAfterTheEnd) {
  const id::AccountId account_id = NewAccount("anna@example.org");
  const id::SessionId session_id = NewSession(account_id, "token");
  const absl::Time opened = clock_.Now();
  const absl::Duration minute = absl::Minutes(1);
  ASSERT_OK(sessions_.Touch({}, session_id, opened + minute, opened - absl::Microseconds(1)));
  EXPECT_EQ(Find(session_id).last_seen_at, opened);
  ASSERT_OK(sessions_.Touch({}, session_id, opened + minute, opened));
  EXPECT_EQ(Find(session_id).last_seen_at, opened + minute);
  ASSERT_OK(Transact([&](db::Transaction& transaction) {
    return sessions_.End(transaction, session_id, account_id, opened + 2 * minute);
  }));
  ASSERT_OK(sessions_.Touch({}, session_id, opened + 3 * minute, opened + 2 * minute));
  EXPECT_EQ(Find(session_id).last_seen_at, opened + minute);
}

TEST_F(SessionStoreTest, EndsOnceAndOnlyForItsAccount) {
  const id::AccountId anna = NewAccount("anna@example.org");
  const id::AccountId bob = NewAccount("bob@example.org");
  const id::SessionId session_id = NewSession(anna, "token");
  const auto end = [&](const id::AccountId& account_id) {
    return *Transact([&](db::Transaction& transaction) {
      return sessions_.End(transaction, session_id, account_id, clock_.Now());
    });
  };
  EXPECT_FALSE(end(bob));
  EXPECT_FALSE(Find(session_id).ended_at.has_value());
  const absl::Time ended = clock_.Now();
  EXPECT_TRUE(end(anna));
  clock_.Advance(absl::Minutes(1));
  EXPECT_FALSE(end(anna));
  EXPECT_EQ(Find(session_id).ended_at, ended);
}

}  // namespace
}  // namespace portal::identity
