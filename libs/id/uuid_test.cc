#include "libs/id/uuid.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash_testing.h"
#include "gtest/gtest.h"
#include "libs/testing/fake_clock.h"

namespace portal::id {
namespace {

using ::portal::testing::FakeClock;

constexpr char kText[] = "0190163d-8694-739b-aea5-966c26f8ad91";

int64_t MillisOf(const Uuid& uuid) {
  int64_t millis = 0;
  for (int i = 0; i < 6; ++i) millis = millis << 8 | uuid.bytes()[i];
  return millis;
}

TEST(UuidTest, CanonicalTextComesBack) {
  for (const char* text :
       {kText, "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"}) {
    const auto uuid = Uuid::Parse(text);
    ASSERT_TRUE(uuid.has_value()) << text;
    EXPECT_EQ(uuid->ToString(), text);
  }
  EXPECT_EQ(Uuid::Parse(kText)->bytes()[0], 0x01);
  EXPECT_EQ(Uuid::Parse(kText)->bytes()[15], 0x91);
}

TEST(UuidTest, OtherSpellingsAreRefused) {
  const std::string text = kText;
  const std::vector<std::string> wrong = {
      "",
      "0190163D-8694-739B-AEA5-966C26F8AD91",
      "{" + text + "}",
      "urn:uuid:" + text,
      "0190163d8694739baea5966c26f8ad91",
      text.substr(1),
      text + "0",
      " " + text.substr(1),
      text + " ",
      text + std::string(1, '\0'),
      "0190163d-8694-739b-aea5-966c26f8ad9g",
      "0190163d-8694-739b-aea59-66c26f8ad91",
      "0190163d_8694-739b-aea5-966c26f8ad91",
      "-190163d-8694-739b-aea5-966c26f8ad91",
  };
  for (const std::string& other : wrong) EXPECT_FALSE(Uuid::Parse(other).has_value()) << other;
}

TEST(UuidTest, EveryForeignByteIsRefusedAtEveryPosition) {
  const std::string text = kText;
  for (size_t i = 0; i < text.size(); ++i) {
    for (int c = 0; c < 256; ++c) {
      std::string other = text;
      other[i] = static_cast<char>(c);
      const auto uuid = Uuid::Parse(other);
      if (uuid.has_value()) {
        EXPECT_EQ(uuid->ToString(), other);
      } else {
        EXPECT_NE(other, text);
      }
    }
  }
}

TEST(UuidTest, OrdersByItsBytes) {
  const auto low = *Uuid::Parse("00000000-0000-0000-0000-0000000000ff");
  const auto middle = *Uuid::Parse("7f000000-0000-0000-0000-000000000000");
  const auto high = *Uuid::Parse("80000000-0000-0000-0000-000000000000");
  EXPECT_LT(low, middle);
  EXPECT_LT(middle, high);
  EXPECT_EQ(low, *Uuid::Parse(low.ToString()));
}

TEST(UuidTest, HashesByValue) {
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly(
      {Uuid(), *Uuid::Parse(kText), *Uuid::Parse("0190163d-8694-739b-aea5-966c26f8ad92")}));
}

TEST(UuidTest, PrintsItsText) {
  std::ostringstream out;
  out << *Uuid::Parse(kText);
  EXPECT_EQ(out.str(), kText);
}

// The generator's memory is the process's, so each test starts a day later than any before.
FakeClock LaterClock() {
  static absl::Time start = absl::FromUnixMillis(1'800'000'000'000);
  start += absl::Hours(24);
  return FakeClock(start);
}

TEST(NewUuidV7Test, CarriesTimeVersionAndVariant) {
  FakeClock clock = LaterClock();
  const Uuid uuid = NewUuidV7(clock);
  EXPECT_EQ(MillisOf(uuid), absl::ToUnixMillis(clock.Now()));
  EXPECT_EQ(uuid.bytes()[6] >> 4, 7);
  EXPECT_EQ(uuid.bytes()[8] >> 6, 2);
  EXPECT_TRUE(Uuid::Parse(uuid.ToString()).has_value());
}

TEST(NewUuidV7Test, GrowsWhileTheClockStandsStill) {
  FakeClock clock = LaterClock();
  Uuid last = NewUuidV7(clock);
  for (int i = 0; i < 100'000; ++i) {
    const Uuid next = NewUuidV7(clock);
    ASSERT_LT(last, next);
    last = next;
  }
  EXPECT_EQ(MillisOf(last), absl::ToUnixMillis(clock.Now()));
}

TEST(NewUuidV7Test, GrowsWhenTheClockIsSetBackAndFollowsItAgainLater) {
  FakeClock clock = LaterClock();
  const Uuid before = NewUuidV7(clock);
  clock.Advance(-absl::Hours(1));
  const Uuid during = NewUuidV7(clock);
  EXPECT_LT(before, during);
  EXPECT_EQ(MillisOf(during), MillisOf(before));
  clock.Advance(absl::Hours(1) + absl::Milliseconds(1));
  const Uuid after = NewUuidV7(clock);
  EXPECT_LT(during, after);
  EXPECT_EQ(MillisOf(after), absl::ToUnixMillis(clock.Now()));
}

TEST(NewUuidV7Test, NeitherCounterNorTailIsPredictable) {
  FakeClock clock = LaterClock();
  absl::flat_hash_set<std::string> counters;
  absl::flat_hash_set<std::string> tails;
  constexpr int kRounds = 1'000;
  for (int i = 0; i < kRounds; ++i) {
    clock.Advance(absl::Milliseconds(1));
    const std::string text = NewUuidV7(clock).ToString();
    counters.insert(text.substr(15, 13));
    tails.insert(text.substr(28));
  }
  // 41 random bits: two equal ones among 1,000 come once in four million runs. 32 bits: once in
  // 8,600 runs.
  EXPECT_EQ(counters.size(), kRounds);
  EXPECT_GE(tails.size(), kRounds - 2);
}

TEST(NewUuidV7Test, IsUniqueAndOrderedAcrossThreads) {
  constexpr int kThreads = 8;
  constexpr int kEach = 100'000 / kThreads;
  FakeClock clock = LaterClock();
  std::vector<std::vector<Uuid>> made(kThreads);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&mine, &clock] {
      mine.reserve(kEach);
      for (int i = 0; i < kEach; ++i) {
        if (i % 100 == 0)
          clock.Advance(i % 200 == 0 ? absl::Milliseconds(1) : -absl::Milliseconds(1));
        mine.push_back(NewUuidV7(clock));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  absl::flat_hash_set<Uuid> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), kThreads * kEach);
}

// Last: everything after it in this process would carry the year 10889.
TEST(NewUuidV7Test, TimesOutsideTheFormatAreClamped) {
  FakeClock clock(absl::InfinitePast());
  const Uuid past = NewUuidV7(clock);
  clock.Set(absl::InfiniteFuture());
  const Uuid future = NewUuidV7(clock);
  EXPECT_LT(past, future);
  EXPECT_EQ(MillisOf(future), (int64_t{1} << 48) - 1);
  EXPECT_EQ(future.bytes()[6] >> 4, 7);
}

}  // namespace
}  // namespace portal::id
