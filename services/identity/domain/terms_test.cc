#include "services/identity/domain/terms.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/status/errors.h"
#include "libs/testing/status_matchers.h"

namespace portal::identity {
namespace {

using testing::FailsWith;

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

TEST(TermsTest, OnlyTheCurrentVersionIsAgreedTo) {
  EXPECT_OK(CheckTermsVersion("version", 3, 3));
  for (const int other : {1, 2, 4}) {
    const absl::Status refused = CheckTermsVersion("version", other, 3);
    EXPECT_THAT(refused, FailsWith(kPrecondition, "TERMS_NOT_CURRENT"));
    EXPECT_EQ(status::MetadataOf(refused)["current_version"], "3");
  }
  EXPECT_THAT(CheckTermsVersion("version", 1, 0), FailsWith(kPrecondition, "TERMS_NOT_CURRENT"));
}

TEST(TermsTest, ZeroAndLessAreNoVersions) {
  for (const int none : {0, -1}) {
    EXPECT_EQ(status::InvalidFieldsOf(CheckTermsVersion("version", none, 0)),
              std::vector<std::string>{"version"});
  }
}

TEST(TermsTest, SignUpAgreesToTheCurrentVersionOrToNothingWhereThereIsNone) {
  EXPECT_OK(CheckSignUpTerms("accepted_terms_version", 0, 0));
  EXPECT_OK(CheckSignUpTerms("accepted_terms_version", 2, 2));
  for (const int other : {0, 1, 3}) {
    EXPECT_THAT(CheckSignUpTerms("accepted_terms_version", other, 2),
                FailsWith(kPrecondition, "TERMS_NOT_CURRENT"));
  }
  EXPECT_THAT(CheckSignUpTerms("accepted_terms_version", 1, 0),
              FailsWith(kPrecondition, "TERMS_NOT_CURRENT"));
  EXPECT_EQ(status::InvalidFieldsOf(CheckSignUpTerms("accepted_terms_version", -1, 2)),
            std::vector<std::string>{"accepted_terms_version"});
}

}  // namespace
}  // namespace portal::identity
