#include "services/identity/rpc/messaging_routes.h"

#include "libs/notice/notice.h"
#include "libs/rpc/event_route.h"
#include "portal/messaging/v1/directory_service.grpc.pb.h"

namespace portal::identity {

using messaging::v1::DirectoryService;

std::map<std::string, outbox::Route> RoutesTo(std::shared_ptr<grpc::Channel> messaging) {
  const std::shared_ptr<DirectoryService::Stub> directory = DirectoryService::NewStub(messaging);
  return {
      {notice::kTopic, notice::RouteTo(messaging)},
      {kAccountDirectoryTopic, rpc::EventRoute(directory, &DirectoryService::Stub::PutAccount)},
      {kClinicDirectoryTopic, rpc::EventRoute(directory, &DirectoryService::Stub::PutClinic)},
  };
}

}  // namespace portal::identity
