#include <atomic>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/second_factor_fixture.h"
#include "services/identity/rpc/service_fixture.h"

namespace portal::identity {
namespace {

using ::testing::AnyOf;
using ::testing::UnorderedElementsAre;

class ClosureTest : public ServiceTest {
 protected:
  std::string PassportFor(const std::string& email) { return PassportOf(NewSessionToken(email)); }

  // A second owner of the clinic, who has accepted.
  void NewOwner(const std::string& clinic_id, const std::string& by, const std::string& email) {
    ASSERT_EQ(Invite(InviteRequest(clinic_id, email, policy::v1::STAFF_ROLE_OWNER), PassportFor(by))
                  .Outcome(),
              "OK");
    ASSERT_EQ(Accept(InvitationToken()).Outcome(), "OK");
  }
  std::string OpenAccounts() { return Count("accounts WHERE closed_at IS NULL"); }
};

TEST_F(ClosureTest, ClosedAccountIsGoneForGood) {
  NewAccount("Anna@example.org");
  const std::string account_id = Sql("SELECT account_id FROM accounts");
  const std::string here = NewSessionToken("anna@example.org");
  const std::string there = NewSessionToken("anna@example.org");
  const std::string passport = PassportOf(here);
  Notices();
  AccountsTold();
  ASSERT_EQ(CloseAccount(passport).Outcome(), "OK");

  EXPECT_EQ(IssuePassport(here).Outcome(), "SESSION_ENDED");
  EXPECT_EQ(IssuePassport(there).Outcome(), "SESSION_ENDED");
  EXPECT_EQ(GetAccount(passport).Outcome(), "SESSION_ENDED");
  EXPECT_EQ(SignIn("anna@example.org").Bytes(), SignIn("nobody@example.org").Bytes());
  EXPECT_EQ(
      Sql("SELECT account_id, email IS NULL, normalized_email IS NULL, password_hash IS NULL, "
          "closed_at IS NULL FROM accounts"),
      absl::StrCat(account_id, "|t|t|t|f"));

  const std::vector<messaging::v1::Notice> notices = Notices();
  ASSERT_EQ(notices.size(), 1);
  EXPECT_TRUE(notices[0].has_account_closed());
  EXPECT_EQ(notices[0].recipient().email(), "Anna@example.org");
  EXPECT_EQ(notices[0].recipient().language(), "en");
  const std::vector<messaging::v1::PutAccountRequest> told = AccountsTold();
  ASSERT_EQ(told.size(), 1);
  EXPECT_EQ(told[0].account_id(), account_id);
  EXPECT_EQ(told[0].email(), "");
  EXPECT_EQ(told[0].version(), 2);
  EXPECT_EQ(AccountsClosed(), std::vector<std::string>{account_id});
  EXPECT_EQ(Sql("SELECT actor_id, resource_kind, resource_id FROM audit_events WHERE action = "
                "'identity.CloseAccount'"),
            absl::StrCat(account_id, "|account|", account_id));
}

TEST_F(ClosureTest, AddressIsFreeForANewAccount) {
  NewAccount("anna@example.org");
  const std::string account_id = Sql("SELECT account_id FROM accounts");
  ASSERT_EQ(CloseAccount(PassportFor("anna@example.org")).Outcome(), "OK");
  NewAccount("anna@example.org", "another long password");
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "CREDENTIALS_REJECTED");
  const auto account =
      GetAccount(PassportOf(NewSessionToken("anna@example.org", "another long password")));
  EXPECT_NE(account.response.account_id(), account_id);
}

TEST_F(ClosureTest, WrongPasswordClosesNothingAndCountsAsAnAttemptToSignIn) {
  NewAccount("anna@example.org");
  const std::string session = NewSessionToken("anna@example.org");
  const std::string passport = PassportOf(session);
  for (int i = 0; i < kSignInsPerAccount.attempts; ++i) {
    EXPECT_EQ(CloseAccount(passport, "a wrong password").Outcome(), "CREDENTIALS_REJECTED");
  }
  EXPECT_EQ(CloseAccount(passport).Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(OpenAccounts(), "1");
  EXPECT_EQ(IssuePassport(session).Outcome(), "OK");
  EXPECT_TRUE(AccountsClosed().empty());
  clock_.Advance(kSignInsPerAccount.window);
  EXPECT_EQ(CloseAccount(PassportOf(session)).Outcome(), "OK");
}

TEST_F(ClosureTest, MalformedRequestsAndStrangersAreRefused) {
  NewAccount("anna@example.org");
  const std::string session = NewSessionToken("anna@example.org");
  const std::string passport = PassportOf(session);
  EXPECT_EQ(CloseAccount(passport, "").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(CloseAccount(passport, std::string(129, 'x')).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(CloseAccount(passport, kPassword, "1").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(CloseAccount("").Outcome(), "PASSPORT_MISSING");
  ASSERT_EQ(SignOut(passport).Outcome(), "OK");
  EXPECT_EQ(CloseAccount(passport).Outcome(), "SESSION_ENDED");
  EXPECT_EQ(OpenAccounts(), "1");
}

TEST_F(ClosureTest, RepetitionAndCopiesGetTheSameAnswer) {
  NewAccount("anna@example.org");
  const std::string passport = PassportFor("anna@example.org");
  const std::string request_id = NewRequestId();
  InParallel(
      4, [&](int) { EXPECT_EQ(CloseAccount(passport, kPassword, request_id).Outcome(), "OK"); });
  EXPECT_EQ(CloseAccount(passport, "a wrong password", request_id).Outcome(), "OK");
  EXPECT_EQ(CloseAccount(passport).Outcome(), "SESSION_ENDED");
  EXPECT_EQ(AccountsClosed().size(), 1);
}

TEST_F(ClosureTest, LastActiveOwnerStays) {
  const std::string clinic_id = NewClinic("willow-creek", "owner@example.org");
  const std::string session = NewSessionToken("owner@example.org");
  Notices();
  EXPECT_EQ(CloseAccount(PassportOf(session)).Outcome(), "LAST_OWNER");
  EXPECT_EQ(IssuePassport(session).Outcome(), "OK");
  EXPECT_EQ(OpenAccounts(), "1");
  EXPECT_EQ(Count("staff_members"), "1");
  EXPECT_TRUE(Notices().empty());
  EXPECT_TRUE(AccountsClosed().empty());

  // Somebody invited or suspended is no owner yet, or not any more.
  ASSERT_EQ(Invite(InviteRequest(clinic_id, "second@example.org", policy::v1::STAFF_ROLE_OWNER),
                   PassportOf(session))
                .Outcome(),
            "OK");
  EXPECT_EQ(CloseAccount(PassportOf(session)).Outcome(), "LAST_OWNER");
  ASSERT_EQ(Accept(InvitationToken()).Outcome(), "OK");
  Sql("UPDATE staff_members SET suspended_at = now() WHERE email = 'second@example.org'");
  EXPECT_EQ(CloseAccount(PassportOf(session)).Outcome(), "LAST_OWNER");
  Sql("UPDATE staff_members SET suspended_at = NULL");
  EXPECT_EQ(CloseAccount(PassportOf(session)).Outcome(), "OK");
}

TEST_F(ClosureTest, MembershipsEndAndTheTrailsOfTheClinicsSaySo) {
  const std::string willow = NewClinic("willow-creek", "first@example.org");
  const std::string elm = NewClinic("elm-street", "second@example.org");
  NewOwner(willow, "first@example.org", "anna@example.org");
  NewOwner(elm, "second@example.org", "anna@example.org");
  ASSERT_EQ(CloseAccount(PassportFor("anna@example.org")).Outcome(), "OK");
  EXPECT_EQ(Sql("SELECT string_agg(email, ', ' ORDER BY email) FROM staff_members"),
            "first@example.org, second@example.org");
  EXPECT_EQ(Sql("SELECT count(DISTINCT clinic_id) FROM audit_events WHERE action = "
                "'identity.CloseAccount' AND resource_kind = 'staff_member'"),
            "2");
  // The person may come back, as somebody new.
  EXPECT_EQ(Invite(InviteRequest(willow, "anna@example.org", policy::v1::STAFF_ROLE_OWNER),
                   PassportFor("first@example.org"))
                .Outcome(),
            "OK");
}

TEST_F(ClosureTest, OfTwoOwnersWhoCloseAtOnceOneStays) {
  for (int round = 0; round < 5; ++round) {
    const std::string owners[] = {absl::StrCat("a", round, "@example.org"),
                                  absl::StrCat("b", round, "@example.org")};
    const std::string clinic_id = NewClinic(absl::StrCat("clinic-", round), owners[0]);
    NewOwner(clinic_id, owners[0], owners[1]);
    const std::string passports[] = {PassportFor(owners[0]), PassportFor(owners[1])};
    std::vector<std::string> outcomes(2);
    InParallel(2, [&](int i) { outcomes[i] = CloseAccount(passports[i]).Outcome(); });
    EXPECT_THAT(outcomes, UnorderedElementsAre("OK", "LAST_OWNER"));
  }
}

TEST_F(ClosureTest, NoSessionIsOpenedForAnAccountThatClosesMeanwhile) {
  for (int round = 0; round < 5; ++round) {
    const std::string email = absl::StrCat("anna", round, "@example.org");
    NewAccount(email);
    const std::string passport = PassportFor(email);
    InParallel(4, [&](int i) {
      if (i == 0) {
        EXPECT_EQ(CloseAccount(passport).Outcome(), "OK");
        return;
      }
      const auto signed_in = SignIn(email);
      EXPECT_THAT(signed_in.Outcome(), AnyOf("OK", "CREDENTIALS_REJECTED"));
      // Closed before or afterwards: what it opened is ended.
    });
    EXPECT_EQ(Count("sessions WHERE ended_at IS NULL"), "0");
  }
}

TEST_F(ClosureTest, LinkUsedAtTheSameTimeMakesANewAccountOrNone) {
  for (int round = 0; round < 5; ++round) {
    const std::string email = absl::StrCat("anna", round, "@example.org");
    const std::string token(43, 'A' + round);
    NewAccount(email);
    const std::string passport = PassportFor(email);
    // A link for an address that has an account, which nobody is sent.
    ASSERT_EQ(SignUp(email, "another long password").Outcome(), "OK");
    Mails();
    Sql(absl::StrCat("UPDATE sign_ups SET token_hash = sha256('", token, "') WHERE email = '",
                     email, "'"));
    std::string verified;
    InParallel(2, [&](int i) {
      if (i == 0) {
        EXPECT_EQ(CloseAccount(passport).Outcome(), "OK");
      } else {
        verified = VerifyEmail(token, "another long password").Outcome();
      }
    });
    EXPECT_THAT(verified, AnyOf("OK", "LINK_REJECTED"));
    EXPECT_EQ(SignIn(email).Outcome(), "CREDENTIALS_REJECTED");
    EXPECT_EQ(Count(absl::StrCat("accounts WHERE email = '", email, "'")),
              verified == "OK" ? "1" : "0");
  }
}

TEST_F(ClosureTest, ClosedAccountJoinsNoStaff) {
  for (int round = 0; round < 5; ++round) {
    const std::string email = absl::StrCat("anna", round, "@example.org");
    NewAccount(email);
    const std::string passport = PassportFor(email);
    ASSERT_EQ(CreateClinic(ClinicRequest(absl::StrCat("clinic-", round), email)).Outcome(), "OK");
    const std::string invitation = InvitationToken();
    std::string closed;
    std::string accepted;
    InParallel(2, [&](int i) {
      if (i == 0) {
        closed = CloseAccount(passport).Outcome();
      } else {
        accepted = Accept(invitation).Outcome();
      }
    });
    EXPECT_THAT(closed, AnyOf("OK", "LAST_OWNER"));
    // The address's second account, if there is one, was made by the invitation afterwards.
    EXPECT_THAT(accepted, AnyOf("OK", "CREDENTIALS_REJECTED"));
    EXPECT_EQ(Count("staff_members JOIN accounts USING (account_id) WHERE closed_at IS NOT NULL"),
              "0");
  }
}

TEST_F(SecondFactorTest, ClosesTheAccountAndGoesWithIt) {
  Enable();
  const std::string challenge = Challenge();
  const std::string passport = Passport();
  const std::string request_id = NewRequestId();
  ASSERT_EQ(CloseAccount(passport, kPassword, request_id, Code()).Outcome(), "OK");
  EXPECT_EQ(Count("second_factors"), "0");
  EXPECT_EQ(Count("recovery_codes"), "0");
  EXPECT_EQ(Complete(challenge, recovery_codes_[0]).Outcome(), "CHALLENGE_REJECTED");
  EXPECT_EQ(RequestRemoval(challenge).Outcome(), "CHALLENGE_REJECTED");
  // A repetition proves nothing again.
  EXPECT_EQ(CloseAccount(passport, kPassword, request_id).Outcome(), "OK");
}

TEST_F(SecondFactorTest, ClosesTheAccountWithARecoveryCodeToo) {
  Enable();
  EXPECT_EQ(CloseAccount(Passport(), kPassword, "", recovery_codes_[2]).Outcome(), "OK");
}

TEST_F(SecondFactorTest, AccountIsNotClosedWithoutARightCode) {
  Enable();
  const std::string used = Code();
  ASSERT_EQ(Complete(Challenge(), used).Outcome(), "OK");
  Notices();
  for (const std::string& code :
       {std::string(), WrongCode(), used, std::string("aaaa-aaaa-aaaa-aaaa")}) {
    EXPECT_EQ(CloseAccount(Passport(), kPassword, "", code).Outcome(), "SECOND_FACTOR_REJECTED");
  }
  EXPECT_EQ(CloseAccount(Passport(), kPassword, "", "12345").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Count("accounts WHERE closed_at IS NULL"), "1");
  EXPECT_EQ(Count("sessions WHERE ended_at IS NULL"), "2");
  EXPECT_EQ(Get().response.recovery_codes_left(), kRecoveryCodes);
  EXPECT_TRUE(Notices().empty());
  EXPECT_TRUE(AccountsClosed().empty());
}

TEST_F(SecondFactorTest, GuessesAtClosingCountWithThoseAtSigningIn) {
  Enable();
  for (int i = 0; i < kSignInsPerAccount.attempts; ++i) {
    EXPECT_EQ(CloseAccount(Passport(), kPassword, "", WrongCode()).Outcome(),
              "SECOND_FACTOR_REJECTED");
  }
  EXPECT_EQ(CloseAccount(Passport(), kPassword, "", Code()).Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(Count("accounts WHERE closed_at IS NULL"), "1");
  clock_.Advance(kSignInsPerAccount.window);
  EXPECT_EQ(CloseAccount(Passport(), kPassword, "", Code()).Outcome(), "OK");
}

TEST_F(SecondFactorTest, BegunOnlyIsNeitherAskedForNorKept) {
  ASSERT_EQ(Begin().Outcome(), "OK");
  EXPECT_EQ(CloseAccount(Passport()).Outcome(), "OK");
  EXPECT_EQ(Count("second_factors"), "0");
}

TEST_F(SecondFactorTest, IsNotBegunForAnAccountThatClosesMeanwhile) {
  for (int round = 0; round < 5; ++round) {
    const std::string email = absl::StrCat("bob", round, "@example.org");
    NewAccount(email);
    const std::string passport = PassportOf(NewSessionToken(email));
    v1::BeginSecondFactorRequest request;
    request.set_password(kPassword);
    InParallel(2, [&](int i) {
      if (i == 0) {
        EXPECT_EQ(CloseAccount(passport).Outcome(), "OK");
      } else {
        EXPECT_THAT(Call(*stub_, &Stub::BeginSecondFactor, request, passport).Outcome(),
                    AnyOf("OK", "CREDENTIALS_REJECTED", "SESSION_ENDED"));
      }
    });
    EXPECT_EQ(Count("second_factors"), "0");
  }
}

}  // namespace
}  // namespace portal::identity
