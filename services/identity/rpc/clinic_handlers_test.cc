#include <atomic>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/service_fixture.h"

namespace portal::identity {
namespace {

using policy::v1::STAFF_ROLE_FRONT_DESK;
using policy::v1::STAFF_ROLE_OWNER;
using policy::v1::STAFF_ROLE_PRACTITIONER;

class ClinicTest : public ServiceTest {
 protected:
  Answer<v1::Clinic> GetClinic(const std::string& clinic_id, const std::string& passport) {
    v1::GetClinicRequest request;
    request.set_clinic_id(clinic_id);
    return Call(*clinics_, &v1::ClinicService::Stub::GetClinic, request, passport);
  }
  Answer<v1::ListStaffMembersResponse> List(const std::string& clinic_id,
                                            const std::string& passport, int page_size = 0,
                                            const std::string& page_token = "") {
    v1::ListStaffMembersRequest request;
    request.set_clinic_id(clinic_id);
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    return Call(*clinics_, &v1::ClinicService::Stub::ListStaffMembers, request, passport);
  }
};

TEST_F(ClinicTest, InvitationsAreInTheLanguageOfTheClinic) {
  v1::CreateClinicRequest request = ClinicRequest("saules", "owner@example.org");
  request.mutable_clinic()->set_language("fr");
  ASSERT_EQ(CreateClinic(request).Outcome(), "OK");
  const std::vector<messaging::v1::Notice> mails = Mails();
  ASSERT_EQ(mails.size(), 1);
  EXPECT_EQ(mails[0].recipient().language(), "fr");
}

TEST_F(ClinicTest, OperatorMakesAClinicAndItsOwnerAccepts) {
  const auto created = CreateClinic(ClinicRequest("willow-creek", "Owner@Example.org"));
  ASSERT_EQ(created.Outcome(), "OK");
  EXPECT_EQ(created.response.slug(), "willow-creek");
  EXPECT_EQ(created.response.display_name(), "Clinic willow-creek");
  EXPECT_EQ(created.response.time_zone(), "America/Toronto");
  const std::vector<messaging::v1::Notice> mails = Mails();
  ASSERT_EQ(mails.size(), 1);
  EXPECT_EQ(mails[0].recipient().email(), "Owner@Example.org");
  EXPECT_EQ(mails[0].staff_invitation().clinic_display_name(), "Clinic willow-creek");
  const std::string& link = mails[0].staff_invitation().link();

  const auto accepted = Accept(link.substr(link.size() - 43));
  ASSERT_EQ(accepted.Outcome(), "OK");
  const v1::StaffMember& member = accepted.response.staff_member();
  EXPECT_EQ(member.clinic_id(), created.response.clinic_id());
  EXPECT_EQ(member.state(), v1::STAFF_MEMBER_STATE_ACTIVE);
  EXPECT_EQ(member.display_name(), "Dr. Anna Moss");
  EXPECT_EQ(member.email(), "Owner@Example.org");
  EXPECT_EQ(member.roles_size(), 1);

  const auto signed_in = SignIn("owner@example.org");
  ASSERT_EQ(signed_in.Outcome(), "OK");
  EXPECT_EQ(signed_in.response.session().account_id(), member.account_id());
  ASSERT_EQ(signed_in.response.session().memberships_size(), 1);
  EXPECT_EQ(signed_in.response.session().memberships(0).clinic_display_name(),
            "Clinic willow-creek");
  EXPECT_EQ(signed_in.response.session().memberships(0).roles(0), STAFF_ROLE_OWNER);
  const auto clinic = GetClinic(member.clinic_id(), PassportOf(signed_in.response.session_token()));
  EXPECT_EQ(clinic.response.SerializeAsString(), created.response.SerializeAsString());
  EXPECT_EQ(Sql("SELECT string_agg(action || ' ' || actor_kind, ', ' ORDER BY event_id) FROM "
                "audit_events "
                "WHERE clinic_id IS NOT NULL"),
            "identity.CreateClinic service, identity.CreateClinic service, "
            "identity.AcceptStaffInvitation account");
}

TEST_F(ClinicTest, OnlyTheOperatorMakesClinics) {
  const auto request = ClinicRequest("willow-creek", "owner@example.org");
  EXPECT_EQ(Call(*clinics_, &v1::ClinicService::Stub::CreateClinic, request).Outcome(),
            "SERVICE_NOT_ALLOWED");
  EXPECT_EQ(Count("clinics"), "0");
}

TEST_F(ClinicTest, UnacceptableClinicsAreRefusedAndLeaveNothing) {
  auto request = ClinicRequest("Willow Creek", "owner@example.org");
  request.mutable_clinic()->set_display_name("");
  request.mutable_clinic()->set_time_zone("localtime");
  const auto refused = CreateClinic(request);
  EXPECT_EQ(status::InvalidFieldsOf(rpc::FromGrpc(refused.status)),
            (std::vector<std::string>{"clinic.slug", "clinic.display_name", "clinic.time_zone"}));
  EXPECT_EQ(CreateClinic(ClinicRequest("willow-creek", "nobody")).Outcome(), "INVALID_FIELD");
  request = ClinicRequest("willow-creek", "owner@example.org");
  request.set_request_id("");
  EXPECT_EQ(CreateClinic(request).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Count("clinics"), "0");
  EXPECT_EQ(Count("staff_members"), "0");
  EXPECT_TRUE(Mails().empty());
}

TEST_F(ClinicTest, TakenSlugLeavesNothing) {
  ASSERT_EQ(CreateClinic(ClinicRequest("willow-creek", "owner@example.org")).Outcome(), "OK");
  EXPECT_EQ(Mails().size(), 1);
  EXPECT_EQ(CreateClinic(ClinicRequest("willow-creek", "other@example.org")).Outcome(),
            "CLINIC_SLUG_TAKEN");
  EXPECT_EQ(Count("staff_members"), "1");
  EXPECT_TRUE(Mails().empty());
}

TEST_F(ClinicTest, RepeatedRequestMakesOneClinic) {
  const auto request = ClinicRequest("willow-creek", "owner@example.org");
  const auto first = CreateClinic(request);
  const auto second = CreateClinic(request);
  EXPECT_EQ(second.Outcome(), "OK");
  EXPECT_EQ(second.response.SerializeAsString(), first.response.SerializeAsString());
  EXPECT_EQ(Mails().size(), 1);
  auto altered = request;
  altered.set_owner_email("other@example.org");
  EXPECT_EQ(CreateClinic(altered).Outcome(), "REQUEST_ID_REUSED");
}

TEST_F(ClinicTest, ClinicMadeInParallelIsMadeOnce) {
  std::atomic<int> created = 0;
  InParallel(6, [&](int i) {
    const auto answer =
        CreateClinic(ClinicRequest("willow-creek", absl::StrCat("owner", i, "@example.org")));
    created += answer.ok();
    if (!answer.ok()) {
      EXPECT_EQ(answer.Outcome(), "CLINIC_SLUG_TAKEN");
    }
  });
  EXPECT_EQ(created, 1);
  EXPECT_EQ(Mails().size(), 1);
}

TEST_F(ClinicTest, OwnerInvitesAndTheInvitedAccepts) {
  const std::string clinic_id = NewClinic("willow-creek", "owner@example.org");
  const std::string owner = PassportOf(NewSessionToken("owner@example.org"));
  auto request = InviteRequest(clinic_id, "Ben@Example.org", STAFF_ROLE_PRACTITIONER);
  request.add_roles(STAFF_ROLE_FRONT_DESK);
  const auto invited = Invite(request, owner);
  ASSERT_EQ(invited.Outcome(), "OK");
  EXPECT_EQ(invited.response.state(), v1::STAFF_MEMBER_STATE_INVITED);
  EXPECT_EQ(invited.response.account_id(), "");
  EXPECT_EQ(invited.response.display_name(), "");
  EXPECT_EQ(invited.response.roles_size(), 2);
  EXPECT_EQ(SignIn("ben@example.org").Outcome(), "CREDENTIALS_REJECTED");

  ASSERT_EQ(Accept(InvitationToken(), kPassword, "Ben Osei").Outcome(), "OK");
  const auto staff = List(clinic_id, owner);
  ASSERT_EQ(staff.Outcome(), "OK");
  ASSERT_EQ(staff.response.staff_members_size(), 2);
  EXPECT_EQ(staff.response.staff_members(1).staff_member_id(), invited.response.staff_member_id());
  EXPECT_EQ(staff.response.staff_members(1).display_name(), "Ben Osei");
  EXPECT_EQ(staff.response.staff_members(1).state(), v1::STAFF_MEMBER_STATE_ACTIVE);
  // Ben is no owner.
  const std::string ben = PassportOf(NewSessionToken("ben@example.org"));
  EXPECT_EQ(List(clinic_id, ben).Outcome(), "ROLE_NOT_ALLOWED");
  EXPECT_EQ(Invite(InviteRequest(clinic_id, "eve@example.org", STAFF_ROLE_OWNER), ben).Outcome(),
            "ROLE_NOT_ALLOWED");
  EXPECT_EQ(GetClinic(clinic_id, ben).Outcome(), "OK");
}

TEST_F(ClinicTest, UnacceptableInvitationsAreRefusedAndLeaveNothing) {
  const std::string clinic_id = NewClinic("willow-creek", "owner@example.org");
  const std::string owner = PassportOf(NewSessionToken("owner@example.org"));
  EXPECT_EQ(Invite(InviteRequest(clinic_id, "ben", STAFF_ROLE_OWNER), owner).Outcome(),
            "INVALID_FIELD");
  auto request = InviteRequest(clinic_id, "ben@example.org", STAFF_ROLE_OWNER);
  request.add_roles(STAFF_ROLE_OWNER);
  EXPECT_EQ(Invite(request, owner).Outcome(), "INVALID_FIELD");
  request.clear_roles();
  EXPECT_EQ(Invite(request, owner).Outcome(), "INVALID_FIELD");
  request.add_roles(policy::v1::STAFF_ROLE_UNSPECIFIED);
  EXPECT_EQ(Invite(request, owner).Outcome(), "INVALID_FIELD");
  request.set_roles(0, static_cast<policy::v1::StaffRole>(4));
  EXPECT_EQ(Invite(request, owner).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(
      Invite(InviteRequest(clinic_id, "OWNER@example.org", STAFF_ROLE_OWNER), owner).Outcome(),
      "STAFF_EXISTS");
  EXPECT_EQ(Count("staff_members"), "1");
  EXPECT_TRUE(Mails().empty());
}

TEST_F(ClinicTest, RepeatedInvitationIsSentOnce) {
  const std::string clinic_id = NewClinic("willow-creek", "owner@example.org");
  const std::string owner = PassportOf(NewSessionToken("owner@example.org"));
  const auto request = InviteRequest(clinic_id, "ben@example.org", STAFF_ROLE_FRONT_DESK);
  const auto first = Invite(request, owner);
  const auto second = Invite(request, owner);
  EXPECT_EQ(second.Outcome(), "OK");
  EXPECT_EQ(second.response.SerializeAsString(), first.response.SerializeAsString());
  EXPECT_EQ(Mails().size(), 1);
  EXPECT_EQ(
      Invite(InviteRequest(clinic_id, "ben@example.org", STAFF_ROLE_FRONT_DESK), owner).Outcome(),
      "STAFF_EXISTS");
}

TEST_F(ClinicTest, AnotherClinicsStaffIsRefused) {
  const std::string ours = NewClinic("willow-creek", "owner@example.org");
  const std::string theirs = NewClinic("oak-hill", "other@example.org");
  const std::string owner = PassportOf(NewSessionToken("owner@example.org"));
  const std::string nowhere = id::ClinicId::New(clock_).ToString();
  for (const std::string& clinic_id : {theirs, nowhere}) {
    EXPECT_EQ(GetClinic(clinic_id, owner).Outcome(), "NOT_STAFF_OF_CLINIC");
    EXPECT_EQ(List(clinic_id, owner).Outcome(), "NOT_STAFF_OF_CLINIC");
    EXPECT_EQ(
        Invite(InviteRequest(clinic_id, "eve@example.org", STAFF_ROLE_OWNER), owner).Outcome(),
        "NOT_STAFF_OF_CLINIC");
  }
  EXPECT_EQ(GetClinic(theirs, owner).Bytes(), GetClinic(nowhere, owner).Bytes());
  EXPECT_EQ(Count("staff_members"), "2");
  EXPECT_EQ(GetClinic(ours, owner).Outcome(), "OK");
}

TEST_F(ClinicTest, StaffIsListedInPagesThatBelongToTheirQuery) {
  const std::string clinic_id = NewClinic("willow-creek", "owner@example.org");
  const std::string other_clinic = NewClinic("oak-hill", "other@example.org");
  const std::string owner = PassportOf(NewSessionToken("owner@example.org"));
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(Invite(InviteRequest(clinic_id, absl::StrCat("m", i, "@example.org"),
                                   STAFF_ROLE_FRONT_DESK),
                     owner)
                  .Outcome(),
              "OK");
  }
  std::vector<std::string> emails;
  std::string page_token;
  int pages = 0;
  do {
    const auto page = List(clinic_id, owner, 2, page_token);
    ASSERT_EQ(page.Outcome(), "OK");
    for (const v1::StaffMember& member : page.response.staff_members())
      emails.push_back(member.email());
    page_token = page.response.next_page_token();
    ++pages;
  } while (!page_token.empty() && pages < 10);
  EXPECT_EQ(emails,
            (std::vector<std::string>{"owner@example.org", "m0@example.org", "m1@example.org",
                                      "m2@example.org", "m3@example.org"}));
  EXPECT_EQ(pages, 3);
  const std::string token = List(clinic_id, owner, 2).response.next_page_token();
  const std::string other = PassportOf(NewSessionToken("other@example.org"));
  EXPECT_EQ(List(other_clinic, other, 2, token).Outcome(), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(List(clinic_id, owner, 2, token + "A").Outcome(), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(List(clinic_id, owner, 101).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(List(clinic_id, owner, -1).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(List(clinic_id, owner, 100).Outcome(), "OK");
}

class AcceptTest : public ClinicTest {
 protected:
  // The token of a live invitation for `email`.
  std::string InvitationFor(const std::string& email) {
    EXPECT_EQ(CreateClinic(ClinicRequest("willow-creek", email)).Outcome(), "OK");
    return InvitationToken();
  }
};

TEST_F(AcceptTest, AccountOfTheAddressAcceptsWithItsPasswordOnly) {
  NewAccount("anna@example.org", "anna's own password");
  const std::string token = InvitationFor("ANNA@example.org");
  const auto refused = Accept(token, "another long password");
  EXPECT_EQ(refused.Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(refused.Bytes(), SignIn("nobody@example.org").Bytes());
  const auto accepted = Accept(token, "anna's own password");
  ASSERT_EQ(accepted.Outcome(), "OK");
  EXPECT_EQ(Count("accounts"), "1");
  EXPECT_EQ(SignIn("anna@example.org", "anna's own password").response.session().memberships_size(),
            1);
}

TEST_F(AcceptTest, PasswordOrAddressThatChangedSinceItWasVerifiedAcceptsNothing) {
  NewAccount("anna@example.org", "anna's own password");
  const std::string token = InvitationFor("anna@example.org");
  // Between the look at the password and the transaction of the change, which begins with this row.
  const auto meanwhile = [&](const std::string& change) {
    Sql("CREATE OR REPLACE FUNCTION meanwhile() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        "SET search_path = public AS $$BEGIN " +
        change +
        "; RETURN NEW; END$$;"
        "CREATE OR REPLACE TRIGGER meanwhile BEFORE INSERT ON idempotency_keys "
        "FOR EACH ROW EXECUTE FUNCTION meanwhile()");
  };
  meanwhile("UPDATE accounts SET password_hash = password_hash || 'A'");
  EXPECT_EQ(Accept(token, "anna's own password").Outcome(), "CREDENTIALS_REJECTED");
  meanwhile("UPDATE accounts SET email = 'bob@example.org', normalized_email = 'bob@example.org'");
  EXPECT_EQ(Accept(token, "anna's own password").Outcome(), "CONTENTION");
  Sql("DROP TRIGGER meanwhile ON idempotency_keys");
  EXPECT_EQ(Sql("SELECT count(*) FROM staff_members WHERE account_id IS NOT NULL"), "0");
  EXPECT_EQ(Accept(token, "anna's own password").Outcome(), "OK");
}

TEST_F(AcceptTest, WrongPasswordsCountAsSignInAttempts) {
  NewAccount("anna@example.org", "anna's own password");
  const std::string token = InvitationFor("anna@example.org");
  for (int i = 0; i < kSignInsPerAccount.attempts; ++i) {
    EXPECT_EQ(Accept(token, "another long password").Outcome(), "CREDENTIALS_REJECTED");
  }
  EXPECT_EQ(Accept(token, "anna's own password").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignIn("anna@example.org", "anna's own password").Outcome(), "CREDENTIALS_REJECTED");
  clock_.Advance(kSignInsPerAccount.window);
  EXPECT_EQ(Accept(token, "anna's own password").Outcome(), "OK");
}

TEST_F(AcceptTest, PendingSignUpIsNoAccountAndIsVoidAfterwards) {
  ASSERT_EQ(SignUp("anna@example.org", "the attacker's choice").Outcome(), "OK");
  const std::string attackers = VerificationToken();
  const std::string token = InvitationFor("anna@example.org");
  EXPECT_EQ(Accept(token, "anna's own password").Outcome(), "OK");
  EXPECT_EQ(VerifyEmail(attackers, "the attacker's choice").Outcome(), "LINK_REJECTED");
  EXPECT_EQ(SignIn("anna@example.org", "the attacker's choice").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignIn("anna@example.org", "anna's own password").Outcome(), "OK");
}

TEST_F(AcceptTest, SignUpsPasswordDoesNotOpenAnAccountsInvitation) {
  NewAccount("anna@example.org", "anna's own password");
  ASSERT_EQ(SignUp("anna@example.org", "the attacker's choice").Outcome(), "OK");
  EXPECT_EQ(Mails().size(), 1);
  const std::string token = InvitationFor("anna@example.org");
  EXPECT_EQ(Accept(token, "the attacker's choice").Outcome(), "CREDENTIALS_REJECTED");
}

TEST_F(AcceptTest, UnacceptableAnswersLeaveTheLinkValid) {
  const std::string token = InvitationFor("anna@example.org");
  EXPECT_EQ(Accept(token, "elevenchars").Outcome(), "PASSWORD_UNACCEPTABLE");
  EXPECT_EQ(Accept(token, kPassword, "").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Accept(token, kPassword, std::string(201, 'x')).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Accept(token, kPassword, "line\nbreak").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Accept(token, kPassword, "Dr. Anna Moss", "not-a-uuid").Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Count("accounts"), "0");
  EXPECT_EQ(Accept(token).Outcome(), "OK");
}

TEST_F(AcceptTest, RejectedLinksCannotBeToldApart) {
  const std::string token = InvitationFor("anna@example.org");
  const auto unknown = Accept(std::string(43, 'A'));
  EXPECT_EQ(unknown.Outcome(), "LINK_REJECTED");
  EXPECT_EQ(Accept("").Bytes(), unknown.Bytes());
  clock_.Advance(kInvitationLifetime);
  EXPECT_EQ(Accept(token).Bytes(), unknown.Bytes());
  clock_.Advance(-absl::Microseconds(1));
  EXPECT_EQ(Accept(token).Outcome(), "OK");
  EXPECT_EQ(Accept(token).Bytes(), unknown.Bytes());
}

TEST_F(AcceptTest, AcceptedInParallelItIsAcceptedOnce) {
  const std::string token = InvitationFor("anna@example.org");
  std::atomic<int> accepted = 0;
  InParallel(8, [&](int i) {
    const auto answer = Accept(token, absl::StrCat("password number ", i));
    accepted += answer.ok();
    // CREDENTIALS_REJECTED: it came when the account was made already.
    if (!answer.ok()) {
      EXPECT_TRUE(answer.Outcome() == "LINK_REJECTED" ||
                  answer.Outcome() == "CREDENTIALS_REJECTED");
    }
  });
  EXPECT_EQ(accepted, 1);
  EXPECT_EQ(Count("accounts"), "1");
  EXPECT_EQ(
      Sql("SELECT count(*) FROM audit_events WHERE action = 'identity.AcceptStaffInvitation'"),
      "1");
}

TEST_F(AcceptTest, RepeatedAcceptanceGetsTheSameAnswerAndCountsNothing) {
  NewAccount("anna@example.org", "anna's own password");
  const std::string token = InvitationFor("anna@example.org");
  const std::string request_id = NewRequestId();
  const auto accept = [&](const std::string& password, const std::string& display_name) {
    return Accept(token, password, display_name, request_id);
  };
  EXPECT_EQ(accept("another long password", "Anna").Outcome(), "CREDENTIALS_REJECTED");
  const auto first = accept("anna's own password", "Anna");
  ASSERT_EQ(first.Outcome(), "OK");
  for (int i = 0; i < kSignInsPerAccount.attempts + 5; ++i) {
    const auto repeated = accept("anna's own password", "Anna");
    EXPECT_EQ(repeated.Outcome(), "OK");
    EXPECT_EQ(repeated.response.SerializeAsString(), first.response.SerializeAsString());
  }
  EXPECT_EQ(Sql("SELECT count(*) FROM attempts WHERE kind = 1"), "0");
  EXPECT_EQ(accept("anna's own password", "Eve").Outcome(), "REQUEST_ID_REUSED");
  EXPECT_EQ(Accept(token, "anna's own password", "Anna").Outcome(), "LINK_REJECTED");
  EXPECT_EQ(Sql("SELECT display_name FROM staff_members"), "Anna");
  EXPECT_EQ(
      Sql("SELECT count(*) FROM audit_events WHERE action = 'identity.AcceptStaffInvitation'"),
      "1");
}

TEST_F(AcceptTest, RepeatedAcceptanceDoesNotTellAGuessedPassword) {
  const std::string token = InvitationFor("anna@example.org");
  const std::string request_id = NewRequestId();
  const auto accept = [&](const std::string& password, const std::string& display_name) {
    return Accept(token, password, display_name, request_id);
  };
  ASSERT_EQ(accept("anna's own password", "Anna").Outcome(), "OK");
  const std::string events = Count("audit_events");
  const auto right = accept("anna's own password", "Anna");
  for (const char* guess : {"another long password", "short", ""}) {
    const auto wrong = accept(guess, "Anna");
    EXPECT_EQ(wrong.Outcome(), "OK");
    EXPECT_EQ(wrong.Bytes(), right.Bytes());
    EXPECT_EQ(wrong.response.SerializeAsString(), right.response.SerializeAsString());
  }
  // With another name neither.
  EXPECT_EQ(accept("another long password", "Eve").Outcome(), "REQUEST_ID_REUSED");
  EXPECT_EQ(accept("another long password", "Eve").Bytes(),
            accept("anna's own password", "Eve").Bytes());
  EXPECT_EQ(Count("attempts"), "0");
  EXPECT_EQ(Count("audit_events"), events);
  EXPECT_EQ(SignIn("anna@example.org", "another long password").Outcome(), "CREDENTIALS_REJECTED");
  EXPECT_EQ(SignIn("anna@example.org", "anna's own password").Outcome(), "OK");
}

TEST_F(AcceptTest, CopiesOfAnAcceptanceInParallelAllGetItsAnswer) {
  for (int round = 0; round < 10; ++round) {
    const std::string clinic = absl::StrCat("clinic-", round);
    ASSERT_EQ(CreateClinic(ClinicRequest(clinic, clinic + "@example.org")).Outcome(), "OK");
    const std::string token = InvitationToken();
    const std::string request_id = NewRequestId();
    std::vector<std::string> answers(16);
    InParallel(16, [&](int i) {
      const auto answer = Accept(token, kPassword, "Anna", request_id);
      EXPECT_EQ(answer.Outcome(), "OK");
      answers[i] = answer.response.SerializeAsString();
    });
    EXPECT_EQ(answers, std::vector<std::string>(16, answers[0]));
  }
  EXPECT_EQ(Count("accounts"), "10");
  EXPECT_EQ(
      Sql("SELECT count(*) FROM audit_events WHERE action = 'identity.AcceptStaffInvitation'"),
      "10");
}

TEST_F(AcceptTest, ExpiredInvitationCanBeRenewed) {
  const std::string clinic_id = NewClinic("willow-creek", "owner@example.org");
  std::string owner = PassportOf(NewSessionToken("owner@example.org"));
  const auto first =
      Invite(InviteRequest(clinic_id, "ben@example.org", STAFF_ROLE_FRONT_DESK), owner);
  const std::string expired = InvitationToken();
  clock_.Advance(kInvitationLifetime);
  owner = PassportOf(NewSessionToken("owner@example.org"));
  const auto second =
      Invite(InviteRequest(clinic_id, "ben@example.org", STAFF_ROLE_PRACTITIONER), owner);
  ASSERT_EQ(second.Outcome(), "OK");
  EXPECT_EQ(second.response.staff_member_id(), first.response.staff_member_id());
  EXPECT_EQ(second.response.roles(0), STAFF_ROLE_PRACTITIONER);
  EXPECT_EQ(Accept(expired).Outcome(), "LINK_REJECTED");
  EXPECT_EQ(Accept(InvitationToken()).Outcome(), "OK");
}

}  // namespace
}  // namespace portal::identity
