#ifndef LIBS_RPC_LIMITS_H_
#define LIBS_RPC_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace portal::rpc {

// The largest request: a SOAP chart with every part at its limit, in characters of four bytes,
// takes some 650 KiB.
inline constexpr int kMaxRequestBytes = 1024 * 1024;
// The largest answer that a client of ours takes; lists end their pages well below it.
inline constexpr int kMaxResponseBytes = 16 * 1024 * 1024;
// A passport of 100 clinics takes 8 KiB; nothing else in metadata is large.
inline constexpr int kMaxMetadataBytes = 16 * 1024;
// Calls of one connection at a time, of either kind.
inline constexpr int kMaxConcurrentStreams = 1000;
// Server streams of a process, over all its connections: an idle one keeps its call's memory too.
inline constexpr size_t kMaxOpenStreams = 4000;
// What clients that read have plenty of to take their streams' end; others are cut off after it.
inline constexpr absl::Duration kStreamEndGrace = absl::Milliseconds(250);
// Long-lived connections are closed now and then, so that they spread over new replicas.
inline constexpr absl::Duration kMaxConnectionAge = absl::Minutes(30);
inline constexpr absl::Duration kMaxConnectionAgeGrace = absl::Seconds(30);
inline constexpr absl::Duration kKeepaliveInterval = absl::Seconds(20);
inline constexpr absl::Duration kKeepaliveTimeout = absl::Seconds(5);
// What a caller is told to wait when a queue is full, or its server ends.
inline constexpr absl::Duration kOverloadRetryAfter = absl::Milliseconds(500);
// Ids and addresses of callers that we take over from metadata.
inline constexpr size_t kMaxMetadataValueBytes = 128;

}  // namespace portal::rpc

#endif  // LIBS_RPC_LIMITS_H_
