#include "services/identity/domain/clinic.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/identity/domain/staff.h"
#include "services/identity/domain/text.h"

namespace portal::identity {
namespace {

TEST(SlugTest, HasThreeTo40LowerCaseLettersDigitsAndSingleHyphens) {
  for (const std::string& slug : {std::string("abc"), std::string("a-1"), std::string("123"),
                                  std::string("willow-creek-2"), std::string(40, 'a')}) {
    EXPECT_TRUE(IsSlug(slug)) << slug;
  }
  for (const std::string& slug :
       {std::string(), std::string("ab"), std::string(41, 'a'), std::string("-abc"),
        std::string("abc-"), std::string("a--b"), std::string("Abc"), std::string("a_b"),
        std::string("a b"), std::string("a.b"), std::string("---"), std::string("caf\xC3\xA9"),
        std::string("abc\n")}) {
    EXPECT_FALSE(IsSlug(slug)) << slug;
  }
}

TEST(TimeZoneTest, IsOneOfIanas) {
  for (const char* name :
       {"America/Toronto", "Europe/Amsterdam", "America/Argentina/ComodRivadavia",
        "America/Port-au-Prince", "UTC", "Etc/GMT+5", "GB", "W-SU"}) {
    EXPECT_TRUE(IsTimeZone(name)) << name;
  }
  for (const char* name :
       {"", "Nowhere/Special", "america/toronto", "localtime", "posix/America/Toronto", "Factory",
        "Fixed/UTC+01:00:00", "/usr/share/zoneinfo/UTC", "../zoneinfo/UTC", "America/", "/UTC",
        "America", "UTC ", "libc:localtime", "file:UTC", "+01:00"}) {
    EXPECT_FALSE(IsTimeZone(name)) << name;
  }
}

Clinic Willow() {
  return {.slug = "willow-creek",
          .display_name = "Willow Creek",
          .time_zone = "America/Toronto",
          .notice_email = "owner@example.org"};
}

TEST(ClinicTest, AllViolationsAreNamed) {
  Clinic clinic;
  clinic.slug = "Willow Creek";
  clinic.display_name = " ";
  clinic.time_zone = "Mars";
  clinic.language = "de";
  EXPECT_EQ(status::InvalidFieldsOf(CheckClinic(clinic)),
            (std::vector<std::string>{"clinic.slug", "clinic.display_name", "clinic.time_zone",
                                      "clinic.notice_email", "clinic.language"}));
  EXPECT_OK(CheckClinic(Willow()));
}

TEST(ClinicTest, ChangeTakesOverWhatItNamesAndRaisesTheVersion) {
  const Clinic before = Willow();
  const Clinic after = Changed(before, {.display_name = "Willow", .second_factor_required = true});
  EXPECT_EQ(after.display_name, "Willow");
  EXPECT_TRUE(after.second_factor_required);
  EXPECT_EQ(after.time_zone, before.time_zone);
  EXPECT_EQ(after.notice_email, before.notice_email);
  EXPECT_EQ(after.language, "en");
  EXPECT_EQ(after.version, before.version + 1);
  EXPECT_OK(CheckEtag(after, EtagOf(after.version)));
  EXPECT_THAT(CheckEtag(after, EtagOf(before.version)),
              testing::FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
}

TEST(ClinicTest, ChangeIsCheckedWhereItNamesSomething) {
  EXPECT_OK(CheckChange({}));
  EXPECT_OK(CheckChange({.notice_email = "desk@willow.example", .language = "fr"}));
  EXPECT_EQ(status::InvalidFieldsOf(CheckChange({.time_zone = "Mars", .language = "de"})),
            (std::vector<std::string>{"clinic.time_zone", "clinic.language"}));
  EXPECT_EQ(status::InvalidFieldsOf(CheckChange({.display_name = "", .notice_email = ""})),
            (std::vector<std::string>{"clinic.display_name", "clinic.notice_email"}));
}

TEST(StaffRolesTest, AreASetWithStableBits) {
  StaffRoles roles;
  EXPECT_TRUE(roles.empty());
  roles.Add(StaffRole::kOwner);
  roles.Add(StaffRole::kFrontDesk);
  roles.Add(StaffRole::kOwner);
  EXPECT_EQ(roles.bits(), 2 + 8);  // as the database's check constraint has them
  EXPECT_TRUE(roles.Has(StaffRole::kOwner));
  EXPECT_FALSE(roles.Has(StaffRole::kPractitioner));
  EXPECT_EQ(StaffRoles::FromBits(10), roles);
}

}  // namespace
}  // namespace portal::identity
