#include "libs/audit/verify.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/audit/chain.h"
#include "libs/audit/checkpoint_file.h"
#include "libs/audit/queries.h"
#include "libs/status/status_macros.h"

namespace portal::audit {
namespace {

constexpr int kPage = 1000;

class Verifier {
 public:
  Verifier(db::Pool& pool, const crypto::VerifyingKeyring& keys)
      : pool_(pool), keys_(keys.Snapshot()) {}

  absl::StatusOr<Report> Run(const std::string& checkpoints) {
    // The file first: whatever it names was committed before.
    ASSIGN_OR_RETURN(const auto lines, ReadCheckpoints(checkpoints));
    for (const CheckpointLine& line : lines) CheckLine(line);
    if (report_.checkpoints == 0) {
      // Without one nobody knows whose trail this should be, nor how long.
      ASSIGN_OR_RETURN(const std::vector<Batch> first, ListBatches(0));
      if (!first.empty()) Find("there are batches, but no checkpoint");
      return std::move(report_);
    }
    RETURN_IF_ERROR(CheckBatches());
    for (const auto& [number, hash] : promised_) {
      Find("batch ", number, " is missing, though a checkpoint names it");
    }
    RETURN_IF_ERROR(CheckStrayEvents());
    return std::move(report_);
  }

 private:
  template <typename... Words>
  void Find(const Words&... words) {
    report_.findings.push_back(absl::StrCat(words...));
  }

  bool IsSigned(const std::string& trail, const Batch& batch) const {
    const crypto::VerifyingKey* key = keys_->Find(batch.key_id);
    return key != nullptr && key->Verify(SignedText(trail, batch), batch.signature);
  }

  void CheckLine(const CheckpointLine& line) {
    const std::string where = absl::StrCat("checkpoint line ", line.number);
    if (!line.checkpoint.ok()) return Find(where, " is malformed");
    const auto& [trail, batch] = *line.checkpoint;
    if (report_.checkpoints++ == 0) report_.trail = trail;
    if (trail != report_.trail) return Find(where, " belongs to the trail of ", trail);
    if (!IsSigned(trail, batch)) return Find(where, " has no valid signature");
    if (batch.number <= report_.last_checkpoint_batch) return Find(where, " is out of order");
    report_.last_checkpoint_batch = batch.number;
    promised_[batch.number] = batch.hash;
  }

  absl::Status CheckBatches() {
    std::vector<Batch> page;
    do {
      ASSIGN_OR_RETURN(page, ListBatches(last_number_));
      for (const Batch& batch : page) RETURN_IF_ERROR(CheckBatch(batch));
    } while (!page.empty());
    return absl::OkStatus();
  }

  absl::Status CheckBatch(const Batch& batch) {
    const std::string where = absl::StrCat("batch ", batch.number);
    ++report_.batches;
    if (batch.number != last_number_ + 1) {
      Find("batches ", last_number_ + 1, " to ", batch.number - 1, " are missing");
    } else if (batch.previous_hash != last_hash_) {
      Find(where, " does not follow from the batch before");
    }
    last_number_ = batch.number;
    last_hash_ = batch.hash;

    if (!IsSigned(report_.trail, batch)) Find(where, " has no valid signature");
    const auto promised = promised_.extract(batch.number);
    if (!promised.empty() && promised.mapped() != batch.hash) {
      Find(where, " is not the one that its checkpoint names");
    }
    ASSIGN_OR_RETURN(const Contents contents, ReadContents(batch.number));
    report_.events += contents.count;
    if (contents.count != batch.event_count) {
      Find(where, " has ", contents.count, " events, but ", batch.event_count, " were sealed");
    } else if (HashBatch(report_.trail, batch, contents.canonical) != batch.hash) {
      Find(where, " holds events that differ from what was sealed");
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<Batch>> ListBatches(int64_t after) {
    return pool_.Read([&](db::Session& session) -> absl::StatusOr<std::vector<Batch>> {
      std::vector<Batch> batches;
      for (const db::Row& row : session.Exec(queries::kListAuditBatches, after, kPage)) {
        batches.push_back(ToBatch(row));
      }
      return batches;
    });
  }

  struct Contents {
    int64_t count = 0;
    std::string canonical;
  };

  absl::StatusOr<Contents> ReadContents(int64_t batch) {
    return pool_.Read([&](db::Session& session) -> absl::StatusOr<Contents> {
      Contents contents;
      for (const db::Row& row : session.Exec(queries::kListSealedAuditEvents, batch)) {
        ++contents.count;
        contents.canonical += CanonicalEvent(row);
      }
      return contents;
    });
  }

  absl::Status CheckStrayEvents() {
    return pool_.Read([&](db::Session& session) {
      std::vector<std::string> strays;
      for (const db::Row& row : session.Exec(queries::kListAuditBatchNumbersWithoutBatch, kPage)) {
        strays.push_back(
            absl::StrCat("events claim batch ", row.Int64("batch_no"), ", which does not exist"));
      }
      report_.findings.insert(report_.findings.end(), strays.begin(), strays.end());
      return absl::OkStatus();
    });
  }

  db::Pool& pool_;
  const std::shared_ptr<const crypto::Keys<crypto::VerifyingKey>> keys_;
  Report report_;
  std::map<int64_t, std::string> promised_;  // hash by batch, of the checkpoints not met yet
  int64_t last_number_ = 0;
  std::string last_hash_ = GenesisHash();
};

}  // namespace

absl::StatusOr<Report> Verify(db::Pool& pool, const std::string& checkpoints,
                              const crypto::VerifyingKeyring& keys) {
  return Verifier(pool, keys).Run(checkpoints);
}

}  // namespace portal::audit
