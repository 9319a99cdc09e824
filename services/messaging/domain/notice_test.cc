#include "services/messaging/domain/notice.h"

#include <set>
#include <string>

#include "gtest/gtest.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/status_matchers.h"
#include "services/messaging/domain/limits.h"

namespace portal::messaging {
namespace {

Notice NoticeOf(Kind kind) {
  return {.kind = kind, .recipient = Address::Parse("email", "zoe@example.org").value()};
}

TEST(NoticeTest, EveryKindHasANameOfItsOwn) {
  std::set<std::string> names;
  for (int kind = 0; kind < kKinds; ++kind) {
    names.emplace(ToString(static_cast<Kind>(kind)));
  }
  EXPECT_EQ(names.size(), kKinds);
  EXPECT_EQ(names.count("unknown"), 0);
}

TEST(NoticeTest, LinksAndCodesAreUsefulWhileTheyWork) {
  const absl::Time made = absl::FromUnixSeconds(1'800'000'000);
  EXPECT_EQ(UsefulUntil(NoticeOf(Kind::kVerifyEmail), made), made + absl::Hours(1));
  EXPECT_EQ(UsefulUntil(NoticeOf(Kind::kResetPassword), made), made + absl::Hours(1));
  EXPECT_EQ(UsefulUntil(NoticeOf(Kind::kConfirmNewEmail), made), made + absl::Hours(1));
  EXPECT_EQ(UsefulUntil(NoticeOf(Kind::kMailboxCode), made), made + absl::Minutes(10));
  EXPECT_EQ(UsefulUntil(NoticeOf(Kind::kStaffInvitation), made), made + absl::Hours(7 * 24));
  EXPECT_EQ(UsefulUntil(NoticeOf(Kind::kPasswordChanged), made), absl::InfiniteFuture());
}

TEST(NoticeTest, WhatSaysWhenItEndsIsUsefulUntilThen) {
  Notice notice = NoticeOf(Kind::kAccessCodeSent);
  notice.time = absl::FromUnixSeconds(1'800'000'000);
  EXPECT_EQ(UsefulUntil(notice, absl::UnixEpoch()), *notice.time);
  notice.kind = Kind::kAccessCodeWithBirthDateSent;
  EXPECT_EQ(UsefulUntil(notice, absl::UnixEpoch()), *notice.time);
  notice.kind = Kind::kSecondFactorRemovalRequested;
  EXPECT_EQ(UsefulUntil(notice, absl::UnixEpoch()), *notice.time);
  // A sign-in that was long ago is still news.
  notice.kind = Kind::kNewDeviceSignIn;
  EXPECT_EQ(UsefulUntil(notice, absl::UnixEpoch()), absl::InfiniteFuture());
}

TEST(NoticeTest, AnEventIsAsOldAsItsIdSays) {
  testing::FakeClock clock;
  const id::Uuid event_id = id::NewUuidV7(clock);
  const absl::Time made = clock.Now();
  clock.Advance(absl::Minutes(5));
  EXPECT_EQ(absl::ToUnixMillis(CreatedAt(event_id, clock.Now())), absl::ToUnixMillis(made));
}

TEST(NoticeTest, AnIdFromTheFutureOrOfAnotherVersionSaysNothing) {
  const absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  EXPECT_EQ(CreatedAt(*id::Uuid::Parse("fffffff0-4c00-7000-8000-000000000001"), now), now);
  EXPECT_EQ(CreatedAt(*id::Uuid::Parse("00000000-4c00-4000-8000-000000000001"), now), now);
}

TEST(LanguageTest, TimesAreWrittenForPeople) {
  const absl::Time time =
      absl::FromCivil(absl::CivilSecond(2026, 8, 2, 14, 5, 59), absl::UTCTimeZone());
  EXPECT_EQ(FormatTime(time, Language::kEnglish), "2 August 2026, 14:05 UTC");
  EXPECT_EQ(FormatTime(time, Language::kFrench), "2 août 2026 à 14 h 05 UTC");
  const absl::Time first = time - absl::Hours(24);
  EXPECT_EQ(FormatTime(first, Language::kEnglish), "1 August 2026, 14:05 UTC");
  EXPECT_EQ(FormatTime(first, Language::kFrench), "1er août 2026 à 14 h 05 UTC");
}

TEST(LanguageTest, OnlyWhatHasTemplatesIsALanguage) {
  EXPECT_EQ(*ParseLanguage("language", "en"), Language::kEnglish);
  EXPECT_EQ(*ParseLanguage("language", "fr"), Language::kFrench);
  for (const char* text : {"", "EN", "de", "en-CA"}) {
    EXPECT_THAT(ParseLanguage("language", text),
                testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
  }
}

}  // namespace
}  // namespace portal::messaging
