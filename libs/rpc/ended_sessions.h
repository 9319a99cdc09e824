#ifndef LIBS_RPC_ENDED_SESSIONS_H_
#define LIBS_RPC_ENDED_SESSIONS_H_

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "libs/rpc/open_streams.h"
#include "libs/telemetry/metrics.h"
#include "portal/identity/v1/session_feed_service.grpc.pb.h"

namespace portal::rpc {

// Follows identity's feed of ended sessions, from construction to destruction, and hands each
// ending to `take` (Server::Take), in their order, on a thread of its own. A feed that breaks off
// is taken up where it ended, so that nothing is lost; meanwhile streams end with their passports.
//
// Metrics: ended_sessions_feed_connected (1 or 0), ended_sessions_taken_total.
class EndedSessionsWatcher {
 public:
  // Wait before the feed is opened again; doubles up to the longest.
  static constexpr absl::Duration kFirstBackoff = absl::Milliseconds(50);
  static constexpr absl::Duration kLongestBackoff = absl::Seconds(1);

  // `identity`: a channel to that service.
  EndedSessionsWatcher(std::shared_ptr<grpc::Channel> identity,
                       std::function<void(const SessionEnding&)> take, telemetry::Metrics& metrics);
  ~EndedSessionsWatcher();

  EndedSessionsWatcher(const EndedSessionsWatcher&) = delete;
  EndedSessionsWatcher& operator=(const EndedSessionsWatcher&) = delete;

 private:
  void Run();
  // Until the feed breaks off; returns whether anything came.
  bool Follow();
  // False once the end has begun.
  bool Await(absl::Duration backoff);

  const std::unique_ptr<identity::v1::SessionFeedService::Stub> identity_;
  const std::function<void(const SessionEnding&)> take_;
  telemetry::Gauge connected_;
  telemetry::Counter taken_;
  // Of the thread: where the feed is taken up, and whether the last attempts found nobody.
  int64_t cursor_ = 0;
  bool unreachable_ = false;

  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;                // guarded by mutex_
  grpc::ClientContext* call_ = nullptr;  // the open feed; guarded by mutex_
  std::thread thread_;
};

}  // namespace portal::rpc

#endif  // LIBS_RPC_ENDED_SESSIONS_H_
