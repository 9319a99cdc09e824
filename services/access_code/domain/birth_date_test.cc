#include "services/access_code/domain/birth_date.h"

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace portal::access_code {
namespace {

TEST(BirthDateTest, TakesEveryDayFrom1850To9999) {
  EXPECT_EQ(*BirthDate("birth_date", 1850, 1, 1), absl::CivilDay(1850, 1, 1));
  EXPECT_EQ(*BirthDate("birth_date", 2008, 2, 29), absl::CivilDay(2008, 2, 29));
  EXPECT_EQ(*BirthDate("birth_date", 9999, 12, 31), absl::CivilDay(9999, 12, 31));
}

TEST(BirthDateTest, RefusesWhatIsNoDay) {
  constexpr int kDates[][3] = {{1849, 12, 31},
                               {10000, 1, 1},
                               {2007, 2, 29},
                               {2007, 4, 31},
                               {2007, 0, 1},
                               {2007, 13, 1},
                               {2007, 1, 0},
                               {0, 0, 0},
                               {2007, 1, -1},
                               {-5, 1, 1},
                               {2147483647, 2147483647, 2147483647}};
  for (const auto& [year, month, day] : kDates) {
    EXPECT_THAT(BirthDate("birth_date", year, month, day),
                testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"))
        << year << "-" << month << "-" << day;
  }
}

}  // namespace
}  // namespace portal::access_code
