#ifndef SERVICES_IDENTITY_RPC_SESSION_FEED_HANDLERS_H_
#define SERVICES_IDENTITY_RPC_SESSION_FEED_HANDLERS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/background/loop.h"
#include "libs/rpc/context.h"
#include "libs/rpc/stream.h"
#include "portal/identity/v1/session_feed_service.pb.h"
#include "services/identity/rpc/dependencies.h"
#include "services/identity/storage/ending_store.h"

namespace portal::identity {

// The streams that wait for the next ending. Thread-safe.
class EndingWaiters {
 public:
  void Join(const void* stream, std::function<void()> waker);
  void Leave(const void* stream);
  bool empty() const;
  void WakeAll() const;

 private:
  mutable std::mutex mutex_;
  absl::flat_hash_map<const void*, std::function<void()>> wakers_;  // guarded by mutex_
};

// portal.identity.v1.SessionFeedService.
//
// One look for all streams every kInterval whether anything ended: a NOTIFY would slow every commit
// that ends a session, and a look in memory would miss what another process ended. Each stream then
// reads on from its own cursor.
class SessionFeedHandlers {
 public:
  // Streams are to be closed within a second of the ending.
  static constexpr absl::Duration kInterval = absl::Milliseconds(100);

  using Stream = rpc::Stream<v1::WatchEndedSessionsResponse>;

  explicit SessionFeedHandlers(const Dependencies& dependencies);

  absl::StatusOr<std::unique_ptr<Stream>> WatchEndedSessions(
      const rpc::Context& context, const v1::WatchEndedSessionsRequest& request);

 private:
  background::Next Look();

  EndingStore endings_;
  // Of the background, so that no handler waits for it.
  EndingStore looked_at_;
  // The streams may outlive this.
  const std::shared_ptr<EndingWaiters> waiters_ = std::make_shared<EndingWaiters>();
  int64_t last_ = 0;
  background::Loop looking_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_SESSION_FEED_HANDLERS_H_
