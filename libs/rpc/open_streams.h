#ifndef LIBS_RPC_OPEN_STREAMS_H_
#define LIBS_RPC_OPEN_STREAMS_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"

namespace portal::rpc {

// A stream as its server sees it. Either may be called at any time, also when the stream has just
// ended by itself.
class OpenStream {
 public:
  // Ends it with ServerEnding() as soon as the message being made or written is through.
  virtual void End() = 0;
  // Takes the call away from a client that does not read.
  virtual void Cancel() = 0;

 protected:
  ~OpenStream() = default;
};

// The streams that a server has open: at most a number, and ended together. Nothing is locked while
// a stream is called. Thread-safe.
class OpenStreams {
 public:
  explicit OpenStreams(size_t capacity) : capacity_(capacity) {}

  // Keeps `stream` until Remove(). UNAVAILABLE/OVERLOADED if there are too many, ServerEnding()
  // once the end has begun.
  absl::Status Add(std::shared_ptr<OpenStream> stream);

  // Harmless for one that was not added.
  void Remove(const std::shared_ptr<OpenStream>& stream);

  // Refuses new streams from now on and ends those there are.
  void EndAll();

  // Cancels those there are.
  void CancelAll();

  // Whether EndAll() was called.
  bool ended() const { return ended_; }

 private:
  std::vector<std::shared_ptr<OpenStream>> All() const;

  const size_t capacity_;
  std::atomic<bool> ended_ = false;
  mutable std::mutex mutex_;
  absl::flat_hash_set<std::shared_ptr<OpenStream>> streams_;  // guarded by mutex_
};

// UNAVAILABLE/OVERLOADED with RetryInfo: what a stream ends with when its server shuts down.
absl::Status ServerEnding();

}  // namespace portal::rpc

#endif  // LIBS_RPC_OPEN_STREAMS_H_
