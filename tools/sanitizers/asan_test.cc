#include <cstdlib>
#include <limits>
#include <memory>

#include "gtest/gtest.h"

namespace portal {
namespace {

TEST(AddressSanitizerTest, EndsAProgramThatReadsBehindAnArray) {
  const auto array = std::make_unique<int[]>(4);
  volatile size_t behind = 4;
  EXPECT_DEATH(std::_Exit(array[behind]), "heap-buffer-overflow");
}

TEST(UndefinedBehaviorSanitizerTest, EndsAProgramThatOverflowsAnInteger) {
  volatile int largest = std::numeric_limits<int>::max();
  EXPECT_DEATH(std::_Exit(largest + 1), "signed integer overflow");
}

}  // namespace
}  // namespace portal
