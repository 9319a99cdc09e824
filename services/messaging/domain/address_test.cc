#include "services/messaging/domain/address.h"

#include <string>

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/messaging/domain/limits.h"

namespace portal::messaging {
namespace {

TEST(AddressTest, IsKeptAsItWasWritten) {
  for (const char* text : {"Zoe.O'Neil+portal@example.org", "a@b", "x@xn--bcher-kva.example"}) {
    ASSERT_OK_AND_ASSIGN(const Address address, Address::Parse("email", text));
    EXPECT_EQ(address.text(), text);
  }
}

TEST(AddressTest, NothingThatCouldEndAHeaderOrACommandIsAnAddress) {
  for (const char* text :
       {"", "zoe", "@example.org", "zoe@", "zoe@a@b", "zoe@example.org\r\nBcc: all@example.org",
        "zoe@example.org\n", " zoe@example.org", "<zoe@example.org>", "zoe@example.org>",
        "\"zoe\"@example.org", "zoe,ann@example.org", "zoe@example.org;", "zo\xC3\xA9@example.org",
        "zoe(x)@example.org", "zoe@[192.0.2.1]", "zoe\t@example.org"}) {
    EXPECT_THAT(Address::Parse("email", text),
                testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"))
        << text;
  }
}

TEST(AddressTest, AtMost254Bytes) {
  const std::string domain = "@example.org";
  const std::string longest = std::string(kMaxAddressBytes - domain.size(), 'a') + domain;
  EXPECT_OK(Address::Parse("email", longest));
  EXPECT_FALSE(Address::Parse("email", "a" + longest).ok());
}

}  // namespace
}  // namespace portal::messaging
