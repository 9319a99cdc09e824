#include "services/identity/rpc/client_methods.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/api/annotations.pb.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "portal/contracts.h"
#include "portal/policy/v1/policy.pb.h"

namespace portal::identity {
namespace {

using google::protobuf::FileDescriptorSet;
using google::protobuf::MethodDescriptorProto;

// A contract with one method for the gateway at each of `routes`.
std::string Contract(const std::vector<std::pair<std::string, google::api::HttpRule>>& routes) {
  FileDescriptorSet files;
  auto& file = *files.add_file();
  file.set_package("test");
  auto& service = *file.add_service();
  service.set_name("Svc");
  for (const auto& [name, rule] : routes) {
    MethodDescriptorProto& method = *service.add_method();
    method.set_name(name);
    *method.mutable_options()->MutableExtension(google::api::http) = rule;
    auto& policy = *method.mutable_options()->MutableExtension(policy::v1::policy);
    policy.add_services("gateway");
    policy.mutable_account();
  }
  return files.SerializeAsString();
}

google::api::HttpRule Get(const std::string& path) {
  google::api::HttpRule rule;
  rule.set_get(path);
  return rule;
}

std::string Found(const ClientMethods& methods, absl::string_view http_method,
                  absl::string_view path) {
  const ClientMethods::Method* method = methods.Find(http_method, path);
  if (method == nullptr) return "none";
  return absl::StrCat(method->is_public ? "public " : "session ", method->name);
}

TEST(ClientMethodsTest, SuitesMethodsAreFoundByBothPaths) {
  ASSERT_OK_AND_ASSIGN(const ClientMethods methods, ClientMethods::Read(kContracts));
  constexpr char kSignIn[] = "public portal.identity.v1.SessionService/SignIn";
  EXPECT_EQ(Found(methods, "POST", "/portal.identity.v1.SessionService/SignIn"), kSignIn);
  EXPECT_EQ(Found(methods, "POST", "/v1/sessions:signIn"), kSignIn);
  constexpr char kGetPatient[] = "session portal.records.v1.PatientService/GetPatient";
  EXPECT_EQ(Found(methods, "POST", "/portal.records.v1.PatientService/GetPatient"), kGetPatient);
  EXPECT_EQ(Found(methods, "GET", "/v1/clinics/7/patients/8"), kGetPatient);
  EXPECT_EQ(Found(methods, "POST", "/v1/clinics/7/grants/9:revoke"),
            "session portal.access_code.v1.GrantService/RevokeGrant");
  for (const ClientMethods::Method& method : methods.all()) {
    EXPECT_EQ(methods.Find("POST", absl::StrCat("/", method.name)), &method);
    EXPECT_TRUE(absl::StartsWith(method.name, "portal.")) << method.name;
  }
  EXPECT_GE(methods.all().size(), 30u);
}

TEST(ClientMethodsTest, WhatIsNotForClientsIsNotThere) {
  ASSERT_OK_AND_ASSIGN(const ClientMethods methods, ClientMethods::Read(kContracts));
  // Services' and operators' methods, one that clients are not to see, other methods and spellings.
  for (const char* path : {
           "/portal.access_code.v1.GrantService/CheckGrants",
           "/portal.access_code.v1.PatientDirectoryService/PutPatient",
           "/portal.identity.v1.ClinicService/CreateClinic",
           "/portal.identity.v1.SessionService/IssuePassport",
           "/v1/sessions:issuePassport",
           "/v1/clinics",
           "/envoy.service.auth.v3.Authorization/Check",
           "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
           "/portal.identity.v1.SessionService/signIn",
           "/portal.identity.v1.SessionService/SignIn/",
           "portal.identity.v1.SessionService/SignIn",
           "/v1/sessions%3AsignIn",
           "/v1/../v1/sessions:signIn",
           "",
           "*",
       }) {
    EXPECT_EQ(Found(methods, "POST", path), "none") << path;
  }
  for (const char* http_method : {"GET", "PUT", "post", "HEAD", ""}) {
    EXPECT_EQ(Found(methods, http_method, "/v1/sessions:signIn"), "none") << http_method;
    EXPECT_EQ(Found(methods, http_method, "/portal.identity.v1.SessionService/SignIn"), "none");
  }
}

TEST(ClientMethodsTest, MoreSpecificRouteGoesFirstWhateverTheOrder) {
  for (const bool literal_first : {true, false}) {
    std::vector<std::pair<std::string, google::api::HttpRule>> routes = {
        {"GetMine", Get("/v1/things/mine")}, {"Get", Get("/v1/things/{id}")}};
    if (!literal_first) std::swap(routes[0], routes[1]);
    routes.push_back({"Close", Get("/v1/things/{id}:close")});
    ASSERT_OK_AND_ASSIGN(const ClientMethods methods, ClientMethods::Read(Contract(routes)));
    EXPECT_EQ(Found(methods, "GET", "/v1/things/mine"), "session test.Svc/GetMine");
    EXPECT_EQ(Found(methods, "GET", "/v1/things/other"), "session test.Svc/Get");
    EXPECT_EQ(Found(methods, "GET", "/v1/things/mine:close"), "session test.Svc/Close");
  }
}

TEST(ClientMethodsTest, AdditionalAndCustomBindingsAreRoutesToo) {
  google::api::HttpRule rule = Get("/v1/a");
  auto& custom = *rule.add_additional_bindings()->mutable_custom();
  custom.set_kind("SEARCH");
  custom.set_path("/v1/b");
  ASSERT_OK_AND_ASSIGN(const ClientMethods methods, ClientMethods::Read(Contract({{"A", rule}})));
  EXPECT_EQ(Found(methods, "GET", "/v1/a"), "session test.Svc/A");
  EXPECT_EQ(Found(methods, "SEARCH", "/v1/b"), "session test.Svc/A");
  EXPECT_EQ(Found(methods, "GET", "/v1/b"), "none");
}

TEST(ClientMethodsTest, RouteThatCannotBeReadIsNamed) {
  for (const char* path : {"/v1/**", "v1", "/v1/{a"}) {
    const auto methods = ClientMethods::Read(Contract({{"A", Get(path)}}));
    EXPECT_TRUE(absl::StrContains(methods.status().message(), "test.Svc/A")) << methods.status();
  }
  EXPECT_FALSE(ClientMethods::Read(Contract({{"A", google::api::HttpRule()}})).ok());
  EXPECT_FALSE(ClientMethods::Read("\xff").ok());
}

}  // namespace
}  // namespace portal::identity
