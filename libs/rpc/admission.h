#ifndef LIBS_RPC_ADMISSION_H_
#define LIBS_RPC_ADMISSION_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "libs/auth/passport_token.h"
#include "libs/rpc/context.h"
#include "libs/rpc/method_table.h"
#include "libs/rpc/open_streams.h"
#include "libs/time/clock.h"

namespace portal::rpc {

// What every call of a server is checked with.
struct AdmissionRules {
  std::string trust_domain;
  absl::Duration max_deadline;
  auth::PassportVerifier* passports;
  const time::Clock* clock;
  // Of a stream: a handler sees their end as its call's cancellation.
  const OpenStreams* streams = nullptr;
};

// A call on its way in: the context as far as it is known, the request once it was read, and
// whether both may go on.
struct AdmittedCall {
  absl::Time arrived_at;
  absl::Status status;
  std::unique_ptr<google::protobuf::Message> request;
  Context context;
};

// Certificate, passport, request and policy, in this order, so that a caller learns nothing by a
// request that he may not make. INVALID_ARGUMENT/INVALID_FIELD for bytes that are not the request's
// type, for invalid UTF-8 and for NUL.
AdmittedCall Admit(const AdmissionRules& rules, const MethodTable::Method& method,
                   const grpc::CallbackServerContext& server, const grpc::ByteBuffer& bytes);

}  // namespace portal::rpc

#endif  // LIBS_RPC_ADMISSION_H_
