#include "services/messaging/storage/notice_store.h"

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

absl::StatusOr<int64_t> NoticeStore::Prune(absl::Time before, int limit) {
  return pool_.Execute([&](db::Session& session) -> absl::StatusOr<int64_t> {
    return session.Exec(queries::kPruneNotices, before, limit).affected();
  });
}

}  // namespace portal::messaging
