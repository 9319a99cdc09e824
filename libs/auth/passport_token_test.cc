#include "libs/auth/passport_token.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/crypto/encoding.h"
#include "libs/status/errors.h"
#include "libs/testing/fake_clock.h"

namespace portal::auth {
namespace {

// RFC 8032 test keys; the public halves are derived from them.
constexpr char kSecretA[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
    "-----END PRIVATE KEY-----\n";
constexpr char kPublicA[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    "-----END PUBLIC KEY-----\n";
constexpr char kSecretB[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bij3fV+CKNq8Kpp2XJ4tq\n"
    "-----END PRIVATE KEY-----\n";

void Write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

class PassportTokenTest : public ::testing::Test {
 protected:
  PassportTokenTest() : clock_(absl::FromUnixSeconds(1'800'000'000)) {
    const char* temporary = std::getenv("TEST_TMPDIR");
    folder_ = std::filesystem::path(temporary == nullptr ? "/tmp" : temporary) /
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    Write(folder_ / "secret" / "k1.pem", kSecretA);
    Write(folder_ / "public" / "k1.pem", kPublicA);
    Write(folder_ / "forger" / "k1.pem", kSecretB);
    secret_ = *crypto::SigningKeyring::Load(folder_ / "secret");
    public_ = *crypto::VerifyingKeyring::Load(folder_ / "public");
    forger_ = *crypto::SigningKeyring::Load(folder_ / "forger");
    verifier_ = std::make_unique<PassportVerifier>(*public_, "clinic.example", clock_, 4);
  }
  ~PassportTokenTest() override { std::filesystem::remove_all(folder_); }

  Passport Sample() const {
    return {.account_id = id::AccountId::New(clock_),
            .session_id = id::SessionId::New(clock_),
            .display_name = "Dr. Zoë Ångström",
            .memberships = {{id::ClinicId::New(clock_), {StaffRole::kOwner}},
                            {id::ClinicId::New(clock_),
                             {StaffRole::kPractitioner, StaffRole::kFrontDesk}}},
            .issued_at = clock_.Now(),
            .expires_at = clock_.Now() + kPassportLifetime};
  }

  std::string Issue(const Passport& passport, const std::string& installation = "clinic.example") {
    return PassportIssuer(*secret_, installation).Issue(passport);
  }

  std::string ReasonFor(const std::string& token) {
    const auto passport = verifier_->Verify(token);
    return passport.ok() ? "OK" : status::ReasonOf(passport.status());
  }

  testing::FakeClock clock_;
  std::filesystem::path folder_;
  std::unique_ptr<crypto::SigningKeyring> secret_;
  std::unique_ptr<crypto::VerifyingKeyring> public_;
  std::unique_ptr<crypto::SigningKeyring> forger_;
  std::unique_ptr<PassportVerifier> verifier_;
};

TEST_F(PassportTokenTest, IssuedPassportComesBackWhole) {
  const Passport passport = Sample();
  const auto verified = verifier_->Verify(Issue(passport));
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ((*verified)->account_id, passport.account_id);
  EXPECT_EQ((*verified)->display_name, passport.display_name);
  EXPECT_EQ((*verified)->expires_at, passport.expires_at);
  EXPECT_THAT((*verified)->memberships, ::testing::UnorderedElementsAreArray(passport.memberships));
}

TEST_F(PassportTokenTest, ServiceAccountsPassportComesBackWhole) {
  Passport passport = Sample();
  passport.memberships.clear();
  passport.service_account = {.clinic_id = id::ClinicId::New(clock_),
                              .scopes = {ServiceScope::kPatientsRead, ServiceScope::kPatientsWrite,
                                         ServiceScope::kChartsRead, ServiceScope::kChartsWrite,
                                         ServiceScope::kPlansRead, ServiceScope::kAccessWrite}};
  const auto verified = verifier_->Verify(Issue(passport));
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(**verified, passport);
  passport.service_account->scopes = {};
  EXPECT_EQ(**verifier_->Verify(Issue(passport)), passport);
}

TEST_F(PassportTokenTest, RefusedAtTheInstantItExpiresAlsoWhenRemembered) {
  const std::string token = Issue(Sample());
  EXPECT_EQ(ReasonFor(token), "OK");
  clock_.Advance(kPassportLifetime - absl::Microseconds(1));
  EXPECT_EQ(ReasonFor(token), "OK");
  clock_.Advance(absl::Microseconds(1));
  EXPECT_EQ(ReasonFor(token), "PASSPORT_INVALID");
}

TEST_F(PassportTokenTest, OtherInstallationIsRefused) {
  EXPECT_EQ(ReasonFor(Issue(Sample(), "other.example")), "PASSPORT_INVALID");
}

TEST_F(PassportTokenTest, ForgedUnderTheSameKeyIdIsRefused) {
  EXPECT_EQ(ReasonFor(PassportIssuer(*forger_, "clinic.example").Issue(Sample())),
            "PASSPORT_INVALID");
}

TEST_F(PassportTokenTest, LifetimeAboveTheLimitAndIssueInTheFutureAreRefused) {
  Passport passport = Sample();
  passport.expires_at += absl::Seconds(1);
  EXPECT_EQ(ReasonFor(Issue(passport)), "PASSPORT_INVALID");
  passport = Sample();
  passport.issued_at += kClockSkew + absl::Seconds(1);
  passport.expires_at += kClockSkew + absl::Seconds(1);
  EXPECT_EQ(ReasonFor(Issue(passport)), "PASSPORT_INVALID");
}

TEST_F(PassportTokenTest, EveryChangedCharacterIsRefused) {
  const std::string token = Issue(Sample());
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ReasonFor(changed), "PASSPORT_INVALID") << "at " << i;
    EXPECT_EQ(ReasonFor(token.substr(0, i)), "PASSPORT_INVALID") << "cut at " << i;
  }
}

TEST_F(PassportTokenTest, GarbageIsRefused) {
  for (const std::string& token :
       {std::string(), std::string("v4.public."), std::string("v4.public.."),
        std::string("v4.local.AAAA.AAAA"), std::string(kMaxPassportBytes + 1, 'A'),
        std::string("\0\xff", 2),
        "v4.public." + crypto::Base64UrlEncode(std::string(64, 'x')) + "." +
            crypto::Base64UrlEncode(R"({"kid":7})")}) {
    EXPECT_EQ(ReasonFor(token), "PASSPORT_INVALID");
  }
}

TEST_F(PassportTokenTest, KeyTakenAwayEndsItsRememberedPassports) {
  const std::string token = Issue(Sample());
  ASSERT_EQ(ReasonFor(token), "OK");
  std::filesystem::rename(folder_ / "public" / "k1.pem", folder_ / "public" / "k2.pem");
  ASSERT_TRUE(public_->Reload().ok());
  EXPECT_EQ(ReasonFor(token), "PASSPORT_INVALID");
}

TEST_F(PassportTokenTest, MoreThanItsCapacityStillVerifies) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 10; ++i) tokens.push_back(Issue(Sample()));
  for (int round = 0; round < 2; ++round) {
    for (const std::string& token : tokens) EXPECT_EQ(ReasonFor(token), "OK");
  }
}

}  // namespace
}  // namespace portal::auth
