#ifndef SERVICES_IDENTITY_RPC_MESSAGING_ROUTES_H_
#define SERVICES_IDENTITY_RPC_MESSAGING_ROUTES_H_

#include <map>
#include <memory>
#include <string>

#include "grpcpp/channel.h"
#include "libs/outbox/relay.h"

namespace portal::identity {

// Where messaging learns which address an account or a clinic has; payloads are
// messaging::v1::PutAccountRequest and PutClinicRequest.
inline constexpr char kAccountDirectoryTopic[] = "directory.account";
inline constexpr char kClinicDirectoryTopic[] = "directory.clinic";

// Of notices and of the directory.
std::map<std::string, outbox::Route> RoutesTo(std::shared_ptr<grpc::Channel> messaging);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_MESSAGING_ROUTES_H_
