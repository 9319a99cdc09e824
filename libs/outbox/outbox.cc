#include "libs/outbox/outbox.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/outbox/queries.h"

namespace portal::outbox {
namespace {

// A payload opens in its own row only.
std::string AssociatedData(const id::Uuid& event_id, absl::string_view topic) {
  return absl::StrCat("portal.outbox.payload/", event_id.ToString(), "/", topic);
}

}  // namespace

id::Uuid Outbox::Append(db::Transaction& transaction, absl::string_view topic,
                        absl::string_view payload) const {
  const id::Uuid event_id = id::NewUuidV7(clock_);
  TakeOver(transaction, event_id, topic, payload);
  return event_id;
}

void Outbox::TakeOver(db::Transaction& transaction, const id::Uuid& event_id,
                      absl::string_view topic, absl::string_view payload) const {
  transaction.Exec(queries::kInsertOutboxEvent, event_id, topic,
                   db::Bytes{sealer_.Seal(payload, AssociatedData(event_id, topic))}, clock_.Now());
  transaction.AfterCommit([this] {
    std::lock_guard lock(mutex_);
    if (wake_ != nullptr) wake_();
  });
}

bool Outbox::Revive(db::Session& session, const id::Uuid& event_id) const {
  return session.Exec(queries::kReviveOutboxEvent, event_id, clock_.Now()).affected() == 1;
}

bool Outbox::Discard(db::Session& session, const id::Uuid& event_id) const {
  return session.Exec(queries::kDiscardDeadOutboxEvent, event_id).affected() == 1;
}

void Outbox::OnAppended(std::function<void()> wake) {
  std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

absl::StatusOr<std::string> Outbox::Open(const id::Uuid& event_id, absl::string_view topic,
                                         absl::string_view sealed) const {
  return sealer_.Open(sealed, AssociatedData(event_id, topic));
}

}  // namespace portal::outbox
