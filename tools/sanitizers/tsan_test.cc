#include <cstdlib>
#include <thread>

#include "gtest/gtest.h"

namespace portal {
namespace {

int shared_without_lock = 0;

void Race() {
  std::thread other([] { ++shared_without_lock; });
  ++shared_without_lock;
  other.join();
}

// The suppressions must not hide races of our own code, nor may the options turn a race into a mere
// remark.
TEST(ThreadSanitizerTest, EndsAProgramThatRaces) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        Race();
        std::_Exit(0);
      },
      ::testing::ExitedWithCode(66), "ThreadSanitizer: data race");
}

}  // namespace
}  // namespace portal
