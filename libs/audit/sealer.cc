#include "libs/audit/sealer.h"

#include <utility>

#include "libs/audit/queries.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "libs/telemetry/log.h"

namespace portal::audit {

absl::StatusOr<std::unique_ptr<Sealer>> Sealer::Open(db::Pool& pool,
                                                     const crypto::SigningKeyring& keys,
                                                     const time::Clock& clock,
                                                     telemetry::Metrics& metrics,
                                                     SealerOptions options) {
  ASSIGN_OR_RETURN(std::unique_ptr<CheckpointFile> file, CheckpointFile::Open(options.checkpoints));
  if (file->last().has_value() && file->last()->trail != options.trail) {
    return absl::InternalError(options.checkpoints + " belongs to another service's trail");
  }
  return std::unique_ptr<Sealer>(
      new Sealer(pool, keys, clock, metrics, std::move(options), std::move(file)));
}

Sealer::Sealer(db::Pool& pool, const crypto::SigningKeyring& keys, const time::Clock& clock,
               telemetry::Metrics& metrics, SealerOptions options,
               std::unique_ptr<CheckpointFile> file)
    : pool_(pool),
      keys_(keys),
      clock_(clock),
      options_(std::move(options)),
      file_(std::move(file)),
      sealed_events_(metrics.AddCounter("audit_sealed_events_total", "Audit events sealed.")),
      healthy_(metrics.AddGauge("audit_sealer_healthy", "1, or 0 while sealing fails.")) {
  healthy_.Set(1);
}

Sealer::~Sealer() { Stop(); }

void Sealer::Start() {
  loop_.emplace(options_.interval, [this] {
    Run();
    return background::Next::kWait;
  });
}

void Sealer::Stop() {
  if (!loop_.has_value()) return;
  loop_->Stop();
  loop_.reset();
  Run();
}

void Sealer::Run() {
  const absl::Status status = SealOnce().status();
  healthy_.Set(status.ok() ? 1 : 0);
  // Once per change: an outage lasts many runs.
  if (status == last_status_) return;
  if (status.ok()) {
    telemetry::LogInfo("audit_sealing_resumed");
  } else {
    telemetry::LogError("audit_sealing_failed",
                        {{"reason", status::ReasonOf(status)}, {"message", status.message()}});
  }
  last_status_ = status;
}

absl::StatusOr<int64_t> Sealer::SealOnce() {
  int64_t total = 0;
  ASSIGN_OR_RETURN(bool pending, Inspect());
  while (pending) {
    ASSIGN_OR_RETURN(const int64_t sealed, SealBatch());
    total += sealed;
    sealed_events_.Increment(sealed);
    pending = sealed == options_.max_batch;
  }
  RETURN_IF_ERROR(ExportCheckpoint());
  return total;
}

// Whether there is anything to seal; INTERNAL if the chain no longer holds what was exported.
absl::StatusOr<bool> Sealer::Inspect() {
  const std::optional<Checkpoint>& last = file_->last();
  return pool_.Read([&](db::Session& session) -> absl::StatusOr<bool> {
    const db::Row row =
        session.Exec(queries::kGetAuditChainState, last.has_value() ? last->batch.number : 0).One();
    if (last.has_value() && row.OptionalBytes("checkpoint_hash") != last->batch.hash) {
      return status::Internal("the audit trail does not hold the batch of the last checkpoint");
    }
    return row.Bool("pending");
  });
}

absl::StatusOr<int64_t> Sealer::SealBatch() {
  const auto keys = keys_.Snapshot();
  return pool_.Transact([&](db::Transaction& transaction) -> absl::StatusOr<int64_t> {
    if (!transaction.Exec(queries::kTryLockAuditChain).One().Bool("locked")) return 0;
    // A statement of its own, so that it sees what the lock's last holder committed.
    const std::optional<db::Row> newest =
        transaction.Exec(queries::kGetNewestAuditBatch).AtMostOne();
    Batch batch{.number = newest.has_value() ? newest->Int64("batch_no") + 1 : 1,
                .previous_hash = newest.has_value() ? newest->Bytes("hash") : GenesisHash(),
                .sealed_at = clock_.Now(),
                .key_id = keys->active_id()};
    const db::Rows events =
        transaction.Exec(queries::kSealAuditEvents, batch.number, options_.max_batch);
    if (events.empty()) return 0;

    std::string text;
    for (const db::Row& event : events) text += CanonicalEvent(event);
    batch.event_count = events.size();
    batch.hash = HashBatch(options_.trail, batch, text);
    batch.signature = keys->active().Sign(SignedText(options_.trail, batch));
    transaction.Exec(queries::kInsertAuditBatch, batch.number, batch.event_count,
                     db::Bytes{batch.previous_hash}, db::Bytes{batch.hash}, batch.sealed_at,
                     batch.key_id, db::Bytes{batch.signature});
    return batch.event_count;
  });
}

absl::Status Sealer::ExportCheckpoint() {
  using Newest = std::optional<Batch>;
  ASSIGN_OR_RETURN(const Newest newest,
                   pool_.Read([](db::Session& session) -> absl::StatusOr<Newest> {
                     const auto row = session.Exec(queries::kGetNewestAuditBatch).AtMostOne();
                     return row.has_value() ? Newest(ToBatch(*row)) : std::nullopt;
                   }));
  if (!newest.has_value()) return absl::OkStatus();
  const std::optional<Checkpoint>& last = file_->last();
  if (last.has_value() && newest->number <= last->batch.number) return absl::OkStatus();
  return file_->Append({options_.trail, *newest});
}

}  // namespace portal::audit
