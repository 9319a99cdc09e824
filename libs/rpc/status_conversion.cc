#include "libs/rpc/status_conversion.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "google/rpc/status.pb.h"
#include "libs/status/errors.h"

namespace portal::rpc {
namespace {

// The details are in the order of their types: Abseil varies it from one status to the next, and
// what is answered alike has to be the same bytes.
google::rpc::Status ToProto(const absl::Status& status) {
  google::rpc::Status proto;
  proto.set_code(static_cast<int>(status.code()));
  proto.set_message(std::string(status.message()));
  std::map<std::string, std::string> details;
  status.ForEachPayload(
      [&](absl::string_view url, const absl::Cord& value) { details.emplace(url, value); });
  for (auto& [url, value] : details) {
    google::protobuf::Any& detail = *proto.add_details();
    detail.set_type_url(url);
    detail.set_value(std::move(value));
  }
  return proto;
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  if (status::ReasonOf(status).empty()) return ToGrpc(status::Internal("an internal error"));
  std::string details = ToProto(status).SerializeAsString();
  if (details.size() > kMaxStatusDetailBytes) {
    return ToGrpc(status::Error(status.code(), status::ReasonOf(status), "details left out"));
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
                      std::move(details));
}

absl::Status FromGrpc(const grpc::Status& status) {
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  google::rpc::Status proto;
  if (!status.ok() && proto.ParseFromString(status.error_details())) {
    for (const auto& detail : proto.details()) {
      result.SetPayload(detail.type_url(), absl::Cord(detail.value()));
    }
  }
  return result;
}

}  // namespace portal::rpc
