#include "services/identity/storage/retention.h"

#include "libs/status/status_macros.h"
#include "services/identity/domain/limits.h"
#include "services/identity/storage/queries.h"

namespace portal::identity {

absl::StatusOr<bool> Retention::Prune() {
  const absl::Time now = clock_.Now();
  ASSIGN_OR_RETURN(const bool more_sign_ups, Prune(queries::kPruneSignUps, now - kSignUpRetention));
  ASSIGN_OR_RETURN(const bool more_sessions,
                   Prune(queries::kPruneSessions, now - kSessionRetention));
  ASSIGN_OR_RETURN(const bool more_service_account_sessions,
                   Prune(queries::kPruneServiceAccountSessions, now - kSessionRetention));
  ASSIGN_OR_RETURN(const bool more_secrets, Prune(queries::kPruneServiceAccountSecrets, now));
  ASSIGN_OR_RETURN(const bool more_attempts, Prune(queries::kPruneAttempts, now));
  ASSIGN_OR_RETURN(const bool more_devices,
                   Prune(queries::kPruneKnownDevices, now - kDeviceRetention));
  ASSIGN_OR_RETURN(const bool more_resets, Prune(queries::kPrunePasswordResets, now));
  ASSIGN_OR_RETURN(const bool more_challenges, Prune(queries::kPruneChallenges, now));
  ASSIGN_OR_RETURN(const bool more_codes, Prune(queries::kPruneMailboxCodes, now));
  ASSIGN_OR_RETURN(const bool more_changes, Prune(queries::kPruneEmailChanges, now));
  ASSIGN_OR_RETURN(const bool more_endings,
                   Prune(queries::kPruneSessionEndings, now - kEndingRetention));
  return more_sign_ups || more_sessions || more_service_account_sessions || more_secrets ||
         more_attempts || more_devices || more_resets || more_challenges || more_codes ||
         more_changes || more_endings;
}

absl::StatusOr<bool> Retention::Prune(const db::Query& query, absl::Time expired_until) {
  return pool_.Execute([&](db::Session& session) -> absl::StatusOr<bool> {
    return session.Exec(query, expired_until, kPruneBatch).affected() == kPruneBatch;
  });
}

}  // namespace portal::identity
