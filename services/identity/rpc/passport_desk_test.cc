#include "services/identity/rpc/passport_desk.h"

#include <memory>
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "libs/crypto/signing.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/key_files.h"
#include "libs/testing/status_matchers.h"

namespace portal::identity {
namespace {

class PassportDeskTest : public ::testing::Test {
 protected:
  PassportDeskTest() {
    folder_.AddSigningKey("k20260101T000000");
    auto loaded = crypto::SigningKeyring::Load(folder_.path());
    EXPECT_OK(loaded);
    keys_ = *std::move(loaded);
    issuer_.emplace(*keys_, "portal.test");
    desk_.emplace(*issuer_, 2);
  }

  Session NewSession() {
    return {.session_id = id::SessionId::New(clock_),
            .account_id = id::AccountId::New(clock_),
            .created_at = clock_.Now(),
            .last_seen_at = clock_.Now(),
            .expires_at = clock_.Now() + absl::Hours(12)};
  }
  std::string Issue(const Session& session) { return desk_->Issue(session, clock_.Now()).token; }

  testing::FakeClock clock_;
  testing::KeyFolder folder_;
  std::unique_ptr<crypto::SigningKeyring> keys_;
  std::optional<auth::PassportIssuer> issuer_;
  std::optional<PassportDesk> desk_;
};

TEST_F(PassportDeskTest, HandsOutTheSameForHalfItsLife) {
  const Session session = NewSession();
  const std::string first = Issue(session);
  clock_.Advance(absl::Seconds(30) - absl::Microseconds(1));
  EXPECT_EQ(Issue(session), first);
  clock_.Advance(absl::Microseconds(1));
  EXPECT_NE(Issue(session), first);
}

TEST_F(PassportDeskTest, ChangesShowAtOnce) {
  Session session = NewSession();
  std::string last = Issue(session);
  session.memberships.push_back({.clinic_id = id::ClinicId::New(clock_),
                                 .display_name = "Anna",
                                 .roles = {StaffRole::kOwner}});
  EXPECT_NE(Issue(session), last);
  last = Issue(session);
  session.memberships[0].roles = {StaffRole::kFrontDesk};
  EXPECT_NE(Issue(session), last);
  last = Issue(session);
  session.memberships[0].display_name = "Anna Moss";
  EXPECT_NE(Issue(session), last);
  last = Issue(session);
  session.memberships.clear();
  EXPECT_NE(Issue(session), last);
}

TEST_F(PassportDeskTest, SessionsDoNotShareOne) {
  EXPECT_NE(Issue(NewSession()), Issue(NewSession()));
}

TEST_F(PassportDeskTest, ClockSetBackGivesAFreshOne) {
  const Session session = NewSession();
  const std::string first = Issue(session);
  clock_.Advance(-absl::Minutes(5));
  EXPECT_NE(Issue(session), first);
}

TEST_F(PassportDeskTest, NoneOutlivesItsSession) {
  Session session = NewSession();
  session.expires_at = clock_.Now() + absl::Seconds(20);
  EXPECT_EQ(desk_->Issue(session, clock_.Now()).expires_at, session.expires_at);
}

TEST_F(PassportDeskTest, RemembersNoMoreThanItsCapacity) {
  const Session first = NewSession(), second = NewSession(), third = NewSession();
  const std::string of_first = Issue(first), of_second = Issue(second);
  Issue(third);
  // Equal passports have equal bytes: only one that was made later differs.
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(Issue(second), of_second);
  EXPECT_NE(Issue(first), of_first);
}

}  // namespace
}  // namespace portal::identity
