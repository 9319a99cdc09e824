#include "services/records/domain/patient_search.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/records/domain/limits.h"

namespace portal::records {
namespace {

const auto kInvalidField = testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD");

SearchTerms Parsed(absl::string_view query) {
  const auto terms = ParseSearchTerms(query);
  EXPECT_OK(terms);
  return terms.value_or(SearchTerms());
}

TEST(ParseSearchTermsTest, WhatIsNothingElseIsNames) {
  EXPECT_EQ(Parsed(" Zoë   O’Brien-Nuñez "), SearchTerms{.names = "Zoë O’Brien-Nuñez"});
  EXPECT_EQ(Parsed("Nuñez,Zoë;"), SearchTerms{.names = "Nuñez Zoë"});
  EXPECT_EQ(Parsed("Nuñez\u00A0Zoë"), SearchTerms{.names = "Nuñez Zoë"});
  EXPECT_EQ(Parsed("a"), SearchTerms{.names = "a"});
  EXPECT_EQ(Parsed("'; DROP TABLE patients;--"), SearchTerms{.names = "' DROP TABLE patients --"});
  EXPECT_EQ(Parsed("\xff%_"), SearchTerms{.names = "\xff%_"});
}

TEST(ParseSearchTermsTest, DatesAreReadAsPeopleWriteThem) {
  const absl::CivilDay day(1994, 7, 3), swapped(1994, 3, 7);
  for (const char* query :
       {"1994-07-03", "1994-7-3", "1994/07/03", "1994.7.3", "03.07.1994", "3.7.1994", "3-7-1994"}) {
    EXPECT_EQ(Parsed(query), SearchTerms{.birth_dates = {day}}) << query;
  }
  EXPECT_EQ(Parsed("3/7/1994"), (SearchTerms{.birth_dates = {day, swapped}}));
  EXPECT_EQ(Parsed("7/7/1994"), SearchTerms{.birth_dates = {absl::CivilDay(1994, 7, 7)}});
  EXPECT_EQ(Parsed("28/2/1994"), SearchTerms{.birth_dates = {absl::CivilDay(1994, 2, 28)}});
}

TEST(ParseSearchTermsTest, WhatIsNoDayOfTheCalendarIsNoDate) {
  for (const char* query : {"31.02.1994", "1994-13-01", "604-555-0101", "604.555.0101", "1994-07",
                            "1994-07/03", "1994-07-03-01", "0000-01-01", "3.7.94", "11994-07-03"}) {
    EXPECT_TRUE(Parsed(query).birth_dates.empty()) << query;
    EXPECT_NE(Parsed(query).phone, "") << query;
  }
}

TEST(ParseSearchTermsTest, PhonesAreTheirDigitsHoweverTheyAreWritten) {
  for (const char* query : {"6045550101", "604 555 0101", "(604) 555-0101", "604.555.0101",
                            "0604 555 0101", "604 555-0101 x7", "604 555-0101x7"}) {
    EXPECT_EQ(Parsed(query), SearchTerms{.phone = "6045550101"}) << query;
  }
  EXPECT_EQ(Parsed("+1 604").phone, "1604");
  EXPECT_EQ(Parsed("0044 20 7946").phone, "44207946");
  EXPECT_EQ(Parsed("911").phone, "911");
  EXPECT_EQ(Parsed("0101").phone, "0101");
}

TEST(ParseSearchTermsTest, FewerThanThreeDigitsArePartOfAName) {
  EXPECT_EQ(Parsed("John 3"), SearchTerms{.names = "John 3"});
  EXPECT_EQ(Parsed("12"), SearchTerms{.names = "12"});
  EXPECT_EQ(Parsed("00000"), SearchTerms{.names = "00000"});
}

TEST(ParseSearchTermsTest, EverythingTogetherInAnyOrder) {
  const SearchTerms all{.names = "lea font",
                        .phone = "5195550199",
                        .email = "lea@",
                        .birth_dates = {absl::CivilDay(1994, 7, 3)}};
  EXPECT_EQ(Parsed("lea font 1994-07-03 519 555 0199 lea@"), all);
  EXPECT_EQ(Parsed("519 555-0199, lea@ lea, 1994-07-03, font"), all);
}

TEST(ParseSearchTermsTest, TwoOfWhatAPersonHasOnceAreRefused) {
  for (const char* query : {"a@b c@d", "1994-07-03 1994-07-04", "604555 lea 604556"}) {
    EXPECT_THAT(ParseSearchTerms(query), kInvalidField) << query;
  }
}

TEST(ParseSearchTermsTest, ItsLimitsAreExact) {
  std::string longest;
  for (int i = 0; i < kMaxSearchCharacters; ++i) longest += "é";
  EXPECT_EQ(Parsed(longest).names, longest);
  EXPECT_THAT(ParseSearchTerms(longest + "é"), kInvalidField);
  std::string taken_apart;
  for (int i = 0; i < kMaxSearchCharacters; ++i) taken_apart += "e\u0301";
  EXPECT_EQ(Parsed(taken_apart).names, longest);
  EXPECT_THAT(ParseSearchTerms(taken_apart + "\u0958"), kInvalidField);
  EXPECT_OK(ParseSearchTerms("a b c d e f g h i j"));
  EXPECT_THAT(ParseSearchTerms("a b c d e f g h i j k"), kInvalidField);
  for (const char* query : {"", " ", " \u00A0\u200B", ",;", "a\x01", "a\nb"}) {
    EXPECT_THAT(ParseSearchTerms(query), kInvalidField) << query;
  }
  EXPECT_THAT(ParseSearchTerms(absl::string_view("a\0b", 3)), kInvalidField);
}

}  // namespace
}  // namespace portal::records
