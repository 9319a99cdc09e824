#include "services/identity/domain/clinic.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "services/identity/domain/staff.h"

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

TEST(ClinicTest, AllViolationsAreNamed) {
  Clinic clinic;
  clinic.slug = "Willow Creek";
  clinic.display_name = " ";
  clinic.time_zone = "Mars";
  EXPECT_EQ(status::InvalidFieldsOf(CheckClinic(clinic)),
            (std::vector<std::string>{"clinic.slug", "clinic.display_name", "clinic.time_zone"}));
  clinic = {.slug = "willow-creek", .display_name = "Willow Creek", .time_zone = "America/Toronto"};
  EXPECT_OK(CheckClinic(clinic));
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
