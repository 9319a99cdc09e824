#include <map>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "envoy/service/auth/v3/external_auth.pb.h"
#include "google/protobuf/util/json_util.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "libs/crypto/encoding.h"
#include "libs/testing/status_matchers.h"
#include "services/identity/rpc/service_fixture.h"

namespace portal::identity {
namespace {

using envoy::service::auth::v3::CheckRequest;
using envoy::service::auth::v3::CheckResponse;
using HeaderMap = std::map<std::string, std::string>;

constexpr char kRequestId[] = "0188a5d0-0000-7000-8000-00000000000a";
constexpr char kGetAccount[] = "/portal.identity.v1.AccountService/GetAccount";
constexpr char kSignIn[] = "/portal.identity.v1.SessionService/SignIn";

class AuthorizationTest : public ServiceTest {
 protected:
  AuthorizationTest() {
    NewAccount("anna@example.org");
    token_ = NewSessionToken("anna@example.org");
  }

  static CheckRequest Request(const std::string& method, const std::string& path,
                              const HeaderMap& headers) {
    CheckRequest request;
    auto& http = *request.mutable_attributes()->mutable_request()->mutable_http();
    http.set_method(method);
    http.set_path(path);
    for (const auto& [name, value] : headers) (*http.mutable_headers())[name] = value;
    (*http.mutable_headers())["x-request-id"] = kRequestId;
    return request;
  }

  Answer<CheckResponse> Send(const CheckRequest& request) {
    return Call(*authorization_, &envoy::service::auth::v3::Authorization::Stub::Check, request);
  }

  CheckResponse Check(const std::string& method, const std::string& path,
                      const HeaderMap& headers) {
    const auto answer = Send(Request(method, path, headers));
    EXPECT_EQ(answer.Outcome(), "OK");
    return answer.response;
  }

  // "OK", "OK with passport", or the HTTP status and the reason in the body.
  static std::string Outcome(const CheckResponse& response) {
    EXPECT_EQ(response.status().code() == 0, response.has_ok_response());
    if (response.has_ok_response()) {
      return HeadersOf(response.ok_response()).contains("portal-passport") ? "OK with passport"
                                                                           : "OK";
    }
    google::rpc::Status body;
    EXPECT_TRUE(
        google::protobuf::util::JsonStringToMessage(response.denied_response().body(), &body).ok());
    return absl::StrCat(response.denied_response().status().code(), " ", ReasonOf(body));
  }

  // The reason comes first, then the request's id.
  static std::string ReasonOf(const google::rpc::Status& status) {
    google::rpc::RequestInfo request;
    EXPECT_EQ(status.details_size(), 2);
    EXPECT_TRUE(status.details(1).UnpackTo(&request));
    EXPECT_EQ(request.request_id(), kRequestId);
    google::rpc::ErrorInfo info;
    EXPECT_TRUE(status.details(0).UnpackTo(&info));
    EXPECT_EQ(info.domain(), "portal");
    return info.reason();
  }

  template <typename Response>
  static HeaderMap HeadersOf(const Response& response) {
    HeaderMap headers;
    for (const auto& option : response.headers()) {
      EXPECT_EQ(option.append_action(),
                envoy::config::core::v3::HeaderValueOption::OVERWRITE_IF_EXISTS_OR_ADD);
      EXPECT_TRUE(headers.emplace(option.header().key(), option.header().value()).second);
    }
    return headers;
  }

  static std::set<std::string> Removed(const CheckResponse& response) {
    const auto& removed = response.ok_response().headers_to_remove();
    return {removed.begin(), removed.end()};
  }

  HeaderMap Bearer(const std::string& token) { return {{"authorization", "Bearer " + token}}; }
  HeaderMap Cookie(const std::string& cookie) {
    return {{"cookie", cookie}, {"portal-client", "web"}};
  }

  std::string token_;
};

TEST_F(AuthorizationTest, BearerTokenAndCookieBecomeAPassportThatIsBelieved) {
  for (const HeaderMap& headers :
       {Bearer(token_), Cookie("theme=dark; __Host-session=" + token_ + "; x=y")}) {
    const CheckResponse response = Check("POST", kGetAccount, headers);
    ASSERT_EQ(Outcome(response), "OK with passport");
    EXPECT_EQ(HeadersOf(response.ok_response()).size(), 1);
    const auto account = GetAccount(HeadersOf(response.ok_response())["portal-passport"]);
    ASSERT_EQ(account.Outcome(), "OK");
    EXPECT_EQ(account.response.email(), "anna@example.org");
    EXPECT_EQ(response.dynamic_metadata().fields().at("method").string_value(),
              std::string(kGetAccount).substr(1));
  }
}

TEST_F(AuthorizationTest, PassportIsTheSameAsIssuePassports) {
  const CheckResponse response = Check("GET", "/v1/account?x=/v1/session", Bearer(token_));
  ASSERT_EQ(Outcome(response), "OK with passport");
  EXPECT_EQ(HeadersOf(response.ok_response())["portal-passport"], PassportOf(token_));
}

TEST_F(AuthorizationTest, PublicMethodsNeedNoSessionAndGetNoPassport) {
  for (const auto& [method, path] : {std::pair("POST", kSignIn), {"POST", "/v1/sessions:signIn"}}) {
    EXPECT_EQ(Outcome(Check(method, path, {})), "OK");
    EXPECT_EQ(Outcome(Check(method, path, Bearer(token_))), "OK");
    EXPECT_EQ(Outcome(Check(method, path, Cookie("__Host-session=" + token_))), "OK");
  }
}

TEST_F(AuthorizationTest, CredentialsAndHeadersOfTheMeshGoNoFurther) {
  const HeaderMap sent = {{"authorization", "Bearer " + token_},
                          {"portal-passport", "forged"},
                          {"portal-anything", "x"},
                          {"portal-client", "web"},
                          {"user-agent", "curl"},
                          {"x-forwarded-for", "192.0.2.1"}};
  const CheckResponse with_passport = Check("POST", kGetAccount, sent);
  ASSERT_EQ(Outcome(with_passport), "OK with passport");
  EXPECT_NE(HeadersOf(with_passport.ok_response())["portal-passport"], "forged");
  // Not the passport: the gateway removes after it has set.
  EXPECT_EQ(Removed(with_passport),
            (std::set<std::string>{"cookie", "authorization", "portal-anything", "portal-client"}));
  const CheckResponse without = Check("POST", kSignIn, sent);
  ASSERT_EQ(Outcome(without), "OK");
  EXPECT_EQ(Removed(without), (std::set<std::string>{"cookie", "authorization", "portal-passport",
                                                     "portal-anything", "portal-client"}));
}

TEST_F(AuthorizationTest, EachBadCredentialHasItsAnswer) {
  const std::string other = NewSessionToken("anna@example.org");
  const std::string ended = NewSessionToken("anna@example.org");
  ASSERT_EQ(SignOut(PassportOf(ended)).Outcome(), "OK");
  const std::string cookie = "__Host-session=" + token_;
  const std::string ended_cookie = "__Host-session=" + ended;
  const struct {
    HeaderMap headers;
    const char* outcome;
  } kCases[] = {
      {{}, "401 PASSPORT_MISSING"},
      {Bearer(ended), "401 SESSION_ENDED"},
      {Bearer(std::string(43, 'A')), "401 SESSION_ENDED"},
      {Bearer(token_ + "A"), "401 SESSION_ENDED"},
      {Bearer(token_.substr(1)), "401 SESSION_ENDED"},
      {Bearer(token_ + "," + token_), "401 SESSION_ENDED"},
      {Bearer(token_ + ",Bearer " + other), "401 SESSION_ENDED"},
      {Bearer(""), "401 SESSION_ENDED"},
      {Bearer(std::string(100'000, 'x')), "401 SESSION_ENDED"},
      {Bearer("' OR 1=1 --"), "401 SESSION_ENDED"},
      {{{"authorization", ""}}, "401 SESSION_ENDED"},
      {{{"authorization", "Bearer"}}, "401 SESSION_ENDED"},
      {{{"authorization", "Basic " + token_}}, "401 SESSION_ENDED"},
      {{{"authorization", token_}}, "401 SESSION_ENDED"},
      {{{"authorization", "bearer   " + token_ + " "}}, "OK with passport"},
      {Cookie(ended_cookie), "401 SESSION_ENDED"},
      {Cookie("__Host-session="), "401 SESSION_ENDED"},
      {Cookie("__Host-session=\"" + token_ + "\""), "401 SESSION_ENDED"},
      {Cookie("__Host-session=" + std::string(100'000, 'x')), "401 SESSION_ENDED"},
      // Other cookies are none of ours, whatever they look like.
      {Cookie("session=" + token_), "401 PASSPORT_MISSING"},
      {Cookie("__host-session=" + token_), "401 PASSPORT_MISSING"},
      {Cookie("x__Host-session=" + token_), "401 PASSPORT_MISSING"},
      {Cookie("__Host-session"), "401 PASSPORT_MISSING"},
      {Cookie(";;=;,"), "401 PASSPORT_MISSING"},
      // A comma is part of a value, which another site of the domain may have set.
      {Cookie("x=1," + cookie), "401 PASSPORT_MISSING"},
      {Cookie("x=1, " + cookie), "401 PASSPORT_MISSING"},
      {Cookie(cookie + "," + cookie), "401 SESSION_ENDED"},
      {Cookie(""), "401 PASSPORT_MISSING"},
      {Cookie(";;" + cookie + ";;"), "OK with passport"},
      {Cookie("a; " + cookie + ";b=\"" + token_ + "\""), "OK with passport"},
      // More than one, even of the same session, even if one of them is dead.
      {Cookie(cookie + "; " + cookie), "400 SEVERAL_CREDENTIALS"},
      {Cookie(cookie + "; __Host-session=" + other), "400 SEVERAL_CREDENTIALS"},
      {Cookie(ended_cookie + "; " + cookie), "400 SEVERAL_CREDENTIALS"},
      {{{"cookie", cookie}, {"authorization", "Bearer " + token_}, {"portal-client", "web"}},
       "400 SEVERAL_CREDENTIALS"},
      {{{"cookie", cookie}, {"authorization", "Basic YQ=="}, {"portal-client", "web"}},
       "400 SEVERAL_CREDENTIALS"},
  };
  for (const auto& it : kCases) {
    const CheckResponse response = Check("POST", kGetAccount, it.headers);
    const std::string sent = absl::StrCat(
        "authorization: ",
        it.headers.contains("authorization") ? it.headers.at("authorization").substr(0, 120) : "",
        " cookie: ", it.headers.contains("cookie") ? it.headers.at("cookie").substr(0, 120) : "");
    EXPECT_EQ(Outcome(response), it.outcome) << sent;
    EXPECT_FALSE(absl::StrContains(response.SerializeAsString(), token_)) << sent;
  }
}

TEST_F(AuthorizationTest, UnknownEndedAndExpiredAreTheSameBytes) {
  const std::string ended = NewSessionToken("anna@example.org");
  ASSERT_EQ(SignOut(PassportOf(ended)).Outcome(), "OK");
  const auto bytes = [&](const std::string& token) {
    return Check("GET", "/v1/account", Bearer(token)).SerializeAsString();
  };
  const std::string unknown = bytes(std::string(43, 'A'));
  EXPECT_EQ(bytes(ended), unknown);
  EXPECT_EQ(bytes("short"), unknown);
  clock_.Advance(absl::Minutes(30));
  EXPECT_EQ(bytes(token_), unknown);
}

TEST_F(AuthorizationTest, CheckIsUseOfTheSession) {
  for (int i = 0; i < 3; ++i) {
    clock_.Advance(absl::Minutes(29));
    ASSERT_EQ(Outcome(Check("GET", "/v1/account", Bearer(token_))), "OK with passport") << i;
  }
  clock_.Advance(absl::Minutes(30));
  EXPECT_EQ(Outcome(Check("GET", "/v1/account", Bearer(token_))), "401 SESSION_ENDED");
}

TEST_F(AuthorizationTest, WhatAnotherSitesPageCanMakeABrowserSendIsRefused) {
  const std::string cookie = "__Host-session=" + token_;
  const struct {
    const char* method;
    const char* path;
    HeaderMap headers;
    const char* outcome;
  } kCases[] = {
      {"POST", kGetAccount, {{"cookie", cookie}}, "403 CROSS_SITE_REQUEST"},
      {"POST", "/v1/sessions:signOut", {{"cookie", cookie}}, "403 CROSS_SITE_REQUEST"},
      {"POST",
       "/v1/sessions:signOut",
       {{"cookie", cookie}, {"portal-client", ""}},
       "403 CROSS_SITE_REQUEST"},
      {"POST",
       "/v1/sessions:signOut",
       {{"cookie", cookie}, {"sec-fetch-site", "same-origin"}},
       "403 CROSS_SITE_REQUEST"},
      {"POST",
       "/v1/sessions:signOut",
       {{"cookie", cookie}, {"portal-client", "web"}},
       "OK with passport"},
      {"GET", "/v1/account", {{"cookie", cookie}}, "OK with passport"},
      // Without a cookie there is nobody to act as, but somebody to sign in as.
      {"POST", "/v1/sessions:signIn", {{"sec-fetch-site", "cross-site"}}, "403 CROSS_SITE_REQUEST"},
      {"POST", "/v1/sessions:signIn", {{"sec-fetch-site", "same-site"}}, "403 CROSS_SITE_REQUEST"},
      {"POST", "/v1/sessions:signIn", {{"sec-fetch-site", "same-origin"}}, "OK"},
      {"POST",
       "/v1/sessions:signIn",
       {{"sec-fetch-site", "cross-site"}, {"portal-client", "web"}},
       "OK"},
      {"POST", "/v1/sessions:signIn", {{"cookie", cookie}}, "403 CROSS_SITE_REQUEST"},
      // No form can send a bearer token.
      {"POST", "/v1/sessions:signOut", {{"authorization", "Bearer " + token_}}, "OK with passport"},
  };
  for (const auto& it : kCases) {
    EXPECT_EQ(Outcome(Check(it.method, it.path, it.headers)), it.outcome) << it.path;
  }
}

TEST_F(AuthorizationTest, PathsThatClientsAreNotOfferedAreNotFoundWhoeverAsks) {
  for (const char* path : {"/portal.identity.v1.SessionService/IssuePassport",
                           "/portal.access_code.v1.GrantService/CheckGrants", "/v1/clinics",
                           "/v1/account/", "/", "x", "/v1/account%00", "/v1/account:x", "?", "#",
                           "/portal.identity.v1.AccountService/getAccount"}) {
    EXPECT_EQ(Outcome(Check("POST", path, Bearer(token_))), "404 METHOD_NOT_FOUND") << path;
    EXPECT_EQ(Outcome(Check("POST", path, {})), "404 METHOD_NOT_FOUND") << path;
  }
  EXPECT_EQ(Outcome(Check("GET", kGetAccount, Bearer(token_))), "404 METHOD_NOT_FOUND");
  EXPECT_EQ(Outcome(Check("POST", "/v1/account", Bearer(token_))), "404 METHOD_NOT_FOUND");
  EXPECT_EQ(Outcome(Check("GET", "/" + std::string(100'000, 'x'), {})), "404 METHOD_NOT_FOUND");
}

TEST_F(AuthorizationTest, RefusalOverHttpHasStatusReasonAndRequestId) {
  const CheckResponse response = Check("GET", "/v1/account", {});
  EXPECT_EQ(response.status().code(), grpc::StatusCode::UNAUTHENTICATED);
  const auto& denied = response.denied_response();
  EXPECT_EQ(denied.status().code(), 401);
  EXPECT_EQ(HeadersOf(denied), (HeaderMap{{"content-type", "application/json"},
                                          {"cache-control", "no-store"},
                                          {"www-authenticate", "Bearer"},
                                          {"x-request-id", kRequestId}}));
  // As the gateway writes the errors of the services.
  EXPECT_EQ(denied.body(),
            absl::StrCat(R"({"code":16,"message":"sign in to make this call","details":[)"
                         R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo",)"
                         R"("reason":"PASSPORT_MISSING","domain":"portal"},)"
                         R"({"@type":"type.googleapis.com/google.rpc.RequestInfo","requestId":")",
                         kRequestId, R"("}]})"));
}

TEST_F(AuthorizationTest, RefusalOfGrpcIsAStatusThatClientsUnderstand) {
  for (const char* type : {"application/grpc", "application/grpc+proto", "application/grpc-web",
                           "application/grpc-web-text+proto"}) {
    const CheckResponse response = Check("POST", kGetAccount, {{"content-type", type}});
    const auto& denied = response.denied_response();
    EXPECT_EQ(denied.status().code(), 401);
    EXPECT_EQ(denied.body(), "");
    HeaderMap headers = HeadersOf(denied);
    EXPECT_EQ(headers["grpc-status"], "16");
    EXPECT_EQ(headers["grpc-message"], "sign in to make this call");
    const auto details = crypto::Base64Decode(headers["grpc-status-details-bin"]);
    ASSERT_TRUE(details.has_value());
    google::rpc::Status status;
    ASSERT_TRUE(status.ParseFromString(*details));
    EXPECT_EQ(status.code(), 16);
    EXPECT_EQ(ReasonOf(status), "PASSPORT_MISSING");
  }
  const CheckResponse unknown = Check("POST", "/x.Y/Z", {{"content-type", "application/grpc"}});
  EXPECT_EQ(HeadersOf(unknown.denied_response())["grpc-status"], "12");
}

TEST_F(AuthorizationTest, RequestIdThatIsNoneIsReplaced) {
  CheckRequest request = Request("GET", "/v1/account", {});
  (*request.mutable_attributes()
        ->mutable_request()
        ->mutable_http()
        ->mutable_headers())["x-request-id"] = "<script>";
  const auto answer = Send(request);
  ASSERT_EQ(answer.Outcome(), "OK");
  const std::string id = HeadersOf(answer.response.denied_response())["x-request-id"];
  EXPECT_TRUE(id::Uuid::Parse(id).has_value()) << id;
}

TEST_F(AuthorizationTest, GatewayThatLeavesOutWhatItHasToSayIsTold) {
  CheckRequest no_method = Request("", "/v1/account", Bearer(token_));
  CheckRequest no_path = Request("GET", "", Bearer(token_));
  CheckRequest raw_headers = Request("GET", "/v1/account", {});
  raw_headers.mutable_attributes()->mutable_request()->mutable_http()->mutable_header_map();
  CheckRequest with_nul = Request("GET", std::string("/v1/account\0", 12), Bearer(token_));
  CheckRequest header_with_nul = Request("GET", "/v1/account", {{"cookie", std::string("a\0", 2)}});
  for (const CheckRequest& request :
       {CheckRequest(), no_method, no_path, raw_headers, with_nul, header_with_nul}) {
    const auto answer = Send(request);
    EXPECT_EQ(answer.Outcome(), "INVALID_FIELD") << request.DebugString();
    EXPECT_FALSE(answer.response.has_ok_response());
  }
}

TEST_F(AuthorizationTest, DatabaseThatCannotBeAskedRefusesWithAStatusToRetryOn) {
  Sql("ALTER TABLE sessions RENAME TO sessions_gone");
  const CheckResponse response = Check("GET", "/v1/account", Bearer(token_));
  EXPECT_TRUE(response.has_denied_response());
  EXPECT_GE(response.denied_response().status().code(), 500);
}

TEST_F(AuthorizationTest, OnlyTheGatewayMayAsk) {
  const auto records =
      envoy::service::auth::v3::Authorization::NewStub(harness_.Channel("records"));
  const auto answer = Call(*records, &envoy::service::auth::v3::Authorization::Stub::Check,
                           Request("POST", kGetAccount, Bearer(token_)));
  EXPECT_EQ(answer.Outcome(), "SERVICE_NOT_ALLOWED");
}

TEST_F(AuthorizationTest, SignInGivesTheBrowserItsCookieAndSignOutTakesIt) {
  const auto set_cookie = [](testing::Caller& caller) -> std::string {
    const auto& metadata = caller.context().GetServerInitialMetadata();
    const auto [begin, end] = metadata.equal_range("set-cookie");
    EXPECT_LE(std::distance(begin, end), 1);
    return begin == end ? "" : std::string(begin->second.data(), begin->second.size());
  };
  v1::SignInRequest request;
  request.set_email("anna@example.org");
  request.set_password(kPassword);
  v1::SignInResponse response;
  testing::Caller signs_in;
  ASSERT_TRUE(sessions_->SignIn(signs_in, request, &response).ok());
  EXPECT_EQ(set_cookie(signs_in), "__Host-session=" + response.session_token() +
                                      "; Path=/; Secure; HttpOnly; SameSite=Strict");
  request.set_password("not the password at all");
  testing::Caller fails;
  ASSERT_FALSE(sessions_->SignIn(fails, request, &response).ok());
  EXPECT_EQ(set_cookie(fails), "");

  v1::SignOutResponse signed_out;
  testing::Caller signs_out(PassportOf(token_));
  ASSERT_TRUE(sessions_->SignOut(signs_out, v1::SignOutRequest(), &signed_out).ok());
  EXPECT_EQ(set_cookie(signs_out),
            "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
}

}  // namespace
}  // namespace portal::identity
