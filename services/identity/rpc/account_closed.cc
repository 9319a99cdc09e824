#include "services/identity/rpc/account_closed.h"

#include <utility>

#include "libs/rpc/event_route.h"
#include "portal/access_code/v1/account_closure_service.grpc.pb.h"

namespace portal::identity {

using access_code::v1::AccountClosureService;
using access_code::v1::CloseAccountRequest;

std::string AccountClosedPayload(const id::AccountId& account_id) {
  CloseAccountRequest request;
  request.set_account_id(account_id.ToString());
  return request.SerializeAsString();
}

outbox::Route AccountClosedRouteTo(std::shared_ptr<grpc::Channel> access_code) {
  std::shared_ptr<AccountClosureService::Stub> stub =
      AccountClosureService::NewStub(std::move(access_code));
  return rpc::EventRoute(std::move(stub), &AccountClosureService::Stub::CloseAccount,
                         [](CloseAccountRequest& request, const outbox::Delivery& delivery) {
                           request.set_event_id(delivery.event_id.ToString());
                         });
}

}  // namespace portal::identity
