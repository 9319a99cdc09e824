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

}  // namespace
}  // namespace portal::auth
