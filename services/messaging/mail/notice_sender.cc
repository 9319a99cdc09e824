#include "services/messaging/mail/notice_sender.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "libs/telemetry/log.h"
#include "portal/messaging/v1/notice.pb.h"
#include "services/messaging/rpc/notice_parser.h"
#include "services/messaging/storage/directory.h"

namespace portal::messaging {
namespace {

constexpr char kExpired[] = "expired";
constexpr char kNoAddress[] = "no_address";

std::vector<telemetry::Counter> SentByKind(telemetry::Metrics& metrics) {
  std::vector<telemetry::Counter> counters;
  for (int kind = 0; kind < kKinds; ++kind) {
    counters.push_back(
        metrics.AddCounter("notices_sent_total", "Mails that were taken.",
                           {{"kind", std::string(ToString(static_cast<Kind>(kind)))}}));
  }
  return counters;
}

std::vector<telemetry::Counter> FailedByFailure(telemetry::Metrics& metrics) {
  std::vector<telemetry::Counter> counters;
  for (int failure = 0; failure < kFailures; ++failure) {
    counters.push_back(
        metrics.AddCounter("notices_failed_total", "Attempts to send a mail that failed.",
                           {{"failure", std::string(ToString(static_cast<Failure>(failure)))}}));
  }
  return counters;
}

telemetry::Counter Dropped(telemetry::Metrics& metrics, const char* reason) {
  return metrics.AddCounter("notices_dropped_total", "Notices that nobody wants any more.",
                            {{"reason", reason}});
}

}  // namespace

NoticeSender::NoticeSender(db::Pool& pool, NoticeStore& notices, const LetterWriter& writer,
                           Transport& transport, Sender sender, std::string portal_base_url,
                           const time::Clock& clock, telemetry::Metrics& metrics)
    : pool_(pool),
      notices_(notices),
      writer_(writer),
      transport_(transport),
      sender_(std::move(sender)),
      portal_base_url_(std::move(portal_base_url)),
      clock_(clock),
      sent_(SentByKind(metrics)),
      failed_(FailedByFailure(metrics)),
      expired_(Dropped(metrics, kExpired)),
      no_address_(Dropped(metrics, kNoAddress)) {}

absl::Status NoticeSender::Send(const outbox::Delivery& delivery) {
  v1::Notice stored;
  if (!stored.ParseFromString(delivery.payload)) return absl::InvalidArgumentError("not a notice");
  ASSIGN_OR_RETURN(const Notice notice, ParseNotice("notice", stored));
  ASSIGN_OR_RETURN(const std::optional<TakenOver> taken_over, notices_.Find(delivery.event_id));
  if (!taken_over.has_value()) return absl::InvalidArgumentError("never taken over");
  const absl::Time useful_until = UsefulUntil(notice, taken_over->created_at);
  if (useful_until <= clock_.Now()) return Drop(delivery.event_id, kExpired, expired_);
  ASSIGN_OR_RETURN(const Addressee addressee, LookUp(notice));
  if (!addressee.address.has_value()) return Drop(delivery.event_id, kNoAddress, no_address_);

  const std::string link =
      notice.page.empty() ? notice.link : absl::StrCat(portal_base_url_, notice.page);
  const Letter letter = writer_.Write(notice, addressee.language, addressee.clinic_name, link);
  const std::string message =
      WriteMessage(letter, sender_, *addressee.address, delivery.event_id, taken_over->created_at);
  const Outcome outcome =
      transport_.Send(sender_.address, *addressee.address, delivery.event_id, message);
  if (outcome.failure.has_value()) return Fail(delivery, *taken_over, useful_until, outcome);
  sent_.at(static_cast<size_t>(notice.kind)).Increment();
  return absl::OkStatus();
}

absl::StatusOr<NoticeSender::Addressee> NoticeSender::LookUp(const Notice& notice) {
  return pool_.Read([&](db::Session& session) -> absl::StatusOr<Addressee> {
    Addressee addressee;
    if (const auto* address = std::get_if<Address>(&notice.recipient)) {
      addressee.address = *address;
    } else if (const auto* account_id = std::get_if<id::AccountId>(&notice.recipient)) {
      // Known since it was taken over: entries are never deleted.
      const Account account = FindAccount(session, *account_id).value_or(Account());
      addressee.address = account.email;
      addressee.language = account.language;
    } else {
      const auto& clinic_id = std::get<id::ClinicId>(notice.recipient);
      const Clinic clinic = FindClinic(session, clinic_id).value_or(Clinic());
      addressee.address = clinic.notice_email;
      addressee.language = clinic.language;
    }
    addressee.clinic_name = notice.clinic_name;
    if (notice.clinic_id.has_value()) {
      const Clinic clinic = FindClinic(session, *notice.clinic_id).value_or(Clinic());
      addressee.clinic_name = clinic.display_name;
      // Of a bare address nothing is known but which clinic writes to it.
      if (std::holds_alternative<Address>(notice.recipient)) addressee.language = clinic.language;
    }
    addressee.language = notice.language.value_or(addressee.language);
    return addressee;
  });
}

absl::Status NoticeSender::Drop(const id::Uuid& event_id, const char* reason,
                                telemetry::Counter& counter) {
  telemetry::LogInfo("notice_dropped", {{"event_id", event_id.ToString()}, {"reason", reason}});
  counter.Increment();
  return absl::OkStatus();
}

absl::Status NoticeSender::Fail(const outbox::Delivery& delivery, const TakenOver& taken_over,
                                absl::Time useful_until, const Outcome& outcome) {
  const absl::string_view failure = ToString(*outcome.failure);
  failed_.at(static_cast<size_t>(*outcome.failure)).Increment();
  RETURN_IF_ERROR(notices_.NoteFailure(delivery.event_id, failure, outcome.reply_code));
  if (outcome.failure == Failure::kRefused || taken_over.try_until <= clock_.Now()) {
    return absl::InvalidArgumentError("the mail server does not take it");
  }
  // A link that still works when the mail server is back has to leave while it does.
  return outbox::TryAgainWithin((useful_until - clock_.Now()) / 2,
                                status::DependencyUnavailable("the mail server"));
}

}  // namespace portal::messaging
