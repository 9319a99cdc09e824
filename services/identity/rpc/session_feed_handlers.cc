#include "services/identity/rpc/session_feed_handlers.h"

#include <utility>
#include <variant>
#include <vector>

#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/identity/rpc/convert.h"

namespace portal::identity {
namespace {

// Of endings in a message: some ten kilobytes.
constexpr int kBatch = 100;

v1::SessionEnding ToProto(const SessionEnding& ending) {
  v1::SessionEnding message;
  *message.mutable_record_time() = identity::ToProto(ending.recorded_at);
  if (const auto* session_id = std::get_if<id::SessionId>(&ending.subject)) {
    message.mutable_session()->set_session_id(session_id->ToString());
    return message;
  }
  const auto& change = std::get<MembershipChange>(ending.subject);
  v1::ChangedMembership& membership = *message.mutable_membership();
  membership.set_account_id(change.account_id.ToString());
  membership.set_clinic_id(change.clinic_id.ToString());
  for (StaffRole role : kAllStaffRoles) {
    if (change.roles.Has(role)) membership.add_roles(static_cast<policy::v1::StaffRole>(role));
  }
  return message;
}

class EndingStream final : public SessionFeedHandlers::Stream {
 public:
  EndingStream(EndingStore& endings, std::shared_ptr<EndingWaiters> waiters, int64_t cursor)
      : endings_(endings), waiters_(std::move(waiters)), cursor_(cursor) {}
  ~EndingStream() override { waiters_->Leave(this); }

  // Before the first look at the database: what comes later wakes.
  void OnWake(std::function<void()> waker) override { waiters_->Join(this, std::move(waker)); }

  absl::StatusOr<NextResponse> Next() override {
    ASSIGN_OR_RETURN(const std::vector<SessionEnding> endings, endings_.List(cursor_, kBatch));
    if (endings.empty() && std::exchange(begun_, true)) return rpc::StreamWait{};
    begun_ = true;
    v1::WatchEndedSessionsResponse response;
    for (const SessionEnding& ending : endings) *response.add_endings() = ToProto(ending);
    if (!endings.empty()) cursor_ = endings.back().ending_id;
    response.set_cursor(cursor_);
    return response;
  }

 private:
  EndingStore& endings_;
  const std::shared_ptr<EndingWaiters> waiters_;
  int64_t cursor_;
  bool begun_ = false;
};

}  // namespace

void EndingWaiters::Join(const void* stream, std::function<void()> waker) {
  std::lock_guard lock(mutex_);
  wakers_[stream] = std::move(waker);
}

void EndingWaiters::Leave(const void* stream) {
  std::lock_guard lock(mutex_);
  wakers_.erase(stream);
}

bool EndingWaiters::empty() const {
  std::lock_guard lock(mutex_);
  return wakers_.empty();
}

void EndingWaiters::WakeAll() const {
  std::lock_guard lock(mutex_);
  for (const auto& [stream, wake] : wakers_) wake();
}

SessionFeedHandlers::SessionFeedHandlers(const Dependencies& dependencies)
    : endings_(dependencies.pool),
      looked_at_(dependencies.background_pool),
      looking_(kInterval, [this] { return Look(); }) {}

absl::StatusOr<std::unique_ptr<SessionFeedHandlers::Stream>>
SessionFeedHandlers::WatchEndedSessions(const rpc::Context&,
                                        const v1::WatchEndedSessionsRequest& request) {
  if (request.cursor() < 0) return status::InvalidField("cursor", "must not be negative");
  // Beyond the last one: of a database that was restored since, or everything was pruned, and then
  // nothing is told twice.
  ASSIGN_OR_RETURN(const int64_t last, endings_.Last());
  const int64_t cursor = request.cursor() > last ? 0 : request.cursor();
  return std::make_unique<EndingStream>(endings_, waiters_, cursor);
}

background::Next SessionFeedHandlers::Look() {
  if (waiters_->empty()) return background::Next::kWait;
  // While the database cannot be reached nothing ends.
  const int64_t last = looked_at_.Last().value_or(last_);
  if (std::exchange(last_, last) != last) waiters_->WakeAll();
  return background::Next::kWait;
}

}  // namespace portal::identity
