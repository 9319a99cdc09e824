#ifndef SERVICES_IDENTITY_RPC_ACCOUNT_CLOSED_H_
#define SERVICES_IDENTITY_RPC_ACCOUNT_CLOSED_H_

#include <memory>
#include <string>

#include "grpcpp/channel.h"
#include "libs/id/ids.h"
#include "libs/outbox/relay.h"

// How access_code learns that an account is closed, so that it ends the account's grants.
namespace portal::identity {

inline constexpr char kAccountClosedTopic[] = "account.closed";

// The event's payload: an access_code::v1::CloseAccountRequest, whose event id the route fills in.
std::string AccountClosedPayload(const id::AccountId& account_id);

// The topic's route.
outbox::Route AccountClosedRouteTo(std::shared_ptr<grpc::Channel> access_code);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_ACCOUNT_CLOSED_H_
