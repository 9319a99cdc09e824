#include "libs/rpc/open_streams.h"

#include <utility>

#include "libs/auth/method_policy.h"
#include "libs/rpc/limits.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"

namespace portal::rpc {
namespace {

bool SameMembership(const SessionEnding& a, const SessionEnding& b) {
  const auto* left = std::get_if<SessionEnding::Membership>(&a.subject);
  const auto* right = std::get_if<SessionEnding::Membership>(&b.subject);
  return left != nullptr && right != nullptr && left->account_id == right->account_id &&
         left->clinic_id == right->clinic_id;
}

}  // namespace

absl::Status MayGoOn(const StreamCaller& caller, const SessionEnding& ending) {
  if (const auto* session_id = std::get_if<id::SessionId>(&ending.subject)) {
    if (*session_id != caller.session_id) return absl::OkStatus();
    return status::Error(absl::StatusCode::kUnauthenticated, "SESSION_ENDED",
                         "the session has ended");
  }
  const auto& change = std::get<SessionEnding::Membership>(ending.subject);
  if (change.account_id != caller.account_id || change.clinic_id != caller.clinic_id ||
      caller.vouched_at > ending.recorded_at) {
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
    for (const Remembered& remembered : endings_) {
      RETURN_IF_ERROR(MayGoOn(*caller, remembered.ending));
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
    // Of a membership the newest change counts: somebody suspended may have been reinstated.
    std::erase_if(endings_,
                  [&](const Remembered& it) { return SameMembership(it.ending, ending); });
    endings_.push_back({.ending = ending, .until = clock_.Now() + kRemembered});
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
  while (!endings_.empty() && endings_.front().until <= now) endings_.pop_front();
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
