#include <atomic>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/crypto/digest.h"
#include "libs/crypto/encoding.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/service_fixture.h"

namespace portal::identity {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kClient[] = "192.0.2.1";

class MailboxTest : public ServiceTest {
 protected:
  MailboxTest() {
    Sql(
        absl::StrCat("INSERT INTO clinics (clinic_id, slug, display_name, time_zone, created_at) "
                     "VALUES ('",
                     clinic_id_, "', 'booking', 'Booking', 'UTC', now())"));
  }

  Answer<v1::RequestMailboxCodeResponse> Request(const v1::RequestMailboxCodeRequest& request) {
    return Call(*mailboxes_, &v1::MailboxService::Stub::RequestMailboxCode, request);
  }
  Answer<v1::RequestMailboxCodeResponse> Request(const std::string& email,
                                                 const std::string& address = kClient) {
    return Request(CodeRequest(email, address));
  }
  v1::RequestMailboxCodeRequest CodeRequest(const std::string& email,
                                            const std::string& address = kClient) {
    v1::RequestMailboxCodeRequest request;
    request.set_email(email);
    request.set_client_address(address);
    request.set_clinic_id(clinic_id_);
    request.set_language("fr");
    request.set_request_id(NewRequestId());
    return request;
  }

  Answer<v1::ConfirmMailboxCodeResponse> Confirm(const std::string& email, const std::string& code,
                                                 std::string request_id = "",
                                                 const std::string& address = kClient) {
    v1::ConfirmMailboxCodeRequest request;
    request.set_email(email);
    request.set_mailbox_code(code);
    request.set_client_address(address);
    request.set_request_id(request_id.empty() ? NewRequestId() : std::move(request_id));
    return Call(*mailboxes_, &v1::MailboxService::Stub::ConfirmMailboxCode, request);
  }

  // The code in the only notice.
  std::string SentCode() {
    const std::vector<messaging::v1::Notice> notices = Notices();
    if (notices.size() != 1) return absl::StrCat(notices.size(), " notices");
    return notices[0].mailbox_code().code();
  }
  std::string NewCode(const std::string& email) {
    EXPECT_EQ(Request(email).Outcome(), "OK");
    return SentCode();
  }
  // Six digits, but not those.
  static std::string Wrong(std::string code) {
    code[0] = code[0] == '0' ? '1' : '0';
    return code;
  }

  // Where the visitors book.
  const std::string clinic_id_ = id::NewUuidV7(clock_).ToString();
};

TEST_F(MailboxTest, CodeMakesAnAccountWithoutAPassword) {
  const auto requested = Request("Anna.Moss@Example.org");
  ASSERT_EQ(requested.Outcome(), "OK");
  EXPECT_EQ(requested.response.expire_time().seconds(),
            absl::ToUnixSeconds(clock_.Now() + kMailboxCodeLifetime));
  const std::vector<messaging::v1::Notice> notices = Notices();
  ASSERT_EQ(notices.size(), 1);
  EXPECT_EQ(notices[0].recipient().email(), "Anna.Moss@Example.org");
  EXPECT_EQ(notices[0].recipient().language(), "fr");
  EXPECT_EQ(notices[0].mailbox_code().clinic_id(), clinic_id_);
  const std::string code = notices[0].mailbox_code().code();
  EXPECT_EQ(code.size(), 6);
  EXPECT_EQ(Count("accounts"), "0");

  const auto confirmed = Confirm("anna.moss@example.ORG", code);
  ASSERT_EQ(confirmed.Outcome(), "OK");
  EXPECT_EQ(Sql("SELECT account_id, email, language, password_hash IS NULL FROM accounts"),
            absl::StrCat(confirmed.response.account_id(), "|Anna.Moss@Example.org|fr|t"));
  const std::vector<messaging::v1::PutAccountRequest> told = AccountsTold();
  ASSERT_EQ(told.size(), 1);
  EXPECT_EQ(told[0].account_id(), confirmed.response.account_id());
  EXPECT_EQ(told[0].email(), "Anna.Moss@Example.org");
  EXPECT_EQ(told[0].language(), "fr");
  EXPECT_EQ(Sql("SELECT action || ' ' || actor_kind || ' ' || calling_service || ' ' || "
                "resource_id FROM audit_events WHERE resource_kind = 'account'"),
            absl::StrCat("identity.ConfirmMailboxCode service scheduling ",
                         confirmed.response.account_id()));
}

TEST_F(MailboxTest, AccountWithoutAPasswordIsLikeAWrongPassword) {
  NewAccount("known@example.org");
  ASSERT_EQ(Confirm("anna@example.org", NewCode("anna@example.org")).Outcome(), "OK");
  const auto wrong = SignIn("known@example.org", "a wrong password");
  const auto none = SignIn("anna@example.org", "a wrong password");
  EXPECT_EQ(none.Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(none.Bytes(), wrong.Bytes());
}

TEST_F(MailboxTest, CodeJoinsTheAccountThatTheAddressHas) {
  NewAccount("anna@example.org");
  const std::string account_id = Sql("SELECT account_id FROM accounts");
  AccountsTold();
  const auto first = Confirm("ANNA@example.org", NewCode("Anna@example.org"));
  ASSERT_EQ(first.Outcome(), "OK");
  EXPECT_EQ(first.response.account_id(), account_id);
  const auto second = Confirm("anna@example.org", NewCode("anna@example.org"));
  EXPECT_EQ(second.response.account_id(), account_id);
  EXPECT_EQ(Sql("SELECT email, language, version FROM accounts"), "anna@example.org|en|1");
  EXPECT_TRUE(AccountsTold().empty());
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "OK");
}

TEST_F(MailboxTest, NothingTellsBeforehandWhetherThereIsAnAccount) {
  NewAccount("known@example.org");
  const auto known = Request("known@example.org");
  const std::string code_of_known = SentCode();
  const auto unknown = Request("unknown@example.org");
  const std::string code_of_unknown = SentCode();
  EXPECT_EQ(known.Outcome(), "OK");
  EXPECT_EQ(known.response.SerializeAsString(), unknown.response.SerializeAsString());
  const auto wrong_known = Confirm("known@example.org", Wrong(code_of_known));
  const auto wrong_unknown = Confirm("unknown@example.org", Wrong(code_of_unknown));
  const auto without_code = Confirm("nobody@example.org", "123456");
  EXPECT_EQ(wrong_known.Outcome(), "MAILBOX_CODE_REJECTED");
  EXPECT_EQ(wrong_known.Bytes(), wrong_unknown.Bytes());
  EXPECT_EQ(wrong_known.Bytes(), without_code.Bytes());
  const auto joined = Confirm("known@example.org", code_of_known);
  const auto made = Confirm("unknown@example.org", code_of_unknown);
  EXPECT_EQ(joined.response.SerializeAsString().size(), made.response.SerializeAsString().size());
}

TEST_F(MailboxTest, FifthTryMayBeRight) {
  const std::string code = NewCode("anna@example.org");
  for (int i = 1; i < kTriesPerMailboxCode; ++i) {
    EXPECT_EQ(Confirm("anna@example.org", Wrong(code)).Outcome(), "MAILBOX_CODE_REJECTED");
  }
  EXPECT_EQ(Confirm("anna@example.org", code).Outcome(), "OK");
}

TEST_F(MailboxTest, SixthTryIsNotLookedAt) {
  const std::string code = NewCode("anna@example.org");
  for (int i = 0; i < kTriesPerMailboxCode; ++i) {
    EXPECT_EQ(Confirm("anna@example.org", Wrong(code)).Outcome(), "MAILBOX_CODE_REJECTED");
  }
  EXPECT_EQ(Confirm("anna@example.org", code).Outcome(), "MAILBOX_CODE_REJECTED");
  EXPECT_EQ(Count("accounts"), "0");
  EXPECT_EQ(Confirm("anna@example.org", NewCode("anna@example.org")).Outcome(), "OK");
}

TEST_F(MailboxTest, OfManyTriesAtOnceOnlyFiveAreLookedAt) {
  const std::string code = NewCode("anna@example.org");
  InParallel(20, [&](int) {
    EXPECT_EQ(Confirm("anna@example.org", Wrong(code)).Outcome(), "MAILBOX_CODE_REJECTED");
  });
  EXPECT_EQ(Sql("SELECT tries FROM mailbox_codes"), absl::StrCat(kTriesPerMailboxCode));
  EXPECT_EQ(Confirm("anna@example.org", code).Outcome(), "MAILBOX_CODE_REJECTED");
}

TEST_F(MailboxTest, CodeAtItsExpiryIsRejectedAndCountsNothing) {
  const std::string code = NewCode("anna@example.org");
  clock_.Advance(kMailboxCodeLifetime);
  EXPECT_EQ(Confirm("anna@example.org", code).Outcome(), "MAILBOX_CODE_REJECTED");
  EXPECT_EQ(Sql("SELECT tries FROM mailbox_codes"), "0");
  EXPECT_EQ(Count("accounts"), "0");
  clock_.Advance(-absl::Microseconds(1));
  EXPECT_EQ(Confirm("anna@example.org", code).Outcome(), "OK");
}

TEST_F(MailboxTest, OnlyTheNewestCodeCounts) {
  std::string older = NewCode("anna@example.org");
  const std::string newer = NewCode("Anna@example.org");
  // Once in a million the same.
  if (older == newer) older = Wrong(newer);
  EXPECT_EQ(Confirm("anna@example.org", older).Outcome(), "MAILBOX_CODE_REJECTED");
  EXPECT_EQ(Confirm("anna@example.org", newer).Outcome(), "OK");
}

TEST_F(MailboxTest, CodeIsGoodForItsOwnAddressOnly) {
  const std::string code = NewCode("anna@example.org");
  const std::string bobs = NewCode("bob@example.org");
  if (code != bobs) {
    EXPECT_EQ(Confirm("bob@example.org", code).Outcome(), "MAILBOX_CODE_REJECTED");
  }
  EXPECT_EQ(Confirm("carol@example.org", code).Outcome(), "MAILBOX_CODE_REJECTED");
  EXPECT_EQ(Count("accounts"), "0");
}

TEST_F(MailboxTest, CodeIsUsedOnceAndARepetitionGetsTheSameAnswer) {
  const std::string code = NewCode("anna@example.org");
  const std::string request_id = NewRequestId();
  const auto first = Confirm("anna@example.org", code, request_id);
  ASSERT_EQ(first.Outcome(), "OK");
  const auto again = Confirm("anna@example.org", code, request_id, "2001:db8::1");
  EXPECT_EQ(again.response.account_id(), first.response.account_id());
  const auto altered = Confirm("anna@example.org", Wrong(code), request_id);
  EXPECT_EQ(altered.Outcome(), "REQUEST_ID_REUSED");
  EXPECT_EQ(altered.response.account_id(), "");
  EXPECT_EQ(Confirm("anna@example.org", code).Outcome(), "MAILBOX_CODE_REJECTED");
  EXPECT_EQ(Count("accounts"), "1");
}

TEST_F(MailboxTest, RepetitionsAreTriesTooSoThatTheyDoNotTellACode) {
  const std::string code = NewCode("anna@example.org");
  const std::string request_id = NewRequestId();
  ASSERT_EQ(Confirm("anna@example.org", code, request_id).Outcome(), "OK");
  for (int i = 0; i < kAttemptsPerClientForTest; ++i) {
    EXPECT_EQ(Confirm("anna@example.org", Wrong(code), request_id, "198.51.100.7").Outcome(),
              "REQUEST_ID_REUSED");
  }
  EXPECT_EQ(Confirm("anna@example.org", code, request_id, "198.51.100.7").Outcome(),
            "TOO_MANY_ATTEMPTS");
}

TEST_F(MailboxTest, RepeatedRequestSendsNothingAgain) {
  v1::RequestMailboxCodeRequest request = CodeRequest("anna@example.org");
  const auto first = Request(request);
  ASSERT_EQ(first.Outcome(), "OK");
  const std::string code = SentCode();
  clock_.Advance(absl::Minutes(1));
  request.set_client_address("2001:db8::1");
  EXPECT_EQ(Request(request).response.SerializeAsString(), first.response.SerializeAsString());
  EXPECT_TRUE(Notices().empty());
  request.set_email("bob@example.org");
  EXPECT_EQ(Request(request).Outcome(), "REQUEST_ID_REUSED");
  EXPECT_EQ(Confirm("anna@example.org", code).Outcome(), "OK");
}

TEST_F(MailboxTest, StrangersSignUpDoesNotBecomeTheAccount) {
  ASSERT_EQ(SignUp("anna@example.org", "the attacker's choice").Outcome(), "OK");
  const std::string link = VerificationToken();
  const std::string code = NewCode("anna@example.org");
  ASSERT_EQ(Confirm("anna@example.org", code).Outcome(), "OK");
  EXPECT_EQ(SignIn("anna@example.org", "the attacker's choice").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(VerifyEmail(link, "the attacker's choice").Outcome(), "LINK_REJECTED");
  EXPECT_EQ(Sql("SELECT count(*), count(password_hash) FROM accounts"), "1|0");
}

TEST_F(MailboxTest, SignUpOfAnAccountsAddressIsVoidLikeThatOfAnother) {
  NewAccount("anna@example.org");
  ASSERT_EQ(SignUp("anna@example.org", "the attacker's choice").Outcome(), "OK");
  Mails();
  Notices();
  ASSERT_EQ(Confirm("anna@example.org", NewCode("anna@example.org")).Outcome(), "OK");
  EXPECT_EQ(SignIn("anna@example.org", "the attacker's choice").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignIn("anna@example.org").Outcome(), "OK");
}

TEST_F(MailboxTest, SignUpAfterwardsIsAnsweredAsForAnyAccount) {
  ASSERT_EQ(Confirm("anna@example.org", NewCode("anna@example.org")).Outcome(), "OK");
  ASSERT_EQ(SignUp("anna@example.org", "another long password").Outcome(), "OK");
  const std::vector<messaging::v1::Notice> mails = Mails();
  ASSERT_EQ(mails.size(), 1);
  EXPECT_TRUE(mails[0].has_sign_up_repeated());
  EXPECT_EQ(Sql("SELECT count(*), count(password_hash) FROM accounts"), "1|0");
}

TEST_F(MailboxTest, MailboxGetsAtMostFiveCodesAnHour) {
  for (int i = 0; i < kMailboxCodesPerEmail.attempts; ++i) NewCode("anna@example.org");
  const auto refused = Request("Anna@example.org");
  EXPECT_EQ(refused.Outcome(), "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(status::RetryAfterOf(rpc::FromGrpc(refused.status)), absl::Hours(1));
  EXPECT_TRUE(Notices().empty());
  EXPECT_EQ(Request("bob@example.org").Outcome(), "OK");
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(Request("anna@example.org").Outcome(), "OK");
}

TEST_F(MailboxTest, ClientIsLimitedOverAllAddresses) {
  for (int i = 0; i < kAttemptsPerClientForTest; ++i) {
    EXPECT_EQ(Request(absl::StrCat("a", i, "@example.org")).Outcome(), "OK");
    EXPECT_EQ(Confirm(absl::StrCat("b", i, "@example.org"), "123456").Outcome(),
              "MAILBOX_CODE_REJECTED");
  }
  Notices();
  EXPECT_EQ(Request("last@example.org").Outcome(), "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(Confirm("last@example.org", "123456").Outcome(), "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(Request("last@example.org", "2001:db8::1").Outcome(), "OK");
  EXPECT_EQ(Confirm("last@example.org", SentCode(), "", "2001:db8::1").Outcome(), "OK");
}

TEST_F(MailboxTest, RightCodesDoNotCountAgainstTheClient) {
  for (int i = 0; i < 2 * kAttemptsPerClientForTest; ++i) {
    const std::string email = absl::StrCat("a", i, "@example.org");
    ASSERT_EQ(Request(email, absl::StrCat("192.0.2.", i)).Outcome(), "OK");
    EXPECT_EQ(Confirm(email, SentCode()).Outcome(), "OK");
  }
}

TEST_F(MailboxTest, DatabaseDoesNotHoldTheCode) {
  const std::string code = NewCode("anna@example.org");
  const std::string rows = Sql("SELECT mailbox_codes::text FROM mailbox_codes");
  const std::string id = Sql("SELECT mailbox_code_id FROM mailbox_codes");
  EXPECT_THAT(rows, Not(HasSubstr(absl::StrCat(",", code, ","))));
  for (const std::string& hashed : {code, absl::StrCat(id, "/", code)}) {
    EXPECT_THAT(rows, Not(HasSubstr(crypto::HexEncode(crypto::Sha256(hashed)))));
  }
}

TEST_F(MailboxTest, UnknownClinicIsRefused) {
  v1::RequestMailboxCodeRequest request = CodeRequest("anna@example.org");
  request.set_clinic_id(NewRequestId());
  EXPECT_EQ(Request(request).Outcome(), "CLINIC_NOT_FOUND");
  EXPECT_TRUE(Notices().empty());
  EXPECT_EQ(Count("mailbox_codes"), "0");
}

TEST_F(MailboxTest, MalformedRequestsAreRefusedAndLeaveNothing) {
  EXPECT_EQ(Request("nobody").Outcome(), "INVALID_FIELD");
  for (const char* address : {"", "localhost", "192.0.2.256", "192.0.2.1:80"}) {
    EXPECT_EQ(Request("anna@example.org", address).Outcome(), "INVALID_FIELD");
    EXPECT_EQ(Confirm("anna@example.org", "123456", "", address).Outcome(), "INVALID_FIELD");
  }
  v1::RequestMailboxCodeRequest request = CodeRequest("anna@example.org");
  request.set_language("de");
  EXPECT_EQ(Request(request).Outcome(), "INVALID_FIELD");
  request = CodeRequest("anna@example.org");
  request.set_clinic_id("willow-creek");
  EXPECT_EQ(Request(request).Outcome(), "INVALID_FIELD");
  request = CodeRequest("anna@example.org");
  request.set_request_id("1");
  EXPECT_EQ(Request(request).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Confirm("anna@example.org", "12345x").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Confirm("anna@example.org", "12345").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Count("mailbox_codes"), "0");
  EXPECT_TRUE(Notices().empty());
}

TEST_F(MailboxTest, GatewayMayNotCall) {
  const auto gateway = v1::MailboxService::NewStub(harness_.Channel());
  const auto refused = Call(*gateway, &v1::MailboxService::Stub::RequestMailboxCode,
                            CodeRequest("anna@example.org"));
  EXPECT_EQ(refused.Outcome(), "SERVICE_NOT_ALLOWED");
  EXPECT_EQ(Count("mailbox_codes"), "0");
}

TEST_F(MailboxTest, OfConfirmationsAtOnceOneUsesTheCode) {
  for (int round = 0; round < 5; ++round) {
    const std::string email = absl::StrCat("anna", round, "@example.org");
    const std::string code = NewCode(email);
    std::atomic<int> confirmed = 0;
    InParallel(kTriesPerMailboxCode, [&](int) {
      const auto answer = Confirm(email, code);
      confirmed += answer.ok();
      EXPECT_THAT(answer.Outcome(), AnyOf("OK", "MAILBOX_CODE_REJECTED"));
    });
    EXPECT_EQ(confirmed, 1);
  }
  EXPECT_EQ(Count("accounts"), "5");
}

TEST_F(MailboxTest, CopiesAtOnceGetOneAnswer) {
  const std::string code = NewCode("anna@example.org");
  const std::string request_id = NewRequestId();
  InParallel(kTriesPerMailboxCode, [&](int) {
    const auto answer = Confirm("anna@example.org", code, request_id);
    EXPECT_EQ(answer.Outcome(), "OK");
    EXPECT_EQ(answer.response.account_id(), Sql("SELECT account_id FROM accounts"));
  });
}

TEST_F(MailboxTest, CodeReplacedMeanwhileIsRejectedOrWasThere) {
  for (int round = 0; round < 5; ++round) {
    const std::string email = absl::StrCat("anna", round, "@example.org");
    const std::string code = NewCode(email);
    std::string confirmed;
    InParallel(2, [&](int i) {
      if (i == 0) {
        confirmed = Confirm(email, code).Outcome();
      } else {
        EXPECT_EQ(Request(email).Outcome(), "OK");
      }
    });
    EXPECT_THAT(confirmed, AnyOf("OK", "MAILBOX_CODE_REJECTED"));
    const std::string newer = SentCode();
    if (newer != code) {
      EXPECT_EQ(Confirm(email, code).Outcome(), "MAILBOX_CODE_REJECTED");
    }
    EXPECT_EQ(Confirm(email, newer).Outcome(), "OK");
    EXPECT_EQ(Count("accounts"), absl::StrCat(round + 1));
    // One confirmation and two codes from this client in each round; the limit is not the matter.
    Sql("DELETE FROM attempts");
  }
}

TEST_F(MailboxTest, CodeAndLinkAtOnceMakeOneAccount) {
  for (int round = 0; round < 5; ++round) {
    const std::string email = absl::StrCat("anna", round, "@example.org");
    ASSERT_EQ(SignUp(email).Outcome(), "OK");
    const std::string link = VerificationToken();
    const std::string code = NewCode(email);
    std::string verified;
    std::string joined;
    InParallel(2, [&](int i) {
      if (i == 0) {
        verified = VerifyEmail(link).Outcome();
      } else {
        const auto answer = Confirm(email, code);
        EXPECT_EQ(answer.Outcome(), "OK");
        joined = answer.response.account_id();
      }
    });
    EXPECT_THAT(verified, AnyOf("OK", "LINK_REJECTED"));
    EXPECT_EQ(Sql(absl::StrCat("SELECT account_id, password_hash IS NOT NULL FROM accounts WHERE "
                               "normalized_email = '",
                               email, "'")),
              absl::StrCat(joined, "|", verified == "OK" ? "t" : "f"));
    EXPECT_EQ(SignIn(email).Outcome(), verified == "OK" ? "OK" : "CREDENTIALS_REJECTED");
  }
}

}  // namespace
}  // namespace portal::identity
