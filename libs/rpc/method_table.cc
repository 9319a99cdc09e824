#include "libs/rpc/method_table.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace portal::rpc {

MethodTable::MethodTable(absl::string_view service)
    : service_name_(service),
      service_(
          google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service_name_)) {
  if (service_ == nullptr) Fault("no such service");
}

MethodTable::MethodTable(absl::string_view service, policy::v1::Policy policy)
    : MethodTable(service) {
  policy_ = std::move(policy);
}

MethodTable& MethodTable::Add(absl::string_view name, Lane lane,
                              const google::protobuf::Message& request,
                              const google::protobuf::Descriptor& response, UnaryHandler unary,
                              StreamHandler streaming) {
  if (service_ == nullptr) return *this;
  const auto* descriptor = service_->FindMethodByName(std::string(name));
  if (descriptor == nullptr) {
    Fault(absl::StrCat("the contract has no method ", std::string(name)));
    return *this;
  }
  if (descriptor->input_type() != request.GetDescriptor() ||
      descriptor->output_type() != &response) {
    Fault(absl::StrCat(descriptor->name(), ": the handler's types are not the contract's"));
  }
  if (descriptor->client_streaming() || descriptor->server_streaming() != (streaming != nullptr)) {
    Fault(absl::StrCat(descriptor->name(), ": the handler streams otherwise than the contract"));
  }
  for (const Method& method : methods_) {
    if (method.descriptor == descriptor) Fault(absl::StrCat(descriptor->name(), ": added twice"));
  }
  absl::StatusOr<auth::MethodPolicy> policy = policy_.has_value()
                                                  ? auth::MethodPolicy::Of(*descriptor, *policy_)
                                                  : auth::MethodPolicy::Of(*descriptor);
  if (!policy.ok()) {
    Fault(std::string(policy.status().message()));
    return *this;
  }
  // A stream's messages would have to be checked and recorded one by one; no contract needs that
  // yet.
  if (streaming != nullptr && (policy->needs_grant() || policy->audits_reads())) {
    Fault(absl::StrCat(descriptor->name(), ": streams neither check grants nor audit reads"));
  }
  methods_.push_back({.descriptor = descriptor,
                      .path = absl::StrCat("/", service_name_, "/", descriptor->name()),
                      .policy = *std::move(policy),
                      .lane = lane,
                      .request = &request,
                      .unary = std::move(unary),
                      .streaming = std::move(streaming)});
  return *this;
}

void MethodTable::Fault(std::string message) {
  faults_.push_back(absl::StrCat(service_name_, ": ", message));
}

absl::Status MethodTable::Check() const {
  std::vector<std::string> faults = faults_;
  if (faults.empty() && methods_.size() != static_cast<size_t>(service_->method_count())) {
    faults.push_back(absl::StrCat(service_name_, ": ", methods_.size(), " of ",
                                  service_->method_count(), " methods have handlers"));
  }
  if (faults.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrJoin(faults, "; "));
}

}  // namespace portal::rpc
