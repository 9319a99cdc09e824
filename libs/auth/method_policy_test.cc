#include "libs/auth/method_policy.h"

#include <string>

#include "gtest/gtest.h"
#include "libs/status/errors.h"
#include "portal/testing/v1/probe_service.pb.h"

namespace portal::auth {
namespace {

using portal::testing::v1::ProbeRequest;

constexpr char kClinic[] = "0188a5d0-0000-7000-8000-000000000001";
constexpr char kOtherClinic[] = "0188a5d0-0000-7000-8000-000000000002";
constexpr char kPatient[] = "0188a5d0-0000-7000-8000-000000000003";

const google::protobuf::MethodDescriptor& MethodOf(const char* service, const std::string& name) {
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      std::string("portal.testing.v1.") + service);
  return *descriptor->FindMethodByName(name);
}

MethodPolicy PolicyOf(const std::string& name) {
  return *MethodPolicy::Of(MethodOf("ProbeService", name));
}

Passport StaffAt(const char* clinic, StaffRoles roles) {
  Passport passport;
  passport.memberships.push_back({*id::ClinicId::Parse("clinic_id", clinic), roles});
  return passport;
}

ProbeRequest Request(const std::string& clinic, const std::string& patient = "") {
  ProbeRequest request;
  request.set_clinic_id(clinic);
  request.set_patient_id(patient);
  return request;
}

std::string Outcome(const MethodPolicy& policy, const Passport* passport,
                    const ProbeRequest& request) {
  MethodPolicy::Admission admission;
  const absl::Status status = policy.AdmitPerson(passport, request, admission);
  return status.ok() ? "OK" : status::ReasonOf(status);
}

TEST(MethodPolicyTest, FaultyPoliciesAreRefusedWithTheMethodsName) {
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      "portal.testing.v1.FaultyService");
  ASSERT_GT(service->method_count(), 0);
  for (int i = 0; i < service->method_count(); ++i) {
    const auto policy = MethodPolicy::Of(*service->method(i));
    ASSERT_FALSE(policy.ok()) << service->method(i)->name();
    EXPECT_NE(policy.status().message().find(service->method(i)->full_name()),
              absl::string_view::npos);
  }
}

TEST(MethodPolicyTest, OnlyNamedServicesAreAdmitted) {
  const MethodPolicy policy = PolicyOf("CallService");
  EXPECT_TRUE(policy.AdmitService("records").ok());
  EXPECT_TRUE(policy.AdmitService("operator").ok());
  for (const char* service : {"", "gateway", "record", "records2"}) {
    EXPECT_EQ(status::ReasonOf(policy.AdmitService(service)), "SERVICE_NOT_ALLOWED") << service;
  }
}

TEST(MethodPolicyTest, PublicMethodsLookAtNoPassport) {
  EXPECT_EQ(Outcome(PolicyOf("CallPublic"), nullptr, Request("")), "OK");
}

TEST(MethodPolicyTest, AccountMethodsNeedAPassport) {
  const Passport passport;
  EXPECT_EQ(Outcome(PolicyOf("CallAccount"), nullptr, Request("")), "PASSPORT_MISSING");
  EXPECT_EQ(Outcome(PolicyOf("CallAccount"), &passport, Request("")), "OK");
}

TEST(MethodPolicyTest, PatientFieldIsParsedAndNeedsAGrantForAccounts) {
  const MethodPolicy policy = PolicyOf("ReadPatient");
  const Passport passport;
  EXPECT_TRUE(policy.needs_grant());
  EXPECT_TRUE(policy.audits_reads());
  EXPECT_EQ(Outcome(policy, &passport, Request("", "7")), "INVALID_FIELD");
  MethodPolicy::Admission admission;
  ASSERT_TRUE(policy.AdmitPerson(&passport, Request("", kPatient), admission).ok());
  EXPECT_EQ(admission.patient_id->ToString(), kPatient);
}

TEST(MethodPolicyTest, RefusalTellsWhatTheRequestNamed) {
  const Passport nobody;
  MethodPolicy::Admission admission;
  ASSERT_FALSE(PolicyOf("CallStaff").AdmitPerson(&nobody, Request(kClinic), admission).ok());
  EXPECT_EQ(admission.clinic_id->ToString(), kClinic);
}

TEST(MethodPolicyTest, StaffNeedOneOfTheRolesAtTheClinicNamed) {
  const MethodPolicy policy = PolicyOf("CallStaff");
  const Passport owner = StaffAt(kClinic, {StaffRole::kOwner});
  const Passport front_desk = StaffAt(kClinic, {StaffRole::kFrontDesk});
  const Passport both = StaffAt(kClinic, {StaffRole::kFrontDesk, StaffRole::kPractitioner});
  const Passport nobody;
  EXPECT_EQ(Outcome(policy, nullptr, Request(kClinic)), "PASSPORT_MISSING");
  EXPECT_EQ(Outcome(policy, &nobody, Request(kClinic)), "NOT_STAFF_OF_CLINIC");
  EXPECT_EQ(Outcome(policy, &owner, Request(kOtherClinic)), "NOT_STAFF_OF_CLINIC");
  EXPECT_EQ(Outcome(policy, &owner, Request("")), "INVALID_FIELD");
  EXPECT_EQ(Outcome(policy, &front_desk, Request(kClinic)), "ROLE_NOT_ALLOWED");
  EXPECT_EQ(Outcome(policy, &both, Request(kClinic)), "OK");
  EXPECT_EQ(Outcome(policy, &owner, Request(kClinic)), "OK");
}

Passport ServiceAccountAt(const char* clinic, ServiceScopes scopes) {
  Passport passport;
  passport.service_account = {*id::ClinicId::Parse("clinic_id", clinic), scopes};
  return passport;
}

// A policy given at registration, to a method that has none of its own.
policy::v1::Policy StaffPolicy(policy::v1::ServiceScope scope) {
  policy::v1::Policy policy;
  policy.add_services("gateway");
  policy.mutable_staff()->add_roles(policy::v1::STAFF_ROLE_OWNER);
  policy.mutable_staff()->set_clinic_field("clinic_id");
  policy.mutable_staff()->set_scope(scope);
  return policy;
}

TEST(MethodPolicyTest, PolicyIsGivenOnlyToMethodsWithoutOne) {
  const policy::v1::Policy given = StaffPolicy(policy::v1::SERVICE_SCOPE_UNSPECIFIED);
  const auto policy = MethodPolicy::Of(MethodOf("FaultyService", "NoPolicy"), given);
  ASSERT_TRUE(policy.ok()) << policy.status();
  EXPECT_EQ(policy->caller(), MethodPolicy::Caller::kStaff);
  EXPECT_FALSE(MethodPolicy::Of(MethodOf("ProbeService", "CallStaff"), given).ok());
  EXPECT_FALSE(MethodPolicy::Of(MethodOf("FaultyService", "NoPolicy"), {}).ok());
}

TEST(MethodPolicyTest, UnknownScopeIsAFault) {
  policy::v1::Policy given = StaffPolicy(static_cast<policy::v1::ServiceScope>(99));
  EXPECT_FALSE(MethodPolicy::Of(MethodOf("FaultyService", "NoPolicy"), given).ok());
}

TEST(MethodPolicyTest, ServiceAccountNeedsTheScopeAtItsOwnClinic) {
  const auto policy = MethodPolicy::Of(MethodOf("FaultyService", "NoPolicy"),
                                       StaffPolicy(policy::v1::SERVICE_SCOPE_CHARTS_READ));
  ASSERT_TRUE(policy.ok()) << policy.status();
  const Passport fitting =
      ServiceAccountAt(kClinic, {ServiceScope::kChartsRead, ServiceScope::kPlansRead});
  const Passport unfitting =
      ServiceAccountAt(kClinic, {ServiceScope::kChartsWrite, ServiceScope::kPatientsRead});
  EXPECT_EQ(Outcome(*policy, &fitting, Request(kClinic)), "OK");
  EXPECT_EQ(Outcome(*policy, &unfitting, Request(kClinic)), "SCOPE_NOT_ALLOWED");
  EXPECT_EQ(Outcome(*policy, &fitting, Request(kOtherClinic)), "NOT_STAFF_OF_CLINIC");
  EXPECT_EQ(Outcome(*policy, &fitting, Request("clinic")), "INVALID_FIELD");
}

TEST(MethodPolicyTest, ServiceAccountIsNeitherAnAccountNorStaff) {
  const auto unscoped = MethodPolicy::Of(MethodOf("FaultyService", "NoPolicy"),
                                         StaffPolicy(policy::v1::SERVICE_SCOPE_UNSPECIFIED));
  ASSERT_TRUE(unscoped.ok()) << unscoped.status();
  const Passport passport =
      ServiceAccountAt(kClinic, {ServiceScope::kPatientsRead, ServiceScope::kPatientsWrite,
                                 ServiceScope::kChartsRead, ServiceScope::kChartsWrite,
                                 ServiceScope::kPlansRead, ServiceScope::kAccessWrite});
  EXPECT_EQ(Outcome(*unscoped, &passport, Request(kClinic)), "SERVICE_ACCOUNT_NOT_ALLOWED");
  EXPECT_EQ(Outcome(*unscoped, &passport, Request(kOtherClinic)), "NOT_STAFF_OF_CLINIC");
  EXPECT_EQ(Outcome(PolicyOf("CallAccount"), &passport, Request("")),
            "SERVICE_ACCOUNT_NOT_ALLOWED");
  EXPECT_EQ(Outcome(PolicyOf("ReadPatient"), &passport, Request("", kPatient)),
            "SERVICE_ACCOUNT_NOT_ALLOWED");
  EXPECT_EQ(Outcome(PolicyOf("CallPublic"), &passport, Request("")), "OK");
}

}  // namespace
}  // namespace portal::auth
