#include "libs/rpc/open_streams.h"

#include <utility>

#include "libs/auth/method_policy.h"
#include "libs/rpc/limits.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"

namespace portal::rpc {
absl::Status MayGoOn(const StreamCaller& caller, const SessionEnding& ending) {
  if (const auto* session_id = std::get_if<id::SessionId>(&ending.subject)) {
    if (*session_id != caller.session_id) return absl::OkStatus();
    return status::Error(absl::StatusCode::kUnauthenticated, "SESSION_ENDED",
                         "the session has ended");
  }
  const auto& change = std::get<SessionEnding::Membership>(ending.subject);
  if (change.account_id != caller.account_id || change.clinic_id != caller.clinic_id ||
      caller.vouched_at > ending.recorded_at + auth::kClockSkew) {
    return absl::OkStatus();
  }
  return auth::CheckRoles(change.roles, caller.needed_roles);
}

absl::Status OpenStreams::Add(std::shared_ptr<OpenStream> stream) {
  std::lock_guard lock(mutex_);
  // Looked at under the lock: a stream is either in what EndAll() goes through, or refused here.
  if (ended_) return ServerEnding();
  if (streams_.size() >= capacity_) return status::Overloaded(kOverloadRetryAfter);
  // So is what Take() remembers.
  if (const StreamCaller* caller = stream->caller(); caller != nullptr) {
    ForgetOld();
    RETURN_IF_ERROR(MayOpen(*caller, {caller->session_id.uuid(), {}}));
    if (caller->clinic_id.has_value()) {
      RETURN_IF_ERROR(MayOpen(*caller, {caller->account_id.uuid(), caller->clinic_id->uuid()}));
    }
  }
  streams_.insert(std::move(stream));
  return absl::OkStatus();
}

void OpenStreams::Remove(const std::shared_ptr<OpenStream>& stream) {
  std::lock_guard lock(mutex_);
  streams_.erase(stream);
}

void OpenStreams::Take(const SessionEnding& ending) {
  {
    std::lock_guard lock(mutex_);
    ForgetOld();
    const absl::Time until = clock_.Now() + kRemembered;
    // Of a membership the newest change counts: somebody suspended may have been reinstated.
    endings_.insert_or_assign(KeyOf(ending), Remembered{.ending = ending, .until = until});
    until_.emplace_back(until, KeyOf(ending));
  }
  for (const auto& stream : All()) {
    const StreamCaller* caller = stream->caller();
    if (caller == nullptr) continue;
    const absl::Status verdict = MayGoOn(*caller, ending);
    if (!verdict.ok()) stream->Expel(verdict);
  }
}

void OpenStreams::ForgetOld() {
  const absl::Time now = clock_.Now();
  for (; !until_.empty() && until_.front().first <= now; until_.pop_front()) {
    // A newer change of the same membership is there for longer.
    const auto found = endings_.find(until_.front().second);
    if (found != endings_.end() && found->second.until <= now) endings_.erase(found);
  }
}

OpenStreams::EndingKey OpenStreams::KeyOf(const SessionEnding& ending) {
  if (const auto* session_id = std::get_if<id::SessionId>(&ending.subject)) {
    return {session_id->uuid(), {}};
  }
  const auto& change = std::get<SessionEnding::Membership>(ending.subject);
  return {change.account_id.uuid(), change.clinic_id.uuid()};
}

absl::Status OpenStreams::MayOpen(const StreamCaller& caller, const EndingKey& key) const {
  const auto found = endings_.find(key);
  return found == endings_.end() ? absl::OkStatus() : MayGoOn(caller, found->second.ending);
}

void OpenStreams::EndAll() {
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
  }
  for (const auto& stream : All()) stream->End();
}

void OpenStreams::CancelAll() {
  for (const auto& stream : All()) stream->Cancel();
}

std::vector<std::shared_ptr<OpenStream>> OpenStreams::All() const {
  std::lock_guard lock(mutex_);
  return {streams_.begin(), streams_.end()};
}

absl::Status ServerEnding() {
  return status::WithRetryAfter(status::Error(absl::StatusCode::kUnavailable, "OVERLOADED",
                                              "the server is shutting down; ask another one"),
                                kOverloadRetryAfter);
}

}  // namespace portal::rpc
