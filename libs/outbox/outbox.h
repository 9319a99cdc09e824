#ifndef LIBS_OUTBOX_OUTBOX_H_
#define LIBS_OUTBOX_OUTBOX_H_

#include <functional>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "libs/crypto/keyring.h"
#include "libs/crypto/sealer.h"
#include "libs/db/session.h"
#include "libs/id/uuid.h"
#include "libs/time/clock.h"

// What a change causes outside of its database: a mail, a call to another service. It is written
// with the change and delivered afterwards by a Relay (relay.h), at least once. See
// docs/adr/0006-outbox.md.
namespace portal::outbox {

// The writing side. Thread-safe. The pools it is used with list queries::kAll.
class Outbox {
 public:
  // `keys` seal the payloads; a key must stay in the ring until its events are delivered.
  Outbox(const crypto::Keyring& keys, const time::Clock& clock) : sealer_(keys), clock_(clock) {}

  // Adds an event to the transaction of its cause and returns the event's id. The payload, any
  // bytes, is stored sealed: it may hold a link or a code.
  //
  // Events can arrive twice and out of order. A consumer that keeps state puts a version of its
  // subject into the payload and ignores what is older than what it has.
  id::Uuid Append(db::Transaction& transaction, absl::string_view topic,
                  absl::string_view payload) const;

  // The same for an event of another service that this one takes over: it keeps its id.
  void TakeOver(db::Transaction& transaction, const id::Uuid& event_id, absl::string_view topic,
                absl::string_view payload) const;

  // Brings a dead event back, for an operator who has removed the reason; false if there is none.
  bool Revive(db::Session& session, const id::Uuid& event_id) const;

  // Erases a dead event that nobody needs any more; false if there is none.
  bool Discard(db::Session& session, const id::Uuid& event_id) const;

 private:
  friend class Relay;

  // Called after the commit of an event; null for nobody.
  void OnAppended(std::function<void()> wake);
  absl::StatusOr<std::string> Open(const id::Uuid& event_id, absl::string_view topic,
                                   absl::string_view sealed) const;

  const crypto::Sealer sealer_;
  const time::Clock& clock_;
  mutable std::mutex mutex_;
  std::function<void()> wake_;  // guarded by mutex_
};

}  // namespace portal::outbox

#endif  // LIBS_OUTBOX_OUTBOX_H_
