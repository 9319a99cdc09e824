#include "services/access_code/domain/email.h"

#include <string>

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/access_code/domain/limits.h"

namespace portal::access_code {
namespace {

TEST(EmailTest, TakesAddressesUpToTheLimit) {
  EXPECT_OK(CheckEmail("send_to_email", "zoe@example.org"));
  EXPECT_OK(CheckEmail("send_to_email", "o'neil+portal@mail.example.org"));
  EXPECT_OK(CheckEmail("send_to_email", std::string(kMaxEmailBytes - 2, 'a') + "@b"));
}

TEST(EmailTest, RefusesWhatIsNone) {
  for (const std::string& email :
       {std::string(""), std::string("zoe"), std::string("@example.org"), std::string("zoe@"),
        std::string("zoe@a@b"), std::string("zoe @example.org"), std::string("zoe@exa\nmple.org"),
        std::string("Zoe <zoe@example.org>"), std::string("a@b,c"), std::string("zo\xc3\xab@b"),
        std::string("a\0@b", 4), std::string(kMaxEmailBytes - 1, 'a') + "@b"}) {
    EXPECT_THAT(CheckEmail("send_to_email", email),
                testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"))
        << email;
  }
}

}  // namespace
}  // namespace portal::access_code
