#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "libs/crypto/encoding.h"
#include "libs/testing/status_matchers.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/service_fixture.h"

namespace portal::identity {
namespace {

using policy::v1::SERVICE_SCOPE_ACCESS_WRITE;
using policy::v1::SERVICE_SCOPE_PATIENTS_READ;
using Stub = v1::ServiceAccountService::Stub;

class ServiceAccountTest : public ServiceTest {
 protected:
  ServiceAccountTest() : clinic_id_(NewClinic("willow-creek", "owner@example.org")) {}

  // A fresh one: tests move the clock.
  std::string Owner(const std::string& email = "owner@example.org") {
    return PassportOf(NewSessionToken(email));
  }

  v1::CreateServiceAccountRequest CreateRequest() {
    v1::CreateServiceAccountRequest request;
    request.set_clinic_id(clinic_id_);
    request.set_display_name("Billing");
    request.add_scopes(SERVICE_SCOPE_PATIENTS_READ);
    request.add_scopes(SERVICE_SCOPE_ACCESS_WRITE);
    request.set_request_id(NewRequestId());
    return request;
  }

  Answer<v1::CreateServiceAccountResponse> Create(const v1::CreateServiceAccountRequest& request) {
    return Call(*service_accounts_, &Stub::CreateServiceAccount, request, Owner());
  }

  v1::CreateServiceAccountResponse Created() {
    const auto answer = Create(CreateRequest());
    EXPECT_EQ(answer.Outcome(), "OK");
    return answer.response;
  }

  Answer<v1::RotateServiceAccountSecretResponse> Rotate(const std::string& service_account_id,
                                                        int64_t overlap_seconds, int nanos = 0) {
    v1::RotateServiceAccountSecretRequest request;
    request.set_clinic_id(clinic_id_);
    request.set_service_account_id(service_account_id);
    request.mutable_overlap()->set_seconds(overlap_seconds);
    request.mutable_overlap()->set_nanos(nanos);
    request.set_request_id(NewRequestId());
    return Call(*service_accounts_, &Stub::RotateServiceAccountSecret, request, Owner());
  }

  Answer<v1::ServiceAccount> Revoke(const std::string& service_account_id) {
    v1::RevokeServiceAccountRequest request;
    request.set_clinic_id(clinic_id_);
    request.set_service_account_id(service_account_id);
    request.set_request_id(NewRequestId());
    return Call(*service_accounts_, &Stub::RevokeServiceAccount, request, Owner());
  }

  Answer<v1::SignInServiceAccountResponse> SignInWith(const std::string& secret,
                                                      const std::string& address = "") {
    v1::SignInServiceAccountRequest request;
    request.set_secret(secret);
    return Call(*service_accounts_, &Stub::SignInServiceAccount, request, "", address);
  }

  std::string SessionToken(const std::string& secret) {
    const auto answer = SignInWith(secret);
    EXPECT_EQ(answer.Outcome(), "OK");
    return answer.response.session_token();
  }

  // The action and outcome of each row about service accounts, with its actor's kind.
  std::string Trail() {
    return Sql(
        "SELECT actor_kind, action FROM audit_events WHERE resource_kind = 'service_account' "
        "ORDER BY event_id");
  }

  const std::string clinic_id_;
};

TEST_F(ServiceAccountTest, SecretOpensASessionWhosePassportSaysClinicAndScopes) {
  const v1::CreateServiceAccountResponse created = Created();
  EXPECT_EQ(crypto::Base64UrlDecode(created.secret())->size(), 32);
  const auto signed_in = SignInWith(created.secret());
  ASSERT_EQ(signed_in.Outcome(), "OK");
  EXPECT_EQ(signed_in.response.service_account().SerializeAsString(),
            created.service_account().SerializeAsString());
  EXPECT_EQ(signed_in.response.expire_time().seconds(),
            absl::ToUnixSeconds(clock_.Now() + absl::Hours(12)));
  EXPECT_EQ(signed_in.response.idle_expire_time().seconds(),
            absl::ToUnixSeconds(clock_.Now() + absl::Minutes(30)));

  ASSERT_OK_AND_ASSIGN(const auto public_keys,
                       crypto::VerifyingKeyring::Load(harness_.public_keys()));
  auth::PassportVerifier verifier(*public_keys, testing::RpcHarness::kInstallation, clock_);
  ASSERT_OK_AND_ASSIGN(const auto passport,
                       verifier.Verify(PassportOf(signed_in.response.session_token())));
  EXPECT_EQ(passport->account_id.ToString(), created.service_account().service_account_id());
  EXPECT_EQ(passport->display_name, "Billing");
  EXPECT_TRUE(passport->memberships.empty());
  ASSERT_TRUE(passport->service_account.has_value());
  EXPECT_EQ(passport->service_account->clinic_id.ToString(), clinic_id_);
  EXPECT_EQ(
      passport->service_account->scopes,
      (auth::ServiceScopes{auth::ServiceScope::kPatientsRead, auth::ServiceScope::kAccessWrite}));
  EXPECT_EQ(Trail(),
            "staff|identity.CreateServiceAccount\nservice_account|identity.SignInServiceAccount");
  EXPECT_EQ(Sql("SELECT actor_id = resource_id::uuid AND clinic_id IS NOT NULL AND session_id IN "
                "(SELECT session_id FROM service_account_sessions) FROM audit_events "
                "WHERE action = 'identity.SignInServiceAccount'"),
            "t");
}

TEST_F(ServiceAccountTest, SecretAndTokenAreStoredHashed) {
  const std::string secret = Created().secret();
  const std::string token = SessionToken(secret);
  EXPECT_EQ(Sql("SELECT count(*) FROM service_account_secrets WHERE encode(secret_hash, 'hex') = "
                "encode(sha256('" +
                secret + "'), 'hex')"),
            "1");
  EXPECT_EQ(Sql("SELECT count(*) FROM service_account_sessions WHERE encode(token_hash, 'hex') = "
                "encode(sha256('" +
                token + "'), 'hex')"),
            "1");
  for (const char* table : {"service_accounts", "service_account_secrets",
                            "service_account_sessions", "idempotency_keys", "audit_events"}) {
    const std::string rows = Sql(absl::StrCat("SELECT t::text FROM ", table, " AS t"));
    EXPECT_FALSE(absl::StrContains(rows, secret) || absl::StrContains(rows, token)) << table;
  }
}

TEST_F(ServiceAccountTest, RepetitionGetsTheSameSecretAndMakesNothing) {
  const v1::CreateServiceAccountRequest request = CreateRequest();
  const auto first = Create(request);
  const auto again = Create(request);
  ASSERT_EQ(first.Outcome(), "OK");
  EXPECT_EQ(again.response.SerializeAsString(), first.response.SerializeAsString());
  EXPECT_EQ(Count("service_accounts"), "1");
  // The secret was told twice.
  EXPECT_EQ(Count("audit_events WHERE outcome = 'REPEATED' AND resource_id = '" +
                  first.response.service_account().service_account_id() + "'"),
            "1");
  v1::CreateServiceAccountRequest other = request;
  other.set_display_name("Other");
  EXPECT_EQ(Create(other).Outcome(), "REQUEST_ID_REUSED");
}

TEST_F(ServiceAccountTest, MalformedRequestsMakeNothing) {
  const auto spoiled = [&](auto spoil) {
    v1::CreateServiceAccountRequest request = CreateRequest();
    spoil(request);
    return Create(request).Outcome();
  };
  EXPECT_EQ(spoiled([](auto& it) { it.clear_display_name(); }), "INVALID_FIELD");
  EXPECT_EQ(spoiled([](auto& it) { it.set_display_name(std::string(201, 'x')); }), "INVALID_FIELD");
  EXPECT_EQ(spoiled([](auto& it) { it.clear_scopes(); }), "INVALID_FIELD");
  EXPECT_EQ(spoiled([](auto& it) { it.add_scopes(SERVICE_SCOPE_PATIENTS_READ); }), "INVALID_FIELD");
  EXPECT_EQ(spoiled([](auto& it) { it.add_scopes(policy::v1::SERVICE_SCOPE_UNSPECIFIED); }),
            "INVALID_FIELD");
  EXPECT_EQ(spoiled([](auto& it) { it.add_scopes(static_cast<policy::v1::ServiceScope>(7)); }),
            "INVALID_FIELD");
  EXPECT_EQ(spoiled([](auto& it) { it.clear_request_id(); }), "INVALID_FIELD");
  EXPECT_EQ(Count("service_accounts"), "0");
  EXPECT_EQ(Trail(), "");
}

TEST_F(ServiceAccountTest, ReplacedSecretIsGoodUntilItsOverlapEnds) {
  const v1::CreateServiceAccountResponse created = Created();
  clock_.Advance(absl::Minutes(1));
  const auto rotated = Rotate(created.service_account().service_account_id(), 24 * 3600);
  ASSERT_EQ(rotated.Outcome(), "OK");
  EXPECT_NE(rotated.response.secret(), created.secret());
  EXPECT_EQ(rotated.response.service_account().rotate_time().seconds(),
            absl::ToUnixSeconds(clock_.Now()));
  clock_.Advance(absl::Hours(24) - absl::Microseconds(1));
  EXPECT_EQ(SignInWith(created.secret()).Outcome(), "OK");
  EXPECT_EQ(SignInWith(rotated.response.secret()).Outcome(), "OK");
  clock_.Advance(absl::Microseconds(1));
  EXPECT_EQ(SignInWith(created.secret()).Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignInWith(rotated.response.secret()).Outcome(), "OK");
}

TEST_F(ServiceAccountTest, OnlyTheSecretBeforeOverlaps) {
  const v1::CreateServiceAccountResponse created = Created();
  const std::string id = created.service_account().service_account_id();
  const std::string second = Rotate(id, 3600).response.secret();
  EXPECT_EQ(SignInWith(created.secret()).Outcome(), "OK");
  const std::string third = Rotate(id, 3600).response.secret();
  EXPECT_EQ(SignInWith(created.secret()).Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignInWith(second).Outcome(), "OK");
  const std::string fourth = Rotate(id, 0).response.secret();
  EXPECT_EQ(SignInWith(second).Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignInWith(third).Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignInWith(fourth).Outcome(), "OK");
}

TEST_F(ServiceAccountTest, OverlapOutsideOfADayIsRefusedAndReplacesNothing) {
  const v1::CreateServiceAccountResponse created = Created();
  const std::string id = created.service_account().service_account_id();
  EXPECT_EQ(Rotate(id, -1).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Rotate(id, 1, -1).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Rotate(id, 24 * 3600, 1).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Rotate(id, 1, 1'000'000'000).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Rotate(id, INT64_MAX).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Rotate("x", 0).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Rotate(NewRequestId(), 0).Outcome(), "SERVICE_ACCOUNT_NOT_FOUND");
  EXPECT_EQ(Count("service_account_secrets"), "1");
  EXPECT_EQ(SignInWith(created.secret()).Outcome(), "OK");
}

TEST_F(ServiceAccountTest, TwoRotationsAtOnceLeaveOneSecret) {
  const v1::CreateServiceAccountResponse created = Created();
  for (int round = 0; round < 10; ++round) {
    std::vector<std::string> secrets(2);
    InParallel(2, [&](int thread) {
      const auto rotated = Rotate(created.service_account().service_account_id(), 0);
      EXPECT_EQ(rotated.Outcome(), "OK");
      secrets[thread] = rotated.response.secret();
    });
    EXPECT_EQ(
        (SignInWith(secrets[0]).Outcome() == "OK") + (SignInWith(secrets[1]).Outcome() == "OK"), 1);
  }
}

TEST_F(ServiceAccountTest, RevocationEndsSecretsAndSessionsAtOnceAndOthersGoOn) {
  const v1::CreateServiceAccountResponse created = Created();
  const std::string id = created.service_account().service_account_id();
  const std::string second = Rotate(id, 3600).response.secret();
  const std::string token = SessionToken(second);
  const std::string other = SessionToken(Created().secret());
  ASSERT_EQ(IssuePassport(token).Outcome(), "OK");

  const auto revoked = Revoke(id);
  ASSERT_EQ(revoked.Outcome(), "OK");
  EXPECT_EQ(revoked.response.revoke_time().seconds(), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_EQ(IssuePassport(token).Bytes(), IssuePassport(std::string(43, 'A')).Bytes());
  EXPECT_EQ(SignInWith(created.secret()).Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignInWith(second).Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(IssuePassport(other).Outcome(), "OK");
  EXPECT_EQ(Rotate(id, 0).Outcome(), "SERVICE_ACCOUNT_REVOKED");

  clock_.Advance(absl::Minutes(1));
  const auto again = Revoke(id);
  ASSERT_EQ(again.Outcome(), "OK");
  EXPECT_EQ(again.response.SerializeAsString(), revoked.response.SerializeAsString());
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events WHERE action = 'identity.RevokeServiceAccount'"),
            "1");
}

TEST_F(ServiceAccountTest, NoSessionOutlivesARevocationThatCameAtTheSameTime) {
  for (int round = 0; round < 10; ++round) {
    const v1::CreateServiceAccountResponse created = Created();
    std::string token;
    InParallel(2, [&](int thread) {
      if (thread == 0) {
        EXPECT_EQ(Revoke(created.service_account().service_account_id()).Outcome(), "OK");
      } else {
        token = SignInWith(created.secret()).response.session_token();
      }
    });
    EXPECT_EQ(IssuePassport(token).Outcome(), "SESSION_ENDED");
  }
  EXPECT_EQ(Sql("SELECT count(*) FROM service_account_sessions WHERE ended_at IS NULL"), "0");
}

TEST_F(ServiceAccountTest, RefusedSecretsAreTheSameBytes) {
  const v1::CreateServiceAccountResponse replaced = Created();
  ASSERT_EQ(Rotate(replaced.service_account().service_account_id(), 0).Outcome(), "OK");
  const v1::CreateServiceAccountResponse revoked = Created();
  ASSERT_EQ(Revoke(revoked.service_account().service_account_id()).Outcome(), "OK");
  const std::string unknown = SignInWith(std::string(43, 'A')).Bytes();
  EXPECT_EQ(SignInWith(std::string(43, 'A')).Outcome(), "CREDENTIALS_REJECTED");
  for (const std::string& secret : {std::string(), std::string("x"), std::string(100'000, 'x'),
                                    replaced.secret(), revoked.secret()}) {
    EXPECT_EQ(SignInWith(secret).Bytes(), unknown);
  }
  EXPECT_EQ(Count("service_account_sessions"), "0");
}

TEST_F(ServiceAccountTest, RefusedSecretsFromOneAddressAreLimitedAndAcceptedOnesDoNotCount) {
  const std::string secret = Created().secret();
  for (int i = 0; i < kAttemptsPerClientForTest + 1; ++i) {
    ASSERT_EQ(SignInWith(secret, "192.0.2.1").Outcome(), "OK") << i;
  }
  for (int i = 0; i < kAttemptsPerClientForTest; ++i) {
    ASSERT_EQ(SignInWith("wrong", "192.0.2.1").Outcome(), "CREDENTIALS_REJECTED") << i;
  }
  EXPECT_EQ(SignInWith(secret, "192.0.2.1").Outcome(), "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(SignInWith(secret, "192.0.2.2").Outcome(), "OK");
}

TEST_F(ServiceAccountTest, SessionEndsLikeAnyOther) {
  const std::string secret = Created().secret();
  const std::string unused = SessionToken(secret);
  clock_.Advance(absl::Minutes(30));
  EXPECT_EQ(IssuePassport(unused).Outcome(), "SESSION_ENDED");
  const std::string busy = SessionToken(secret);
  for (int i = 0; i < 35; ++i) {
    clock_.Advance(absl::Minutes(20));
    ASSERT_EQ(IssuePassport(busy).Outcome(), "OK") << i;
  }
  clock_.Advance(absl::Minutes(20));
  EXPECT_EQ(IssuePassport(busy).Outcome(), "SESSION_ENDED");
}

TEST_F(ServiceAccountTest, ServiceAccountMakesNoOther) {
  const std::string passport = PassportOf(SessionToken(Created().secret()));
  EXPECT_EQ(
      Call(*service_accounts_, &Stub::CreateServiceAccount, CreateRequest(), passport).Outcome(),
      "SERVICE_ACCOUNT_NOT_ALLOWED");
  EXPECT_EQ(GetAccount(passport).Outcome(), "SERVICE_ACCOUNT_NOT_ALLOWED");
  EXPECT_EQ(Count("service_accounts"), "1");
}

TEST_F(ServiceAccountTest, ListPagesInTheOrderTheyWereMadeWithoutSecrets) {
  const std::vector<v1::CreateServiceAccountResponse> made = {Created(), Created(), Created()};
  ASSERT_EQ(Revoke(made[1].service_account().service_account_id()).Outcome(), "OK");
  NewClinic("elsewhere", "other@example.org");
  v1::ListServiceAccountsRequest request;
  request.set_clinic_id(clinic_id_);
  request.set_page_size(2);
  const std::string owner = Owner();
  const auto first = Call(*service_accounts_, &Stub::ListServiceAccounts, request, owner);
  ASSERT_EQ(first.Outcome(), "OK");
  request.set_page_token(first.response.next_page_token());
  const auto second = Call(*service_accounts_, &Stub::ListServiceAccounts, request, owner);
  ASSERT_EQ(second.Outcome(), "OK");
  ASSERT_EQ(first.response.service_accounts_size(), 2);
  ASSERT_EQ(second.response.service_accounts_size(), 1);
  EXPECT_EQ(second.response.next_page_token(), "");
  EXPECT_EQ(first.response.service_accounts(0).service_account_id(),
            made[0].service_account().service_account_id());
  EXPECT_TRUE(first.response.service_accounts(1).has_revoke_time());
  EXPECT_EQ(second.response.service_accounts(0).SerializeAsString(),
            made[2].service_account().SerializeAsString());
  EXPECT_FALSE(absl::StrContains(first.response.SerializeAsString(), made[0].secret()));
}

}  // namespace
}  // namespace portal::identity
