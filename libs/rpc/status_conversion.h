#ifndef LIBS_RPC_STATUS_CONVERSION_H_
#define LIBS_RPC_STATUS_CONVERSION_H_

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace portal::rpc {

// gRPC carries at most 8 KiB of details; larger ones make clients report another error.
inline constexpr size_t kMaxStatusDetailBytes = 6 * 1024;

// The status as it leaves the process: payloads become google.rpc.Status details. A status without
// a portal reason is a defect of ours and leaves as INTERNAL/INTERNAL without its message.
grpc::Status ToGrpc(const absl::Status& status);

// The other way, for callers of other services. A failure without details keeps its code.
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace portal::rpc

#endif  // LIBS_RPC_STATUS_CONVERSION_H_
