#include <atomic>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/service_fixture.h"

namespace portal::identity {
namespace {

constexpr char kNewPassword[] = "another long password";

class PasswordTest : public ServiceTest {
 protected:
  PasswordTest() { NewAccount("anna@example.org"); }

  Answer<v1::ChangePasswordResponse> Change(const std::string& passport,
                                            const std::string& password = kPassword,
                                            const std::string& new_password = kNewPassword,
                                            std::string request_id = "") {
    v1::ChangePasswordRequest request;
    request.set_password(password);
    request.set_new_password(new_password);
    request.set_request_id(request_id.empty() ? NewRequestId() : std::move(request_id));
    return Call(*passwords_, &v1::PasswordService::Stub::ChangePassword, request, passport);
  }
  Answer<v1::RequestPasswordResetResponse> RequestReset(const std::string& email,
                                                        std::string request_id = "",
                                                        const std::string& address = "") {
    v1::RequestPasswordResetRequest request;
    request.set_email(email);
    request.set_request_id(request_id.empty() ? NewRequestId() : std::move(request_id));
    return Call(*passwords_, &v1::PasswordService::Stub::RequestPasswordReset, request, "",
                address);
  }
  Answer<v1::ResetPasswordResponse> Reset(const std::string& token,
                                          const std::string& new_password = kNewPassword,
                                          std::string request_id = "",
                                          const std::string& address = "") {
    v1::ResetPasswordRequest request;
    request.set_token(token);
    request.set_new_password(new_password);
    request.set_request_id(request_id.empty() ? NewRequestId() : std::move(request_id));
    return Call(*passwords_, &v1::PasswordService::Stub::ResetPassword, request, "", address);
  }
  // Asks for a link and returns its token, the newest one's.
  std::string ResetToken(const std::string& email) {
    EXPECT_EQ(RequestReset(email).Outcome(), "OK");
    std::string token;
    for (const messaging::v1::Notice& notice : Notices()) {
      if (notice.has_reset_password() && notice.recipient().email() == email) {
        token = TokenIn(notice.reset_password().link(), "reset-password");
      }
    }
    EXPECT_NE(token, "") << "no link went to " << email;
    return token;
  }
  bool Told(bool (messaging::v1::Notice::*what)() const) {
    const std::vector<messaging::v1::Notice> notices = Notices();
    return notices.size() == 1 && (notices[0].*what)();
  }
};

TEST_F(PasswordTest, ChangeReplacesThePasswordEndsOtherSessionsAndIsTold) {
  const std::string here = NewSessionToken("anna@example.org");
  const std::string elsewhere = NewSessionToken("anna@example.org");
  Notices();
  EXPECT_EQ(Change(PassportOf(here)).Outcome(), "OK");
  EXPECT_TRUE(Told(&messaging::v1::Notice::has_password_changed));
  EXPECT_EQ(IssuePassport(here).Outcome(), "OK");
  EXPECT_EQ(IssuePassport(elsewhere).Outcome(), "SESSION_ENDED");
  EXPECT_EQ(SignIn("anna@example.org", kPassword).Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignIn("anna@example.org", kNewPassword).Outcome(), "OK");
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events WHERE action = 'identity.ChangePassword'"), "1");
}

TEST_F(PasswordTest, RefusedChangeChangesNothing) {
  const std::string here = NewSessionToken("anna@example.org");
  const std::string elsewhere = NewSessionToken("anna@example.org");
  const std::string passport = PassportOf(here);
  Notices();
  const std::string hash = Sql("SELECT password_hash FROM accounts");
  EXPECT_EQ(Change(passport, "a wrong password").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(Change(passport, kPassword, "short").Outcome(), "PASSWORD_UNACCEPTABLE");
  EXPECT_EQ(Change(passport, "").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Change(passport, kPassword, kNewPassword, "not-a-uuid").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Sql("SELECT password_hash FROM accounts"), hash);
  EXPECT_EQ(IssuePassport(elsewhere).Outcome(), "OK");
  EXPECT_TRUE(Notices().empty());
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events WHERE action = 'identity.ChangePassword'"), "0");
}

TEST_F(PasswordTest, ChangeNeedsALiveSession) {
  const std::string token = NewSessionToken("anna@example.org");
  const std::string passport = PassportOf(token);
  ASSERT_EQ(SignOut(passport).Outcome(), "OK");
  EXPECT_EQ(Change(passport).Outcome(), "SESSION_ENDED");
  EXPECT_EQ(SignIn("anna@example.org", kPassword).Outcome(), "OK");
}

TEST_F(PasswordTest, GuessesAtChangeAndAtSignInFromADeviceCountTogether) {
  const auto signed_in = SignIn("anna@example.org");
  const std::string device = signed_in.response.device_token();
  const std::string passport = PassportOf(signed_in.response.session_token());
  for (int i = 0; i < kSignInsPerDevice.attempts / 2; ++i) {
    EXPECT_EQ(Change(passport, "a wrong password").Outcome(), "CREDENTIALS_REJECTED");
    EXPECT_EQ(SignInFrom(device, "anna@example.org", "a wrong password").Outcome(),
              "CREDENTIALS_REJECTED");
  }
  EXPECT_EQ(Change(passport, kPassword).Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignInFrom(device, "anna@example.org").Outcome(), "CREDENTIALS_REJECTED");
  clock_.Advance(kSignInsPerDevice.window);
  EXPECT_EQ(SignInFrom(device, "anna@example.org").Outcome(), "OK");
}

TEST_F(PasswordTest, OfParallelGuessesAtChangeExactlyTheLimitIsEvaluated) {
  const std::string passport = PassportOf(NewSessionToken("anna@example.org"));
  InParallel(30, [&](int i) {
    EXPECT_EQ(Change(passport, absl::StrCat("guess number ", i)).Outcome(), "CREDENTIALS_REJECTED");
  });
  EXPECT_EQ(Sql("SELECT cardinality(attempted_at) FROM attempts WHERE kind = 6"), "10");
  EXPECT_EQ(Change(passport).Outcome(), "CREDENTIALS_REJECTED");
}

TEST_F(PasswordTest, RepeatedChangeNeitherNeedsNorTellsThePassword) {
  const std::string passport = PassportOf(NewSessionToken("anna@example.org"));
  Notices();
  const std::string request_id = NewRequestId();
  ASSERT_EQ(Change(passport, kPassword, kNewPassword, request_id).Outcome(), "OK");
  const std::string hash = Sql("SELECT password_hash FROM accounts");
  const std::string counted =
      Sql("SELECT coalesce(sum(cardinality(attempted_at)), 0) FROM attempts");
  EXPECT_EQ(Change(passport, kPassword, kNewPassword, request_id).Outcome(), "OK");
  EXPECT_EQ(Change(passport, "a wrong password", "yet another password", request_id).Outcome(),
            "OK");
  EXPECT_EQ(Sql("SELECT password_hash FROM accounts"), hash);
  EXPECT_EQ(Sql("SELECT coalesce(sum(cardinality(attempted_at)), 0) FROM attempts"), counted);
  EXPECT_TRUE(Told(&messaging::v1::Notice::has_password_changed));
}

TEST_F(PasswordTest, OfParallelChangesOneWins) {
  std::vector<std::string> passports;
  for (int i = 0; i < 6; ++i) passports.push_back(PassportOf(NewSessionToken("anna@example.org")));
  std::atomic<int> changed = 0;
  InParallel(6, [&](int i) {
    const auto answer = Change(passports[i], kPassword, absl::StrCat("new password number ", i));
    changed += answer.ok();
  });
  EXPECT_EQ(changed, 1);
  EXPECT_EQ(Sql("SELECT count(*) FROM sessions WHERE ended_at IS NULL"), "1");
  int accepted = 0;
  for (int i = 0; i < 6; ++i) {
    accepted += SignIn("anna@example.org", absl::StrCat("new password number ", i)).ok();
  }
  EXPECT_EQ(accepted, 1);
}

TEST_F(PasswordTest, ResetReplacesThePasswordEndsEverySessionAndIsTold) {
  const auto signed_in = SignIn("anna@example.org");
  Notices();
  const std::string token = ResetToken("anna@example.org");
  EXPECT_EQ(Reset(token).Outcome(), "OK");
  EXPECT_TRUE(Told(&messaging::v1::Notice::has_password_changed));
  EXPECT_EQ(IssuePassport(signed_in.response.session_token()).Outcome(), "SESSION_ENDED");
  EXPECT_EQ(SignIn("anna@example.org", kPassword).Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignIn("anna@example.org", kNewPassword).Outcome(), "OK");
  // The device the old password was known on is a stranger now.
  EXPECT_NE(SignInFrom(signed_in.response.device_token(), "anna@example.org", kNewPassword)
                .response.device_token(),
            signed_in.response.device_token());
}

TEST_F(PasswordTest, AskingForAResetTellsNothing) {
  const auto known = RequestReset("anna@example.org");
  const auto unknown = RequestReset("nobody@example.org");
  EXPECT_EQ(known.Outcome(), "OK");
  EXPECT_EQ(known.Bytes(), unknown.Bytes());
  EXPECT_EQ(known.response.SerializeAsString(), unknown.response.SerializeAsString());
  EXPECT_EQ(Sql("SELECT count(*) FROM password_resets"), "2");
  // Only the owner is written to, where the account is, however the address was typed.
  EXPECT_EQ(RequestReset("ANNA@example.org").Outcome(), "OK");
  const std::vector<messaging::v1::Notice> notices = Notices();
  ASSERT_EQ(notices.size(), 2);
  for (const messaging::v1::Notice& notice : notices) {
    EXPECT_EQ(notice.recipient().email(), "anna@example.org");
  }
  EXPECT_EQ(Count("outbox_events"), "0");
}

TEST_F(PasswordTest, ResetOfASignUpThatIsNotProvenTellsNobody) {
  ASSERT_EQ(SignUp("bob@example.org").Outcome(), "OK");
  EXPECT_EQ(RequestReset("bob@example.org").Outcome(), "OK");
  EXPECT_TRUE(Notices().empty());
}

TEST_F(PasswordTest, RejectedResetLinksCannotBeToldApartAndChangeNothing) {
  const std::string unknown = Reset(std::string(43, 'A')).Bytes();
  EXPECT_EQ(Reset("").Bytes(), unknown);
  const std::string replaced = ResetToken("anna@example.org");
  const std::string token = ResetToken("anna@example.org");
  const std::string hash = Sql("SELECT password_hash FROM accounts");
  EXPECT_EQ(Reset(replaced).Bytes(), unknown);
  clock_.Advance(kPasswordResetLifetime);
  EXPECT_EQ(Reset(token).Bytes(), unknown);
  EXPECT_EQ(Sql("SELECT password_hash FROM accounts"), hash);
  clock_.Advance(-absl::Microseconds(1));
  EXPECT_EQ(Reset(token, "short").Outcome(), "PASSWORD_UNACCEPTABLE");
  EXPECT_EQ(Reset(token).Outcome(), "OK");
  EXPECT_EQ(Reset(token, "yet another password").Bytes(), unknown);
  EXPECT_EQ(SignIn("anna@example.org", kNewPassword).Outcome(), "OK");
}

TEST_F(PasswordTest, ResetLinkOpensNobodyElsesAccount) {
  NewAccount("bob@example.org");
  const std::string annas = ResetToken("anna@example.org");
  ResetToken("bob@example.org");
  EXPECT_EQ(Reset(annas).Outcome(), "OK");
  EXPECT_EQ(SignIn("bob@example.org", kPassword).Outcome(), "OK");
  EXPECT_EQ(SignIn("bob@example.org", kNewPassword).Outcome(), "CREDENTIALS_REJECTED");
  // Nor the account that has the address by now.
  const std::string late = ResetToken("anna@example.org");
  Sql("UPDATE accounts SET email = 'anna.moved@example.org', normalized_email = "
      "'anna.moved@example.org' WHERE email = 'anna@example.org'");
  NewAccount("anna@example.org");
  EXPECT_EQ(Reset(late, "yet another password").Outcome(), "LINK_REJECTED");
  EXPECT_EQ(SignIn("anna@example.org", kPassword).Outcome(), "OK");
}

TEST_F(PasswordTest, ResetLinkUsedInParallelWorksOnce) {
  const std::string token = ResetToken("anna@example.org");
  std::atomic<int> reset = 0;
  InParallel(8, [&](int i) {
    const auto answer = Reset(token, absl::StrCat("new password number ", i));
    reset += answer.ok();
    if (!answer.ok()) {
      EXPECT_EQ(answer.Outcome(), "LINK_REJECTED");
    }
  });
  EXPECT_EQ(reset, 1);
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events WHERE action = 'identity.ResetPassword'"), "1");
}

TEST_F(PasswordTest, OfResetsAskedForInParallelOneLinkWorks) {
  InParallel(5, [&](int) { EXPECT_EQ(RequestReset("anna@example.org").Outcome(), "OK"); });
  int reset = 0;
  for (const messaging::v1::Notice& notice : Notices()) {
    reset += Reset(TokenIn(notice.reset_password().link(), "reset-password")).ok();
  }
  EXPECT_EQ(reset, 1);
}

TEST_F(PasswordTest, ChangeVoidsTheResetLink) {
  const std::string token = ResetToken("anna@example.org");
  ASSERT_EQ(Change(PassportOf(NewSessionToken("anna@example.org"))).Outcome(), "OK");
  EXPECT_EQ(Reset(token, "yet another password").Outcome(), "LINK_REJECTED");
}

TEST_F(PasswordTest, RepeatedResetGetsTheSameAnswerAndTheFirstPasswordStands) {
  const std::string token = ResetToken("anna@example.org");
  const std::string request_id = NewRequestId();
  ASSERT_EQ(Reset(token, kNewPassword, request_id).Outcome(), "OK");
  EXPECT_EQ(Reset(token, "yet another password", request_id).Outcome(), "OK");
  EXPECT_EQ(Reset(std::string(43, 'A'), kNewPassword, request_id).Outcome(), "REQUEST_ID_REUSED");
  EXPECT_EQ(SignIn("anna@example.org", kNewPassword).Outcome(), "OK");
}

TEST_F(PasswordTest, RepeatedRequestForALinkSendsNothing) {
  const std::string request_id = NewRequestId();
  EXPECT_EQ(RequestReset("anna@example.org", request_id).Outcome(), "OK");
  EXPECT_EQ(Notices().size(), 1);
  EXPECT_EQ(RequestReset("anna@example.org", request_id).Outcome(), "OK");
  EXPECT_TRUE(Notices().empty());
  EXPECT_EQ(RequestReset("bob@example.org", request_id).Outcome(), "REQUEST_ID_REUSED");
}

TEST_F(PasswordTest, MailsToAnAddressAreLimitedWithAndWithoutAnAccount) {
  for (const std::string email : {"anna@example.org", "nobody@example.org"}) {
    for (int i = 0; i < kPasswordResetsPerEmail.attempts; ++i) {
      EXPECT_EQ(RequestReset(email).Outcome(), "OK");
    }
    EXPECT_EQ(RequestReset(email).Outcome(), "TOO_MANY_ATTEMPTS");
  }
  for (const std::string email : {"anna@example.org", "nobody@example.org"}) {
    const auto refused = RequestReset(email);
    EXPECT_EQ(refused.Outcome(), "TOO_MANY_ATTEMPTS");
    EXPECT_EQ(status::RetryAfterOf(rpc::FromGrpc(refused.status)), kPasswordResetsPerEmail.window);
  }
  EXPECT_EQ(Notices().size(), kPasswordResetsPerEmail.attempts);
}

TEST_F(PasswordTest, ClientIsLimitedOverAllLinks) {
  for (int i = 0; i < kAttemptsPerClientForTest; ++i) {
    EXPECT_EQ(Reset(std::string(43, 'A'), kNewPassword, "", "192.0.2.1").Outcome(),
              "LINK_REJECTED");
  }
  EXPECT_EQ(Reset(std::string(43, 'A'), kNewPassword, "", "192.0.2.1").Outcome(),
            "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(RequestReset("anna@example.org", "", "192.0.2.1").Outcome(), "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(RequestReset("anna@example.org", "", "192.0.2.2").Outcome(), "OK");
}

TEST_F(PasswordTest, SignInWithThePasswordThatIsBeingReplacedLeavesNoSession) {
  for (int round = 0; round < 10; ++round) {
    const std::string before = round % 2 == 0 ? kPassword : kNewPassword;
    const std::string after = round % 2 == 0 ? kNewPassword : kPassword;
    clock_.Advance(kPasswordResetsPerEmail.window);
    const std::string token = ResetToken("anna@example.org");
    std::string session;
    InParallel(2, [&](int i) {
      if (i == 0) {
        EXPECT_EQ(Reset(token, after).Outcome(), "OK");
      } else {
        session = SignIn("anna@example.org", before).response.session_token();
      }
    });
    EXPECT_EQ(IssuePassport(session).Outcome(), "SESSION_ENDED");
  }
}

TEST_F(PasswordTest, DatabaseHoldsNoPasswordsOrTokens) {
  EXPECT_EQ(RequestReset("anna@example.org").Outcome(), "OK");
  const auto holds = [&](const std::string& table, const std::string& word) {
    return Sql(absl::StrCat("SELECT count(*) FROM ", table, " AS t WHERE position('", word,
                            "' IN t::text) > 0 OR position(encode('", word,
                            "', 'hex') IN t::text) > 0"));
  };
  EXPECT_EQ(holds("outbox_events", "token="), "0");
  const std::string token = ResetToken("anna@example.org");
  EXPECT_EQ(holds("password_resets", token), "0");
  ASSERT_EQ(Reset(token, "canary password").Outcome(), "OK");
  const std::string device = SignIn("anna@example.org", "canary password").response.device_token();
  for (const char* table : {"accounts", "sessions", "known_devices", "attempts", "audit_events",
                            "idempotency_keys", "outbox_events"}) {
    EXPECT_EQ(holds(table, "canary password"), "0") << table;
    EXPECT_EQ(holds(table, token), "0") << table;
    EXPECT_EQ(holds(table, device), "0") << table;
  }
}

TEST_F(PasswordTest, OnlyTheGatewayMayCall) {
  const auto other = v1::PasswordService::NewStub(harness_.Channel("records"));
  EXPECT_EQ(
      Call(*other, &v1::PasswordService::Stub::ResetPassword, v1::ResetPasswordRequest()).Outcome(),
      "SERVICE_NOT_ALLOWED");
  EXPECT_EQ(Change("").Outcome(), "PASSPORT_MISSING");
}

}  // namespace
}  // namespace portal::identity
