#ifndef SERVICES_MESSAGING_STORAGE_NOTICE_STORE_H_
#define SERVICES_MESSAGING_STORAGE_NOTICE_STORE_H_

#include <cstdint>
#include <string>

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
inline constexpr char kNoticeTopic[] = "notice.send";

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
