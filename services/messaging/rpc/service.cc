#include "services/messaging/rpc/service.h"

#include <utility>

#include "portal/messaging/v1/directory_service.grpc.pb.h"
#include "portal/messaging/v1/notice_service.grpc.pb.h"

namespace portal::messaging {

std::vector<rpc::MethodTable> Service::Tables() {
  using rpc::Lane;
  rpc::MethodTable notices(v1::NoticeService::service_full_name());
  notices.Unary("DeliverNotice", Lane::kWrite, &notices_, &NoticeHandlers::DeliverNotice);
  rpc::MethodTable directory(v1::DirectoryService::service_full_name());
  directory.Unary("PutAccount", Lane::kWrite, &directory_, &DirectoryHandlers::PutAccount)
      .Unary("PutClinic", Lane::kWrite, &directory_, &DirectoryHandlers::PutClinic);
  return {std::move(notices), std::move(directory)};
}

}  // namespace portal::messaging
