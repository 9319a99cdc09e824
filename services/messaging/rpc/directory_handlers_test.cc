#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/messaging/rpc/service_fixture.h"

namespace portal::messaging {
namespace {

using ::testing::ElementsAre;

class DirectoryHandlersTest : public ServiceTest {
 protected:
  std::string KnownAccount() const { return Sql("SELECT email, language, version FROM accounts"); }
  std::string KnownClinic() const {
    return Sql("SELECT display_name, notice_email, language, version FROM clinics");
  }
};

TEST_F(DirectoryHandlersTest, NewsOfAnAccountIsTakenOverAndOldNewsIsFine) {
  EXPECT_EQ(Outcome(PutAccount(account_, "zoe@example.org", "en", 1)), "OK");
  EXPECT_EQ(Outcome(PutAccount(account_, "zoe@example.com", "fr", 3)), "OK");
  EXPECT_EQ(Outcome(PutAccount(account_, "old@example.org", "en", 2)), "OK");
  EXPECT_EQ(Outcome(PutAccount(account_, "other@example.org", "en", 3)), "OK");
  EXPECT_EQ(KnownAccount(), "zoe@example.com|fr|3");
}

TEST_F(DirectoryHandlersTest, TheAddressOfAClosedAccountIsErased) {
  ASSERT_EQ(Outcome(PutAccount(account_, "zoe@example.org", "en", 1)), "OK");
  EXPECT_EQ(Outcome(PutAccount(account_, "", "en", 2)), "OK");
  EXPECT_EQ(KnownAccount(), "|en|2");
}

TEST_F(DirectoryHandlersTest, NewsOfAClinicIsTakenOverAndOldNewsIsFine) {
  EXPECT_EQ(Outcome(PutClinic(clinic_, "Élan", "desk@example.org", "fr", 2)), "OK");
  EXPECT_EQ(Outcome(PutClinic(clinic_, "Elan", "old@example.org", "en", 1)), "OK");
  EXPECT_EQ(KnownClinic(), "Élan|desk@example.org|fr|2");
  EXPECT_EQ(Outcome(PutClinic(clinic_, "Élan", "", "fr", 3)), "OK");
  EXPECT_EQ(KnownClinic(), "Élan||fr|3");
}

TEST_F(DirectoryHandlersTest, OfDeliveriesAtOnceTheNewestStands) {
  AtOnce(8, [&](int i) {
    EXPECT_EQ(
        Outcome(PutAccount(account_, "v" + std::to_string(i + 1) + "@example.org", "en", i + 1)),
        "OK");
  });
  EXPECT_EQ(KnownAccount(), "v8@example.org|en|8");
}

TEST_F(DirectoryHandlersTest, EveryMalformedFieldIsNamed) {
  v1::PutAccountRequest account;
  account.set_account_id("x");
  account.set_email("nobody");
  EXPECT_THAT(status::InvalidFieldsOf(rpc::FromGrpc(
                  Call(*directory_, &v1::DirectoryService::Stub::PutAccount, account))),
              ElementsAre("email", "account_id", "language", "version"));
  v1::PutClinicRequest clinic;
  clinic.set_display_name(std::string(201, 'a'));
  clinic.set_notice_email("a b@example.org");
  EXPECT_THAT(status::InvalidFieldsOf(
                  rpc::FromGrpc(Call(*directory_, &v1::DirectoryService::Stub::PutClinic, clinic))),
              ElementsAre("notice_email", "clinic_id", "display_name", "language", "version"));
  EXPECT_EQ(KnownAccount() + KnownClinic(), "");
  EXPECT_EQ(Outcome(PutClinic(clinic_, std::string(200, 'a'), "", "en", 1)), "OK");
}

TEST_F(DirectoryHandlersTest, OnlyIdentityTells) {
  v1::PutAccountRequest request;
  request.set_account_id(account_.ToString());
  request.set_email("zoe@example.org");
  request.set_language("en");
  request.set_version(1);
  const auto stub = v1::DirectoryService::NewStub(harness_.Channel("access_code"));
  EXPECT_EQ(Outcome(Call(*stub, &v1::DirectoryService::Stub::PutAccount, request)),
            "SERVICE_NOT_ALLOWED");
  EXPECT_EQ(KnownAccount(), "");
}

}  // namespace
}  // namespace portal::messaging
