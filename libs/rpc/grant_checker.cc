#include "libs/rpc/grant_checker.h"

#include <utility>

#include "grpcpp/client_context.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/status_conversion.h"
#include "libs/status/errors.h"
#include "portal/access_code/v1/grant_service.grpc.pb.h"

namespace portal::rpc {
namespace {

using access_code::v1::CheckGrantsRequest;
using access_code::v1::CheckGrantsResponse;
using access_code::v1::GrantService;

// A grant check takes well under a millisecond; a caller is told soon that access_code does not
// answer.
constexpr absl::Duration kBudget = absl::Seconds(2);

class Remote final : public GrantChecker {
 public:
  explicit Remote(std::shared_ptr<grpc::Channel> channel) : stub_(GrantService::NewStub(channel)) {}

  void Check(const Context& context, std::function<void(absl::Status)> done) override {
    struct Call {
      grpc::ClientContext client;
      CheckGrantsRequest request;
      CheckGrantsResponse response;
    };
    auto call = std::make_shared<Call>();
    OnBehalfOf(context, kBudget, &call->client);
    call->request.add_patient_ids(context.patient_id().ToString());
    stub_->async()->CheckGrants(&call->client, &call->request, &call->response,
                                [call, done = std::move(done)](grpc::Status status) mutable {
                                  const absl::Status outcome =
                                      Outcome(status, call->request, call->response);
                                  // The call holds the channel, and gRPC cannot destroy a channel
                                  // on this thread: nothing may remain of it once `done` is told.
                                  call.reset();
                                  done(outcome);
                                });
  }

 private:
  static absl::Status Outcome(const grpc::Status& status, const CheckGrantsRequest& request,
                              const CheckGrantsResponse& response) {
    // The passport expired on the way: not an outage.
    if (status.error_code() == grpc::StatusCode::UNAUTHENTICATED) return FromGrpc(status);
    if (!status.ok()) return status::DependencyUnavailable("access_code");
    for (const auto& granted : response.granted()) {
      if (granted.patient_id() == request.patient_ids(0)) return absl::OkStatus();
    }
    return PatientNotFound();
  }

  std::unique_ptr<GrantService::Stub> stub_;
};

}  // namespace

std::unique_ptr<GrantChecker> RemoteGrantChecker(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<Remote>(std::move(channel));
}

absl::Status PatientNotFound() {
  return status::Error(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND", "no such patient");
}

}  // namespace portal::rpc
