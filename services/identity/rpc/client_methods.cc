#include "services/identity/rpc/client_methods.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "google/api/annotations.pb.h"
#include "libs/status/status_macros.h"
#include "portal/policy/v1/policy.pb.h"

namespace portal::identity {
namespace {

constexpr absl::string_view kGateway = "gateway";

// HTTP method and template of a binding.
std::pair<std::string, std::string> PatternOf(const google::api::HttpRule& rule) {
  switch (rule.pattern_case()) {
    case google::api::HttpRule::kGet:
      return {"GET", rule.get()};
    case google::api::HttpRule::kPut:
      return {"PUT", rule.put()};
    case google::api::HttpRule::kPost:
      return {"POST", rule.post()};
    case google::api::HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case google::api::HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    case google::api::HttpRule::kCustom:
      return {rule.custom().kind(), rule.custom().path()};
    case google::api::HttpRule::PATTERN_NOT_SET:
      break;
  }
  return {};
}

}  // namespace

absl::StatusOr<ClientMethods> ClientMethods::Read(absl::string_view contracts) {
  google::protobuf::FileDescriptorSet files;
  if (!files.ParseFromArray(contracts.data(), static_cast<int>(contracts.size()))) {
    return absl::FailedPreconditionError("the contracts are not a FileDescriptorSet");
  }
  ClientMethods result;
  for (const auto& file : files.file()) {
    for (const auto& service : file.service()) {
      for (const auto& method : service.method()) {
        RETURN_IF_ERROR(
            result.AddMethod(absl::StrCat(file.package(), ".", service.name()), method));
      }
    }
  }
  for (auto& [key, routes] : result.routes_) {
    std::stable_sort(routes.begin(), routes.end(), [](const Route& a, const Route& b) {
      return a.path.IsMoreSpecificThan(b.path);
    });
  }
  return result;
}

absl::Status ClientMethods::AddMethod(const std::string& service,
                                      const google::protobuf::MethodDescriptorProto& method) {
  const policy::v1::Policy& policy = method.options().GetExtension(policy::v1::policy);
  if (!absl::c_linear_search(policy.services(), kGateway)) return absl::OkStatus();
  if (!method.options().HasExtension(google::api::http)) return absl::OkStatus();
  const std::string name = absl::StrCat(service, "/", method.name());
  methods_.push_back({.name = name, .is_public = policy.has_public_()});
  by_grpc_path_[absl::StrCat("/", name)] = methods_.size() - 1;
  const google::api::HttpRule& rule = method.options().GetExtension(google::api::http);
  const auto [http_method, path] = PatternOf(rule);
  RETURN_IF_ERROR(AddRoute(http_method, path));
  for (const google::api::HttpRule& more : rule.additional_bindings()) {
    const auto [more_method, more_path] = PatternOf(more);
    RETURN_IF_ERROR(AddRoute(more_method, more_path));
  }
  return absl::OkStatus();
}

// To the method that was added last.
absl::Status ClientMethods::AddRoute(const std::string& http_method, const std::string& path) {
  std::optional<HttpTemplate> parsed = HttpTemplate::Parse(path);
  if (http_method.empty() || !parsed.has_value()) {
    return absl::FailedPreconditionError(
        absl::StrCat(methods_.back().name, ": cannot read the HTTP route '", path, "'"));
  }
  const RouteKey key(http_method, parsed->size());
  routes_[key].push_back({.path = *std::move(parsed), .method = methods_.size() - 1});
  return absl::OkStatus();
}

const ClientMethods::Method* ClientMethods::Find(absl::string_view http_method,
                                                 absl::string_view path) const {
  if (http_method == "POST") {
    const auto found = by_grpc_path_.find(path);
    if (found != by_grpc_path_.end()) return &methods_[found->second];
  }
  const auto segments = SplitPath(path);
  if (!segments.has_value()) return nullptr;
  const auto routes = routes_.find(RouteKey(std::string(http_method), segments->size()));
  if (routes == routes_.end()) return nullptr;
  for (const Route& route : routes->second) {
    if (route.path.Matches(*segments)) return &methods_[route.method];
  }
  return nullptr;
}

}  // namespace portal::identity
