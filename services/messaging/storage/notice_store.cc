#include "services/messaging/storage/notice_store.h"

#include <utility>

#include "libs/audit/event.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/messaging/domain/limits.h"
#include "services/messaging/storage/directory.h"
#include "services/messaging/storage/queries.h"

namespace portal::messaging {

absl::Status NoticeStore::TakeOver(const db::CallOptions& call, const id::Uuid& event_id,
                                   absl::string_view source_service, const Notice& notice,
                                   absl::string_view payload) {
  const absl::Time now = clock_.Now();
  const absl::Time created_at = CreatedAt(event_id, now);
  return pool_.Transact(call, [&](db::Transaction& transaction) -> absl::Status {
    const bool is_new = transaction
                            .Exec(queries::kInsertNotice, event_id, source_service,
                                  ToString(notice.kind), created_at, now, now + kTryFor)
                            .affected() == 1;
    if (!is_new) {
      const db::Row row = transaction.Exec(queries::kFindNotice, event_id).One();
      if (row.Text("source_service") == source_service) return absl::OkStatus();
      return status::InvalidField("event_id", "is an event of another service");
    }
    RETURN_IF_ERROR(RequireKnown(transaction, notice));
    outbox_.TakeOver(transaction, event_id, kNoticeTopic, payload);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::optional<TakenOver>> NoticeStore::Find(const id::Uuid& event_id) {
  return pool_.Read([&](db::Session& session) -> absl::StatusOr<std::optional<TakenOver>> {
    const std::optional<db::Row> row = session.Exec(queries::kFindNotice, event_id).AtMostOne();
    if (!row.has_value()) return std::nullopt;
    return TakenOver{.created_at = row->Time("created_us"), .try_until = row->Time("try_until_us")};
  });
}

absl::Status NoticeStore::NoteFailure(const id::Uuid& event_id, absl::string_view failure,
                                      int reply_code) {
  const std::optional<int> reply = reply_code == 0 ? std::nullopt : std::optional(reply_code);
  return pool_.Execute([&](db::Session& session) {
    session.Exec(queries::kNoteFailure, event_id, failure, reply);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<DeadLetter>> NoticeStore::ListDead(const db::CallOptions& call,
                                                              const id::Uuid& after, int limit) {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::vector<DeadLetter>> {
    std::vector<DeadLetter> letters;
    for (const db::Row& row : session.Exec(queries::kListDeadLetters, after, limit)) {
      letters.push_back(
          {.event_id = row.Uuid("event_id"),
           .source_service = row.Text("source_service"),
           .kind = row.Text("kind"),
           .accepted_at = row.Time("accepted_us"),
           .dead_at = row.Time("dead_us"),
           .attempts = static_cast<int>(row.Int64("attempts")),
           .failure = row.OptionalText("failure").value_or(""),
           .reply_code = static_cast<int>(row.OptionalInt64("reply_code").value_or(0))});
    }
    return letters;
  });
}

bool NoticeStore::Replay(db::Transaction& transaction, const id::Uuid& event_id) {
  if (!outbox_.Revive(transaction, event_id)) return false;
  transaction.Exec(queries::kExtendTrying, event_id, clock_.Now() + kTryFor);
  return true;
}

bool NoticeStore::Discard(db::Transaction& transaction, const id::Uuid& event_id) {
  return outbox_.Discard(transaction, event_id);
}

absl::StatusOr<int64_t> NoticeStore::DiscardOld(absl::Time before, int limit) {
  return pool_.Transact([&](db::Transaction& transaction) -> absl::StatusOr<int64_t> {
    std::vector<audit::Event> events;
    for (const db::Row& row : transaction.Exec(queries::kDiscardOldDeadLetters, before, limit)) {
      audit::Event event;
      event.actor_kind = audit::ActorKind::kService;
      event.calling_service = "messaging";
      event.action = "messaging.DeadLetterExpired";
      event.resource_kind = "notice";
      event.resource_id = row.Uuid("event_id").ToString();
      events.push_back(std::move(event));
    }
    if (events.empty()) return 0;
    RETURN_IF_ERROR(audit::Append(transaction, clock_, events));
    return static_cast<int64_t>(events.size());
  });
}

absl::StatusOr<int64_t> NoticeStore::Prune(absl::Time before, int limit) {
  return pool_.Execute([&](db::Session& session) -> absl::StatusOr<int64_t> {
    return session.Exec(queries::kPruneNotices, before, limit).affected();
  });
}

}  // namespace portal::messaging
