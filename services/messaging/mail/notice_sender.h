#ifndef SERVICES_MESSAGING_MAIL_NOTICE_SENDER_H_
#define SERVICES_MESSAGING_MAIL_NOTICE_SENDER_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/db/pool.h"
#include "libs/outbox/relay.h"
#include "libs/telemetry/metrics.h"
#include "libs/time/clock.h"
#include "services/messaging/domain/notice.h"
#include "services/messaging/mail/letter.h"
#include "services/messaging/mail/message.h"
#include "services/messaging/mail/transport.h"
#include "services/messaging/storage/notice_store.h"

namespace portal::messaging {

// How the outbox's events become mails. Thread-safe.
//
// Metrics: notices_sent_total by kind, notices_failed_total (attempts) by failure, and
// notices_dropped_total by reason: what was not sent because nobody wants it any more. All of them
// are there from the start, at zero: a series that begins at one has not increased to Prometheus.
class NoticeSender {
 public:
  // `pool` and `notices` are for background work; `portal_base_url` without a slash at its end. All
  // that is referred to outlives the sender.
  NoticeSender(db::Pool& pool, NoticeStore& notices, const LetterWriter& writer,
               Transport& transport, Sender sender, std::string portal_base_url,
               const time::Clock& clock, telemetry::Metrics& metrics);

  // Of kNoticeTopic. INVALID_ARGUMENT, so that the event is kept, dead, for an operator: the mail
  // server refuses this mail, or has not taken it for kTryFor.
  absl::Status Send(const outbox::Delivery& delivery);

 private:
  struct Addressee {
    std::optional<Address> address;  // none: nobody is to be told any more
    Language language = Language::kEnglish;
    std::string clinic_name;
  };

  absl::StatusOr<Addressee> LookUp(const Notice& notice);
  static absl::Status Drop(const id::Uuid& event_id, const char* reason,
                           telemetry::Counter& counter);
  absl::Status Fail(const outbox::Delivery& delivery, const TakenOver& taken_over,
                    absl::Time useful_until, const Outcome& outcome);

  db::Pool& pool_;
  NoticeStore& notices_;
  const LetterWriter& writer_;
  Transport& transport_;
  const Sender sender_;
  const std::string portal_base_url_;
  const time::Clock& clock_;
  std::vector<telemetry::Counter> sent_;    // by kind
  std::vector<telemetry::Counter> failed_;  // by failure
  telemetry::Counter expired_;
  telemetry::Counter no_address_;
};

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_MAIL_NOTICE_SENDER_H_
