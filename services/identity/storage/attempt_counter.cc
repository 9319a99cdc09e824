#include "services/identity/storage/attempt_counter.h"

#include <arpa/inet.h>

#include <optional>

#include "libs/crypto/digest.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/storage/queries.h"

namespace portal::identity {
namespace {

constexpr size_t kNetworkBytes = 8;  // a /64

std::string Network(absl::string_view address) {
  const std::string text(address);
  in6_addr parsed;
  if (inet_pton(AF_INET6, text.c_str(), &parsed) != 1 || IN6_IS_ADDR_V4MAPPED(&parsed)) return text;
  return std::string(reinterpret_cast<const char*>(parsed.s6_addr), kNetworkBytes);
}

}  // namespace

Attempt::Attempt(AttemptKind kind, absl::string_view subject, const AttemptLimit& limit)
    : kind_(kind), limit_(limit), subject_(crypto::Sha256(subject)) {}

Attempt Attempt::OfEmail(AttemptKind kind, const Email& email, const AttemptLimit& limit) {
  return Attempt(kind, email.normalized(), limit);
}

Attempt Attempt::FromDevice(AttemptKind kind, const DeviceId& device_id,
                            const AttemptLimit& limit) {
  return Attempt(kind, device_id.ToString(), limit);
}

Attempt Attempt::FromClient(AttemptKind kind, absl::string_view address,
                            const AttemptLimit& limit) {
  return Attempt(kind, Network(address), limit);
}

absl::StatusOr<bool> AttemptCounter::Count(const db::CallOptions& call, const Attempt& attempt) {
  return pool_.Execute(call, [&](db::Session& session) -> absl::StatusOr<bool> {
    return Count(session, attempt, clock_.Now());
  });
}

absl::Status AttemptCounter::Admit(const db::CallOptions& call, const Attempt& attempt) {
  ASSIGN_OR_RETURN(const bool admitted, Count(call, attempt));
  if (admitted) return absl::OkStatus();
  return pool_.Read(call,
                    [&](db::Session& session) { return Refusal(session, attempt, clock_.Now()); });
}

absl::Status AttemptCounter::Admit(db::Transaction& transaction, const Attempt& attempt) {
  const absl::Time now = clock_.Now();
  return Count(transaction, attempt, now) ? absl::OkStatus() : Refusal(transaction, attempt, now);
}

absl::Status AttemptCounter::Forgive(db::Transaction& transaction, const Attempt& attempt) {
  transaction.Exec(queries::kForgiveAttempt, static_cast<int>(attempt.kind()),
                   db::Bytes{attempt.subject()});
  return absl::OkStatus();
}

absl::Status AttemptCounter::Clear(db::Transaction& transaction, const Attempt& attempt) {
  transaction.Exec(queries::kClearAttempts, static_cast<int>(attempt.kind()),
                   db::Bytes{attempt.subject()});
  return absl::OkStatus();
}

bool AttemptCounter::Count(db::Session& session, const Attempt& attempt, absl::Time now) {
  const AttemptLimit& limit = attempt.limit();
  return !session
              .Exec(queries::kCountAttempt, static_cast<int>(attempt.kind()),
                    db::Bytes{attempt.subject()}, now, now - limit.window, limit.attempts,
                    now + limit.window)
              .empty();
}

absl::Status AttemptCounter::Refusal(db::Session& session, const Attempt& attempt, absl::Time now) {
  const absl::Duration window = attempt.limit().window;
  const std::optional<absl::Time> oldest =
      session
          .Exec(queries::kGetOldestAttempt, static_cast<int>(attempt.kind()),
                db::Bytes{attempt.subject()}, now - window)
          .One()
          .OptionalTime("oldest_us");
  return TooManyAttempts(oldest.value_or(now) + window - now);
}

}  // namespace portal::identity
