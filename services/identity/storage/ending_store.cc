#include "services/identity/storage/ending_store.h"

#include "services/identity/storage/queries.h"

namespace portal::identity {
namespace {

SessionEnding ToEnding(const db::Row& row) {
  SessionEnding ending = {.ending_id = row.Int64("ending_id"),
                          .recorded_at = row.Time("recorded_us")};
  if (const auto session_id = row.OptionalId<id::SessionId>("session_id")) {
    ending.subject = *session_id;
  } else {
    ending.subject = MembershipChange{.account_id = row.Id<id::AccountId>("account_id"),
                                      .clinic_id = row.Id<id::ClinicId>("clinic_id"),
                                      .roles = StaffRoles::FromBits(row.Int64("roles"))};
  }
  return ending;
}

}  // namespace

absl::StatusOr<std::vector<SessionEnding>> EndingStore::List(int64_t after, int limit) {
  return pool_.Read([&](db::Session& session) -> absl::StatusOr<std::vector<SessionEnding>> {
    std::vector<SessionEnding> endings;
    for (const db::Row row : session.Exec(queries::kListSessionEndings, after, limit)) {
      endings.push_back(ToEnding(row));
    }
    return endings;
  });
}

absl::StatusOr<int64_t> EndingStore::Last() {
  return pool_.Read([&](db::Session& session) -> absl::StatusOr<int64_t> {
    return session.Exec(queries::kGetLastSessionEnding).One().Int64("last_ending_id");
  });
}

}  // namespace portal::identity
