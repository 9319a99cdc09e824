#include "services/access_code/rpc/access_settings_handlers.h"

#include <atomic>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/access_code/domain/limits.h"
#include "services/access_code/rpc/service_fixture.h"

namespace portal::access_code {
namespace {

using ::testing::ElementsAre;

class AccessSettingsHandlersTest : public ServiceTest {};

TEST_F(AccessSettingsHandlersTest, WhoHasSettledNothingHasTheDefaults) {
  const auto settings = GetSettings(clinic_);
  ASSERT_EQ(settings.Outcome(), "OK");
  EXPECT_EQ(settings.response.clinic_id(), clinic_.ToString());
  EXPECT_EQ(settings.response.validity_days(), 5);
  EXPECT_FALSE(settings.response.birth_date_required());
  EXPECT_EQ(settings.response.coming_of_age_years(), 18);
  NewPatient(clinic_);
  EXPECT_EQ(GetSettings(clinic_).response.SerializeAsString(),
            settings.response.SerializeAsString());
}

TEST_F(AccessSettingsHandlersTest, WhatWasSettledIsReadAgainByThisClinicAlone) {
  v1::AccessSettings settings = GetSettings(clinic_).response;
  settings.set_validity_days(30);
  settings.set_birth_date_required(true);
  settings.set_coming_of_age_years(16);
  const auto updated = UpdateSettings(settings);
  ASSERT_EQ(updated.Outcome(), "OK");
  EXPECT_NE(updated.response.etag(), settings.etag());
  EXPECT_EQ(updated.response.SerializeAsString(),
            GetSettings(clinic_).response.SerializeAsString());
  settings.set_etag(updated.response.etag());
  EXPECT_EQ(updated.response.SerializeAsString(), settings.SerializeAsString());
  EXPECT_EQ(GetSettings(other_clinic_).response.validity_days(), 5);
  EXPECT_EQ(Sql("SELECT actor_kind, outcome, clinic_id, resource_kind FROM audit_events"),
            "staff|OK|" + clinic_.ToString() + "|access_settings");
}

TEST_F(AccessSettingsHandlersTest, EachSettingHasItsLimits) {
  v1::AccessSettings settings = GetSettings(clinic_).response;
  for (const auto& [days, age] : {std::pair(0, 11), std::pair(31, 26), std::pair(-1, -1)}) {
    settings.set_validity_days(days);
    settings.set_coming_of_age_years(age);
    const auto refused = UpdateSettings(settings);
    EXPECT_THAT(
        status::InvalidFieldsOf(rpc::FromGrpc(refused.status)),
        ElementsAre("access_settings.validity_days", "access_settings.coming_of_age_years"));
  }
  EXPECT_EQ(GetSettings(clinic_).response.validity_days(), 5);
  for (const auto& [days, age] : {std::pair(1, 12), std::pair(30, 25)}) {
    settings = GetSettings(clinic_).response;
    settings.set_validity_days(days);
    settings.set_coming_of_age_years(age);
    EXPECT_EQ(UpdateSettings(settings).Outcome(), "OK");
  }
}

TEST_F(AccessSettingsHandlersTest, OfTwoWhoReadTheSameOneChangesIt) {
  for (int round = 0; round < 10; ++round) {
    const v1::AccessSettings read = GetSettings(clinic_).response;
    std::atomic<int> changed = 0, refused = 0;
    AtOnce(4, [&](int i) {
      v1::AccessSettings settings = read;
      settings.set_validity_days(1 + i);
      const std::string outcome = UpdateSettings(settings).Outcome();
      if (outcome == "OK") ++changed;
      if (outcome == "ETAG_MISMATCH") ++refused;
    });
    EXPECT_EQ(changed, 1);
    EXPECT_EQ(refused, 3);
  }
  v1::AccessSettings settings = GetSettings(clinic_).response;
  settings.set_etag("");
  EXPECT_EQ(UpdateSettings(settings).Outcome(), "INVALID_FIELD");
  settings.set_etag("not ours");
  EXPECT_EQ(UpdateSettings(settings).Outcome(), "ETAG_MISMATCH");
}

TEST_F(AccessSettingsHandlersTest, OnlyAnOwnerSettles) {
  v1::UpdateAccessSettingsRequest request;
  request.set_clinic_id(clinic_.ToString());
  *request.mutable_access_settings() = GetSettings(clinic_).response;
  request.set_request_id(NewRequestId());
  const auto update = &v1::AccessSettingsService::Stub::UpdateAccessSettings;
  EXPECT_EQ(Call(*settings_, update, request, StaffPassport(clinic_)).Outcome(),
            "ROLE_NOT_ALLOWED");
  EXPECT_EQ(Call(*settings_, update, request, OwnerPassport(other_clinic_)).Outcome(),
            "NOT_STAFF_OF_CLINIC");
  EXPECT_EQ(Call(*settings_, update, request, OwnerPassport(clinic_)).Outcome(), "OK");
}

}  // namespace
}  // namespace portal::access_code
