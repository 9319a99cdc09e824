#include "services/records/domain/patient.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/records/domain/date.h"
#include "services/records/domain/limits.h"

namespace portal::records {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::CivilDay kToday(2026, 3, 2);

std::string Repeated(absl::string_view character, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text.append(character.data(), character.size());
  return text;
}

PatientProfile Valid() {
  PatientProfile profile;
  profile.given_name = "Zoë María";
  profile.family_name = "Nuñez O’Brien";
  profile.birth_date = absl::CivilDay(2019, 2, 28);
  profile.gender = AdministrativeGender::kFemale;
  profile.email = "zoë@example.org";
  profile.phones = {"+1 (604) 555-0101", "604.555.0102x7"};
  profile.address = {{"12 – 340 Rue de l’Église"}, "Montréal", "QC", "H2X 1Y4", "CA"};
  profile.health_card_number = "9876 543 210 AB";
  profile.emergency_contact = {"Søren Nuñez", "father", "604 555 0103"};
  return profile;
}

std::vector<std::string> InvalidFields(const PatientProfile& profile) {
  status::FieldViolations violations;
  CheckProfile(profile, kToday, violations);
  return status::InvalidFieldsOf(violations.ToStatus());
}

TEST(CheckProfileTest, AcceptsNamesAsPeopleHaveThem) {
  EXPECT_THAT(InvalidFields(Valid()), IsEmpty());
  for (const char* name :
       {"Ó", "山田", "Анна", "מרים", "D’Arcy-Smith", "Robert'); DROP TABLE patients;--",
        "<script>alert(1)</script>", "e\u0301"}) {
    PatientProfile profile = Valid();
    profile.given_name = profile.family_name = name;
    EXPECT_THAT(InvalidFields(profile), IsEmpty()) << name;
  }
}

TEST(CheckProfileTest, NeedsNamesAndNothingElse) {
  PatientProfile profile;
  EXPECT_THAT(InvalidFields(profile), ElementsAre("patient.given_name", "patient.family_name"));
  profile.given_name = "A";
  profile.family_name = "B";
  EXPECT_THAT(InvalidFields(profile), IsEmpty());
}

struct Limit {
  const char* field;
  void (*set)(PatientProfile&, std::string);
  int max_characters;
};

TEST(CheckProfileTest, TakesExactlyTheMaximumOfCharacters) {
  for (const Limit& limit : std::vector<Limit>{
           {"patient.given_name", [](PatientProfile&p, std::string s) { p.given_name = s; }, 200},
           {"patient.family_name", [](PatientProfile&p, std::string s) { p.family_name = s; }, 200},
           {"patient.address.lines[0]",
            [](PatientProfile&p, std::string s) { p.address.lines = {s}; }, 200},
           {"patient.gender_identity",
            [](PatientProfile&p, std::string s) { p.gender_identity = s; }, 100},
           {"patient.address.city", [](PatientProfile&p, std::string s) { p.address.city = s; },
            200},
           {"patient.address.region", [](PatientProfile&p, std::string s) { p.address.region = s; },
            200},
           {"patient.address.postal_code",
            [](PatientProfile&p, std::string s) { p.address.postal_code = s; }, 200},
           {"patient.health_card_number",
            [](PatientProfile&p, std::string s) { p.health_card_number = s; }, 40},
           {"patient.emergency_contact.name",
            [](PatientProfile&p, std::string s) { p.emergency_contact.name = s; }, 200},
           {"patient.emergency_contact.relationship",
            [](PatientProfile&p, std::string s) { p.emergency_contact.relationship = s; }, 200},
       }) {
    PatientProfile profile = Valid();
    limit.set(profile, Repeated("é", limit.max_characters));
    EXPECT_THAT(InvalidFields(profile), IsEmpty()) << limit.field;
    limit.set(profile, Repeated("é", limit.max_characters + 1));
    EXPECT_THAT(InvalidFields(profile), ElementsAre(limit.field));
    limit.set(profile, "two\nlines");
    EXPECT_THAT(InvalidFields(profile), ElementsAre(limit.field));
  }
}

TEST(CheckProfileTest, CountsTheBytesOfAnEmail) {
  PatientProfile profile = Valid();
  profile.email = Repeated("é", 127);
  EXPECT_THAT(InvalidFields(profile), IsEmpty());
  profile.email += "x";
  EXPECT_THAT(InvalidFields(profile), ElementsAre("patient.email"));
}

TEST(CheckProfileTest, BirthDatesRunFrom1850ToToday) {
  PatientProfile profile = Valid();
  for (absl::CivilDay day : {absl::CivilDay(1850, 1, 1), kToday}) {
    profile.birth_date = day;
    EXPECT_THAT(InvalidFields(profile), IsEmpty()) << day;
  }
  for (absl::CivilDay day : {absl::CivilDay(1849, 12, 31), kToday + 1}) {
    profile.birth_date = day;
    EXPECT_THAT(InvalidFields(profile), ElementsAre("patient.birth_date")) << day;
  }
}

TEST(CheckProfileTest, PhonesHaveTheirCharactersAndLengths) {
  PatientProfile profile = Valid();
  profile.phones = {"911", std::string(40, '0'), "+", "12", std::string(41, '0')};
  EXPECT_THAT(InvalidFields(profile),
              ElementsAre("patient.phones[2]", "patient.phones[3]", "patient.phones[4]"));
  profile.phones = {"604 555 0101 ext 3", "６０４５５５", "", "604;555", "(604) 555-01.01 x3"};
  EXPECT_THAT(InvalidFields(profile), ElementsAre("patient.phones[0]", "patient.phones[1]",
                                                  "patient.phones[2]", "patient.phones[3]"));
  profile.phones.assign(5, "911");
  EXPECT_THAT(InvalidFields(profile), IsEmpty());
  profile.phones.assign(6, "911");
  EXPECT_THAT(InvalidFields(profile), ElementsAre("patient.phones"));
}

TEST(CheckProfileTest, TheContactsPhoneMayBeEmptyButNotMalformed) {
  PatientProfile profile = Valid();
  profile.emergency_contact.phone = "";
  EXPECT_THAT(InvalidFields(profile), IsEmpty());
  profile.emergency_contact.phone = "call me";
  EXPECT_THAT(InvalidFields(profile), ElementsAre("patient.emergency_contact.phone"));
}

TEST(CheckProfileTest, AddressesHaveAtMostFiveLinesAndARealCountryCode) {
  PatientProfile profile = Valid();
  profile.address.lines.assign(5, "line");
  profile.address.country_code = "";
  EXPECT_THAT(InvalidFields(profile), IsEmpty());
  profile.address.lines.assign(6, "line");
  EXPECT_THAT(InvalidFields(profile), ElementsAre("patient.address.lines"));
  profile.address.lines.clear();
  for (const char* code : {"ca", "CAN", "C", "C1", "É"}) {
    profile.address.country_code = code;
    EXPECT_THAT(InvalidFields(profile), ElementsAre("patient.address.country_code")) << code;
  }
}

TEST(NormalizedTest, TrimsFieldsOfOneLineAndDropsEmptyAddressLines) {
  PatientProfile profile = Valid();
  profile.given_name = "\u00A0 Zoë María\t";
  profile.phones[0] = " +1 (604) 555-0101 ";
  profile.address.lines = {" ", " 12 – 340 Rue de l’Église ", ""};
  profile.emergency_contact.relationship = " father\n";
  EXPECT_EQ(Normalized(profile), Valid());
  profile.given_name = "Zoe\u0308";
  profile.address.city = "Montre\u0301al";
  EXPECT_EQ(Normalized(profile).given_name, "Zoë");
  EXPECT_EQ(Normalized(profile).address.city, "Montréal");
  profile.family_name = "\u3000";
  EXPECT_EQ(Normalized(profile).family_name, "");
}

TEST(NormalizedTest, WhatIsTooLongToBeComposedIsRefused) {
  PatientProfile profile = Valid();
  // Composed to the maximum, of four times as many characters; to one more; of one more.
  const std::string taken_apart = "\u03B1\u0313\u0300\u0345";
  profile.given_name = Repeated(taken_apart, 200);
  EXPECT_THAT(InvalidFields(Normalized(profile)), IsEmpty());
  EXPECT_EQ(Normalized(profile).given_name, Repeated("\u1F82", 200));
  profile.given_name = Repeated("\u0958", 101);  // grows
  EXPECT_THAT(InvalidFields(Normalized(profile)), ElementsAre("patient.given_name"));
  profile.given_name = "x";
  profile.address.city = Repeated(taken_apart, 200) + "x";
  EXPECT_THAT(InvalidFields(Normalized(profile)), ElementsAre("patient.address.city"));
  profile.address.city = "x";
  profile.address.lines.assign(1000, Repeated("\u0301\u0323", 400));
  EXPECT_THAT(InvalidFields(Normalized(profile)), ElementsAre("patient.address.lines"));
}

TEST(CheckStaffNotesTest, TakeSeveralLinesUpToTheMaximum) {
  status::FieldViolations violations;
  CheckStaffNotes("line\n\tline" + Repeated("é", 9'990), violations);
  EXPECT_TRUE(violations.empty());
  CheckStaffNotes(Repeated("é", 10'001), violations);
  CheckStaffNotes("bell\a", violations);
  EXPECT_THAT(status::InvalidFieldsOf(violations.ToStatus()),
              ElementsAre("patient.staff_notes", "patient.staff_notes"));
}

TEST(CheckDeathTest, ADateOfDeathIsBetweenBirthAndTodayAndOfTheDeceased) {
  const absl::CivilDay birth(2019, 2, 28);
  const auto valid = [&](PatientState state, std::optional<absl::CivilDay> date) {
    status::FieldViolations violations;
    CheckDeath(state, date, birth, kToday, violations);
    return violations.empty();
  };
  EXPECT_TRUE(valid(PatientState::kActive, std::nullopt));
  EXPECT_TRUE(valid(PatientState::kDeceased, std::nullopt));
  EXPECT_TRUE(valid(PatientState::kDeceased, birth));
  EXPECT_TRUE(valid(PatientState::kDeceased, kToday));
  EXPECT_FALSE(valid(PatientState::kDeceased, birth - 1));
  EXPECT_FALSE(valid(PatientState::kDeceased, kToday + 1));
  EXPECT_FALSE(valid(PatientState::kActive, kToday));
  EXPECT_FALSE(valid(PatientState::kInactive, kToday));
}

TEST(ChangedTest, TakesWhatTheChangeNamesAndNothingElse) {
  Patient before{.profile = Valid(), .staff_notes = "notes", .version = 7};
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  Patient expected = before;
  expected.version = 8;
  expected.updated_at = now;
  EXPECT_EQ(Changed(before, {}, now), expected);
  expected.profile.email = "";
  expected.profile.phones = {"911"};
  expected.staff_notes = "";
  EXPECT_EQ(Changed(before, {.email = "", .phones = {{"911"}}, .staff_notes = ""}, now), expected);
}

TEST(ChangedTest, WhoLivesAgainHasNoDateOfDeath) {
  const Patient before{
      .profile = Valid(), .state = PatientState::kDeceased, .deceased_date = kToday};
  EXPECT_EQ(Changed(before, {.email = "x"}, absl::UnixEpoch()).deceased_date, kToday);
  EXPECT_EQ(Changed(before, {.state = PatientState::kActive}, absl::UnixEpoch()).deceased_date,
            std::nullopt);
  // CheckDeath refuses it.
  EXPECT_EQ(Changed(before, {.state = PatientState::kActive, .deceased_date = {kToday}},
                    absl::UnixEpoch())
                .deceased_date,
            kToday);
}

TEST(CheckChangeTest, LooksAtTheNamedFieldsOnly) {
  const auto invalid = [](const PatientChange& change) {
    status::FieldViolations violations;
    CheckChange(change, kToday, violations);
    return status::InvalidFieldsOf(violations.ToStatus());
  };
  EXPECT_THAT(invalid({}), IsEmpty());
  EXPECT_THAT(invalid({.given_name = "", .birth_date = kToday + 1, .staff_notes = "\a"}),
              ElementsAre("patient.given_name", "patient.birth_date", "patient.staff_notes"));
}

TEST(DisplayNameTest, FitsTheBytesThatOtherServicesTake) {
  PatientProfile profile = Valid();
  EXPECT_EQ(DisplayName(profile), "Zoë María Nuñez O’Brien");
  profile.given_name = Repeated("山", 200);
  EXPECT_EQ(DisplayName(profile), Repeated("山", 133));  // 399 bytes: a 134th does not fit
  profile.given_name = std::string(399, 'a');
  EXPECT_EQ(DisplayName(profile), std::string(399, 'a'));
}

TEST(FullDateTest, IsADayOfTheCalendarOrRefused) {
  EXPECT_EQ(*FullDate("f", 2024, 2, 29), absl::CivilDay(2024, 2, 29));
  for (const auto& [year, month, day] : std::vector<std::array<int, 3>>{{2023, 2, 29},
                                                                        {2024, 4, 31},
                                                                        {0, 1, 1},
                                                                        {2024, 0, 1},
                                                                        {2024, 1, 0},
                                                                        {2024, 13, 1},
                                                                        {10000, 1, 1},
                                                                        {-1, 1, 1},
                                                                        {2024, -1, 1},
                                                                        {2024, 1, 2147483647}}) {
    const auto date = FullDate("patient.birth_date", year, month, day);
    EXPECT_THAT(status::InvalidFieldsOf(date.status()), ElementsAre("patient.birth_date"))
        << year << "-" << month << "-" << day;
  }
}

TEST(LatestTodayTest, IsTheDayInUtcPlus14) {
  const absl::Time midnight_utc = absl::FromCivil(absl::CivilDay(2026, 3, 1), absl::UTCTimeZone());
  EXPECT_EQ(LatestToday(midnight_utc + absl::Hours(10) - absl::Microseconds(1)),
            absl::CivilDay(2026, 3, 1));
  EXPECT_EQ(LatestToday(midnight_utc + absl::Hours(10)), absl::CivilDay(2026, 3, 2));
}

}  // namespace
}  // namespace portal::records
