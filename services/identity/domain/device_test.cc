#include "services/identity/domain/device.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "libs/text/text.h"
#include "services/identity/domain/limits.h"

namespace portal::identity {
namespace {

TEST(DeviceNameTest, TellsBrowserAndSystem) {
  EXPECT_EQ(DeviceName("Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0"),
            "Firefox on Android");
  EXPECT_EQ(DeviceName("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
                       "Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0"),
            "Edge on Windows");
  EXPECT_EQ(DeviceName("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
                       "Chrome/131.0.0.0 Safari/537.36"),
            "Chrome on Linux");
  EXPECT_EQ(
      DeviceName("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
                 "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"),
      "Safari on iPhone");
  EXPECT_EQ(DeviceName("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
                       "(KHTML, like Gecko) Version/18.0 Safari/605.1.15"),
            "Safari on macOS");
}

TEST(DeviceNameTest, WhatIsNotKnownIsShownAsItIs) {
  EXPECT_EQ(DeviceName(""), "");
  EXPECT_EQ(DeviceName("ClinicBilling/2.1"), "ClinicBilling/2.1");
  EXPECT_EQ(DeviceName("  curl/8.1\r\nX-Evil: 1\t"), "curl/8.1  X-Evil: 1");
  EXPECT_EQ(DeviceName("a\u0085b\u009Fc\u007Fd"), "a b c d");
  EXPECT_EQ(DeviceName("\u0085"), "");
}

TEST(DeviceNameTest, LongOnesAreCutBetweenCharacters) {
  std::string longest;
  for (size_t i = 0; i < kMaxDeviceCharacters; ++i) longest += "é";
  EXPECT_EQ(DeviceName(longest), longest);
  EXPECT_EQ(DeviceName(absl::StrCat(longest, "é")), longest);
  EXPECT_EQ(text::CharacterCount(DeviceName(std::string(500, 'x'))), kMaxDeviceCharacters);
}

TEST(DeviceFieldsTest, AreLimited) {
  EXPECT_OK(CheckUserAgent(std::string(kMaxUserAgentBytes, 'x')));
  EXPECT_THAT(CheckUserAgent(std::string(kMaxUserAgentBytes + 1, 'x')),
              testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
  EXPECT_OK(CheckDeviceToken(std::string(43, 'x')));
  EXPECT_OK(CheckDeviceToken(""));
  EXPECT_THAT(CheckDeviceToken(std::string(44, 'x')),
              testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
}

}  // namespace
}  // namespace portal::identity
