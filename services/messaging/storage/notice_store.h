#ifndef SERVICES_MESSAGING_STORAGE_NOTICE_STORE_H_
#define SERVICES_MESSAGING_STORAGE_NOTICE_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/id/uuid.h"
#include "libs/outbox/outbox.h"
#include "libs/time/clock.h"
#include "services/messaging/domain/notice.h"

namespace portal::messaging {

// The outbox's topic of notices to send; payloads are v1.Notice.
inline constexpr char kNoticeTopic[] = "mail";

// What is known of a notice besides what it says.
struct TakenOver {
  absl::Time created_at;
  absl::Time try_until;  // a failure from then on is the last
};

// A notice that could not be sent.
struct DeadLetter {
  id::Uuid event_id;
  std::string source_service;
  std::string kind;
  absl::Time accepted_at;
  absl::Time dead_at;
  int attempts = 0;
  std::string failure;  // empty: it could not be written
  int reply_code = 0;   // 0: none
};

// What was taken over. To be sent is what has an event of the same id in the outbox, which also
// holds, sealed, what it says. Thread-safe.
class NoticeStore {
 public:
  NoticeStore(db::Pool& pool, const outbox::Outbox& outbox, const time::Clock& clock)
      : pool_(pool), outbox_(outbox), clock_(clock) {}

  // Takes over an event of `source_service`: `notice` is what `payload` says. Taken over before, it
  // changes nothing. RECIPIENT_UNKNOWN as RequireKnown(); INVALID_FIELD if another service has an
  // event of this id.
  absl::Status TakeOver(const db::CallOptions& call, const id::Uuid& event_id,
                        absl::string_view source_service, const Notice& notice,
                        absl::string_view payload);

  // None: never taken over, or forgotten.
  absl::StatusOr<std::optional<TakenOver>> Find(const id::Uuid& event_id);

  // Why the last attempt to send it failed: a word of ours, and the mail server's reply code, 0 for
  // none.
  absl::Status NoteFailure(const id::Uuid& event_id, absl::string_view failure, int reply_code);

  // What could not be sent, by event id, after `after`.
  absl::StatusOr<std::vector<DeadLetter>> ListDead(const db::CallOptions& call,
                                                   const id::Uuid& after, int limit);

  // Has a dead letter tried again for kTryFor, or erases it; false if there is none.
  bool Replay(db::Transaction& transaction, const id::Uuid& event_id);
  bool Discard(db::Transaction& transaction, const id::Uuid& event_id);

  // Erases at most `limit` dead letters that were given up before `before`, sealed contents and
  // all, and audits each; how many. A notice that old is of no use.
  absl::StatusOr<int64_t> DiscardOld(absl::Time before, int limit);

  // Forgets at most `limit` notices that were taken over before `before` and are done with; how
  // many.
  absl::StatusOr<int64_t> Prune(absl::Time before, int limit);

 private:
  db::Pool& pool_;
  const outbox::Outbox& outbox_;
  const time::Clock& clock_;
};

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_STORAGE_NOTICE_STORE_H_
