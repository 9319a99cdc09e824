#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "portal/identity/v1/email_change_service.grpc.pb.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/second_factor_fixture.h"

namespace portal::identity {
namespace {

class EmailChangeTest : public SecondFactorTest {
 protected:
  using Stub = v1::EmailChangeService::Stub;

  EmailChangeTest() : changes_(v1::EmailChangeService::NewStub(harness_.Channel())) {}

  Answer<v1::RequestEmailChangeResponse> Request(const std::string& email,
                                                 const std::string& password = kPassword,
                                                 std::string request_id = "",
                                                 const std::string& second_factor_code = "") {
    v1::RequestEmailChangeRequest request;
    request.set_email(email);
    request.set_password(password);
    request.set_request_id(request_id.empty() ? NewRequestId() : std::move(request_id));
    request.set_second_factor_code(second_factor_code);
    return Call(*changes_, &Stub::RequestEmailChange, request, Passport());
  }
  Answer<v1::ConfirmEmailChangeResponse> Move(const std::string& token, std::string request_id = "",
                                              const std::string& address = "") {
    v1::ConfirmEmailChangeRequest request;
    request.set_token(token);
    request.set_request_id(request_id.empty() ? NewRequestId() : std::move(request_id));
    return Call(*changes_, &Stub::ConfirmEmailChange, request, "", address);
  }
  // The token in the only link to an address among the notices.
  std::string Link() {
    std::string token;
    for (const messaging::v1::Notice& notice : Notices()) {
      if (!notice.has_confirm_new_email()) continue;
      EXPECT_EQ(token, "");
      token = TokenIn(notice.confirm_new_email().link(), "confirm-email");
    }
    return token;
  }
  // Asks for the change and returns the token of its link.
  std::string LinkTo(const std::string& email) {
    Notices();
    EXPECT_EQ(Request(email).Outcome(), "OK");
    return Link();
  }

  std::unique_ptr<v1::EmailChangeService::Stub> changes_;
};

TEST_F(EmailChangeTest, MovesTheAccountOnceTheNewMailboxIsProven) {
  AccountsTold();
  ASSERT_EQ(Request("Anna.New@example.org").Outcome(), "OK");
  std::vector<messaging::v1::Notice> notices = Notices();
  ASSERT_EQ(notices.size(), 2);
  const int to_new = notices[0].has_confirm_new_email() ? 0 : 1;
  EXPECT_EQ(notices[to_new].recipient().email(), "Anna.New@example.org");
  EXPECT_EQ(notices[1 - to_new].recipient().email(), "anna@example.org");
  EXPECT_TRUE(notices[1 - to_new].has_email_change_requested());
  const std::string link = TokenIn(notices[to_new].confirm_new_email().link(), "confirm-email");
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "OK");
  EXPECT_EQ(SignIn("anna.new@example.org").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_TRUE(AccountsTold().empty());
  Notices();

  ASSERT_EQ(Move(link).Outcome(), "OK");
  notices = Notices();
  ASSERT_EQ(notices.size(), 1);
  EXPECT_EQ(notices[0].recipient().email(), "anna@example.org");
  EXPECT_TRUE(notices[0].has_email_changed());
  const std::vector<messaging::v1::PutAccountRequest> told = AccountsTold();
  ASSERT_EQ(told.size(), 1);
  EXPECT_EQ(told[0].email(), "Anna.New@example.org");
  EXPECT_EQ(told[0].version(), 2);
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignIn("anna.new@example.org").Outcome(), "OK");
  EXPECT_EQ(GetAccount(Passport()).response.email(), "Anna.New@example.org");
  EXPECT_EQ(Sql("SELECT string_agg(action, ' ' ORDER BY action) FROM audit_events "
                "WHERE action LIKE '%EmailChange' AND resource_id = (SELECT account_id::text FROM "
                "accounts)"),
            "identity.ConfirmEmailChange identity.RequestEmailChange");
  // The old address is free again.
  NewAccount("anna@example.org", "a stranger's long password");
}

TEST_F(EmailChangeTest, EndsEverythingButTheSessionThatAsked) {
  const auto elsewhere = SignIn("anna@example.org");
  const std::string device = elsewhere.response.device_token();
  v1::RequestPasswordResetRequest reset;
  reset.set_email("anna@example.org");
  reset.set_request_id(NewRequestId());
  ASSERT_EQ(Call(*passwords_, &v1::PasswordService::Stub::RequestPasswordReset, reset).Outcome(),
            "OK");
  ASSERT_EQ(Move(LinkTo("new@example.org")).Outcome(), "OK");
  EXPECT_EQ(IssuePassport(elsewhere.response.session_token()).Outcome(), "SESSION_ENDED");
  EXPECT_EQ(IssuePassport(token_).Outcome(), "OK");
  EXPECT_EQ(Count("known_devices"), "0");
  EXPECT_EQ(Count("password_resets"), "0");
  EXPECT_NE(SignInFrom(device, "new@example.org").response.device_token(), device);
}

TEST_F(EmailChangeTest, NewPasswordVoidsTheLink) {
  const std::string link = LinkTo("new@example.org");
  v1::ChangePasswordRequest request;
  request.set_password(kPassword);
  request.set_new_password("another long password");
  request.set_request_id(NewRequestId());
  ASSERT_EQ(
      Call(*passwords_, &v1::PasswordService::Stub::ChangePassword, request, Passport()).Outcome(),
      "OK");
  EXPECT_EQ(Move(link).Outcome(), "LINK_REJECTED");
  EXPECT_EQ(Sql("SELECT email FROM accounts"), "anna@example.org");
}

TEST_F(EmailChangeTest, ClosedAccountMovesNowhere) {
  const std::string link = LinkTo("new@example.org");
  ASSERT_EQ(CloseAccount(Passport()).Outcome(), "OK");
  EXPECT_EQ(Move(link).Outcome(), "LINK_REJECTED");
  EXPECT_EQ(Count("email_changes"), "0");
}

TEST_F(EmailChangeTest, AsksForTheSecondFactorOfWhoHasOne) {
  Enable();
  const std::string used = Code();
  ASSERT_EQ(Complete(Challenge(), used).Outcome(), "OK");
  Notices();
  for (const std::string& code : {std::string(), WrongCode(), used}) {
    EXPECT_EQ(Request("new@example.org", kPassword, "", code).Outcome(), "SECOND_FACTOR_REJECTED");
  }
  EXPECT_EQ(Request("new@example.org", kPassword, "", "12345").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Count("email_changes"), "0");
  EXPECT_TRUE(Notices().empty());
  NextStep();
  const std::string request_id = NewRequestId();
  ASSERT_EQ(Request("new@example.org", kPassword, request_id, Code()).Outcome(), "OK");
  EXPECT_EQ(Request("new@example.org", kPassword, request_id).Outcome(), "OK");
  EXPECT_EQ(Move(Link()).Outcome(), "OK");
  EXPECT_TRUE(Get().response.enabled());
}

TEST_F(EmailChangeTest, RefusedRequestChangesNothing) {
  EXPECT_EQ(Request("new@example.org", "a wrong password").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(Request("nobody").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Request("new@example.org", "").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Count("email_changes"), "0");
  EXPECT_TRUE(Notices().empty());
}

TEST_F(EmailChangeTest, AnswerDoesNotTellWhetherTheAddressIsTaken) {
  NewAccount("bob@example.org");
  const auto taken = Request("BOB@example.org");
  const auto free = Request("free@example.org");
  EXPECT_EQ(taken.Outcome(), "OK");
  EXPECT_EQ(taken.Bytes(), free.Bytes());
  EXPECT_EQ(taken.response.SerializeAsString(), free.response.SerializeAsString());
  const std::vector<messaging::v1::Notice> mails = Mails();
  ASSERT_EQ(mails.size(), 1);
  EXPECT_TRUE(mails[0].has_sign_up_repeated());
  EXPECT_EQ(mails[0].recipient().email(), "BOB@example.org");
  // One link, and each request is told to Anna.
  const std::vector<messaging::v1::Notice> notices = Notices();
  ASSERT_EQ(notices.size(), 3);
  for (const messaging::v1::Notice& notice : notices) {
    EXPECT_EQ(notice.recipient().email(),
              notice.has_confirm_new_email() ? "free@example.org" : "anna@example.org");
  }
}

TEST_F(EmailChangeTest, RejectedLinksCannotBeToldApart) {
  const std::string unknown = Move(std::string(43, 'A')).Bytes();
  EXPECT_EQ(Move("").Bytes(), unknown);
  const std::string replaced = LinkTo("first@example.org");
  const std::string link = LinkTo("second@example.org");
  EXPECT_EQ(Move(replaced).Bytes(), unknown);
  clock_.Advance(kEmailChangeLifetime);
  EXPECT_EQ(Move(link).Bytes(), unknown);
  clock_.Advance(-absl::Microseconds(1));
  EXPECT_EQ(Move(link).Outcome(), "OK");
  EXPECT_EQ(Move(link).Bytes(), unknown);
}

TEST_F(EmailChangeTest, AddressThatGotAnAccountMeanwhileStaysItsOwn) {
  const std::string link = LinkTo("wanted@example.org");
  NewAccount("wanted@example.org", "a stranger's long password");
  EXPECT_EQ(Move(link).Outcome(), "LINK_REJECTED");
  EXPECT_EQ(SignIn("wanted@example.org", "a stranger's long password").Outcome(), "OK");
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "OK");
  EXPECT_EQ(Sql("SELECT version FROM accounts WHERE email = 'anna@example.org'"), "1");
}

TEST_F(EmailChangeTest, OneLinkInParallelMovesOnce) {
  const std::string link = LinkTo("new@example.org");
  std::atomic<int> moved = 0;
  InParallel(4, [&](int) { moved += Move(link).ok(); });
  EXPECT_EQ(moved, 1);
  EXPECT_EQ(Sql("SELECT version FROM accounts"), "2");
}

TEST_F(EmailChangeTest, AccountThatClosesMeanwhileTakesNoAddress) {
  for (int round = 0; round < 5; ++round) {
    const std::string email = absl::StrCat("bob", round, "@example.org");
    NewAccount(email);
    token_ = NewSessionToken(email);
    const std::string link = LinkTo(absl::StrCat("new", round, "@example.org"));
    const std::string passport = Passport();
    InParallel(2, [&](int i) {
      const std::string outcome = i == 0 ? CloseAccount(passport).Outcome() : Move(link).Outcome();
      EXPECT_THAT(outcome, ::testing::AnyOf("OK", i == 0 ? "OK" : "LINK_REJECTED"));
    });
    EXPECT_EQ(Count(absl::StrCat("accounts WHERE email LIKE '%", round, "@example.org'")), "0");
  }
}

TEST_F(EmailChangeTest, OfTwoAccountsAtOnceOneGetsTheAddress) {
  std::vector<std::string> links = {LinkTo("wanted@example.org")};
  for (int i = 1; i < 4; ++i) {
    const std::string email = absl::StrCat("rival", i, "@example.org");
    NewAccount(email);
    token_ = NewSessionToken(email);
    Notices();
    links.push_back(LinkTo("wanted@example.org"));
  }
  std::atomic<int> moved = 0;
  InParallel(4, [&](int i) {
    const auto answer = Move(links[i]);
    moved += answer.ok();
    if (!answer.ok()) {
      EXPECT_EQ(answer.Outcome(), "LINK_REJECTED");
    }
  });
  EXPECT_EQ(moved, 1);
  EXPECT_EQ(Sql("SELECT count(*) FROM accounts WHERE normalized_email = 'wanted@example.org'"),
            "1");
  EXPECT_EQ(Count("accounts"), "4");
}

TEST_F(EmailChangeTest, PendingSignUpForTheNewAddressIsVoid) {
  ASSERT_EQ(SignUp("new@example.org", "a stranger's long password").Outcome(), "OK");
  const std::string strangers = VerificationToken();
  const std::string link = LinkTo("new@example.org");
  EXPECT_EQ(Move(link).Outcome(), "OK");
  EXPECT_EQ(VerifyEmail(strangers, "a stranger's long password").Outcome(), "LINK_REJECTED");
  EXPECT_EQ(SignIn("new@example.org", "a stranger's long password").Outcome(),
            "CREDENTIALS_REJECTED");
}

TEST_F(EmailChangeTest, OwnAddressMayBeRespelled) {
  EXPECT_EQ(Move(LinkTo("Anna@Example.org")).Outcome(), "OK");
  EXPECT_EQ(GetAccount(PassportOf(token_)).response.email(), "Anna@Example.org");
}

TEST_F(EmailChangeTest, RepetitionsGetTheSameAnswerAndDoNothing) {
  const std::string request_id = NewRequestId();
  ASSERT_EQ(Request("new@example.org", kPassword, request_id).Outcome(), "OK");
  const std::string link = Link();
  EXPECT_EQ(Request("new@example.org", "a wrong password", request_id).Outcome(), "OK");
  EXPECT_EQ(Request("other@example.org", kPassword, request_id).Outcome(), "REQUEST_ID_REUSED");
  EXPECT_TRUE(Notices().empty());
  const std::string confirm_id = NewRequestId();
  InParallel(4, [&](int) { EXPECT_EQ(Move(link, confirm_id).Outcome(), "OK"); });
  EXPECT_EQ(Notices().size(), 1);
  EXPECT_EQ(Sql("SELECT version FROM accounts"), "2");
}

TEST_F(EmailChangeTest, MailsToAnAddressAndAttemptsOfAClientAreLimited) {
  for (int i = 0; i < kEmailChangesPerEmail.attempts; ++i) {
    EXPECT_EQ(Request("new@example.org").Outcome(), "OK");
  }
  EXPECT_EQ(Request("new@example.org").Outcome(), "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(Request("other@example.org").Outcome(), "OK");
  for (int i = 0; i < kAttemptsPerClientForTest; ++i) {
    EXPECT_EQ(Move(std::string(43, 'A'), "", "192.0.2.1").Outcome(), "LINK_REJECTED");
  }
  EXPECT_EQ(Move(std::string(43, 'A'), "", "192.0.2.1").Outcome(), "TOO_MANY_ATTEMPTS");
}

}  // namespace
}  // namespace portal::identity
