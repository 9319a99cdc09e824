#include "libs/rpc/open_streams.h"

#include <utility>

#include "libs/rpc/limits.h"
#include "libs/status/errors.h"

namespace portal::rpc {

absl::Status OpenStreams::Add(std::shared_ptr<OpenStream> stream) {
  std::lock_guard lock(mutex_);
  // Looked at under the lock: a stream is either in what EndAll() goes through, or refused here.
  if (ended_) return ServerEnding();
  if (streams_.size() >= capacity_) return status::Overloaded(kOverloadRetryAfter);
  streams_.insert(std::move(stream));
  return absl::OkStatus();
}

void OpenStreams::Remove(const std::shared_ptr<OpenStream>& stream) {
  std::lock_guard lock(mutex_);
  streams_.erase(stream);
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
