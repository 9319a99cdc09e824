#include <atomic>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "libs/crypto/encoding.h"
#include "libs/crypto/totp.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/second_factor_fixture.h"

namespace portal::identity {
namespace {

TEST_F(SecondFactorTest, IsEnabledWithACodeOfTheApp) {
  EXPECT_FALSE(Get().response.enabled());
  const auto begun = Begin();
  ASSERT_EQ(begun.Outcome(), "OK");
  secret_ = Base32Decode(begun.response.secret());
  EXPECT_EQ(secret_.size(), crypto::kTotpSecretBytes);
  EXPECT_EQ(begun.response.otpauth_url(),
            absl::StrCat("otpauth://totp/portal.example.org:anna%40example.org?secret=",
                         begun.response.secret(), "&issuer=portal.example.org"));
  EXPECT_FALSE(Get().response.enabled());
  EXPECT_TRUE(SignIn("anna@example.org").response.has_session());

  EXPECT_EQ(Confirm(WrongCode()).Outcome(), "SECOND_FACTOR_REJECTED");
  Notices();
  const auto confirmed = Confirm(Code());
  ASSERT_EQ(confirmed.Outcome(), "OK");
  EXPECT_EQ(std::set<std::string>(confirmed.response.recovery_codes().begin(),
                                  confirmed.response.recovery_codes().end())
                .size(),
            kRecoveryCodes);
  EXPECT_EQ(confirmed.response.recovery_codes(0).size(), 19);
  EXPECT_TRUE(Get().response.enabled());
  EXPECT_EQ(Get().response.recovery_codes_left(), kRecoveryCodes);
  const std::vector<messaging::v1::Notice> notices = Notices();
  ASSERT_EQ(notices.size(), 1);
  EXPECT_TRUE(notices[0].second_factor_changed().enabled());
  // The session that enabled it has proven it.
  EXPECT_TRUE(GetSession(Passport()).response.has_second_factor_time());
}

TEST_F(SecondFactorTest, BeginningNeedsThePasswordAndReplacesWhatWasBegun) {
  EXPECT_EQ(Begin("a wrong password").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(Begin("").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Count("second_factors"), "0");
  const auto first = Begin();
  secret_ = Base32Decode(first.response.secret());
  const std::string old_code = Code();
  const auto second = Begin();
  EXPECT_NE(first.response.secret(), second.response.secret());
  EXPECT_EQ(Confirm(old_code).Outcome(), "SECOND_FACTOR_REJECTED");
  secret_ = Base32Decode(second.response.secret());
  EXPECT_EQ(Confirm(Code()).Outcome(), "OK");
  EXPECT_EQ(Begin().Outcome(), "SECOND_FACTOR_ENABLED");
  EXPECT_EQ(Confirm(Code(1)).Outcome(), "SECOND_FACTOR_NOT_BEGUN");
}

TEST_F(SecondFactorTest, SignInTakesTwoSteps) {
  Enable();
  const std::string challenge = Challenge();
  EXPECT_EQ(Sql("SELECT count(*) FROM sessions WHERE ended_at IS NULL"), "1");
  const auto completed = Complete(challenge, Code());
  ASSERT_EQ(completed.Outcome(), "OK");
  EXPECT_EQ(completed.response.session().second_factor_time().seconds(),
            absl::ToUnixSeconds(clock_.Now()));
  EXPECT_EQ(IssuePassport(completed.response.session_token()).Outcome(), "OK");
  EXPECT_EQ(crypto::Base64UrlDecode(completed.response.device_token())->size(), 32);
  // The challenge is used up.
  NextStep();
  EXPECT_EQ(Complete(challenge, Code()).Outcome(), "CHALLENGE_REJECTED");
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events WHERE action = 'identity.CompleteSignIn'"), "1");
}

TEST_F(SecondFactorTest, CodeIsAcceptedOneStepEarlyAndLateAndNeverTwice) {
  Enable();
  EXPECT_EQ(Complete(Challenge(), Code(-2)).Outcome(), "SECOND_FACTOR_REJECTED");
  EXPECT_EQ(Complete(Challenge(), Code(2)).Outcome(), "SECOND_FACTOR_REJECTED");
  EXPECT_EQ(Complete(Challenge(), Code(-1)).Outcome(), "OK");
  EXPECT_EQ(Complete(Challenge(), Code(-1)).Outcome(), "SECOND_FACTOR_REJECTED");
  EXPECT_EQ(Complete(Challenge(), Code(1)).Outcome(), "OK");
  // Neither that step again nor one before it.
  EXPECT_EQ(Complete(Challenge(), Code(1)).Outcome(), "SECOND_FACTOR_REJECTED");
  EXPECT_EQ(Complete(Challenge(), Code(0)).Outcome(), "SECOND_FACTOR_REJECTED");
  clock_.Advance(crypto::kTotpStep);
  EXPECT_EQ(Complete(Challenge(), Code(1)).Outcome(), "OK");
}

TEST_F(SecondFactorTest, CodeThatEnabledTheFactorOpensNothing) {
  const auto begun = Begin();
  secret_ = Base32Decode(begun.response.secret());
  ASSERT_EQ(Confirm(Code()).Outcome(), "OK");
  EXPECT_EQ(Complete(Challenge(), Code()).Outcome(), "SECOND_FACTOR_REJECTED");
}

TEST_F(SecondFactorTest, OfOneCodeInParallelSignInsOneOpens) {
  Enable();
  std::vector<std::string> challenges;
  for (int i = 0; i < 4; ++i) challenges.push_back(Challenge());
  std::atomic<int> opened = 0;
  InParallel(4, [&](int i) {
    const auto answer = Complete(challenges[i], Code());
    opened += answer.ok();
    if (!answer.ok()) {
      EXPECT_EQ(answer.Outcome(), "SECOND_FACTOR_REJECTED");
    }
  });
  EXPECT_EQ(opened, 1);
}

TEST_F(SecondFactorTest, OneChallengeInParallelOpensOneSession) {
  Enable();
  const std::string challenge = Challenge();
  std::atomic<int> opened = 0;
  InParallel(4, [&](int i) { opened += Complete(challenge, recovery_codes_[i]).ok(); });
  EXPECT_EQ(opened, 1);
  EXPECT_EQ(Get().response.recovery_codes_left(), kRecoveryCodes - 1);
}

TEST_F(SecondFactorTest, ChallengeLastsFiveMinutesAndRejectedOnesAreTheSameBytes) {
  Enable();
  const std::string challenge = Challenge();
  const std::string unknown = Complete(std::string(43, 'A'), "123456").Bytes();
  clock_.Advance(kChallengeLifetime);
  EXPECT_EQ(Complete(challenge, Code()).Bytes(), unknown);
  clock_.Advance(-absl::Microseconds(1));
  EXPECT_EQ(Complete(challenge, Code()).Outcome(), "OK");
  EXPECT_EQ(Complete(challenge, Code()).Bytes(), unknown);
}

TEST_F(SecondFactorTest, RecoveryCodeWorksOnceHoweverItIsTyped) {
  Enable();
  EXPECT_EQ(Complete(Challenge(), absl::AsciiStrToUpper(recovery_codes_[3])).Outcome(), "OK");
  EXPECT_EQ(Complete(Challenge(), recovery_codes_[3]).Outcome(), "SECOND_FACTOR_REJECTED");
  EXPECT_EQ(Complete(Challenge(), absl::StrReplaceAll(recovery_codes_[4], {{"-", " "}})).Outcome(),
            "OK");
  EXPECT_EQ(Complete(Challenge(), "aaaa-aaaa-aaaa-aaaa").Outcome(), "SECOND_FACTOR_REJECTED");
  EXPECT_EQ(Complete(Challenge(), "no code").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Get().response.recovery_codes_left(), kRecoveryCodes - 2);
}

TEST_F(SecondFactorTest, GuessesAtTheCodeCountWithThoseAtThePassword) {
  Enable();
  // One attempt for the password, nine for codes: knowing the password buys no more of them.
  const std::string challenge = Challenge();
  for (int i = 1; i < kSignInsPerAccount.attempts; ++i) {
    EXPECT_EQ(Complete(challenge, WrongCode()).Outcome(), "SECOND_FACTOR_REJECTED");
  }
  EXPECT_EQ(Complete(challenge, Code()).Outcome(), "SECOND_FACTOR_REJECTED");
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "CREDENTIALS_REJECTED");
  clock_.Advance(kSignInsPerAccount.window);
  EXPECT_EQ(Complete(Challenge(), Code()).Outcome(), "OK");
}

TEST_F(SecondFactorTest, RightPasswordDoesNotRenewTheGuessesAtTheCode) {
  Enable();
  int evaluated = 0;
  for (int i = 0; i < kSignInsPerAccount.attempts; ++i) {
    const auto answer = SignIn("anna@example.org");
    if (!answer.ok()) break;
    EXPECT_EQ(Complete(answer.response.second_factor_challenge().challenge_token(), WrongCode())
                  .Outcome(),
              "SECOND_FACTOR_REJECTED");
    ++evaluated;
  }
  EXPECT_EQ(evaluated, kSignInsPerAccount.attempts / 2);
}

TEST_F(SecondFactorTest, NeitherAChangeNorAResetOfThePasswordRenewsTheGuessesAtTheCode) {
  Enable();
  const auto spend_guesses = [&](const std::string& password) {
    int evaluated = 0;
    for (auto answer = SignIn("anna@example.org", password); answer.ok();
         answer = SignIn("anna@example.org", password)) {
      Complete(answer.response.second_factor_challenge().challenge_token(), WrongCode());
      ++evaluated;
    }
    return evaluated;
  };
  EXPECT_EQ(spend_guesses(kPassword), kSignInsPerAccount.attempts / 2);
  ASSERT_EQ(ResetPassword("another long password").Outcome(), "OK");
  EXPECT_EQ(spend_guesses("another long password"), 0);

  clock_.Advance(kSignInsPerAccount.window);
  token_ = Complete(Challenge("another long password"), Code()).response.session_token();
  ASSERT_EQ(Disable(WrongCode(), "another long password").Outcome(), "SECOND_FACTOR_REJECTED");
  const auto counted = [&] {
    return Sql("SELECT coalesce(sum(cardinality(attempted_at)), 0) FROM attempts WHERE kind = 6");
  };
  const std::string before = counted();
  EXPECT_EQ(before, "1");
  ASSERT_EQ(ChangePassword("another long password", kPassword).Outcome(), "OK");
  EXPECT_EQ(counted(), "2");
}

TEST_F(SecondFactorTest, OfParallelGuessesAtTheCodeExactlyTheLimitCounts) {
  Enable();
  const std::string challenge = Challenge();
  const std::string wrong = WrongCode();
  InParallel(
      30, [&](int) { EXPECT_EQ(Complete(challenge, wrong).Outcome(), "SECOND_FACTOR_REJECTED"); });
  EXPECT_EQ(Sql("SELECT cardinality(attempted_at) FROM attempts WHERE kind = 1"), "10");
  EXPECT_EQ(Complete(challenge, Code()).Outcome(), "SECOND_FACTOR_REJECTED");
}

TEST_F(SecondFactorTest, ClientIsLimitedOverAllChallenges) {
  for (int i = 0; i < kAttemptsPerClientForTest; ++i) {
    EXPECT_EQ(Complete(std::string(43, 'A'), "123456", "192.0.2.1").Outcome(),
              "CHALLENGE_REJECTED");
  }
  EXPECT_EQ(Complete(std::string(43, 'A'), "123456", "192.0.2.1").Outcome(), "TOO_MANY_ATTEMPTS");
}

TEST_F(SecondFactorTest, SuccessesDoNotCountAgainstTheClient) {
  Enable();
  for (int i = 0; i < kAttemptsPerClientForTest; ++i) {
    const auto answer = SignIn("anna@example.org", kPassword, "192.0.2.1");
    ASSERT_EQ(answer.Outcome(), "OK");
    ASSERT_EQ(
        Complete(answer.response.second_factor_challenge().challenge_token(), Code(), "192.0.2.1")
            .Outcome(),
        "OK");
    clock_.Advance(crypto::kTotpStep);
  }
  EXPECT_EQ(Sql("SELECT coalesce(sum(cardinality(attempted_at)), 0) FROM attempts WHERE kind = 2"),
            "0");
}

TEST_F(SecondFactorTest, EnablingMakesOtherDevicesStrangersWithNoGuessesOfTheirOwn) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 3; ++i) tokens.push_back(SignIn("anna@example.org").response.device_token());
  Enable();
  Sql("DELETE FROM attempts");
  std::atomic<int> evaluated = 0;
  InParallel(static_cast<int>(tokens.size()), [&](int i) {
    for (int n = 0; n < kSignInsPerDevice.attempts; ++n) {
      const auto answer = SignInFrom(tokens[i], "anna@example.org");
      if (!answer.ok()) break;
      Complete(answer.response.second_factor_challenge().challenge_token(), WrongCode());
      ++evaluated;
    }
  });
  EXPECT_LE(evaluated, kSignInsPerAccount.attempts);
  EXPECT_EQ(Sql("SELECT kind, cardinality(attempted_at) FROM attempts WHERE kind IN (1, 6)"),
            absl::StrCat("1|", kSignInsPerAccount.attempts));
}

TEST_F(SecondFactorTest, NewPasswordVoidsChallengesAndKeepsTheFactor) {
  Enable();
  const std::string challenge = Challenge();
  ASSERT_EQ(ResetPassword("another long password").Outcome(), "OK");
  EXPECT_EQ(Complete(challenge, Code()).Outcome(), "CHALLENGE_REJECTED");
  EXPECT_EQ(Complete(Challenge("another long password"), Code()).Outcome(), "OK");
}

TEST_F(SecondFactorTest, RegeneratingReplacesTheRecoveryCodes) {
  Enable();
  EXPECT_EQ(Regenerate(Code(), "a wrong password").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(Regenerate(WrongCode()).Outcome(), "SECOND_FACTOR_REJECTED");
  EXPECT_EQ(Get().response.recovery_codes_left(), kRecoveryCodes);
  const auto renewed = Regenerate(Code());
  ASSERT_EQ(renewed.Outcome(), "OK");
  EXPECT_EQ(renewed.response.recovery_codes_size(), kRecoveryCodes);
  EXPECT_EQ(Complete(Challenge(), recovery_codes_[0]).Outcome(), "SECOND_FACTOR_REJECTED");
  EXPECT_EQ(Complete(Challenge(), renewed.response.recovery_codes(0)).Outcome(), "OK");
}

TEST_F(SecondFactorTest, DisablingNeedsPasswordAndCodeAndIsTold) {
  Enable();
  EXPECT_EQ(Disable(Code(), "a wrong password").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(Disable(WrongCode()).Outcome(), "SECOND_FACTOR_REJECTED");
  EXPECT_TRUE(Get().response.enabled());
  EXPECT_TRUE(Notices().empty());
  const std::string request_id = NewRequestId();
  EXPECT_EQ(Disable(Code(), kPassword, request_id).Outcome(), "OK");
  EXPECT_EQ(Disable(WrongCode(), "a wrong password", request_id).Outcome(), "OK");
  EXPECT_FALSE(Get().response.enabled());
  EXPECT_EQ(Count("recovery_codes"), "0");
  EXPECT_FALSE(GetSession(Passport()).response.has_second_factor_time());
  const std::vector<messaging::v1::Notice> notices = Notices();
  ASSERT_EQ(notices.size(), 1);
  EXPECT_FALSE(notices[0].second_factor_changed().enabled());
  EXPECT_TRUE(SignIn("anna@example.org").response.has_session());
  EXPECT_EQ(Disable(Code(1)).Outcome(), "SECOND_FACTOR_NOT_ENABLED");
}

TEST_F(SecondFactorTest, LostFactorIsRemovedAfterMailboxAndWaitingTime) {
  Enable();
  const std::string challenge = Challenge();
  const std::string code = MailedCode(challenge);
  const auto begun = BeginRemoval(challenge, code);
  ASSERT_EQ(begun.Outcome(), "OK");
  const absl::Time due = clock_.Now() + absl::Hours(72);
  EXPECT_EQ(begun.response.removal_time().seconds(), absl::ToUnixSeconds(due));
  EXPECT_EQ(Get().response.removal_time().seconds(), absl::ToUnixSeconds(due));
  const std::vector<messaging::v1::Notice> notices = Notices();
  ASSERT_EQ(notices.size(), 1);
  EXPECT_EQ(notices[0].second_factor_removal_requested().removal_time().seconds(),
            absl::ToUnixSeconds(due));

  clock_.Set(due - absl::Microseconds(1));
  EXPECT_EQ(CompleteRemoval(Challenge()).Outcome(), "SECOND_FACTOR_REMOVAL_NOT_DUE");
  clock_.Set(due);
  const std::string late = Challenge();
  EXPECT_EQ(CompleteRemoval(late).Outcome(), "OK");
  EXPECT_FALSE(Notices().at(0).second_factor_changed().enabled());
  EXPECT_EQ(CompleteRemoval(late).Outcome(), "CHALLENGE_REJECTED");
  EXPECT_TRUE(SignIn("anna@example.org").response.has_session());
}

TEST_F(SecondFactorTest, RemovalLapsesAfterSevenDays) {
  Enable();
  const std::string challenge = Challenge();
  ASSERT_EQ(BeginRemoval(challenge, MailedCode(challenge)).Outcome(), "OK");
  clock_.Advance(absl::Hours(72) + kRemovalWindow);
  EXPECT_EQ(CompleteRemoval(Challenge()).Outcome(), "SECOND_FACTOR_REMOVAL_NOT_DUE");
  // It can be asked for again, with a waiting time of its own.
  const std::string again = Challenge();
  Notices();
  ASSERT_EQ(BeginRemoval(again, MailedCode(again)).Outcome(), "OK");
  EXPECT_EQ(CompleteRemoval(Challenge()).Outcome(), "SECOND_FACTOR_REMOVAL_NOT_DUE");
}

TEST_F(SecondFactorTest, RemovalIsCancelledByTheLinkAndByTheFactor) {
  Enable();
  std::string challenge = Challenge();
  ASSERT_EQ(BeginRemoval(challenge, MailedCode(challenge)).Outcome(), "OK");
  const std::string token =
      TokenIn(Notices().at(0).second_factor_removal_requested().cancel_link(), "cancel-removal");
  EXPECT_EQ(CancelRemoval(std::string(43, 'A')).Outcome(), "LINK_REJECTED");
  EXPECT_EQ(CancelRemoval(token).Outcome(), "OK");
  EXPECT_EQ(CancelRemoval(token).Outcome(), "OK");
  EXPECT_FALSE(Get().response.has_removal_time());
  clock_.Advance(absl::Hours(72));
  token_ = Complete(Challenge(), Code()).response.session_token();
  EXPECT_EQ(CompleteRemoval(Challenge()).Outcome(), "SECOND_FACTOR_REMOVAL_NOT_DUE");

  challenge = Challenge();
  Notices();
  ASSERT_EQ(BeginRemoval(challenge, MailedCode(challenge)).Outcome(), "OK");
  NextStep();
  EXPECT_EQ(Complete(Challenge(), Code()).Outcome(), "OK");
  EXPECT_FALSE(Get().response.has_removal_time());
}

TEST_F(SecondFactorTest, RemovalIsCancelledByARecoveryCode) {
  Enable();
  const std::string challenge = Challenge();
  ASSERT_EQ(BeginRemoval(challenge, MailedCode(challenge)).Outcome(), "OK");
  ASSERT_TRUE(Get().response.has_removal_time());
  EXPECT_EQ(Complete(Challenge(), "aaaa-aaaa-aaaa-aaaa").Outcome(), "SECOND_FACTOR_REJECTED");
  EXPECT_TRUE(Get().response.has_removal_time());
  EXPECT_EQ(Complete(Challenge(), recovery_codes_[0]).Outcome(), "OK");
  EXPECT_FALSE(Get().response.has_removal_time());
}

TEST_F(SecondFactorTest, RemovalBegunTwiceKeepsItsTime) {
  Enable();
  std::string challenge = Challenge();
  const auto first = BeginRemoval(challenge, MailedCode(challenge));
  clock_.Advance(absl::Hours(1));
  challenge = Challenge();
  Notices();
  const auto second = BeginRemoval(challenge, MailedCode(challenge));
  ASSERT_EQ(second.Outcome(), "OK");
  EXPECT_EQ(second.response.removal_time().seconds(), first.response.removal_time().seconds());
  EXPECT_TRUE(Notices().empty());
}

TEST_F(SecondFactorTest, MailedCodeIsTriedFiveTimesWithinTenMinutesAndUsedOnce) {
  Enable();
  const std::string challenge = Challenge();
  const std::string code = MailedCode(challenge);
  const std::string wrong = code == "000000" ? "000001" : "000000";
  std::atomic<int> rejected = 0;
  InParallel(12, [&](int) {
    rejected += BeginRemoval(challenge, wrong).Outcome() == "SECOND_FACTOR_REJECTED";
  });
  EXPECT_EQ(rejected, 12);
  EXPECT_EQ(Sql("SELECT removal_code_tries FROM second_factors"),
            absl::StrCat(kTriesPerMailboxCode));
  EXPECT_EQ(BeginRemoval(challenge, code).Outcome(), "SECOND_FACTOR_REJECTED");

  const std::string replaced = MailedCode(challenge);
  const std::string newest = MailedCode(challenge);
  if (replaced != newest) {
    EXPECT_EQ(BeginRemoval(challenge, replaced).Outcome(), "SECOND_FACTOR_REJECTED");
  }
  EXPECT_EQ(BeginRemoval(challenge, "12345").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(BeginRemoval(std::string(43, 'A'), newest).Outcome(), "CHALLENGE_REJECTED");
  std::atomic<int> begun = 0;
  InParallel(3, [&](int) { begun += BeginRemoval(challenge, newest).ok(); });
  EXPECT_EQ(begun, 1);

  CancelRemoval(
      TokenIn(Notices().at(0).second_factor_removal_requested().cancel_link(), "cancel-removal"));
  const std::string expired = MailedCode(challenge);
  clock_.Advance(kMailboxCodeLifetime);
  EXPECT_EQ(BeginRemoval(Challenge(), expired).Outcome(), "SECOND_FACTOR_REJECTED");
}

TEST_F(SecondFactorTest, MailedCodesAreLimited) {
  Enable();
  const std::string challenge = Challenge();
  for (int i = 0; i < kMailboxCodesPerEmail.attempts; ++i) {
    EXPECT_EQ(RequestRemoval(challenge).Outcome(), "OK");
  }
  EXPECT_EQ(RequestRemoval(challenge).Outcome(), "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(RequestRemoval(std::string(43, 'A')).Outcome(), "CHALLENGE_REJECTED");
}

TEST_F(SecondFactorTest, OnesCodesOpenNobodyElsesAccount) {
  Enable();
  const std::string annas_secret = secret_;
  const std::vector<std::string> annas_codes = recovery_codes_;
  NewAccount("bob@example.org");
  token_ = NewSessionToken("bob@example.org");
  Enable();
  const std::string challenge =
      SignIn("bob@example.org").response.second_factor_challenge().challenge_token();
  EXPECT_EQ(Complete(challenge, annas_codes[0]).Outcome(), "SECOND_FACTOR_REJECTED");
  const std::string annas_now = *crypto::TotpCode(annas_secret, crypto::TotpStepAt(clock_.Now()));
  if (annas_now != Code(-1) && annas_now != Code() && annas_now != Code(1)) {
    EXPECT_EQ(Complete(challenge, annas_now).Outcome(), "SECOND_FACTOR_REJECTED");
  }
  // A secret that was moved to another account does not open.
  Sql("UPDATE second_factors SET sealed_secret = (SELECT sealed_secret FROM second_factors AS "
      "other "
      "WHERE other.account_id <> second_factors.account_id)");
  EXPECT_EQ(Complete(challenge, annas_now).Outcome(), "INTERNAL");
}

TEST_F(SecondFactorTest, DatabaseHoldsNoSecretsOrCodes) {
  Enable();
  const std::string challenge = Challenge();
  const std::string code = MailedCode(challenge);
  const auto holds = [&](const std::string& table, const std::string& bytes) {
    return Sql(absl::StrCat("SELECT count(*) FROM ", table, " AS t WHERE position('",
                            crypto::HexEncode(bytes), "' IN t::text) > 0"));
  };
  EXPECT_EQ(Count("second_factors"), "1");
  for (const char* table : {"second_factors", "recovery_codes", "second_factor_challenges",
                            "outbox_events", "idempotency_keys"}) {
    EXPECT_EQ(holds(table, secret_), "0") << table;
    EXPECT_EQ(holds(table, code), "0") << table;
    EXPECT_EQ(holds(table, challenge), "0") << table;
    EXPECT_EQ(holds(table, absl::StrReplaceAll(recovery_codes_[0], {{"-", ""}})), "0") << table;
  }
}

TEST_F(SecondFactorTest, NeedsALiveSession) {
  const std::string passport = Passport();
  ASSERT_EQ(SignOut(passport).Outcome(), "OK");
  v1::BeginSecondFactorRequest request;
  request.set_password(kPassword);
  EXPECT_EQ(Call(*stub_, &Stub::BeginSecondFactor, request, passport).Outcome(), "SESSION_ENDED");
  EXPECT_EQ(Call(*stub_, &Stub::BeginSecondFactor, request, "").Outcome(), "PASSPORT_MISSING");
}

}  // namespace
}  // namespace portal::identity
