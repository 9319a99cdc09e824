#include "services/messaging/rpc/service.h"

#include <utility>

#include "portal/messaging/v1/dead_letter_service.grpc.pb.h"
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
  rpc::MethodTable dead_letters(v1::DeadLetterService::service_full_name());
  dead_letters
      .Unary("ListDeadLetters", Lane::kRead, &dead_letters_, &DeadLetterHandlers::ListDeadLetters)
      .Unary("ReplayDeadLetter", Lane::kWrite, &dead_letters_,
             &DeadLetterHandlers::ReplayDeadLetter)
      .Unary("DiscardDeadLetter", Lane::kWrite, &dead_letters_,
             &DeadLetterHandlers::DiscardDeadLetter);
  return {std::move(notices), std::move(directory), std::move(dead_letters)};
}

}  // namespace portal::messaging
