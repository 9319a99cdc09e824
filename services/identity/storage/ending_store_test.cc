#include "services/identity/storage/ending_store.h"

#include <atomic>
#include <set>
#include <thread>
#include <variant>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/identity/domain/limits.h"
#include "services/identity/storage/store_fixture.h"

namespace portal::identity {
namespace {

class EndingStoreTest : public StoreTest {
 protected:
  void End(db::Transaction& transaction, const id::SessionId& session_id) {
    const absl::StatusOr<bool> ended =
        sessions_.End(transaction, session_id, account_id_, clock_.Now());
    EXPECT_TRUE(ended.ok() && *ended);
  }
  void End(const id::SessionId& session_id) {
    EXPECT_OK(Transact([&](db::Transaction& transaction) {
      End(transaction, session_id);
      return absl::OkStatus();
    }));
  }
  std::vector<SessionEnding> List(int64_t after = 0, int limit = 1000) {
    absl::StatusOr<std::vector<SessionEnding>> endings = endings_.List(after, limit);
    EXPECT_OK(endings);
    return *std::move(endings);
  }
  // A practitioner of a clinic of its own; returns the membership.
  StaffMember NewMember() {
    EXPECT_OK(Invite(clinic_id_, "ben@example.org", "invitation", {StaffRole::kPractitioner}));
    absl::StatusOr<StaffMember> member = Transact([&](db::Transaction& transaction) {
      return staff_.Accept(transaction, HashOf("invitation"), account_id_, "Ben");
    });
    EXPECT_OK(member);
    return *std::move(member);
  }

  const id::AccountId account_id_ = NewAccount("anna@example.org");
  const id::ClinicId clinic_id_ = NewClinic("willow-creek");
  EndingStore endings_{pool_};
};

TEST_F(EndingStoreTest, EndedSessionIsToldOnceAndOneThatIsUsedIsNot) {
  const id::SessionId session_id = NewSession(account_id_, "first");
  NewSession(account_id_, "second");
  ASSERT_OK(sessions_.Touch({}, session_id, clock_.Now(), clock_.Now()));
  EXPECT_TRUE(List().empty());
  End(session_id);
  // Again, which changes nothing.
  EXPECT_OK(Transact([&](db::Transaction& transaction) {
    return sessions_.End(transaction, session_id, account_id_, clock_.Now()).status();
  }));
  const std::vector<SessionEnding> endings = List();
  ASSERT_EQ(endings.size(), 1);
  EXPECT_EQ(std::get<id::SessionId>(endings[0].subject), session_id);
  EXPECT_EQ(endings_.Last().value(), endings[0].ending_id);
}

TEST_F(EndingStoreTest, SessionEndedBehindTheServicesBackIsToldButNotOneThatExpired) {
  const id::SessionId deleted = NewSession(account_id_, "deleted");
  const id::SessionId ended = NewSession(account_id_, "ended");
  Sql("UPDATE sessions SET expires_at = now() + interval '1 hour', created_at = now()");
  Sql("DELETE FROM sessions WHERE session_id = '" + deleted.ToString() + "'");
  Sql("UPDATE sessions SET ended_at = now()");
  Sql("DELETE FROM sessions");
  NewSession(account_id_, "expired");
  Sql("UPDATE sessions SET expires_at = now(), created_at = now() - interval '1 hour'");
  Sql("DELETE FROM sessions");
  const std::vector<SessionEnding> endings = List();
  ASSERT_EQ(endings.size(), 2);
  EXPECT_EQ(std::get<id::SessionId>(endings[0].subject), deleted);
  EXPECT_EQ(std::get<id::SessionId>(endings[1].subject), ended);
}

TEST_F(EndingStoreTest, MembershipIsToldWithWhatItAllowsFromThenOn) {
  StaffMember member = NewMember();
  const auto change = [&](const std::function<void(StaffMember&)>& edit) {
    edit(member);
    EXPECT_OK(
        Transact([&](db::Transaction& transaction) { return staff_.Update(transaction, member); }));
  };
  change([&](StaffMember& it) { it.suspended_at = clock_.Now(); });
  change([](StaffMember& it) { it.roles = {StaffRole::kFrontDesk}; });
  change([](StaffMember& it) { it.suspended_at.reset(); });
  change([](StaffMember& it) { ++it.version; });  // nothing that a passport says
  EXPECT_OK(
      Transact([&](db::Transaction& transaction) { return staff_.Remove(transaction, member); }));
  std::vector<StaffRoles> roles;
  for (const SessionEnding& ending : List()) {
    const auto& told = std::get<MembershipChange>(ending.subject);
    EXPECT_EQ(told.account_id, account_id_);
    EXPECT_EQ(told.clinic_id, clinic_id_);
    roles.push_back(told.roles);
  }
  EXPECT_EQ(roles, (std::vector<StaffRoles>{
                       {StaffRole::kPractitioner}, {}, {}, {StaffRole::kFrontDesk}, {}}));
}

TEST_F(EndingStoreTest, EndedSessionOfAServiceAccountIsToldToo) {
  Sql("INSERT INTO service_accounts (service_account_id, clinic_id, display_name, scopes, "
      "created_at, rotated_at) SELECT gen_random_uuid(), clinic_id, 'Billing', 2, now(), now() "
      "FROM clinics");
  Sql("INSERT INTO service_account_sessions (session_id, service_account_id, token_hash, "
      "created_at, last_seen_at, expires_at) SELECT gen_random_uuid(), service_account_id, 'hash', "
      "now(), now(), now() + interval '1 hour' FROM service_accounts");
  EXPECT_TRUE(List().empty());
  Sql("UPDATE service_account_sessions SET ended_at = now()");
  const std::vector<SessionEnding> endings = List();
  ASSERT_EQ(endings.size(), 1);
  EXPECT_EQ(std::get<id::SessionId>(endings[0].subject).ToString(),
            Sql("SELECT session_id FROM service_account_sessions"));
}

TEST_F(EndingStoreTest, InvitationThatIsWithdrawnIsNotTold) {
  ASSERT_OK_AND_ASSIGN(const StaffMember invited, Invite(clinic_id_, "ben@example.org", "token"));
  EXPECT_OK(
      Transact([&](db::Transaction& transaction) { return staff_.Remove(transaction, invited); }));
  EXPECT_TRUE(List().empty());
}

// What a cursor relies on. Drawn when the session is ended, the first one's id would be the lower
// one, and a reader who has seen the second would never see it.
TEST_F(EndingStoreTest, IdsFollowTheOrderOfCommitsNotOfChanges) {
  const id::SessionId first = NewSession(account_id_, "first");
  const id::SessionId second = NewSession(account_id_, "second");
  int64_t cursor = 0;
  EXPECT_OK(Transact([&](db::Transaction& transaction) -> absl::Status {
    End(transaction, first);
    End(second);  // commits at once: nobody waits for the one that is still open
    const std::vector<SessionEnding> seen = List();
    EXPECT_EQ(seen.size(), 1);
    cursor = seen.back().ending_id;
    return absl::OkStatus();
  }));
  const std::vector<SessionEnding> rest = List(cursor);
  ASSERT_EQ(rest.size(), 1);
  EXPECT_EQ(std::get<id::SessionId>(rest[0].subject), first);
}

TEST_F(EndingStoreTest, ChangeThatIsUndoneIsNotTold) {
  const id::SessionId session_id = NewSession(account_id_, "token");
  EXPECT_FALSE(Transact([&](db::Transaction& transaction) -> absl::Status {
                 End(transaction, session_id);
                 return absl::AbortedError("undone");
               }).ok());
  EXPECT_TRUE(List().empty());
}

TEST_F(EndingStoreTest, ReaderWithACursorSeesEachOfManyEndingsAtOnceExactlyOnce) {
  constexpr int kThreads = 6, kEach = 20;
  std::vector<std::vector<id::SessionId>> sessions(kThreads);
  std::set<id::SessionId> expected;
  for (int i = 0; i < kThreads * kEach; ++i) {
    const id::SessionId session_id = NewSession(account_id_, absl::StrCat(i));
    sessions[i % kThreads].push_back(session_id);
    expected.insert(session_id);
  }
  std::vector<id::SessionId> seen;
  std::thread reader([&] {
    int64_t cursor = 0;
    while (seen.size() < expected.size()) {
      for (const SessionEnding& ending : List(cursor, 7)) {
        EXPECT_GT(ending.ending_id, cursor);
        cursor = ending.ending_id;
        seen.push_back(std::get<id::SessionId>(ending.subject));
      }
      if (HasFailure()) return;
    }
  });
  InParallel(kThreads, [&](int thread) {
    for (const id::SessionId& session_id : sessions[thread]) End(session_id);
  });
  // A reader that lost one never comes to an end by itself.
  const bool complete =
      Sql("SELECT count(*) FROM session_endings") == absl::StrCat(expected.size());
  EXPECT_TRUE(complete);
  reader.join();
  EXPECT_EQ(seen.size(), expected.size());
  EXPECT_EQ(std::set<id::SessionId>(seen.begin(), seen.end()), expected);
}

TEST_F(EndingStoreTest, ServiceItselfCannotWriteEndings) {
  EXPECT_ANY_THROW(testing::Psql(
      database_.app, "INSERT INTO session_endings (session_id) VALUES (gen_random_uuid())"));
  EXPECT_TRUE(List().empty());
}

TEST_F(EndingStoreTest, EndingIsKeptUntilNoPassportCanSayOtherwise) {
  const id::SessionId session_id = NewSession(account_id_, "token");
  End(session_id);
  const std::string now = absl::StrCat(absl::ToUnixMicros(clock_.Now()));
  Sql("UPDATE session_endings SET recorded_at = from_micros(" + now + ")");
  Retention retention(pool_, clock_);
  clock_.Advance(kEndingRetention - absl::Microseconds(1));
  ASSERT_OK(retention.Prune());
  EXPECT_EQ(List().size(), 1);
  clock_.Advance(absl::Microseconds(1));
  ASSERT_OK(retention.Prune());
  EXPECT_TRUE(List().empty());
}

}  // namespace
}  // namespace portal::identity
