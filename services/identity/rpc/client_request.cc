#include "services/identity/rpc/client_request.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "libs/id/uuid.h"
#include "libs/rpc/channel.h"
#include "libs/status/errors.h"
#include "services/identity/rpc/session_cookie.h"

namespace portal::identity {
namespace {

using Headers = google::protobuf::Map<std::string, std::string>;

constexpr char kClientHeader[] = "portal-client";
constexpr char kMeshPrefix[] = "portal-";

// Empty if there is none.
std::string HeaderOf(const Headers& headers, const char* name) {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

// The token of "Bearer <token>"; any other scheme leaves none that could be one.
std::string BearerToken(absl::string_view authorization) {
  constexpr absl::string_view kScheme = "bearer ";
  if (!absl::StartsWithIgnoreCase(authorization, kScheme)) return "";
  return std::string(absl::StripAsciiWhitespace(authorization.substr(kScheme.size())));
}

void ParseCredentials(const Headers& headers, ClientRequest& request) {
  request.tokens = SessionCookiesIn(HeaderOf(headers, "cookie"));
  request.has_session_cookie = !request.tokens.empty();
  if (const auto bearer = headers.find("authorization"); bearer != headers.end()) {
    request.tokens.push_back(BearerToken(bearer->second));
  }
}

}  // namespace

bool ClientRequest::MayBeForged() const {
  const bool is_safe = method == "GET" || method == "HEAD" || method == "OPTIONS";
  return !is_safe && !has_client_header && (has_session_cookie || from_another_site);
}

absl::StatusOr<ClientRequest> ParseClientRequest(
    const envoy::service::auth::v3::CheckRequest& check) {
  const auto& http = check.attributes().request().http();
  status::FieldViolations violations;
  if (http.method().empty()) violations.Add("attributes.request.http.method", "is missing");
  if (http.path().empty()) violations.Add("attributes.request.http.path", "is missing");
  if (http.has_header_map()) {
    violations.Add("attributes.request.http.header_map", "encode_raw_headers has to be off");
  }
  if (!violations.empty()) return violations.ToStatus();

  ClientRequest request = {.method = http.method(),
                           .path = http.path().substr(0, http.path().find_first_of("?#"))};
  const Headers& headers = http.headers();
  request.is_grpc =
      absl::StartsWithIgnoreCase(HeaderOf(headers, "content-type"), "application/grpc");
  std::string request_id = HeaderOf(headers, rpc::kRequestIdKey);
  if (id::Uuid::Parse(request_id).has_value()) request.request_id = std::move(request_id);
  ParseCredentials(headers, request);
  const std::string site = HeaderOf(headers, "sec-fetch-site");
  request.from_another_site = !site.empty() && site != "same-origin" && site != "none";
  request.has_client_header = !HeaderOf(headers, kClientHeader).empty();
  for (const auto& [name, value] : headers) {
    if (absl::StartsWithIgnoreCase(name, kMeshPrefix)) request.headers_of_the_mesh.push_back(name);
  }
  return request;
}

}  // namespace portal::identity
