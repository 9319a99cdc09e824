#include <atomic>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/crypto/encoding.h"
#include "libs/testing/status_matchers.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/service_fixture.h"

namespace portal::identity {
namespace {

class SessionTest : public ServiceTest {
 protected:
  SessionTest() { NewAccount("anna@example.org"); }

  Answer<v1::ListSessionsResponse> ListSessions(const std::string& passport) {
    return Call(*sessions_, &v1::SessionService::Stub::ListSessions, v1::ListSessionsRequest(),
                passport);
  }
  Answer<v1::RevokeSessionResponse> RevokeSession(const std::string& passport,
                                                  const std::string& session_id) {
    v1::RevokeSessionRequest request;
    request.set_session_id(session_id);
    return Call(*sessions_, &v1::SessionService::Stub::RevokeSession, request, passport);
  }
  Answer<v1::SignOutEverywhereResponse> SignOutEverywhere(const std::string& passport,
                                                          bool keep_current) {
    v1::SignOutEverywhereRequest request;
    request.set_keep_current(keep_current);
    return Call(*sessions_, &v1::SessionService::Stub::SignOutEverywhere, request, passport);
  }
};

TEST_F(SessionTest, SignInOpensASession) {
  const auto answer = SignIn("anna@example.org");
  ASSERT_EQ(answer.Outcome(), "OK");
  EXPECT_EQ(crypto::Base64UrlDecode(answer.response.session_token())->size(), 32);
  const v1::Session& session = answer.response.session();
  EXPECT_EQ(session.email(), "anna@example.org");
  EXPECT_EQ(session.create_time().seconds(), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_EQ(session.expire_time().seconds(), absl::ToUnixSeconds(clock_.Now() + absl::Hours(12)));
  EXPECT_EQ(session.idle_expire_time().seconds(),
            absl::ToUnixSeconds(clock_.Now() + absl::Minutes(30)));
  EXPECT_TRUE(session.memberships().empty());
  EXPECT_EQ(
      Sql("SELECT session_id = resource_id::uuid AND actor_kind = 'account' FROM audit_events "
          "WHERE action = 'identity.SignIn'"),
      "t");
}

TEST_F(SessionTest, EachSignInIsASessionOfItsOwn) {
  const auto first = SignIn("anna@example.org");
  const auto second = SignIn("anna@example.org");
  EXPECT_NE(first.response.session_token(), second.response.session_token());
  EXPECT_NE(first.response.session().session_id(), second.response.session().session_id());
}

TEST_F(SessionTest, UnknownWrongAndLockedAreTheSameBytes) {
  const auto unknown = SignIn("nobody@example.org");
  EXPECT_EQ(unknown.Outcome(), "CREDENTIALS_REJECTED");
  for (int i = 0; i < kSignInsPerAccount.attempts; ++i) {
    EXPECT_EQ(SignIn("anna@example.org", "a wrong password").Bytes(), unknown.Bytes());
  }
  EXPECT_EQ(SignIn("anna@example.org", kPassword).Bytes(), unknown.Bytes());
  EXPECT_EQ(Count("sessions"), "0");
}

TEST_F(SessionTest, LockEndsWithTheWindow) {
  for (int i = 0; i < kSignInsPerAccount.attempts; ++i)
    SignIn("anna@example.org", "a wrong password");
  clock_.Advance(kSignInsPerAccount.window - absl::Microseconds(1));
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "CREDENTIALS_REJECTED");
  clock_.Advance(absl::Microseconds(1));
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "OK");
}

TEST_F(SessionTest, SuccessForgetsTheFailuresBefore) {
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < kSignInsPerAccount.attempts - 1; ++i)
      SignIn("anna@example.org", "a wrong password");
    EXPECT_EQ(SignIn("Anna@Example.org").Outcome(), "OK");
  }
}

TEST_F(SessionTest, OfFiftyParallelGuessesAtMostTheLimitIsEvaluated) {
  InParallel(50, [&](int i) {
    EXPECT_EQ(SignIn("anna@example.org", absl::StrCat("guess number ", i)).Outcome(),
              "CREDENTIALS_REJECTED");
  });
  // Each one that was evaluated is in the counter.
  EXPECT_EQ(Sql("SELECT cardinality(attempted_at) FROM attempts WHERE kind = 1"), "10");
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "CREDENTIALS_REJECTED");
}

TEST_F(SessionTest, ClientIsLimitedOverAllAccountsBeforeAnythingIsLookedAt) {
  for (int i = 0; i < kAttemptsPerClientForTest; ++i) {
    EXPECT_EQ(SignIn(absl::StrCat("a", i, "@example.org"), kPassword, "192.0.2.1").Outcome(),
              "CREDENTIALS_REJECTED");
  }
  const auto refused = SignIn("anna@example.org", kPassword, "192.0.2.1");
  EXPECT_EQ(refused.Outcome(), "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(status::RetryAfterOf(rpc::FromGrpc(refused.status)), kAttemptsPerClient.window);
  EXPECT_EQ(Sql("SELECT count(*) FROM attempts WHERE kind = 1"),
            absl::StrCat(kAttemptsPerClientForTest));
  EXPECT_EQ(SignIn("anna@example.org", kPassword, "192.0.2.2").Outcome(), "OK");
}

TEST_F(SessionTest, SuccessesDoNotCountAgainstTheClient) {
  for (int i = 0; i < kAttemptsPerClientForTest + 5; ++i) {
    EXPECT_EQ(SignIn("anna@example.org", kPassword, "192.0.2.1").Outcome(), "OK");
  }
}

TEST_F(SessionTest, UnverifiedSignUpIsToldOnlyWithItsPassword) {
  ASSERT_EQ(SignUp("bob@example.org").Outcome(), "OK");
  EXPECT_EQ(SignIn("bob@example.org").Outcome(), "EMAIL_NOT_VERIFIED");
  EXPECT_EQ(SignIn("bob@example.org", "a wrong password").Bytes(),
            SignIn("nobody@example.org", "a wrong password").Bytes());
}

TEST_F(SessionTest, MalformedCredentialsAreNoAttempt) {
  EXPECT_EQ(SignIn("nobody").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(SignIn("anna@example.org", "").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(SignIn("anna@example.org", std::string(129, 'x')).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Sql("SELECT count(*) FROM attempts WHERE kind = 1"), "0");
}

TEST_F(SessionTest, PasswordIsHashedAnewWhenTheCostHasChanged) {
  ASSERT_OK_AND_ASSIGN(const auto former,
                       crypto::PasswordHasher::Create({.passes = 2, .memory_bytes = 16 * 1024}));
  ASSERT_OK_AND_ASSIGN(const std::string old_hash, former->Hash(kPassword));
  Sql(absl::StrCat("UPDATE accounts SET password_hash = '", old_hash, "'"));
  EXPECT_EQ(SignIn("anna@example.org", "a wrong password").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(Sql("SELECT password_hash FROM accounts"), old_hash);
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "OK");
  const std::string new_hash = Sql("SELECT password_hash FROM accounts");
  EXPECT_NE(new_hash, old_hash);
  EXPECT_FALSE(hasher_->NeedsRehash(new_hash));
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "OK");
  EXPECT_EQ(Sql("SELECT password_hash FROM accounts"), new_hash);
}

TEST_F(SessionTest, PassportIsTheSameForHalfItsLife) {
  const std::string token = NewSessionToken("anna@example.org");
  const auto first = IssuePassport(token);
  ASSERT_EQ(first.Outcome(), "OK");
  EXPECT_EQ(first.response.expire_time().seconds(),
            absl::ToUnixSeconds(clock_.Now() + absl::Seconds(60)));
  clock_.Advance(absl::Seconds(29));
  EXPECT_EQ(PassportOf(token), first.response.passport());
  clock_.Advance(absl::Seconds(1));
  EXPECT_NE(PassportOf(token), first.response.passport());
}

TEST_F(SessionTest, SignOutEndsTheSessionAtOnceAndOthersGoOn) {
  const std::string token = NewSessionToken("anna@example.org");
  const std::string other = NewSessionToken("anna@example.org");
  const std::string passport = PassportOf(token);
  EXPECT_EQ(GetSession(passport).Outcome(), "OK");
  EXPECT_EQ(SignOut(passport).Outcome(), "OK");

  const std::string unknown = IssuePassport(std::string(43, 'A')).Bytes();
  EXPECT_EQ(IssuePassport(token).Bytes(), unknown);
  EXPECT_EQ(GetSession(passport).Outcome(), "SESSION_ENDED");
  EXPECT_EQ(SignOut(passport).Outcome(), "OK");
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events WHERE action = 'identity.SignOut'"), "1");
  EXPECT_EQ(IssuePassport(other).Outcome(), "OK");
}

TEST_F(SessionTest, UnknownEndedAndExpiredAreTheSameBytes) {
  const std::string token = NewSessionToken("anna@example.org");
  const auto unknown = IssuePassport(std::string(43, 'A'));
  EXPECT_EQ(unknown.Outcome(), "SESSION_ENDED");
  EXPECT_EQ(IssuePassport("").Bytes(), unknown.Bytes());
  EXPECT_EQ(IssuePassport(token + "A").Bytes(), unknown.Bytes());
  clock_.Advance(absl::Minutes(30));
  EXPECT_EQ(IssuePassport(token).Bytes(), unknown.Bytes());
}

TEST_F(SessionTest, UnusedSessionEndsAfterThirtyMinutes) {
  const std::string token = NewSessionToken("anna@example.org");
  clock_.Advance(absl::Minutes(30) - absl::Microseconds(1));
  EXPECT_EQ(IssuePassport(token).Outcome(), "OK");
  clock_.Advance(absl::Minutes(30) - absl::Microseconds(1));
  EXPECT_EQ(IssuePassport(token).Outcome(), "OK");
  clock_.Advance(absl::Minutes(30));
  EXPECT_EQ(IssuePassport(token).Outcome(), "SESSION_ENDED");
}

TEST_F(SessionTest, BusySessionEndsAfterTwelveHours) {
  const std::string token = NewSessionToken("anna@example.org");
  for (int i = 0; i < 35; ++i) {
    clock_.Advance(absl::Minutes(20));
    ASSERT_EQ(IssuePassport(token).Outcome(), "OK") << i;
  }
  clock_.Advance(absl::Minutes(20) - absl::Seconds(10));
  const auto last = IssuePassport(token);
  ASSERT_EQ(last.Outcome(), "OK");
  // Its passport does not outlive it.
  EXPECT_EQ(last.response.expire_time().seconds(),
            absl::ToUnixSeconds(clock_.Now() + absl::Seconds(10)));
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(IssuePassport(token).Outcome(), "SESSION_ENDED");
}

TEST_F(SessionTest, UseIsNotedOnceAMinute) {
  const std::string token = NewSessionToken("anna@example.org");
  const auto last_seen = [&] { return Sql("SELECT micros(last_seen_at) FROM sessions"); };
  const std::string opened = last_seen();
  clock_.Advance(absl::Seconds(59));
  PassportOf(token);
  EXPECT_EQ(last_seen(), opened);
  clock_.Advance(absl::Seconds(1));
  PassportOf(token);
  EXPECT_EQ(last_seen(), absl::StrCat(absl::ToUnixMicros(clock_.Now())));
}

TEST_F(SessionTest, GetSessionDoesNotProlongIt) {
  const std::string token = NewSessionToken("anna@example.org");
  clock_.Advance(absl::Minutes(29) + absl::Seconds(30));
  const std::string passport = PassportOf(token);
  clock_.Advance(absl::Seconds(50));
  const auto session = GetSession(passport);
  ASSERT_EQ(session.Outcome(), "OK");
  EXPECT_EQ(session.response.idle_expire_time().seconds(),
            absl::ToUnixSeconds(clock_.Now() + absl::Minutes(30) - absl::Seconds(50)));
}

TEST_F(SessionTest, PassportSaysWhatTheAccountIsAtItsClinicsNow) {
  const std::string clinic_id = NewClinic("willow-creek", "owner@example.org");
  const std::string token = NewSessionToken("owner@example.org");
  ASSERT_OK_AND_ASSIGN(const auto public_keys,
                       crypto::VerifyingKeyring::Load(harness_.public_keys()));
  auth::PassportVerifier verifier(*public_keys, testing::RpcHarness::kInstallation, clock_);
  ASSERT_OK_AND_ASSIGN(const auto passport, verifier.Verify(PassportOf(token)));
  EXPECT_EQ(passport->display_name, "Dr. Anna Moss");
  ASSERT_EQ(passport->memberships.size(), 1);
  EXPECT_EQ(passport->memberships[0].clinic_id.ToString(), clinic_id);
  EXPECT_EQ(passport->memberships[0].roles, auth::StaffRoles{auth::StaffRole::kOwner});

  // Suspension shows in the next passport, although the last one would still be good for handing
  // out.
  Sql("UPDATE staff_members SET suspended_at = now()");
  ASSERT_OK_AND_ASSIGN(const auto next, verifier.Verify(PassportOf(token)));
  EXPECT_TRUE(next->memberships.empty());
  EXPECT_EQ(next->display_name, "");
  EXPECT_TRUE(SignIn("owner@example.org").response.session().memberships().empty());
}

TEST_F(SessionTest, ListShowsTheLiveSessionsNewestFirst) {
  const auto phone = SignInFrom("", "anna@example.org", kPassword,
                                "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Firefox/132.0");
  clock_.Advance(absl::Minutes(5));
  const auto laptop = SignInFrom("", "anna@example.org", kPassword, "curl/8.1");
  const auto idle = SignIn("anna@example.org");
  const auto ended = SignIn("anna@example.org");
  ASSERT_EQ(SignOut(PassportOf(ended.response.session_token())).Outcome(), "OK");
  NewAccount("bob@example.org");
  SignIn("bob@example.org");
  clock_.Advance(absl::Minutes(20));
  PassportOf(phone.response.session_token());
  PassportOf(laptop.response.session_token());
  clock_.Advance(absl::Minutes(10));

  const auto list = ListSessions(PassportOf(laptop.response.session_token()));
  ASSERT_EQ(list.Outcome(), "OK");
  ASSERT_EQ(list.response.sessions_size(), 2);
  EXPECT_EQ(list.response.sessions(0).session_id(), laptop.response.session().session_id());
  EXPECT_EQ(list.response.sessions(0).device(), "curl/8.1");
  EXPECT_EQ(list.response.sessions(1).session_id(), phone.response.session().session_id());
  EXPECT_EQ(list.response.sessions(1).device(), "Firefox on Android");
  EXPECT_EQ(list.response.sessions(1).last_seen_time().seconds(),
            absl::ToUnixSeconds(clock_.Now() - absl::Minutes(10)));
  EXPECT_FALSE(list.response.sessions(1).has_second_factor_time());
  EXPECT_EQ(list.response.current_session_id(), laptop.response.session().session_id());
}

TEST_F(SessionTest, ListComesInPages) {
  std::vector<std::string> opened;
  for (int i = 0; i < 5; ++i) {
    opened.insert(opened.begin(), SignIn("anna@example.org").response.session().session_id());
  }
  const std::string passport = PassportOf(NewSessionToken("anna@example.org"));
  std::vector<std::string> listed;
  v1::ListSessionsRequest request;
  request.set_page_size(2);
  do {
    const auto page = Call(*sessions_, &v1::SessionService::Stub::ListSessions, request, passport);
    ASSERT_EQ(page.Outcome(), "OK");
    for (const v1::Session& session : page.response.sessions()) {
      listed.push_back(session.session_id());
    }
    request.set_page_token(page.response.next_page_token());
  } while (!request.page_token().empty());
  ASSERT_EQ(listed.size(), 6);
  EXPECT_EQ(std::vector(listed.begin() + 1, listed.end()), opened);
}

TEST_F(SessionTest, RevokedSessionEndsAtOnceAndOnlyItsOwnerMayDoThat) {
  const auto lost = SignIn("anna@example.org");
  const std::string here = NewSessionToken("anna@example.org");
  NewAccount("bob@example.org");
  const std::string bob = PassportOf(NewSessionToken("bob@example.org"));
  const std::string& lost_id = lost.response.session().session_id();
  const auto foreign = RevokeSession(bob, lost_id);
  EXPECT_EQ(foreign.Outcome(), "SESSION_NOT_FOUND");
  EXPECT_EQ(foreign.Bytes(), RevokeSession(bob, id::NewUuidV7(clock_).ToString()).Bytes());
  EXPECT_EQ(IssuePassport(lost.response.session_token()).Outcome(), "OK");

  EXPECT_EQ(RevokeSession(PassportOf(here), lost_id).Outcome(), "OK");
  EXPECT_EQ(IssuePassport(lost.response.session_token()).Outcome(), "SESSION_ENDED");
  EXPECT_EQ(RevokeSession(PassportOf(here), lost_id).Outcome(), "OK");
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events WHERE action = 'identity.RevokeSession' AND "
                "outcome = 'OK'"),
            "1");
  EXPECT_EQ(IssuePassport(here).Outcome(), "OK");
  EXPECT_EQ(RevokeSession(PassportOf(here), "owner").Outcome(), "INVALID_FIELD");
}

TEST_F(SessionTest, SignOutEverywhereEndsAllOrAllOthers) {
  const std::string here = NewSessionToken("anna@example.org");
  const std::string there = NewSessionToken("anna@example.org");
  NewAccount("bob@example.org");
  const std::string bob = NewSessionToken("bob@example.org");
  const std::string passport = PassportOf(here);
  EXPECT_EQ(SignOutEverywhere(passport, /*keep_current=*/true).Outcome(), "OK");
  EXPECT_EQ(IssuePassport(there).Outcome(), "SESSION_ENDED");
  EXPECT_EQ(IssuePassport(here).Outcome(), "OK");
  EXPECT_EQ(SignOutEverywhere(passport, /*keep_current=*/false).Outcome(), "OK");
  EXPECT_EQ(IssuePassport(here).Outcome(), "SESSION_ENDED");
  EXPECT_EQ(SignOutEverywhere(passport, /*keep_current=*/false).Outcome(), "OK");
  EXPECT_EQ(IssuePassport(bob).Outcome(), "OK");
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events WHERE action = 'identity.SignOutEverywhere'"),
            "2");
}

TEST_F(SessionTest, StrangersDoNotLockAKnownDeviceOut) {
  const std::string device = SignIn("anna@example.org").response.device_token();
  EXPECT_EQ(crypto::Base64UrlDecode(device)->size(), 32);
  for (int i = 0; i < kSignInsPerAccount.attempts; ++i) {
    SignIn("anna@example.org", "a wrong password");
  }
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "CREDENTIALS_REJECTED");
  const auto known = SignInFrom(device, "anna@example.org");
  EXPECT_EQ(known.Outcome(), "OK");
  EXPECT_EQ(known.response.device_token(), device);
  // Its success says nothing about the strangers.
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "CREDENTIALS_REJECTED");
}

TEST_F(SessionTest, KnownDeviceHasALimitOfItsOwn) {
  const std::string device = SignIn("anna@example.org").response.device_token();
  InParallel(30, [&](int i) {
    EXPECT_EQ(SignInFrom(device, "anna@example.org", absl::StrCat("guess number ", i)).Outcome(),
              "CREDENTIALS_REJECTED");
  });
  EXPECT_EQ(Sql("SELECT cardinality(attempted_at) FROM attempts WHERE kind = 6"),
            absl::StrCat(kSignInsPerDevice.attempts));
  EXPECT_EQ(SignInFrom(device, "anna@example.org").Bytes(), SignIn("nobody@example.org").Bytes());
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "OK");
}

TEST_F(SessionTest, DeviceOfAnotherAccountIsAStranger) {
  NewAccount("bob@example.org");
  const std::string bobs = SignIn("bob@example.org").response.device_token();
  for (int i = 0; i < kSignInsPerAccount.attempts; ++i) {
    SignInFrom(bobs, "anna@example.org", "a wrong password");
  }
  EXPECT_EQ(SignInFrom(bobs, "anna@example.org").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignInFrom(bobs, "bob@example.org").Outcome(), "OK");
}

TEST_F(SessionTest, DeviceIsAStrangerAfterHalfAYear) {
  const std::string device = SignIn("anna@example.org").response.device_token();
  clock_.Advance(kDeviceRetention - absl::Microseconds(1));
  EXPECT_EQ(SignInFrom(device, "anna@example.org").response.device_token(), device);
  clock_.Advance(kDeviceRetention);
  EXPECT_NE(SignInFrom(device, "anna@example.org").response.device_token(), device);
}

TEST_F(SessionTest, NewDeviceIsToldExceptTheFirst) {
  const std::string device = SignIn("anna@example.org").response.device_token();
  EXPECT_TRUE(Notices().empty());
  SignInFrom(device, "anna@example.org");
  EXPECT_TRUE(Notices().empty());
  SignInFrom("", "anna@example.org", kPassword, "Mozilla/5.0 (iPad; x) Safari/604.1");
  const std::vector<messaging::v1::Notice> notices = Notices();
  ASSERT_EQ(notices.size(), 1);
  EXPECT_EQ(notices[0].recipient().email(), "anna@example.org");
  EXPECT_EQ(notices[0].recipient().language(), "en");
  EXPECT_EQ(notices[0].new_device_sign_in().device(), "Safari on iPad");
  EXPECT_EQ(notices[0].new_device_sign_in().sign_in_time().seconds(),
            absl::ToUnixSeconds(clock_.Now()));
}

TEST_F(SessionTest, AtMostFiftyDevicesAreKnown) {
  const std::string oldest = SignIn("anna@example.org").response.device_token();
  clock_.Advance(absl::Seconds(1));
  const std::string second = SignIn("anna@example.org").response.device_token();
  for (int i = 1; i < kMaxKnownDevices; ++i) {
    clock_.Advance(absl::Seconds(1));
    SignIn("anna@example.org");
  }
  EXPECT_EQ(Count("known_devices"), absl::StrCat(kMaxKnownDevices));
  EXPECT_EQ(SignInFrom(second, "anna@example.org").response.device_token(), second);
  EXPECT_NE(SignInFrom(oldest, "anna@example.org").response.device_token(), oldest);
}

TEST_F(SessionTest, BeyondTheLimitANewSessionEndsTheOldest) {
  const auto sign_in = [&] {
    clock_.Advance(absl::Milliseconds(1));  // ids grow with time
    return SignIn("anna@example.org").response.session_token();
  };
  const std::string oldest = sign_in(), second = sign_in();
  for (int i = 2; i < kMaxSessions; ++i) sign_in();
  EXPECT_EQ(IssuePassport(oldest).Outcome(), "OK");
  sign_in();
  EXPECT_EQ(IssuePassport(oldest).Outcome(), "SESSION_ENDED");
  EXPECT_EQ(IssuePassport(second).Outcome(), "OK");
  EXPECT_EQ(Count("sessions WHERE ended_at IS NULL"), absl::StrCat(kMaxSessions));
}

TEST_F(SessionTest, SigningOutEverywhereLeavesWhatHasExpiredAsItIs) {
  NewSessionToken("anna@example.org");
  clock_.Advance(SessionLimits().lifetime);
  const std::string passport = PassportOf(NewSessionToken("anna@example.org"));
  ASSERT_EQ(SignOutEverywhere(passport, /*keep_current=*/false).Outcome(), "OK");
  EXPECT_EQ(Count("sessions WHERE ended_at IS NOT NULL"), "1");
}

TEST_F(SessionTest, ForeignCallersAreRefused) {
  EXPECT_EQ(GetSession("").Outcome(), "PASSPORT_MISSING");
  // A passport of a session that this service never opened.
  EXPECT_EQ(GetSession(harness_.Passport(id::AccountId::New(clock_))).Outcome(), "SESSION_ENDED");
  EXPECT_EQ(GetAccount(harness_.Passport(id::AccountId::New(clock_))).Outcome(), "SESSION_ENDED");
}

}  // namespace
}  // namespace portal::identity
