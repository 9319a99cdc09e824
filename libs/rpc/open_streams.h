#ifndef LIBS_RPC_OPEN_STREAMS_H_
#define LIBS_RPC_OPEN_STREAMS_H_

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "libs/auth/passport.h"
#include "libs/auth/passport_token.h"
#include "libs/id/ids.h"
#include "libs/time/clock.h"

namespace portal::rpc {

// Whose stream it is, as the call's passport said.
struct StreamCaller {
  id::AccountId account_id;
  id::SessionId session_id;
  // Of staff methods: the clinic, and the roles of which the caller needs one there.
  std::optional<id::ClinicId> clinic_id = {};
  auth::StaffRoles needed_roles = {};
  // When the passport was issued.
  absl::Time vouched_at;
};

// What passports still say and is not so any more, told by identity.
struct SessionEnding {
  // What an account may do at a clinic from then on; nothing once suspended or removed.
  struct Membership {
    id::AccountId account_id;
    id::ClinicId clinic_id;
    auth::StaffRoles roles;
  };
  // The session that ended, or the membership that changed.
  std::variant<id::SessionId, Membership> subject;
  absl::Time recorded_at;
};

// Whether the caller may go on: UNAUTHENTICATED/SESSION_ENDED,
// PERMISSION_DENIED/NOT_STAFF_OF_CLINIC or ROLE_NOT_ALLOWED, or OK if the ending does not concern
// them. A membership's change does not concern a passport that is newer, by more than what clocks
// differ and what a change takes to be seen.
absl::Status MayGoOn(const StreamCaller& caller, const SessionEnding& ending);

// A stream as its server sees it. Any may be called at any time, also when the stream has just
// ended by itself.
class OpenStream {
 public:
  // Null if no person called.
  virtual const StreamCaller* caller() const = 0;
  // Ends it with `why` as soon as the message being written is through; takes the call away from a
  // client that does not read within kStreamEndGrace.
  virtual void Expel(const absl::Status& why) = 0;
  // Ends it with ServerEnding() as soon as the message being made or written is through.
  virtual void End() = 0;
  // Takes the call away from a client that does not read.
  virtual void Cancel() = 0;

 protected:
  ~OpenStream() = default;
};

// The streams that a server has open: at most a number, ended together, and expelled when their
// callers may not go on. Nothing is locked while a stream is called. Thread-safe.
class OpenStreams {
 public:
  // An ending is remembered for as long as a passport from before it may be used.
  static inline const absl::Duration kRemembered = auth::kPassportLifetime + auth::kClockSkew;

  explicit OpenStreams(size_t capacity, const time::Clock& clock = time::SystemClock())
      : capacity_(capacity), clock_(clock) {}

  // Keeps `stream` until Remove(). UNAVAILABLE/OVERLOADED if there are too many, ServerEnding()
  // once the end has begun, what MayGoOn() says if an ending of late concerns its caller.
  absl::Status Add(std::shared_ptr<OpenStream> stream);

  // Expels those whom the ending concerns, and keeps it in mind for those that come.
  void Take(const SessionEnding& ending);

  // Harmless for one that was not added.
  void Remove(const std::shared_ptr<OpenStream>& stream);

  // Refuses new streams from now on and ends those there are.
  void EndAll();

  // Cancels those there are.
  void CancelAll();

  // Whether EndAll() was called.
  bool ended() const { return ended_; }

 private:
  struct Remembered {
    SessionEnding ending;
    absl::Time until;
  };
  // By what it is looked up by when a stream comes: a session and no clinic, or an account and a
  // clinic.
  using EndingKey = std::pair<id::Uuid, id::Uuid>;

  static EndingKey KeyOf(const SessionEnding& ending);
  std::vector<std::shared_ptr<OpenStream>> All() const;
  void ForgetOld();
  // What is remembered of it; OK if nothing. With mutex_ held.
  absl::Status MayOpen(const StreamCaller& caller, const EndingKey& key) const;

  const size_t capacity_;
  const time::Clock& clock_;
  std::atomic<bool> ended_ = false;
  mutable std::mutex mutex_;
  absl::flat_hash_set<std::shared_ptr<OpenStream>> streams_;  // guarded by mutex_
  // Of a membership the newest change. Guarded by mutex_, as is the order they are forgotten in.
  absl::flat_hash_map<EndingKey, Remembered> endings_;
  std::deque<std::pair<absl::Time, EndingKey>> until_;  // oldest first
};

// UNAVAILABLE/OVERLOADED with RetryInfo: what a stream ends with when its server shuts down.
absl::Status ServerEnding();

}  // namespace portal::rpc

#endif  // LIBS_RPC_OPEN_STREAMS_H_
