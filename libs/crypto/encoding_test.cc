#include "libs/crypto/encoding.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/crypto/random.h"

namespace portal::crypto {
namespace {

TEST(Base64UrlTest, Rfc4648VectorsWithoutPadding) {
  const std::vector<std::pair<std::string, std::string>> vectors = {
      {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},          {"foo", "Zm9v"},
      {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff", "-_8"},
  };
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(Base64UrlEncode(bytes), text);
    EXPECT_EQ(Base64UrlDecode(text), bytes);
  }
}

TEST(Base64UrlTest, OtherSpellingsAreRefused) {
  for (const char* text : {"Zg==", "Zm8=", "Z", "Zm9vY", "+/8", "Zg\n", " Zg", "Zm 9v", "Zm9v!"}) {
    EXPECT_EQ(Base64UrlDecode(text), std::nullopt) << text;
  }
  EXPECT_EQ(Base64UrlDecode(std::string("Zm9v\0", 5)), std::nullopt);
}

TEST(Base64UrlTest, OnlyOneLastCharacterSpellsTheSameBytes) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (const size_t size : {1u, 2u, 32u, 64u}) {
    const std::string bytes = RandomBytes(size);
    std::string text = Base64UrlEncode(bytes);
    int spellings = 0;
    for (const char c : alphabet) {
      text.back() = c;
      if (Base64UrlDecode(text) == bytes) ++spellings;
    }
    EXPECT_EQ(spellings, 1) << size;
  }
  EXPECT_EQ(Base64UrlDecode("Zh"), std::nullopt);   // unused bits set
  EXPECT_EQ(Base64UrlDecode("Zm9"), std::nullopt);  // unused bits set
}

TEST(Base64UrlTest, AllBytesOfAllLengthsComeBack) {
  for (size_t size = 0; size < 300; ++size) {
    const std::string bytes = RandomBytes(size);
    EXPECT_EQ(Base64UrlDecode(Base64UrlEncode(bytes)), bytes);
  }
}

TEST(Base64Test, WantsPaddingAndTheStandardAlphabet) {
  EXPECT_EQ(Base64Encode("\xfb\xff"), "+/8=");
  EXPECT_EQ(Base64Decode("+/8="), "\xfb\xff");
  for (const char* text : {"+/8", "-_8=", "+/9=", "+/8=\n", "+/8=="}) {
    EXPECT_EQ(Base64Decode(text), std::nullopt) << text;
  }
}

TEST(HexTest, IsLowerCaseAndWhole) {
  EXPECT_EQ(HexEncode(std::string("\x00\x7f\xff", 3)), "007fff");
  EXPECT_EQ(HexDecode("007fff"), std::string("\x00\x7f\xff", 3));
  EXPECT_EQ(HexEncode(""), "");
  EXPECT_EQ(HexDecode(""), "");
  for (const char* text : {"0", "007", "007FFF", "0g", "00 7f", "0x00"}) {
    EXPECT_EQ(HexDecode(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace portal::crypto
