#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/second_factor_fixture.h"
#include "services/identity/rpc/service_fixture.h"

namespace portal::identity {
namespace {

using policy::v1::STAFF_ROLE_FRONT_DESK;
using policy::v1::STAFF_ROLE_OWNER;
using policy::v1::STAFF_ROLE_PRACTITIONER;
using Stub = v1::ClinicService::Stub;

// A clinic with its owner, "owner@example.org".
class StaffTest : public ServiceTest {
 protected:
  StaffTest()
      : clinic_id_(NewClinic("willow-creek", "owner@example.org")),
        owner_(NewPassport("owner@example.org")) {}

  std::string NewPassport(const std::string& email) { return PassportOf(NewSessionToken(email)); }

  // Somebody on the staff; returns the membership.
  v1::StaffMember NewMember(const std::string& email, policy::v1::StaffRole role) {
    EXPECT_EQ(Invite(InviteRequest(clinic_id_, email, role), owner_).Outcome(), "OK");
    return Accept(InvitationToken()).response.staff_member();
  }
  v1::StaffMember NewInvitation(const std::string& email, policy::v1::StaffRole role) {
    return Invite(InviteRequest(clinic_id_, email, role), owner_).response;
  }
  std::string MemberIdOf(const std::string& email) {
    return Sql("SELECT staff_member_id FROM staff_members WHERE normalized_email = '" + email +
               "'");
  }

  template <typename Request>
  Request About(const std::string& staff_member_id) {
    Request request;
    request.set_clinic_id(clinic_id_);
    request.set_staff_member_id(staff_member_id);
    request.set_request_id(NewRequestId());
    return request;
  }
  Answer<v1::StaffMember> Update(const v1::StaffMember& member, policy::v1::StaffRole role,
                                 const std::string& passport) {
    auto request = About<v1::UpdateStaffMemberRequest>(member.staff_member_id());
    request.add_roles(role);
    request.set_etag(member.etag());
    return Call(*clinics_, &Stub::UpdateStaffMember, request, passport);
  }
  Answer<v1::StaffMember> Suspend(const std::string& staff_member_id, const std::string& passport) {
    return Call(*clinics_, &Stub::SuspendStaffMember,
                About<v1::SuspendStaffMemberRequest>(staff_member_id), passport);
  }
  Answer<v1::StaffMember> Reinstate(const std::string& staff_member_id,
                                    const std::string& passport) {
    return Call(*clinics_, &Stub::ReinstateStaffMember,
                About<v1::ReinstateStaffMemberRequest>(staff_member_id), passport);
  }
  Answer<v1::RemoveStaffMemberResponse> Remove(const std::string& staff_member_id,
                                               const std::string& passport) {
    return Call(*clinics_, &Stub::RemoveStaffMember,
                About<v1::RemoveStaffMemberRequest>(staff_member_id), passport);
  }
  Answer<v1::StaffMember> Resend(const std::string& staff_member_id, const std::string& passport) {
    return Call(*clinics_, &Stub::ResendStaffInvitation,
                About<v1::ResendStaffInvitationRequest>(staff_member_id), passport);
  }
  v1::StaffMember Listed(const std::string& staff_member_id) {
    v1::ListStaffMembersRequest request;
    request.set_clinic_id(clinic_id_);
    const auto listed = Call(*clinics_, &Stub::ListStaffMembers, request, owner_);
    for (const v1::StaffMember& member : listed.response.staff_members()) {
      if (member.staff_member_id() == staff_member_id) return member;
    }
    return {};
  }
  // Everything the staff is made of.
  std::string Staff() {
    return Sql("SELECT string_agg(m::text, ';' ORDER BY m) FROM staff_members m");
  }
  std::string ActiveOwners() {
    return Sql(
        "SELECT count(*) FROM staff_members "
        "WHERE account_id IS NOT NULL AND suspended_at IS NULL AND roles & 2 <> 0");
  }

  const std::string clinic_id_;
  const std::string owner_;
};

TEST_F(StaffTest, ChangedRolesCountFromTheNextPassportOn) {
  const v1::StaffMember ben = NewMember("ben@example.org", STAFF_ROLE_PRACTITIONER);
  const std::string token = NewSessionToken("ben@example.org");
  EXPECT_EQ(
      Invite(InviteRequest(clinic_id_, "eve@example.org", STAFF_ROLE_OWNER), PassportOf(token))
          .Outcome(),
      "ROLE_NOT_ALLOWED");
  const auto updated = Update(ben, STAFF_ROLE_OWNER, owner_);
  ASSERT_EQ(updated.Outcome(), "OK");
  EXPECT_EQ(updated.response.roles_size(), 1);
  EXPECT_EQ(updated.response.roles(0), STAFF_ROLE_OWNER);
  EXPECT_NE(updated.response.etag(), ben.etag());
  EXPECT_EQ(Listed(ben.staff_member_id()).SerializeAsString(),
            updated.response.SerializeAsString());
  EXPECT_EQ(
      Invite(InviteRequest(clinic_id_, "eve@example.org", STAFF_ROLE_OWNER), PassportOf(token))
          .Outcome(),
      "OK");
  EXPECT_EQ(Sql("SELECT resource_id || ' ' || actor_kind FROM audit_events "
                "WHERE action = 'identity.UpdateStaffMember'"),
            ben.staff_member_id() + " staff");
}

TEST_F(StaffTest, ChangeWithAnotherEtagOrWithoutRolesIsRefusedAndChangesNothing) {
  v1::StaffMember ben = NewMember("ben@example.org", STAFF_ROLE_PRACTITIONER);
  ASSERT_EQ(Update(ben, STAFF_ROLE_FRONT_DESK, owner_).Outcome(), "OK");
  const std::string before = Staff();
  EXPECT_EQ(Update(ben, STAFF_ROLE_OWNER, owner_).Outcome(), "ETAG_MISMATCH");
  ben.set_etag("");
  EXPECT_EQ(Update(ben, STAFF_ROLE_OWNER, owner_).Outcome(), "INVALID_FIELD");
  ben = Listed(ben.staff_member_id());
  EXPECT_EQ(Update(ben, policy::v1::STAFF_ROLE_UNSPECIFIED, owner_).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Staff(), before);
  EXPECT_EQ(Update(ben, STAFF_ROLE_OWNER, owner_).Outcome(), "OK");
}

TEST_F(StaffTest, RolesOfAnInvitationAreThoseItIsAcceptedWith) {
  const v1::StaffMember invited = NewInvitation("ben@example.org", STAFF_ROLE_PRACTITIONER);
  ASSERT_EQ(Update(invited, STAFF_ROLE_FRONT_DESK, owner_).Outcome(), "OK");
  const auto accepted = Accept(InvitationToken());
  ASSERT_EQ(accepted.Outcome(), "OK");
  EXPECT_EQ(accepted.response.staff_member().roles(0), STAFF_ROLE_FRONT_DESK);
  EXPECT_EQ(Update(invited, STAFF_ROLE_OWNER, owner_).Outcome(), "ETAG_MISMATCH");
}

TEST_F(StaffTest, SuspendedMemberIsRefusedAtTheNextCallAndKeepsTheSession) {
  const v1::StaffMember ben = NewMember("ben@example.org", STAFF_ROLE_FRONT_DESK);
  const std::string token = NewSessionToken("ben@example.org");
  const auto suspended = Suspend(ben.staff_member_id(), owner_);
  ASSERT_EQ(suspended.Outcome(), "OK");
  EXPECT_EQ(suspended.response.state(), v1::STAFF_MEMBER_STATE_SUSPENDED);
  EXPECT_EQ(Listed(ben.staff_member_id()).state(), v1::STAFF_MEMBER_STATE_SUSPENDED);
  const std::string passport = PassportOf(token);
  v1::GetClinicRequest request;
  request.set_clinic_id(clinic_id_);
  EXPECT_EQ(Call(*clinics_, &Stub::GetClinic, request, passport).Outcome(), "NOT_STAFF_OF_CLINIC");
  EXPECT_EQ(GetSession(passport).response.memberships_size(), 0);

  const auto reinstated = Reinstate(ben.staff_member_id(), owner_);
  ASSERT_EQ(reinstated.Outcome(), "OK");
  EXPECT_EQ(reinstated.response.state(), v1::STAFF_MEMBER_STATE_ACTIVE);
  EXPECT_EQ(Call(*clinics_, &Stub::GetClinic, request, PassportOf(token)).Outcome(), "OK");
}

TEST_F(StaffTest, ChangeThatDoesNotFitTheStateIsRefusedAndChangesNothing) {
  const v1::StaffMember ben = NewMember("ben@example.org", STAFF_ROLE_FRONT_DESK);
  const v1::StaffMember invited = NewInvitation("eve@example.org", STAFF_ROLE_FRONT_DESK);
  EXPECT_EQ(Mails().size(), 1);
  std::string before = Staff();
  EXPECT_EQ(Reinstate(ben.staff_member_id(), owner_).Outcome(), "STAFF_MEMBER_STATE");
  EXPECT_EQ(Resend(ben.staff_member_id(), owner_).Outcome(), "STAFF_MEMBER_STATE");
  EXPECT_EQ(Suspend(invited.staff_member_id(), owner_).Outcome(), "STAFF_MEMBER_STATE");
  EXPECT_EQ(Reinstate(invited.staff_member_id(), owner_).Outcome(), "STAFF_MEMBER_STATE");
  EXPECT_EQ(Staff(), before);
  ASSERT_EQ(Suspend(ben.staff_member_id(), owner_).Outcome(), "OK");
  before = Staff();
  EXPECT_EQ(Suspend(ben.staff_member_id(), owner_).Outcome(), "STAFF_MEMBER_STATE");
  EXPECT_EQ(Resend(ben.staff_member_id(), owner_).Outcome(), "STAFF_MEMBER_STATE");
  EXPECT_EQ(Staff(), before);
  EXPECT_TRUE(Mails().empty());
}

TEST_F(StaffTest, RemovedMemberIsGoneAndCanBeInvitedAgain) {
  const v1::StaffMember ben = NewMember("ben@example.org", STAFF_ROLE_FRONT_DESK);
  const std::string token = NewSessionToken("ben@example.org");
  ASSERT_EQ(Remove(ben.staff_member_id(), owner_).Outcome(), "OK");
  EXPECT_EQ(Listed(ben.staff_member_id()).staff_member_id(), "");
  EXPECT_EQ(GetSession(PassportOf(token)).response.memberships_size(), 0);
  EXPECT_EQ(Remove(ben.staff_member_id(), owner_).Outcome(), "STAFF_MEMBER_NOT_FOUND");
  EXPECT_EQ(
      Invite(InviteRequest(clinic_id_, "ben@example.org", STAFF_ROLE_OWNER), owner_).Outcome(),
      "OK");
  EXPECT_EQ(Accept(InvitationToken()).Outcome(), "OK");
  EXPECT_EQ(GetSession(PassportOf(token)).response.memberships(0).roles(0), STAFF_ROLE_OWNER);
}

TEST_F(StaffTest, WithdrawnInvitationsLinkIsRejected) {
  const v1::StaffMember invited = NewInvitation("ben@example.org", STAFF_ROLE_FRONT_DESK);
  const std::string token = InvitationToken();
  ASSERT_EQ(Remove(invited.staff_member_id(), owner_).Outcome(), "OK");
  EXPECT_EQ(Accept(token).Outcome(), "LINK_REJECTED");
  EXPECT_EQ(Count("accounts"), "1");
}

TEST_F(StaffTest, InvitationSentAgainHasANewLinkThatLivesFromThenOn) {
  const v1::StaffMember invited = NewInvitation("Ben@example.org", STAFF_ROLE_FRONT_DESK);
  const std::string first = InvitationToken();
  clock_.Advance(kInvitationLifetime - absl::Minutes(1));
  const std::string owner = NewPassport("owner@example.org");
  const auto resent = Resend(invited.staff_member_id(), owner);
  ASSERT_EQ(resent.Outcome(), "OK");
  EXPECT_NE(resent.response.etag(), invited.etag());
  const std::vector<messaging::v1::Notice> mails = Mails();
  ASSERT_EQ(mails.size(), 1);
  EXPECT_EQ(mails[0].recipient().email(), "Ben@example.org");
  EXPECT_EQ(mails[0].recipient().language(), "en");
  EXPECT_EQ(mails[0].staff_invitation().clinic_display_name(), "Clinic willow-creek");
  const std::string& link = mails[0].staff_invitation().link();
  EXPECT_EQ(Accept(first).Outcome(), "LINK_REJECTED");
  clock_.Advance(kInvitationLifetime - absl::Microseconds(1));
  EXPECT_EQ(Accept(link.substr(link.size() - 43)).Outcome(), "OK");
}

TEST_F(StaffTest, InvitationsToOneAddressAreLimited) {
  const v1::StaffMember invited = NewInvitation("ben@example.org", STAFF_ROLE_FRONT_DESK);
  for (int i = 1; i < kInvitationsPerEmail.attempts; ++i) {
    EXPECT_EQ(Resend(invited.staff_member_id(), owner_).Outcome(), "OK");
  }
  EXPECT_EQ(Mails().size(), kInvitationsPerEmail.attempts);
  const std::string before = Staff();
  EXPECT_EQ(Resend(invited.staff_member_id(), owner_).Outcome(), "TOO_MANY_ATTEMPTS");
  EXPECT_EQ(Staff(), before);
  // Nor by inviting anew.
  ASSERT_EQ(Remove(invited.staff_member_id(), owner_).Outcome(), "OK");
  EXPECT_EQ(
      Invite(InviteRequest(clinic_id_, "BEN@example.org", STAFF_ROLE_OWNER), owner_).Outcome(),
      "TOO_MANY_ATTEMPTS");
  EXPECT_TRUE(Mails().empty());
  clock_.Advance(kInvitationsPerEmail.window);
  EXPECT_EQ(Invite(InviteRequest(clinic_id_, "ben@example.org", STAFF_ROLE_OWNER),
                   NewPassport("owner@example.org"))
                .Outcome(),
            "OK");
}

TEST_F(StaffTest, LastActiveOwnerStaysAsTheyAre) {
  const std::string last = MemberIdOf("owner@example.org");
  // Neither is an active owner.
  NewInvitation("invited@example.org", STAFF_ROLE_OWNER);
  EXPECT_EQ(Mails().size(), 1);
  const v1::StaffMember suspended = NewMember("suspended@example.org", STAFF_ROLE_OWNER);
  ASSERT_EQ(Suspend(suspended.staff_member_id(), owner_).Outcome(), "OK");
  const std::string before = Staff();
  EXPECT_EQ(Update(Listed(last), STAFF_ROLE_PRACTITIONER, owner_).Outcome(), "LAST_OWNER");
  EXPECT_EQ(Suspend(last, owner_).Outcome(), "LAST_OWNER");
  EXPECT_EQ(Remove(last, owner_).Outcome(), "LAST_OWNER");
  EXPECT_EQ(Staff(), before);
  ASSERT_EQ(Reinstate(suspended.staff_member_id(), owner_).Outcome(), "OK");
  EXPECT_EQ(Remove(last, owner_).Outcome(), "OK");
  EXPECT_EQ(ActiveOwners(), "1");
}

TEST_F(StaffTest, OfOwnersWhoTakeEachOtherAwayAtOnceOneRemains) {
  for (int round = 0; round < 12; ++round) {
    const std::string first = MemberIdOf(
        Sql("SELECT normalized_email FROM staff_members WHERE suspended_at IS NULL AND roles = 2"));
    const std::string email =
        Sql("SELECT email FROM staff_members WHERE staff_member_id = '" + first + "'");
    const std::string passport = NewPassport(email);
    const std::string other_email = absl::StrCat("owner", round, "@example.org");
    ASSERT_EQ(Invite(InviteRequest(clinic_id_, other_email, STAFF_ROLE_OWNER), passport).Outcome(),
              "OK");
    v1::StaffMember other = Accept(InvitationToken()).response.staff_member();
    const std::string other_passport = NewPassport(other_email);
    v1::StaffMember member = other;
    member.set_staff_member_id(first);
    member.set_etag(
        Sql("SELECT to_hex(version) FROM staff_members WHERE staff_member_id = '" + first + "'"));
    std::string outcomes[2];
    InParallel(2, [&](int i) {
      const v1::StaffMember& target = i == 0 ? other : member;
      const std::string& by = i == 0 ? passport : other_passport;
      if (round % 3 == 0) {
        outcomes[i] = Suspend(target.staff_member_id(), by).Outcome();
      } else if (round % 3 == 1) {
        outcomes[i] = Remove(target.staff_member_id(), by).Outcome();
      } else {
        outcomes[i] = Update(target, STAFF_ROLE_FRONT_DESK, by).Outcome();
      }
    });
    const std::string refused = outcomes[0] == "OK" ? outcomes[1] : outcomes[0];
    EXPECT_EQ((outcomes[0] == "OK") + (outcomes[1] == "OK"), 1);
    EXPECT_EQ(refused, round % 3 == 2 ? "ROLE_NOT_ALLOWED" : "NOT_STAFF_OF_CLINIC");
    EXPECT_EQ(ActiveOwners(), "1");
  }
}

TEST_F(StaffTest, OwnersWhoAllResignAtOnceLeaveOne) {
  std::vector<std::string> ids = {MemberIdOf("owner@example.org")};
  std::vector<std::string> passports = {owner_};
  for (int i = 1; i < 6; ++i) {
    const std::string email = absl::StrCat("owner", i, "@example.org");
    ids.push_back(NewMember(email, STAFF_ROLE_OWNER).staff_member_id());
    passports.push_back(NewPassport(email));
  }
  std::atomic<int> removed = 0;
  InParallel(6, [&](int i) {
    const std::string outcome = Remove(ids[i], passports[i]).Outcome();
    removed += outcome == "OK";
    if (outcome != "OK") {
      EXPECT_EQ(outcome, "LAST_OWNER");
    }
  });
  EXPECT_EQ(removed, 5);
  EXPECT_EQ(ActiveOwners(), "1");
}

TEST_F(StaffTest, OwnerWhoCeasedToBeOneChangesNothingWithAnOldPassport) {
  const v1::StaffMember other = NewMember("other@example.org", STAFF_ROLE_OWNER);
  const std::string old = NewPassport("other@example.org");
  ASSERT_EQ(Remove(other.staff_member_id(), owner_).Outcome(), "OK");
  const std::string before = Staff();
  EXPECT_EQ(Remove(MemberIdOf("owner@example.org"), old).Outcome(), "NOT_STAFF_OF_CLINIC");
  // Nothing that would outlast them, either.
  EXPECT_EQ(
      Invite(InviteRequest(clinic_id_, "friend@example.org", STAFF_ROLE_OWNER), old).Outcome(),
      "NOT_STAFF_OF_CLINIC");
  v1::CreateServiceAccountRequest create;
  create.set_clinic_id(clinic_id_);
  create.set_display_name("Mine");
  create.add_scopes(policy::v1::SERVICE_SCOPE_PLANS_READ);
  create.set_request_id(NewRequestId());
  const auto service_accounts = v1::ServiceAccountService::NewStub(harness_.Channel("gateway"));
  EXPECT_EQ(
      Call(*service_accounts, &v1::ServiceAccountService::Stub::CreateServiceAccount, create, old)
          .Outcome(),
      "NOT_STAFF_OF_CLINIC");
  EXPECT_EQ(Count("service_accounts"), "0");
  EXPECT_EQ(Staff(), before);
}

TEST_F(StaffTest, AnotherClinicsMemberIsAnsweredAsAnUnknownOne) {
  NewClinic("oak-hill", "other@example.org");
  const std::string theirs = MemberIdOf("other@example.org");
  const std::string nobody = StaffMemberId::New(clock_).ToString();
  const std::string before = Staff();
  v1::StaffMember member;
  member.set_etag("1");
  member.set_staff_member_id(theirs);
  v1::StaffMember unknown = member;
  unknown.set_staff_member_id(nobody);
  EXPECT_EQ(Suspend(theirs, owner_).Outcome(), "STAFF_MEMBER_NOT_FOUND");
  EXPECT_EQ(Suspend(theirs, owner_).Bytes(), Suspend(nobody, owner_).Bytes());
  EXPECT_EQ(Reinstate(theirs, owner_).Bytes(), Reinstate(nobody, owner_).Bytes());
  EXPECT_EQ(Remove(theirs, owner_).Bytes(), Remove(nobody, owner_).Bytes());
  EXPECT_EQ(Resend(theirs, owner_).Bytes(), Resend(nobody, owner_).Bytes());
  EXPECT_EQ(Update(member, STAFF_ROLE_OWNER, owner_).Bytes(),
            Update(unknown, STAFF_ROLE_OWNER, owner_).Bytes());
  EXPECT_EQ(Staff(), before);
}

TEST_F(StaffTest, RepeatedChangeGetsTheSameAnswerAndIsMadeOnce) {
  const v1::StaffMember ben = NewMember("ben@example.org", STAFF_ROLE_FRONT_DESK);
  const auto request = About<v1::SuspendStaffMemberRequest>(ben.staff_member_id());
  const auto first = Call(*clinics_, &Stub::SuspendStaffMember, request, owner_);
  const std::string before = Staff();
  const auto second = Call(*clinics_, &Stub::SuspendStaffMember, request, owner_);
  EXPECT_EQ(second.Outcome(), "OK");
  EXPECT_EQ(second.response.SerializeAsString(), first.response.SerializeAsString());
  EXPECT_EQ(Staff(), before);
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events WHERE action = 'identity.SuspendStaffMember'"),
            "1");
}

// Anna, who has a second factor, on the staff of a clinic whose owner is "owner@example.org".
class LostFactorTest : public SecondFactorTest {
 protected:
  LostFactorTest() : clinic_id_(NewClinic("willow-creek", "owner@example.org")) {
    anna_ = Join("anna@example.org", STAFF_ROLE_PRACTITIONER);
    Enable();
  }

  std::string Owner() { return PassportOf(NewSessionToken("owner@example.org")); }
  // Returns the membership's id.
  std::string Join(const std::string& email, policy::v1::StaffRole role) {
    EXPECT_EQ(Invite(InviteRequest(clinic_id_, email, role), Owner()).Outcome(), "OK");
    return Accept(InvitationToken()).response.staff_member().staff_member_id();
  }
  Answer<v1::ResetStaffSecondFactorResponse> Reset(const std::string& staff_member_id,
                                                   const std::string& passport,
                                                   std::string request_id = "") {
    v1::ResetStaffSecondFactorRequest request;
    request.set_clinic_id(clinic_id_);
    request.set_staff_member_id(staff_member_id);
    request.set_request_id(request_id.empty() ? NewRequestId() : std::move(request_id));
    return Call(*clinics_, &v1::ClinicService::Stub::ResetStaffSecondFactor, request, passport);
  }

  const std::string clinic_id_;
  std::string anna_;
};

TEST_F(LostFactorTest, OwnerEndsItAndTheMemberIsTold) {
  const std::string challenge = Challenge();
  EXPECT_TRUE(GetSession(Passport()).response.has_second_factor_time());
  const std::string owner = Owner();
  Notices();
  const std::string request_id = NewRequestId();
  ASSERT_EQ(Reset(anna_, owner, request_id).Outcome(), "OK");
  EXPECT_FALSE(Get().response.enabled());
  EXPECT_EQ(Count("recovery_codes"), "0");
  EXPECT_FALSE(GetSession(Passport()).response.has_second_factor_time());
  EXPECT_EQ(Complete(challenge, Code()).Outcome(), "SECOND_FACTOR_NOT_ENABLED");
  EXPECT_TRUE(SignIn("anna@example.org").response.has_session());
  EXPECT_EQ(Reset(anna_, owner, request_id).Outcome(), "OK");
  EXPECT_EQ(Reset(anna_, owner).Outcome(), "SECOND_FACTOR_NOT_ENABLED");

  std::vector<messaging::v1::Notice> told;
  for (messaging::v1::Notice& notice : Notices()) {
    if (notice.has_second_factor_changed()) told.push_back(std::move(notice));
  }
  ASSERT_EQ(told.size(), 1);
  EXPECT_EQ(told[0].recipient().email(), "anna@example.org");
  EXPECT_FALSE(told[0].second_factor_changed().enabled());
  EXPECT_EQ(Sql("SELECT actor_kind, resource_kind, resource_id FROM audit_events "
                "WHERE action = 'identity.ResetStaffSecondFactor' AND outcome = 'OK'"),
            absl::StrCat("staff|staff_member|", anna_));
}

TEST_F(LostFactorTest, NobodyElseEndsIt) {
  const std::string second_owner = Join("second@example.org", STAFF_ROLE_OWNER);
  Join("ben@example.org", STAFF_ROLE_FRONT_DESK);
  NewClinic("elm-street", "stranger@example.org");
  EXPECT_EQ(Reset(anna_, PassportOf(NewSessionToken("ben@example.org"))).Outcome(),
            "ROLE_NOT_ALLOWED");
  EXPECT_EQ(Reset(anna_, PassportOf(NewSessionToken("stranger@example.org"))).Outcome(),
            "NOT_STAFF_OF_CLINIC");
  EXPECT_EQ(Reset(anna_, Passport()).Outcome(), "ROLE_NOT_ALLOWED");
  // Demoted since the passport was issued.
  const std::string passport = PassportOf(NewSessionToken("second@example.org"));
  Sql("UPDATE staff_members SET roles = 4 WHERE staff_member_id = '" + second_owner + "'");
  EXPECT_EQ(Reset(anna_, passport).Outcome(), "ROLE_NOT_ALLOWED");
  EXPECT_TRUE(Get().response.enabled());
}

TEST_F(LostFactorTest, OnlyAnActiveMembersAndNotOnesOwn) {
  const std::string owner = Owner();
  const auto invited =
      Invite(InviteRequest(clinic_id_, "eve@example.org", STAFF_ROLE_OWNER), owner);
  EXPECT_EQ(Reset(invited.response.staff_member_id(), owner).Outcome(), "STAFF_MEMBER_STATE");
  EXPECT_EQ(Reset(StaffMemberId::New(clock_).ToString(), owner).Outcome(),
            "STAFF_MEMBER_NOT_FOUND");
  EXPECT_EQ(Reset("anna", owner).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Reset(anna_, owner, "1").Outcome(), "INVALID_FIELD");
  Sql("UPDATE staff_members SET suspended_at = now() WHERE staff_member_id = '" + anna_ + "'");
  EXPECT_EQ(Reset(anna_, owner).Outcome(), "STAFF_MEMBER_STATE");
  Sql("UPDATE staff_members SET suspended_at = NULL, roles = 2");
  EXPECT_EQ(Reset(anna_, Passport()).Outcome(), "OWN_SECOND_FACTOR");
  EXPECT_TRUE(Get().response.enabled());
  EXPECT_TRUE(GetSession(Passport()).response.has_second_factor_time());
}

TEST_F(LostFactorTest, FactorThatWasOnlyBegunStays) {
  ASSERT_EQ(Disable(Code()).Outcome(), "OK");
  ASSERT_EQ(Begin().Outcome(), "OK");
  EXPECT_EQ(Reset(anna_, Owner()).Outcome(), "SECOND_FACTOR_NOT_ENABLED");
  EXPECT_EQ(Count("second_factors"), "1");
}

TEST_F(LostFactorTest, WhereOneIsRequiredTheMemberActsAgainWithAnother) {
  Sql("UPDATE clinics SET second_factor_required = true");
  // The owner's session has proven one of its own.
  Sql("UPDATE sessions SET second_factor_at = now()");
  const std::string owner = NewSessionToken("owner@example.org");
  Sql("UPDATE sessions SET second_factor_at = now()");
  ASSERT_EQ(Reset(anna_, PassportOf(owner)).Outcome(), "OK");
  EXPECT_TRUE(GetSession(Passport()).response.memberships(0).second_factor_needed());
  Enable();
  EXPECT_FALSE(GetSession(Passport()).response.memberships(0).second_factor_needed());
}

TEST_F(LostFactorTest, EndedWhileTheAccountClosesItIsGoneAndSoIsTheAccount) {
  const std::string owner = Owner();
  const std::string passport = Passport();
  InParallel(2, [&](int i) {
    if (i == 0) {
      EXPECT_EQ(CloseAccount(passport, kPassword, "", Code()).Outcome(), "OK");
    } else {
      EXPECT_THAT(Reset(anna_, owner).Outcome(),
                  ::testing::AnyOf("OK", "STAFF_MEMBER_NOT_FOUND", "SECOND_FACTOR_NOT_ENABLED"));
    }
  });
  EXPECT_EQ(Count("second_factors"), "0");
  EXPECT_EQ(Count("accounts WHERE closed_at IS NOT NULL"), "1");
}

}  // namespace
}  // namespace portal::identity
