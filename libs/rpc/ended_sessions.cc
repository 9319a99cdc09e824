#include "libs/rpc/ended_sessions.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/string_view.h"
#include "libs/rpc/status_conversion.h"
#include "libs/status/errors.h"
#include "libs/telemetry/log.h"

namespace portal::rpc {
namespace {

using identity::v1::WatchEndedSessionsRequest;
using identity::v1::WatchEndedSessionsResponse;

// None if it is not understood: of a later release.
std::optional<SessionEnding> ToEnding(const identity::v1::SessionEnding& message) {
  SessionEnding ending = {.recorded_at = absl::FromUnixSeconds(message.record_time().seconds()) +
                                         absl::Nanoseconds(message.record_time().nanos())};
  if (message.has_session()) {
    const auto session_id = id::SessionId::Parse("session_id", message.session().session_id());
    if (!session_id.ok()) return std::nullopt;
    ending.subject = *session_id;
    return ending;
  }
  const identity::v1::ChangedMembership& change = message.membership();
  const auto account_id = id::AccountId::Parse("account_id", change.account_id());
  const auto clinic_id = id::ClinicId::Parse("clinic_id", change.clinic_id());
  if (!account_id.ok() || !clinic_id.ok()) return std::nullopt;
  SessionEnding::Membership membership = {.account_id = *account_id, .clinic_id = *clinic_id};
  for (const int role : change.roles()) membership.roles.Add(static_cast<auth::StaffRole>(role));
  ending.subject = membership;
  return ending;
}

}  // namespace

EndedSessionsWatcher::EndedSessionsWatcher(std::shared_ptr<grpc::Channel> identity,
                                           std::function<void(const SessionEnding&)> take,
                                           telemetry::Metrics& metrics)
    : identity_(identity::v1::SessionFeedService::NewStub(std::move(identity))),
      take_(std::move(take)),
      connected_(metrics.AddGauge("ended_sessions_feed_connected",
                                  "Whether identity tells of ended sessions: 1 or 0.")),
      taken_(metrics.AddCounter("ended_sessions_taken_total",
                                "Ended sessions and changed memberships that were told.")),
      thread_([this] { Run(); }) {}

EndedSessionsWatcher::~EndedSessionsWatcher() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    if (call_ != nullptr) call_->TryCancel();
  }
  stop_.notify_all();
  thread_.join();
}

void EndedSessionsWatcher::Run() {
  absl::Duration backoff = kFirstBackoff;
  do {
    backoff = Follow() ? kFirstBackoff : std::min(backoff * 2, kLongestBackoff);
  } while (Await(backoff));
}

bool EndedSessionsWatcher::Await(absl::Duration backoff) {
  std::unique_lock lock(mutex_);
  return !stop_.wait_for(lock, absl::ToChronoMilliseconds(backoff), [this] { return stopping_; });
}

bool EndedSessionsWatcher::Follow() {
  grpc::ClientContext context;
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return false;
    call_ = &context;
  }
  WatchEndedSessionsRequest request;
  request.set_cursor(cursor_);
  const auto feed = identity_->WatchEndedSessions(&context, request);
  WatchEndedSessionsResponse response;
  bool connected = false;
  while (feed->Read(&response)) {
    if (!std::exchange(connected, true)) connected_.Set(1);
    for (const identity::v1::SessionEnding& message : response.endings()) {
      if (const std::optional<SessionEnding> ending = ToEnding(message)) take_(*ending);
      taken_.Increment();
    }
    cursor_ = response.cursor();
  }
  const absl::Status broken = FromGrpc(feed->Finish());
  connected_.Set(0);
  std::lock_guard lock(mutex_);
  call_ = nullptr;
  if (!stopping_ && connected) {
    telemetry::LogWarning("ended_sessions_feed_broken", {{"error", broken.message()}});
  } else if (!stopping_ && !std::exchange(unreachable_, true)) {  // once, not at each attempt
    telemetry::LogWarning("ended_sessions_feed_unreachable", {{"error", broken.message()}});
  }
  if (connected) unreachable_ = false;
  return connected;
}

}  // namespace portal::rpc
