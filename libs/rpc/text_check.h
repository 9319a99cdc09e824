#ifndef LIBS_RPC_TEXT_CHECK_H_
#define LIBS_RPC_TEXT_CHECK_H_

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace portal::rpc {

// INVALID_ARGUMENT/INVALID_FIELD naming every string field that holds a NUL, which PostgreSQL would
// cut a text at. Invalid UTF-8 does not get this far: proto3 parsers refuse it.
absl::Status CheckTexts(const google::protobuf::Message& message);

}  // namespace portal::rpc

#endif  // LIBS_RPC_TEXT_CHECK_H_
