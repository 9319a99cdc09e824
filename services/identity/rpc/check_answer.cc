#include "services/identity/rpc/check_answer.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "google/protobuf/util/json_util.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "libs/crypto/encoding.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/status_conversion.h"

namespace portal::identity {
namespace {

using envoy::config::core::v3::HeaderValueOption;
using envoy::service::auth::v3::CheckResponse;
using envoy::service::auth::v3::DeniedHttpResponse;

// Adds a header that takes the place of any other of its name.
template <typename Response>
void SetHeader(Response& response, const char* name, std::string value) {
  HeaderValueOption& option = *response.add_headers();
  option.set_append_action(HeaderValueOption::OVERWRITE_IF_EXISTS_OR_ADD);
  option.mutable_header()->set_key(name);
  option.mutable_header()->set_value(std::move(value));
}

// As a gateway turns gRPC's codes into HTTP's. A path without a method is 404 to an HTTP client and
// UNIMPLEMENTED to a gRPC client.
envoy::type::v3::StatusCode HttpStatusOf(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::OUT_OF_RANGE:
      return envoy::type::v3::BadRequest;
    case grpc::StatusCode::UNAUTHENTICATED:
      return envoy::type::v3::Unauthorized;
    case grpc::StatusCode::PERMISSION_DENIED:
      return envoy::type::v3::Forbidden;
    case grpc::StatusCode::NOT_FOUND:
    case grpc::StatusCode::UNIMPLEMENTED:
      return envoy::type::v3::NotFound;
    case grpc::StatusCode::ALREADY_EXISTS:
    case grpc::StatusCode::ABORTED:
      return envoy::type::v3::Conflict;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return envoy::type::v3::TooManyRequests;
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::UNAVAILABLE:
      return envoy::type::v3::ServiceUnavailable;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return envoy::type::v3::GatewayTimeout;
    default:
      return envoy::type::v3::InternalServerError;
  }
}

// As gRPC writes grpc-message.
std::string PercentEncode(absl::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (absl::ascii_isprint(c) && c != '%') {
      encoded += c;
    } else {
      absl::StrAppendFormat(&encoded, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

google::rpc::Status StatusOf(const grpc::Status& refusal, const std::string& request_id) {
  google::rpc::Status status;
  status.ParseFromString(refusal.error_details());
  google::rpc::RequestInfo info;
  info.set_request_id(request_id);
  status.add_details()->PackFrom(info);
  return status;
}

// The gateway answers with status 200 and without a body of its own if there is none here.
void AddGrpcStatus(const google::rpc::Status& status, DeniedHttpResponse& denied) {
  SetHeader(denied, "grpc-status", std::to_string(status.code()));
  SetHeader(denied, "grpc-message", PercentEncode(status.message()));
  SetHeader(denied, "grpc-status-details-bin", crypto::Base64Encode(status.SerializeAsString()));
}

void AddJson(const google::rpc::Status& status, DeniedHttpResponse& denied) {
  SetHeader(denied, "content-type", "application/json");
  SetHeader(denied, "cache-control", "no-store");
  if (status.code() == grpc::StatusCode::UNAUTHENTICATED) {
    SetHeader(denied, "www-authenticate", "Bearer");
  }
  // Cannot fail: the details' types are linked in.
  static_cast<void>(google::protobuf::util::MessageToJsonString(status, denied.mutable_body()));
}

}  // namespace

CheckResponse Allow(const ClientRequest& request, const ClientMethods::Method& method,
                    const std::optional<std::string>& passport) {
  CheckResponse response;
  auto& ok = *response.mutable_ok_response();
  if (passport.has_value()) SetHeader(ok, rpc::kPassportKey, *passport);
  for (const char* credential : {"cookie", "authorization"}) ok.add_headers_to_remove(credential);
  for (const std::string& name : request.headers_of_the_mesh) {
    // The gateway removes after it has set: this one was overwritten.
    if (passport.has_value() && absl::EqualsIgnoreCase(name, rpc::kPassportKey)) continue;
    ok.add_headers_to_remove(name);
  }
  auto& metadata = *response.mutable_dynamic_metadata()->mutable_fields();
  metadata["method"].set_string_value(method.name);
  return response;
}

CheckResponse Refuse(const ClientRequest& request, const std::string& request_id,
                     const absl::Status& refusal) {
  const grpc::Status sent = rpc::ToGrpc(refusal);
  const google::rpc::Status status = StatusOf(sent, request_id);
  CheckResponse response;
  response.mutable_status()->set_code(sent.error_code());
  auto& denied = *response.mutable_denied_response();
  denied.mutable_status()->set_code(HttpStatusOf(sent.error_code()));
  SetHeader(denied, rpc::kRequestIdKey, request_id);
  request.is_grpc ? AddGrpcStatus(status, denied) : AddJson(status, denied);
  return response;
}

}  // namespace portal::identity
