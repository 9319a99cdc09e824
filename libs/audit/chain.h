#ifndef LIBS_AUDIT_CHAIN_H_
#define LIBS_AUDIT_CHAIN_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/db/row.h"

// The form in which audit events are hashed, chained and signed. It is frozen: a change makes every
// older trail unverifiable, so a new form needs a new kFormat beside this one.
namespace portal::audit {

inline constexpr absl::string_view kFormat = "portal.audit.v1";

// Events sealed together, in the order of their ids. Its hash covers the events and the previous
// batch's hash, and so everything before.
struct Batch {
  int64_t number = 0;  // from 1, without gaps
  int64_t event_count = 0;
  std::string previous_hash;  // of batch `number` - 1; kGenesisHash for the first
  std::string hash;           // SHA-256
  absl::Time sealed_at;
  std::string key_id;     // of the Ed25519 key
  std::string signature;  // of SignedText()
};

// What is kept outside of the database: a batch, and whose trail it belongs to.
struct Checkpoint {
  std::string trail;  // "identity": one service's trail is never another's
  Batch batch;
};

// 32 zero bytes.
std::string GenesisHash();

// One event, length-prefixed field by field, so that no two events have the same form, nor any two
// sequences of events. The columns are those of ListSealedAuditEvents.
std::string CanonicalEvent(const db::Row& row);

// `events` is the concatenation of the canonical events.
std::string HashBatch(absl::string_view trail, const Batch& batch, absl::string_view events);

std::string SignedText(absl::string_view trail, const Batch& batch);

// The columns are those of ListAuditBatches.
Batch ToBatch(const db::Row& row);

// One JSON object in one line, without the line's end; hashes and signature in hexadecimal, the
// time in microseconds.
std::string ToJson(const Checkpoint& checkpoint);
// INVALID_ARGUMENT unless `line` is what ToJson() writes.
absl::StatusOr<Checkpoint> ParseCheckpoint(absl::string_view line);

}  // namespace portal::audit

#endif  // LIBS_AUDIT_CHAIN_H_
