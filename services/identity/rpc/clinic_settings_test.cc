#include <atomic>
#include <initializer_list>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/identity/rpc/service_fixture.h"

namespace portal::identity {
namespace {

using Stub = v1::ClinicService::Stub;

// A clinic with its owner, "owner@example.org".
class ClinicSettingsTest : public ServiceTest {
 protected:
  ClinicSettingsTest()
      : clinic_id_(NewClinic("willow-creek", "owner@example.org")),
        owner_(PassportOf(NewSessionToken("owner@example.org"))) {}

  v1::Clinic Clinic() {
    v1::GetClinicRequest request;
    request.set_clinic_id(clinic_id_);
    return Call(*clinics_, &Stub::GetClinic, request, owner_).response;
  }
  v1::UpdateClinicRequest Request(const v1::Clinic& clinic,
                                  std::initializer_list<const char*> mask) {
    v1::UpdateClinicRequest request;
    request.set_clinic_id(clinic_id_);
    *request.mutable_clinic() = clinic;
    for (const char* path : mask) request.mutable_update_mask()->add_paths(path);
    request.set_request_id(NewRequestId());
    return request;
  }
  Answer<v1::Clinic> Update(const v1::UpdateClinicRequest& request) {
    return Call(*clinics_, &Stub::UpdateClinic, request, owner_);
  }

  const std::string clinic_id_;
  const std::string owner_;
};

TEST_F(ClinicSettingsTest, NewClinicReadsItsNoticesWhereItsOwnerWasInvited) {
  const v1::Clinic clinic = Clinic();
  EXPECT_EQ(clinic.notice_email(), "owner@example.org");
  EXPECT_EQ(clinic.language(), "en");
  EXPECT_FALSE(clinic.second_factor_required());
  ASSERT_EQ(announced_clinics_.size(), 1);
  EXPECT_EQ(announced_clinics_[0].clinic_id(), clinic_id_);
  EXPECT_EQ(announced_clinics_[0].display_name(), "Clinic willow-creek");
  EXPECT_EQ(announced_clinics_[0].notice_email(), "owner@example.org");
  EXPECT_EQ(announced_clinics_[0].language(), "en");
  EXPECT_EQ(announced_clinics_[0].version(), 1);

  auto request = ClinicRequest("oak-hill", "someone@example.org");
  request.mutable_clinic()->set_notice_email("desk@oak-hill.example");
  request.mutable_clinic()->set_language("fr");
  const auto created = CreateClinic(request);
  EXPECT_EQ(created.response.notice_email(), "desk@oak-hill.example");
  EXPECT_EQ(created.response.language(), "fr");
}

TEST_F(ClinicSettingsTest, OwnerChangesWhatTheMaskNamesAndMessagingIsTold) {
  v1::Clinic clinic = Clinic();
  clinic.set_display_name("Willow");
  clinic.set_time_zone("America/Vancouver");
  clinic.set_notice_email("desk@willow.example");
  clinic.set_language("fr");
  clinic.set_slug("ignored");
  const auto named = Update(Request(clinic, {"display_name", "notice_email", "language"}));
  ASSERT_EQ(named.Outcome(), "OK");
  EXPECT_EQ(named.response.display_name(), "Willow");
  EXPECT_EQ(named.response.time_zone(), "America/Toronto");
  EXPECT_EQ(named.response.slug(), "willow-creek");
  EXPECT_EQ(named.response.SerializeAsString(), Clinic().SerializeAsString());
  EXPECT_NE(named.response.etag(), clinic.etag());
  clinic.set_etag(named.response.etag());
  EXPECT_EQ(Update(Request(clinic, {"time_zone"})).response.time_zone(), "America/Vancouver");

  Mails();
  ASSERT_EQ(announced_clinics_.size(), 3);
  EXPECT_EQ(announced_clinics_[1].display_name(), "Willow");
  EXPECT_EQ(announced_clinics_[1].notice_email(), "desk@willow.example");
  EXPECT_EQ(announced_clinics_[1].language(), "fr");
  EXPECT_EQ(announced_clinics_[1].version(), 2);
  EXPECT_EQ(announced_clinics_[2].version(), 3);
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events WHERE action = 'identity.UpdateClinic' "
                "AND resource_kind = 'clinic' AND actor_kind = 'staff'"),
            "2");
}

TEST_F(ClinicSettingsTest, UnacceptableSettingsAreRefusedAndChangeNothing) {
  v1::Clinic clinic = Clinic();
  const std::string before = Sql("SELECT c::text FROM clinics c");
  EXPECT_EQ(Update(Request(clinic, {})).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Update(Request(clinic, {"slug"})).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Update(Request(clinic, {"display_name", "etag"})).Outcome(), "INVALID_FIELD");
  clinic.set_display_name("");
  clinic.set_time_zone("Mars");
  clinic.set_notice_email("desk");
  clinic.set_language("de");
  clinic.clear_etag();
  const auto refused =
      Update(Request(clinic, {"display_name", "time_zone", "notice_email", "language"}));
  EXPECT_EQ(status::InvalidFieldsOf(rpc::FromGrpc(refused.status)),
            (std::vector<std::string>{"clinic.display_name", "clinic.time_zone",
                                      "clinic.notice_email", "clinic.language", "clinic.etag"}));
  clinic = Clinic();
  clinic.set_etag("another");
  EXPECT_EQ(Update(Request(clinic, {"display_name"})).Outcome(), "ETAG_MISMATCH");
  EXPECT_EQ(Sql("SELECT c::text FROM clinics c"), before);
  Mails();
  EXPECT_EQ(announced_clinics_.size(), 1);
}

TEST_F(ClinicSettingsTest, OfChangesAtOnceToOneVersionOneIsMade) {
  const v1::Clinic clinic = Clinic();
  std::atomic<int> made = 0;
  InParallel(6, [&](int i) {
    v1::Clinic changed = clinic;
    changed.set_display_name(absl::StrCat("Willow ", i));
    const auto answer = Update(Request(changed, {"display_name"}));
    made += answer.ok();
    if (!answer.ok()) {
      EXPECT_EQ(answer.Outcome(), "ETAG_MISMATCH");
    }
  });
  EXPECT_EQ(made, 1);
  EXPECT_EQ(Sql("SELECT version FROM clinics"), "2");
}

TEST_F(ClinicSettingsTest, SecondFactorIsAskedForBySomebodyWhoHasOneOnly) {
  v1::Clinic clinic = Clinic();
  clinic.set_second_factor_required(true);
  const std::string before = Sql("SELECT c::text FROM clinics c");
  EXPECT_EQ(Update(Request(clinic, {"second_factor_required"})).Outcome(), "SECOND_FACTOR_NEEDED");
  EXPECT_EQ(Sql("SELECT c::text FROM clinics c"), before);
  Sql("UPDATE sessions SET second_factor_at = now()");
  const auto updated = Update(Request(clinic, {"second_factor_required"}));
  ASSERT_EQ(updated.Outcome(), "OK");
  EXPECT_TRUE(updated.response.second_factor_required());
}

TEST_F(ClinicSettingsTest, StaffWithoutASecondFactorAreNoStaffOfAClinicThatRequiresOne) {
  const std::string other = NewClinic("oak-hill", "other@example.org");
  Invite(InviteRequest(other, "owner@example.org", policy::v1::STAFF_ROLE_FRONT_DESK),
         PassportOf(NewSessionToken("other@example.org")));
  ASSERT_EQ(Accept(InvitationToken()).Outcome(), "OK");
  const std::string token = NewSessionToken("owner@example.org");
  const auto get = [&](const std::string& clinic_id) {
    v1::GetClinicRequest request;
    request.set_clinic_id(clinic_id);
    return Call(*clinics_, &Stub::GetClinic, request, PassportOf(token)).Outcome();
  };
  EXPECT_EQ(get(clinic_id_), "OK");
  Sql("UPDATE clinics SET second_factor_required = true WHERE slug = 'willow-creek'");
  EXPECT_EQ(get(clinic_id_), "NOT_STAFF_OF_CLINIC");
  EXPECT_EQ(get(other), "OK");
  auto session = GetSession(PassportOf(token)).response;
  ASSERT_EQ(session.memberships_size(), 2);
  EXPECT_TRUE(session.memberships(0).second_factor_needed());
  EXPECT_FALSE(session.memberships(1).second_factor_needed());

  Sql("UPDATE sessions SET second_factor_at = now() WHERE session_id = '" + session.session_id() +
      "'");
  EXPECT_EQ(get(clinic_id_), "OK");
  session = GetSession(PassportOf(token)).response;
  EXPECT_FALSE(session.memberships(0).second_factor_needed());
  // Another session of the account proved nothing.
  v1::GetClinicRequest request;
  request.set_clinic_id(clinic_id_);
  EXPECT_EQ(
      Call(*clinics_, &Stub::GetClinic, request, PassportOf(NewSessionToken("owner@example.org")))
          .Outcome(),
      "NOT_STAFF_OF_CLINIC");
}

}  // namespace
}  // namespace portal::identity
