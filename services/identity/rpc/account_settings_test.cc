// What an account is asked at sign-up and may change later: its language, and the terms it agrees
// to.

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/identity/rpc/service_fixture.h"

namespace portal::identity {
namespace {

class AccountSettingsTest : public ServiceTest {
 protected:
  explicit AccountSettingsTest(int terms_version = 0)
      : ServiceTest({.passes = 1, .memory_bytes = 8 * 1024}, terms_version) {}

  v1::SignUpRequest SignUpRequest(const std::string& email) {
    v1::SignUpRequest request;
    request.set_email(email);
    request.set_password(kPassword);
    request.set_request_id(NewRequestId());
    return request;
  }
  Answer<v1::SignUpResponse> SignUpWith(const v1::SignUpRequest& request) {
    return Call(*accounts_, &v1::AccountService::Stub::SignUp, request);
  }
  // A new account's passport.
  std::string SignedUp(const v1::SignUpRequest& request) {
    EXPECT_EQ(SignUpWith(request).Outcome(), "OK");
    EXPECT_EQ(VerifyEmail(VerificationToken()).Outcome(), "OK");
    return PassportOf(NewSessionToken(request.email()));
  }

  v1::UpdateAccountRequest LanguageRequest(const std::string& language) {
    v1::UpdateAccountRequest request;
    request.mutable_account()->set_language(language);
    request.mutable_update_mask()->add_paths("language");
    request.set_request_id(NewRequestId());
    return request;
  }
  Answer<v1::Account> Update(const v1::UpdateAccountRequest& request, const std::string& passport) {
    return Call(*accounts_, &v1::AccountService::Stub::UpdateAccount, request, passport);
  }

  Answer<v1::Account> AcceptTerms(int version, const std::string& passport,
                                  std::string request_id = "") {
    v1::AcceptTermsRequest request;
    request.set_version(version);
    request.set_request_id(request_id.empty() ? NewRequestId() : std::move(request_id));
    return Call(*accounts_, &v1::AccountService::Stub::AcceptTerms, request, passport);
  }
  std::string ConsentsInTheTrail() {
    return Sql(
        "SELECT string_agg(action || ' ' || resource_id || ' ' || (actor_id IS NOT NULL), ', ' "
        "ORDER BY event_id) FROM audit_events WHERE resource_kind = 'terms'");
  }
};

// The installation's terms are at version 3.
class TermsTest : public AccountSettingsTest {
 protected:
  TermsTest() : AccountSettingsTest(3) {}
};

TEST_F(AccountSettingsTest, LanguageIsChosenAtSignUp) {
  v1::SignUpRequest request = SignUpRequest("anna@example.org");
  request.set_language("fr");
  ASSERT_EQ(SignUpWith(request).Outcome(), "OK");
  const auto mails = Mails();
  ASSERT_EQ(mails.size(), 1);
  EXPECT_EQ(mails[0].recipient().language(), "fr");
  const std::string& link = mails[0].verify_email().link();
  EXPECT_EQ(VerifyEmail(link.substr(link.size() - 43)).Outcome(), "OK");
  const std::string passport = PassportOf(NewSessionToken("anna@example.org"));
  EXPECT_EQ(GetAccount(passport).response.language(), "fr");
  const auto told = AccountsTold();
  ASSERT_EQ(told.size(), 1);
  EXPECT_EQ(told[0].language(), "fr");
}

TEST_F(AccountSettingsTest, LanguageOfWhoeverDoesNotSayIsEnglish) {
  EXPECT_EQ(GetAccount(SignedUp(SignUpRequest("anna@example.org"))).response.language(), "en");
}

TEST_F(AccountSettingsTest, UnknownLanguageIsRefusedAtSignUp) {
  v1::SignUpRequest request = SignUpRequest("anna@example.org");
  request.set_language("de");
  EXPECT_EQ(SignUpWith(request).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Count("sign_ups"), "0");
}

TEST_F(AccountSettingsTest, LanguageOfTheNewestSignUpCounts) {
  v1::SignUpRequest request = SignUpRequest("anna@example.org");
  request.set_language("fr");
  ASSERT_EQ(SignUpWith(request).Outcome(), "OK");
  Mails();
  EXPECT_EQ(GetAccount(SignedUp(SignUpRequest("anna@example.org"))).response.language(), "en");
}

TEST_F(AccountSettingsTest, ChangedLanguageIsToldWithARisingVersion) {
  const std::string passport = SignedUp(SignUpRequest("anna@example.org"));
  AccountsTold();
  const v1::UpdateAccountRequest request = LanguageRequest("fr");
  EXPECT_EQ(Update(request, passport).response.language(), "fr");
  EXPECT_EQ(Update(request, passport).response.language(), "fr");
  auto told = AccountsTold();
  ASSERT_EQ(told.size(), 1);
  EXPECT_EQ(told[0].language(), "fr");
  EXPECT_EQ(told[0].email(), "anna@example.org");
  EXPECT_EQ(told[0].version(), 2);
  EXPECT_EQ(Update(LanguageRequest("en"), passport).response.language(), "en");
  told = AccountsTold();
  ASSERT_EQ(told.size(), 1);
  EXPECT_EQ(told[0].version(), 3);
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events WHERE action = 'identity.UpdateAccount'"), "2");
}

TEST_F(AccountSettingsTest, SameLanguageAgainIsNoChange) {
  const std::string passport = SignedUp(SignUpRequest("anna@example.org"));
  AccountsTold();
  EXPECT_EQ(Update(LanguageRequest("en"), passport).Outcome(), "OK");
  EXPECT_TRUE(AccountsTold().empty());
  EXPECT_EQ(Sql("SELECT version FROM accounts"), "1");
}

TEST_F(AccountSettingsTest, MalformedUpdatesAreRefusedAndChangeNothing) {
  const std::string passport = SignedUp(SignUpRequest("anna@example.org"));
  EXPECT_EQ(Update(LanguageRequest("de"), passport).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Update(LanguageRequest(""), passport).Outcome(), "INVALID_FIELD");
  v1::UpdateAccountRequest request = LanguageRequest("fr");
  request.mutable_update_mask()->add_paths("email");
  EXPECT_EQ(Update(request, passport).Outcome(), "INVALID_FIELD");
  request.clear_update_mask();
  EXPECT_EQ(Update(request, passport).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Update(LanguageRequest("fr"), "").Outcome(), "PASSPORT_MISSING");
  EXPECT_EQ(Sql("SELECT language, version FROM accounts"), "en|1");
}

TEST_F(AccountSettingsTest, ChangesAtOnceAreToldInTheirOrder) {
  const std::string passport = SignedUp(SignUpRequest("anna@example.org"));
  AccountsTold();
  InParallel(8, [&](int i) {
    EXPECT_EQ(Update(LanguageRequest(i % 2 == 0 ? "fr" : "en"), passport).Outcome(), "OK");
  });
  messaging::v1::PutAccountRequest newest;
  for (const auto& told : AccountsTold()) {
    EXPECT_NE(told.version(), newest.version());
    if (told.version() > newest.version()) newest = told;
  }
  EXPECT_EQ(Sql("SELECT language, version FROM accounts"),
            absl::StrCat(newest.language(), "|", newest.version()));
}

TEST_F(AccountSettingsTest, WithoutTermsThereIsNothingToAgreeTo) {
  v1::SignUpRequest request = SignUpRequest("anna@example.org");
  request.set_accepted_terms_version(1);
  EXPECT_EQ(SignUpWith(request).Outcome(), "TERMS_NOT_CURRENT");
  request.set_accepted_terms_version(0);
  const std::string passport = SignedUp(request);
  EXPECT_EQ(AcceptTerms(1, passport).Outcome(), "TERMS_NOT_CURRENT");
  const auto account = GetAccount(passport);
  EXPECT_EQ(account.response.accepted_terms_version(), 0);
  EXPECT_EQ(account.response.current_terms_version(), 0);
  EXPECT_FALSE(account.response.has_accept_terms_time());
}

TEST_F(TermsTest, SignUpNeedsTheCurrentTerms) {
  v1::SignUpRequest request = SignUpRequest("anna@example.org");
  for (const int other : {0, 2, 4}) {
    request.set_accepted_terms_version(other);
    const auto refused = SignUpWith(request);
    EXPECT_EQ(refused.Outcome(), "TERMS_NOT_CURRENT");
    EXPECT_EQ(status::MetadataOf(rpc::FromGrpc(refused.status))["current_version"], "3");
  }
  request.set_accepted_terms_version(-1);
  EXPECT_EQ(SignUpWith(request).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Count("sign_ups"), "0");
  EXPECT_TRUE(Mails().empty());
}

TEST_F(TermsTest, AccountAgreedWhenItSignedUp) {
  const absl::Time signed_up = clock_.Now();
  v1::SignUpRequest request = SignUpRequest("anna@example.org");
  request.set_accepted_terms_version(3);
  ASSERT_EQ(SignUpWith(request).Outcome(), "OK");
  clock_.Advance(absl::Minutes(10));
  ASSERT_EQ(VerifyEmail(VerificationToken()).Outcome(), "OK");
  const auto account = GetAccount(PassportOf(NewSessionToken("anna@example.org")));
  EXPECT_EQ(account.response.accepted_terms_version(), 3);
  EXPECT_EQ(account.response.accept_terms_time().seconds(), absl::ToUnixSeconds(signed_up));
  EXPECT_EQ(account.response.current_terms_version(), 3);
  EXPECT_EQ(ConsentsInTheTrail(), "identity.VerifyEmail 3 true");
}

TEST_F(TermsTest, LaterTermsAreAgreedToAndTheTrailKeepsTheEarlierOnes) {
  v1::SignUpRequest request = SignUpRequest("anna@example.org");
  request.set_accepted_terms_version(3);
  const std::string passport = SignedUp(request);
  // As if it had agreed to an earlier version.
  Sql("UPDATE accounts SET terms_version = 2");
  EXPECT_EQ(GetAccount(passport).response.accepted_terms_version(), 2);
  clock_.Advance(absl::Seconds(10));
  const auto accepted = AcceptTerms(3, passport);
  ASSERT_EQ(accepted.Outcome(), "OK");
  EXPECT_EQ(accepted.response.accepted_terms_version(), 3);
  EXPECT_EQ(accepted.response.accept_terms_time().seconds(), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_EQ(ConsentsInTheTrail(), "identity.VerifyEmail 3 true, identity.AcceptTerms 3 true");
}

TEST_F(TermsTest, AgreeingAgainKeepsTheFirstTime) {
  v1::SignUpRequest request = SignUpRequest("anna@example.org");
  request.set_accepted_terms_version(3);
  const std::string passport = SignedUp(request);
  const std::string before = Sql("SELECT terms_accepted_at FROM accounts");
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(AcceptTerms(3, passport).Outcome(), "OK");
  EXPECT_EQ(Sql("SELECT terms_accepted_at FROM accounts"), before);
  EXPECT_EQ(ConsentsInTheTrail(), "identity.VerifyEmail 3 true");
}

TEST_F(TermsTest, OtherTermsAreRefusedAndChangeNothing) {
  v1::SignUpRequest request = SignUpRequest("anna@example.org");
  request.set_accepted_terms_version(3);
  const std::string passport = SignedUp(request);
  EXPECT_EQ(AcceptTerms(2, passport).Outcome(), "TERMS_NOT_CURRENT");
  EXPECT_EQ(AcceptTerms(4, passport).Outcome(), "TERMS_NOT_CURRENT");
  EXPECT_EQ(AcceptTerms(0, passport).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(AcceptTerms(3, passport, "1").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(AcceptTerms(3, "").Outcome(), "PASSPORT_MISSING");
  EXPECT_EQ(Sql("SELECT terms_version FROM accounts"), "3");
}

}  // namespace
}  // namespace portal::identity
