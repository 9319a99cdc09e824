#include "services/messaging/domain/address.h"

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace portal::messaging {
namespace {

TEST(AddressTest, IsKeptAsItWasWritten) {
  ASSERT_OK_AND_ASSIGN(const Address address,
                       Address::Parse("email", "Zoe.O'Neil+portal@Example.org"));
  EXPECT_EQ(address.text(), "Zoe.O'Neil+portal@Example.org");
}

TEST(AddressTest, WhatIsNoAddressIsRefused) {
  for (const char* text : {"", "zoe", "zoe@example.org\r\nBcc: all@example.org"}) {
    EXPECT_THAT(Address::Parse("email", text),
                testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"))
        << text;
  }
}

}  // namespace
}  // namespace portal::messaging
