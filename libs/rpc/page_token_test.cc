#include "libs/rpc/page_token.h"

#include "gtest/gtest.h"
#include "libs/status/errors.h"
#include "libs/testing/rpc_harness.h"
#include "portal/records/v1/patient_service.pb.h"
#include "portal/records/v1/treatment_plan_service.pb.h"

namespace portal::rpc {
namespace {

using records::v1::ListPatientsRequest;

class PageTokenTest : public ::testing::Test {
 protected:
  PageTokenTest() : harness_("probe"), tokens_(harness_.sealer()) { request_.set_clinic_id("c1"); }

  std::string ReasonFor(const google::protobuf::Message& request, const std::string& token,
                        size_t columns = 2) {
    const auto position = tokens_.Parse(request, token, columns);
    return position.ok() ? "OK" : status::ReasonOf(position.status());
  }

  portal::testing::RpcHarness harness_;
  PageTokens tokens_;
  ListPatientsRequest request_;
};

TEST_F(PageTokenTest, PositionComesBackAndShowsNothing) {
  const std::string token = tokens_.Make(request_, {"Åsa\"|", "id-1"});
  request_.set_page_token(token);
  request_.set_page_size(7);
  EXPECT_EQ(*tokens_.Parse(request_, token, 2), (std::vector<std::string>{"Åsa\"|", "id-1"}));
  EXPECT_EQ(token.find("id-1"), std::string::npos);
}

TEST_F(PageTokenTest, EmptyTokenIsTheFirstPage) {
  EXPECT_TRUE(tokens_.Parse(request_, "", 2)->empty());
}

TEST_F(PageTokenTest, TokenOfAnotherQueryMethodOrFormIsInvalid) {
  const std::string token = tokens_.Make(request_, {"a", "b"});
  ListPatientsRequest other = request_;
  other.set_clinic_id("c2");
  EXPECT_EQ(ReasonFor(other, token), "PAGE_TOKEN_INVALID");
  records::v1::ListMyTreatmentPlansRequest plans;
  EXPECT_EQ(ReasonFor(plans, token), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(ReasonFor(request_, token, 3), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(ReasonFor(request_, "AAAA"), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(ReasonFor(request_, "?"), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(ReasonFor(request_, std::string(100'000, 'A')), "PAGE_TOKEN_INVALID");
}

TEST_F(PageTokenTest, EveryChangedCharacterIsInvalid) {
  const std::string token = tokens_.Make(request_, {"a", "b"});
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ReasonFor(request_, changed), "PAGE_TOKEN_INVALID") << i;
  }
}

TEST(PageSizeTest, ZeroIsTheDefaultAndTheBoundsHold) {
  EXPECT_EQ(*PageSize(0, 50, 100), 50);
  EXPECT_EQ(*PageSize(1, 50, 100), 1);
  EXPECT_EQ(*PageSize(100, 50, 100), 100);
  EXPECT_EQ(status::ReasonOf(PageSize(101, 50, 100).status()), "INVALID_FIELD");
  EXPECT_EQ(status::ReasonOf(PageSize(-1, 50, 100).status()), "INVALID_FIELD");
  EXPECT_EQ(status::ReasonOf(PageSize(2147483647, 50, 100).status()), "INVALID_FIELD");
}

}  // namespace
}  // namespace portal::rpc
