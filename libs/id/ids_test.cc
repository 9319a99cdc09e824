#include "libs/id/ids.h"

#include <concepts>
#include <type_traits>

#include "absl/container/flat_hash_map.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/status_matchers.h"

namespace portal::id {
namespace {

using ::portal::testing::FailsWith;
using ::testing::ElementsAre;

static_assert(!std::is_convertible_v<AccountId, PatientId>);
static_assert(!std::is_constructible_v<AccountId, PatientId>);
static_assert(!std::is_convertible_v<Uuid, PatientId>);
static_assert(!std::equality_comparable_with<AccountId, PatientId>);

TEST(IdTest, ParsesCanonicalText) {
  ASSERT_OK_AND_ASSIGN(const PatientId id,
                       PatientId::Parse("patient_id", "0190163d-8694-739b-aea5-966c26f8ad91"));
  EXPECT_EQ(id.ToString(), "0190163d-8694-739b-aea5-966c26f8ad91");
  EXPECT_EQ(id, PatientId(*Uuid::Parse(id.ToString())));
}

TEST(IdTest, AnythingElseIsAnInvalidFieldThatIsNamed) {
  for (const char* text : {"", "1", "0190163D-8694-739B-AEA5-966C26F8AD91"}) {
    const auto id = PatientId::Parse("chart.patient_id", text);
    EXPECT_THAT(id, FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
    EXPECT_THAT(status::InvalidFieldsOf(id.status()), ElementsAre("chart.patient_id"));
  }
}

TEST(IdTest, NewOnesDifferAndGrow) {
  portal::testing::FakeClock clock;
  const AccountId first = AccountId::New(clock);
  const AccountId second = AccountId::New(clock);
  EXPECT_LT(first, second);
  EXPECT_NE(first, AccountId());
}

TEST(IdTest, IsAHashKey) {
  portal::testing::FakeClock clock;
  const GrantId id = GrantId::New(clock);
  absl::flat_hash_map<GrantId, int> map;
  map[id] = 3;
  EXPECT_EQ(map.at(*GrantId::Parse("id", id.ToString())), 3);
  EXPECT_FALSE(map.contains(GrantId::New(clock)));
}

}  // namespace
}  // namespace portal::id
