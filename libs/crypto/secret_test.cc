#include "libs/crypto/secret.h"

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>

#include "gtest/gtest.h"
#include "libs/crypto/compare.h"

namespace portal::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<Secret>);
static_assert(!std::is_copy_assignable_v<Secret>);

TEST(WipeTest, OverwritesTheWholeBuffer) {
  for (const size_t size : {5u, 100u}) {
    std::string text(size, 's');
    text.resize(2);  // the tail of the longer value stays in the buffer
    const char* const buffer = text.data();
    const size_t capacity = text.capacity();
    Wipe(text);
    EXPECT_TRUE(text.empty());
    // The string still owns its buffer, which std::string promises to keep on clear().
    ASSERT_EQ(text.data(), buffer);
    ASSERT_EQ(text.capacity(), capacity);
    EXPECT_EQ(std::count(buffer, buffer + capacity, '\0'), static_cast<long>(capacity));
  }
}

TEST(SecretTest, MovesAndLeavesNothingBehind) {
  for (const std::string& bytes : {std::string("short"), std::string(100, 'l')}) {
    Secret source{std::string(bytes)};
    Secret target(std::move(source));
    EXPECT_EQ(target.view(), bytes);
    EXPECT_TRUE(source.view().empty());
    Secret assigned{std::string("old")};
    assigned = std::move(target);
    EXPECT_EQ(assigned.view(), bytes);
    EXPECT_TRUE(target.view().empty());
  }
}

TEST(ConstantTimeEqualsTest, ComparesContentAndLength) {
  EXPECT_TRUE(ConstantTimeEquals("", ""));
  EXPECT_TRUE(ConstantTimeEquals(std::string("a\0b", 3), std::string("a\0b", 3)));
  EXPECT_FALSE(ConstantTimeEquals(std::string("a\0b", 3), std::string("a\0c", 3)));
  EXPECT_FALSE(ConstantTimeEquals("secret", "secre"));
  EXPECT_FALSE(ConstantTimeEquals("secret", ""));
  EXPECT_FALSE(ConstantTimeEquals("secret", "Secret"));
}

}  // namespace
}  // namespace portal::crypto
