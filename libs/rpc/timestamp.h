#ifndef LIBS_RPC_TIMESTAMP_H_
#define LIBS_RPC_TIMESTAMP_H_

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"

namespace portal::rpc {

// An instant as contracts carry it: in microseconds, as the databases have it.
inline google::protobuf::Timestamp ToProto(absl::Time time) {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(time));
}

}  // namespace portal::rpc

#endif  // LIBS_RPC_TIMESTAMP_H_
