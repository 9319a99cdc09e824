#include <atomic>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/service_fixture.h"

namespace portal::identity {
namespace {

class AccountTest : public ServiceTest {};

TEST_F(AccountTest, SignsUpProvesTheMailboxAndSignsIn) {
  EXPECT_EQ(SignUp("Anna.Moss@Example.org").Outcome(), "OK");
  const std::vector<messaging::v1::Notice> mails = Mails();
  ASSERT_EQ(mails.size(), 1);
  EXPECT_EQ(mails[0].recipient().email(), "Anna.Moss@Example.org");
  const std::string& link = mails[0].verify_email().link();
  EXPECT_EQ(VerifyEmail(link.substr(link.size() - 43)).Outcome(), "OK");

  const std::string passport = PassportOf(NewSessionToken("anna.moss@example.ORG"));
  const auto account = GetAccount(passport);
  ASSERT_EQ(account.Outcome(), "OK");
  EXPECT_EQ(account.response.email(), "Anna.Moss@Example.org");
  EXPECT_EQ(account.response.create_time().seconds(), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_EQ(Sql("SELECT action || ' ' || actor_kind || ' ' || (actor_id::text = resource_id) FROM "
                "audit_events "
                "WHERE resource_kind = 'account'"),
            "identity.VerifyEmail account true");
}

TEST_F(AccountTest, UnacceptableSignUpsAreRefusedAndLeaveNothing) {
  EXPECT_EQ(SignUp("nobody").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(SignUp("anna@example.org", "elevenchars").Outcome(), "PASSWORD_UNACCEPTABLE");
  EXPECT_EQ(SignUp("anna@example.org", std::string(129, 'x')).Outcome(), "PASSWORD_UNACCEPTABLE");
  EXPECT_EQ(SignUp("anna@example.org", "Password-2026").Outcome(), "PASSWORD_UNACCEPTABLE");
  EXPECT_EQ(SignUp("anna@example.org", std::string("with a NUL \0 in it", 18)).Outcome(),
            "INVALID_FIELD");
  EXPECT_EQ(SignUp("anna@example.org", kPassword, "not-a-uuid").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Count("sign_ups"), "0");
  EXPECT_EQ(Count("attempts"), "0");
  EXPECT_TRUE(Mails().empty());
}

TEST_F(AccountTest, UnacceptablePasswordSaysWhichRule) {
  const auto answer = SignUp("anna@example.org", "elevenchars");
  EXPECT_EQ(status::MetadataOf(rpc::FromGrpc(answer.status))["rule"], "too_short");
}

TEST_F(AccountTest, AnswerDoesNotTellWhetherThereIsAnAccount) {
  NewAccount("anna@example.org");
  const auto known = SignUp("ANNA@example.org", "another long password");
  const auto unknown = SignUp("bob@example.org", "another long password");
  EXPECT_EQ(known.Bytes(), unknown.Bytes());
  EXPECT_EQ(known.response.SerializeAsString(), unknown.response.SerializeAsString());

  const std::vector<messaging::v1::Notice> mails = Mails();
  ASSERT_EQ(mails.size(), 2);
  const bool owner_first = mails[0].recipient().email() == "ANNA@example.org";
  EXPECT_TRUE(mails[owner_first ? 0 : 1].has_sign_up_repeated());
  EXPECT_TRUE(mails[owner_first ? 1 : 0].has_verify_email());
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "OK");
}

TEST_F(AccountTest, SigningInAfterwardsDoesNotTellItEither) {
  NewAccount("anna@example.org");
  ASSERT_EQ(SignUp("anna@example.org", "another long password").Outcome(), "OK");
  ASSERT_EQ(SignUp("bob@example.org", "another long password").Outcome(), "OK");
  const auto known = SignIn("anna@example.org", "another long password");
  const auto unknown = SignIn("bob@example.org", "another long password");
  EXPECT_EQ(known.Outcome(), "EMAIL_NOT_VERIFIED");
  EXPECT_EQ(known.Bytes(), unknown.Bytes());
}

TEST_F(AccountTest, RepeatedRequestGetsTheSameAnswerAndSendsNothing) {
  const std::string request_id = NewRequestId();
  EXPECT_EQ(SignUp("anna@example.org", kPassword, request_id).Outcome(), "OK");
  EXPECT_EQ(Mails().size(), 1);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(SignUp("anna@example.org", kPassword, request_id).Outcome(), "OK");
  }
  EXPECT_TRUE(Mails().empty());
  EXPECT_EQ(SignUp("bob@example.org", kPassword, request_id).Outcome(), "REQUEST_ID_REUSED");
  EXPECT_EQ(SignIn("anna@example.org", kPassword).Outcome(), "EMAIL_NOT_VERIFIED");
  EXPECT_EQ(Count("sign_ups"), "1");
}

TEST_F(AccountTest, RepeatedSignUpDoesNotTellAnAlteredPasswordAndTheFirstOneStands) {
  const std::string request_id = NewRequestId();
  ASSERT_EQ(SignUp("anna@example.org", kPassword, request_id, "192.0.2.1").Outcome(), "OK");
  const std::string token = VerificationToken();
  const std::string counted = Sql("SELECT sum(cardinality(attempted_at)) FROM attempts");
  const auto same = SignUp("anna@example.org", kPassword, request_id, "192.0.2.1");
  const auto altered = SignUp("anna@example.org", "another long password", request_id, "192.0.2.1");
  EXPECT_EQ(altered.Outcome(), "OK");
  EXPECT_EQ(altered.Bytes(), same.Bytes());
  EXPECT_EQ(altered.response.SerializeAsString(), same.response.SerializeAsString());
  EXPECT_TRUE(Mails().empty());
  EXPECT_EQ(Sql("SELECT sum(cardinality(attempted_at)) FROM attempts"), counted);
  EXPECT_EQ(VerifyEmail(token, "another long password").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(VerifyEmail(token, kPassword).Outcome(), "OK");
  EXPECT_EQ(SignIn("anna@example.org", "another long password").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignIn("anna@example.org", kPassword).Outcome(), "OK");
}

TEST_F(AccountTest, AddressGetsAtMostFiveMailsAnHour) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(SignUp("anna@example.org").Outcome(), "OK");
  EXPECT_EQ(Mails().size(), 5);
  const auto refused = SignUp("Anna@example.org");
  EXPECT_EQ(refused.Outcome(), "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(status::RetryAfterOf(rpc::FromGrpc(refused.status)), absl::Hours(1));
  EXPECT_TRUE(Mails().empty());
  EXPECT_EQ(SignUp("bob@example.org").Outcome(), "OK");
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(SignUp("anna@example.org").Outcome(), "OK");
}

TEST_F(AccountTest, LimitOfAnAddressIsTheSameWithAndWithoutAnAccount) {
  NewAccount("anna@example.org");
  clock_.Advance(absl::Hours(1));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(SignUp("anna@example.org").Outcome(), "OK");
  EXPECT_EQ(SignUp("anna@example.org").Outcome(), "TOO_MANY_ATTEMPTS");
}

TEST_F(AccountTest, ClientIsLimitedOverAllAddresses) {
  for (int i = 0; i < kAttemptsPerClientForTest; ++i) {
    EXPECT_EQ(SignUp(absl::StrCat("a", i, "@example.org"), kPassword, "", "192.0.2.1").Outcome(),
              "OK");
  }
  EXPECT_EQ(SignUp("last@example.org", kPassword, "", "192.0.2.1").Outcome(), "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(SignUp("last@example.org", kPassword, "", "192.0.2.2").Outcome(), "OK");
}

TEST_F(AccountTest, SigningUpAgainSendsALinkInPlaceOfAnExpiredOne) {
  ASSERT_EQ(SignUp("anna@example.org").Outcome(), "OK");
  const std::string lost = VerificationToken();
  clock_.Advance(kVerificationLifetime);
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "EMAIL_NOT_VERIFIED");
  ASSERT_EQ(SignUp("anna@example.org").Outcome(), "OK");
  const std::string link = VerificationToken();
  EXPECT_EQ(VerifyEmail(lost).Outcome(), "LINK_REJECTED");
  EXPECT_EQ(VerifyEmail(link).Outcome(), "OK");
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "OK");
}

TEST_F(AccountTest, OnlyTheNewestLinkCountsWithItsOwnPassword) {
  ASSERT_EQ(SignUp("victim@example.org", "the attacker's choice").Outcome(), "OK");
  const std::string attackers = VerificationToken();
  ASSERT_EQ(SignUp("victim@example.org", "the victim's choice").Outcome(), "OK");
  const std::string victims = VerificationToken();
  EXPECT_EQ(VerifyEmail(attackers, "the attacker's choice").Outcome(), "LINK_REJECTED");
  EXPECT_EQ(VerifyEmail(victims, "the attacker's choice").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(VerifyEmail(victims, "the victim's choice").Outcome(), "OK");
  EXPECT_EQ(SignIn("victim@example.org", "the attacker's choice").Outcome(),
            "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignIn("victim@example.org", "the victim's choice").Outcome(), "OK");
}

TEST_F(AccountTest, SignUpAfterwardsCannotRideOnTheVictimsLink) {
  ASSERT_EQ(SignUp("victim@example.org", "the victim's choice").Outcome(), "OK");
  const std::string victims = VerificationToken();
  ASSERT_EQ(SignUp("victim@example.org", "the attacker's choice").Outcome(), "OK");
  // The victim's own link is void now; it does not prove the mailbox for the attacker's password.
  EXPECT_EQ(VerifyEmail(victims, "the victim's choice").Outcome(), "LINK_REJECTED");
  EXPECT_EQ(VerifyEmail(victims, "the attacker's choice").Outcome(), "LINK_REJECTED");
  EXPECT_EQ(Count("accounts"), "0");
}

TEST_F(AccountTest, PreHijackingFailsThoughTheVictimOpensTheStrangersLink) {
  ASSERT_EQ(SignUp("victim@example.org", "the attacker's choice").Outcome(), "OK");
  const std::string unasked = VerificationToken();
  // The victim believes it is theirs, and gives the password they would have chosen.
  const auto refused = VerifyEmail(unasked, "the victim's choice");
  EXPECT_EQ(refused.Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Count("accounts"), "0");
  EXPECT_EQ(SignIn("victim@example.org", "the attacker's choice").Outcome(), "EMAIL_NOT_VERIFIED");

  ASSERT_EQ(SignUp("victim@example.org", "the victim's choice").Outcome(), "OK");
  ASSERT_EQ(VerifyEmail(VerificationToken(), "the victim's choice").Outcome(), "OK");
  EXPECT_EQ(SignIn("victim@example.org", "the attacker's choice").Outcome(),
            "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignIn("victim@example.org", "the victim's choice").Outcome(), "OK");
  EXPECT_EQ(Count("accounts"), "1");
}

TEST_F(AccountTest, WrongPasswordLeavesTheLinkValidAndNothingElse) {
  ASSERT_EQ(SignUp("anna@example.org").Outcome(), "OK");
  const std::string token = VerificationToken();
  const std::string events = Count("audit_events");
  const std::string records = Count("idempotency_keys");
  const std::string request_id = NewRequestId();
  EXPECT_EQ(VerifyEmail(token, "a wrong password", request_id).Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(Count("accounts"), "0");
  EXPECT_EQ(Count("audit_events"), events);
  EXPECT_EQ(Count("idempotency_keys"), records);
  // The refusal is not remembered either: the corrected request may keep its id.
  EXPECT_EQ(VerifyEmail(token, kPassword, request_id).Outcome(), "OK");
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "OK");
}

TEST_F(AccountTest, MalformedVerificationsAreNoAttempt) {
  ASSERT_EQ(SignUp("anna@example.org").Outcome(), "OK");
  const std::string token = VerificationToken();
  EXPECT_EQ(VerifyEmail(token, "").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(VerifyEmail(token, std::string(129, 'x')).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(VerifyEmail(token, kPassword, "not-a-uuid").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Sql("SELECT link_attempts FROM sign_ups"), "0");
  EXPECT_EQ(Count("accounts"), "0");
}

TEST_F(AccountTest, LinkIsVoidAfterTenWrongPasswordsAndStaysVoid) {
  ASSERT_EQ(SignUp("anna@example.org").Outcome(), "OK");
  const std::string token = VerificationToken();
  for (int i = 0; i < kPasswordsPerLink; ++i) {
    EXPECT_EQ(VerifyEmail(token, "a wrong password").Outcome(), "CREDENTIALS_REJECTED");
  }
  EXPECT_EQ(VerifyEmail(token).Bytes(), VerifyEmail(std::string(43, 'A')).Bytes());
  clock_.Advance(kVerificationLifetime - absl::Microseconds(1));
  EXPECT_EQ(VerifyEmail(token).Outcome(), "LINK_REJECTED");
  EXPECT_EQ(Count("accounts"), "0");
  // A new link is not to blame.
  ASSERT_EQ(SignUp("anna@example.org").Outcome(), "OK");
  EXPECT_EQ(VerifyEmail(VerificationToken()).Outcome(), "OK");
}

TEST_F(AccountTest, TenthPasswordMayBeTheRightOne) {
  ASSERT_EQ(SignUp("anna@example.org").Outcome(), "OK");
  const std::string token = VerificationToken();
  for (int i = 1; i < kPasswordsPerLink; ++i) {
    EXPECT_EQ(VerifyEmail(token, "a wrong password").Outcome(), "CREDENTIALS_REJECTED");
  }
  EXPECT_EQ(VerifyEmail(token).Outcome(), "OK");
}

TEST_F(AccountTest, OfParallelPasswordsForALinkAtMostTheLimitIsEvaluated) {
  ASSERT_EQ(SignUp("anna@example.org").Outcome(), "OK");
  const std::string token = VerificationToken();
  std::atomic<int> evaluated = 0;
  std::atomic<int> rejected = 0;
  InParallel(40, [&](int i) {
    const auto answer = VerifyEmail(token, absl::StrCat("guess number ", i));
    evaluated += answer.Outcome() == "CREDENTIALS_REJECTED";
    rejected += answer.Outcome() == "LINK_REJECTED";
  });
  EXPECT_EQ(evaluated, kPasswordsPerLink);
  EXPECT_EQ(rejected, 40 - kPasswordsPerLink);
  EXPECT_EQ(VerifyEmail(token).Outcome(), "LINK_REJECTED");
  EXPECT_EQ(Count("accounts"), "0");
}

TEST_F(AccountTest, ClientIsLimitedOverAllLinksAndSuccessesDoNotCount) {
  ASSERT_EQ(SignUp("anna@example.org").Outcome(), "OK");
  const std::string annas = VerificationToken();
  EXPECT_EQ(VerifyEmail(annas, kPassword, "", "192.0.2.1").Outcome(), "OK");
  ASSERT_EQ(SignUp("bob@example.org").Outcome(), "OK");
  const std::string bobs = VerificationToken();
  for (int i = 0; i < kAttemptsPerClientForTest; ++i) {
    EXPECT_EQ(VerifyEmail(std::string(43, 'A'), kPassword, "", "192.0.2.1").Outcome(),
              "LINK_REJECTED");
  }
  const auto refused = VerifyEmail(bobs, kPassword, "", "192.0.2.1");
  EXPECT_EQ(refused.Outcome(), "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(status::RetryAfterOf(rpc::FromGrpc(refused.status)), kAttemptsPerClient.window);
  EXPECT_EQ(Sql("SELECT link_attempts FROM sign_ups"), "0");
  EXPECT_EQ(VerifyEmail(bobs, kPassword, "", "192.0.2.2").Outcome(), "OK");
}

TEST_F(AccountTest, RepeatedVerificationGetsTheSameAnswerAndCountsNothing) {
  ASSERT_EQ(SignUp("anna@example.org").Outcome(), "OK");
  const std::string token = VerificationToken();
  const std::string request_id = NewRequestId();
  ASSERT_EQ(VerifyEmail(token, kPassword, request_id, "192.0.2.1").Outcome(), "OK");
  for (int i = 0; i < kAttemptsPerClientForTest + 5; ++i) {
    EXPECT_EQ(VerifyEmail(token, kPassword, request_id, "192.0.2.1").Outcome(), "OK");
  }
  EXPECT_EQ(Count("accounts"), "1");
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events WHERE action = 'identity.VerifyEmail'"), "1");
  EXPECT_EQ(VerifyEmail(std::string(43, 'A'), kPassword, request_id).Outcome(),
            "REQUEST_ID_REUSED");
  EXPECT_EQ(VerifyEmail(token).Outcome(), "LINK_REJECTED");
  clock_.Advance(idempotency::kRetention);
  EXPECT_EQ(VerifyEmail(token, kPassword, request_id).Outcome(), "LINK_REJECTED");
  EXPECT_EQ(Count("accounts"), "1");
}

TEST_F(AccountTest, RepeatedVerificationDoesNotTellAGuessedPassword) {
  ASSERT_EQ(SignUp("anna@example.org").Outcome(), "OK");
  const std::string token = VerificationToken();
  const std::string request_id = NewRequestId();
  ASSERT_EQ(VerifyEmail(token, kPassword, request_id, "192.0.2.1").Outcome(), "OK");
  const std::string counted = Sql("SELECT sum(cardinality(attempted_at)) FROM attempts");
  const std::string events = Count("audit_events");
  const auto right = VerifyEmail(token, kPassword, request_id, "192.0.2.1");
  const auto wrong = VerifyEmail(token, "a wrong password", request_id, "192.0.2.1");
  EXPECT_EQ(wrong.Outcome(), "OK");
  EXPECT_EQ(wrong.Bytes(), right.Bytes());
  EXPECT_EQ(wrong.response.SerializeAsString(), right.response.SerializeAsString());
  // With another link neither.
  const std::string other(43, 'A');
  EXPECT_EQ(VerifyEmail(other, kPassword, request_id).Outcome(), "REQUEST_ID_REUSED");
  EXPECT_EQ(VerifyEmail(other, kPassword, request_id).Bytes(),
            VerifyEmail(other, "a wrong password", request_id).Bytes());
  EXPECT_EQ(Sql("SELECT sum(cardinality(attempted_at)) FROM attempts"), counted);
  EXPECT_EQ(Count("audit_events"), events);
  EXPECT_EQ(SignIn("anna@example.org", "a wrong password").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignIn("anna@example.org", kPassword).Outcome(), "OK");
}

TEST_F(AccountTest, CopiesOfAVerificationInParallelAllGetItsAnswer) {
  for (int round = 0; round < 5; ++round) {
    ASSERT_EQ(SignUp(absl::StrCat("anna", round, "@example.org")).Outcome(), "OK");
    const std::string token = VerificationToken();
    const std::string request_id = NewRequestId();
    InParallel(8,
               [&](int) { EXPECT_EQ(VerifyEmail(token, kPassword, request_id).Outcome(), "OK"); });
  }
  EXPECT_EQ(Count("accounts"), "5");
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events WHERE action = 'identity.VerifyEmail'"), "5");
}

TEST_F(AccountTest, RejectedLinksCannotBeToldApart) {
  const std::string unknown = VerifyEmail(std::string(43, 'A')).Bytes();
  EXPECT_EQ(VerifyEmail("").Bytes(), unknown);
  EXPECT_EQ(VerifyEmail("not a token").Bytes(), unknown);
  ASSERT_EQ(SignUp("anna@example.org").Outcome(), "OK");
  const std::string replaced = VerificationToken();
  ASSERT_EQ(SignUp("anna@example.org").Outcome(), "OK");
  const std::string token = VerificationToken();
  EXPECT_EQ(VerifyEmail(replaced).Bytes(), unknown);
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(VerifyEmail(token).Bytes(), unknown);
  clock_.Advance(-absl::Microseconds(1));
  EXPECT_EQ(VerifyEmail(token).Outcome(), "OK");
  EXPECT_EQ(VerifyEmail(token).Bytes(), unknown);
}

TEST_F(AccountTest, LinkUsedInParallelWorksOnce) {
  ASSERT_EQ(SignUp("anna@example.org").Outcome(), "OK");
  const std::string token = VerificationToken();
  std::atomic<int> verified = 0;
  InParallel(8, [&](int) {
    const auto answer = VerifyEmail(token);
    verified += answer.ok();
    if (!answer.ok()) {
      EXPECT_EQ(answer.Outcome(), "LINK_REJECTED");
    }
  });
  EXPECT_EQ(verified, 1);
  EXPECT_EQ(Count("accounts"), "1");
}

TEST_F(AccountTest, OfParallelSignUpsForOneAddressOneLinkWorks) {
  InParallel(5, [&](int i) {
    EXPECT_EQ(SignUp("anna@example.org", absl::StrCat("password number ", i)).Outcome(), "OK");
  });
  int verified = 0;
  for (const messaging::v1::Notice& mail : Mails()) {
    const std::string& link = mail.verify_email().link();
    for (int i = 0; i < 5; ++i) {
      verified +=
          VerifyEmail(link.substr(link.size() - 43), absl::StrCat("password number ", i)).ok();
    }
  }
  EXPECT_EQ(verified, 1);
  int accepted = 0;
  for (int i = 0; i < 5; ++i)
    accepted += SignIn("anna@example.org", absl::StrCat("password number ", i)).ok();
  EXPECT_EQ(accepted, 1);
}

TEST_F(AccountTest, DatabaseHoldsNoPasswordsTokensOrLinks) {
  ASSERT_EQ(SignUp("anna@example.org", "canary password").Outcome(), "OK");
  // The event is still in the outbox: the relay has not run.
  const auto holds = [&](const std::string& table, const std::string& word) {
    return Sql(absl::StrCat("SELECT count(*) FROM ", table, " AS t WHERE position('", word,
                            "' IN t::text) > 0 OR ", "position(encode('", word,
                            "', 'hex') IN t::text) > 0"));
  };
  for (const char* table :
       {"sign_ups", "outbox_events", "idempotency_keys", "attempts", "audit_events"}) {
    EXPECT_EQ(holds(table, "canary password"), "0") << table;
    EXPECT_EQ(holds(table, "token="), "0") << table;
  }
  EXPECT_EQ(Count("outbox_events"), "1");
  const std::string link_token = VerificationToken();
  EXPECT_EQ(holds("sign_ups", link_token), "0");
  ASSERT_EQ(VerifyEmail(link_token, "canary password").Outcome(), "OK");
  const std::string session_token = NewSessionToken("anna@example.org", "canary password");
  for (const char* table :
       {"accounts", "sessions", "attempts", "audit_events", "idempotency_keys"}) {
    EXPECT_EQ(holds(table, "canary password"), "0") << table;
    EXPECT_EQ(holds(table, link_token), "0") << table;
    EXPECT_EQ(holds(table, session_token), "0") << table;
  }
}

TEST_F(AccountTest, OnlyTheGatewayMayCall) {
  const auto other = v1::AccountService::NewStub(harness_.Channel("records"));
  EXPECT_EQ(Call(*other, &v1::AccountService::Stub::SignUp, v1::SignUpRequest()).Outcome(),
            "SERVICE_NOT_ALLOWED");
  EXPECT_EQ(GetAccount("").Outcome(), "PASSPORT_MISSING");
}

}  // namespace
}  // namespace portal::identity
