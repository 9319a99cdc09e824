#include "libs/idempotency/store.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "libs/crypto/compare.h"
#include "libs/crypto/digest.h"
#include "libs/id/uuid.h"
#include "libs/idempotency/queries.h"

namespace portal::idempotency {
namespace {

// Equal requests give equal bytes: maps are written in order of their keys. Across a deployment
// too, since fields that were not set, new ones among them, are not written.
std::string Serialize(const google::protobuf::MessageLite& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&out);
  out.Trim();
  return bytes;
}

// A label of its own keeps this use of the key apart from all others.
std::string Mac(const crypto::SymmetricKey& key, absl::string_view request) {
  return crypto::HmacSha256(crypto::HmacSha256(key.bytes(), "portal.idempotency.request"), request);
}

// An answer opens under its own request id only. Lengths keep neighbours apart.
std::string AssociatedData(const Key& key) {
  return absl::StrCat("portal.idempotency.answer/", key.caller.size(), ":", key.caller,
                      key.method.size(), ":", key.method, key.request_id);
}

absl::Status CheckRequestId(const Key& key) {
  if (id::Uuid::Parse(key.request_id).has_value()) return absl::OkStatus();
  return status::InvalidField("request_id", "must be a UUID in lower case");
}

bool IsInDoubt(const absl::Status& status) { return status::ReasonOf(status) == "COMMIT_IN_DOUBT"; }

}  // namespace

absl::Status Store::RunOnce(db::Pool& pool, const db::CallOptions& call, const Key& key,
                            const google::protobuf::MessageLite& request, Change change,
                            Repeat repeat) const {
  RETURN_IF_ERROR(CheckRequestId(key));
  const std::string serialized = Serialize(request);
  bool told = false;  // the claim told what became of an earlier run, or there was none
  const auto attempt = [&](db::Transaction& transaction) -> absl::Status {
    told = false;  // whatever an attempt before this one found
    told = Claim(transaction, key, serialized);
    if (!told) {
      const db::Rows recorded =
          transaction.Exec(queries::kGetIdempotencyKey, key.caller, key.method, key.request_id);
      const absl::Status repeated = [&] {
        ASSIGN_OR_RETURN(const std::string answer, Replay(recorded.One(), key, serialized));
        return repeat(transaction, answer);
      }();
      told = !repeated.ok();
      return repeated;
    }
    ASSIGN_OR_RETURN(const std::string answer, change(transaction));
    transaction.Exec(queries::kStoreIdempotencyResponse, key.caller, key.method, key.request_id,
                     db::Bytes{sealer_.Seal(answer, AssociatedData(key))});
    return absl::OkStatus();
  };

  absl::Status first = pool.Transact(call, attempt);
  if (!IsInDoubt(first)) return first;
  // The claim tells: it is refused if the change was committed, and granted only when it was not
  // and never will be, since a claim waits for whoever still holds it.
  told = false;
  absl::Status second = pool.Transact(call, attempt);
  return second.ok() || told ? second : first;
}

absl::StatusOr<std::optional<std::string>> Store::FindRecorded(
    db::Pool& pool, const db::CallOptions& call, const Key& key,
    const google::protobuf::MessageLite& request) const {
  RETURN_IF_ERROR(CheckRequestId(key));
  const std::string serialized = Serialize(request);
  return pool.Read(call, [&](db::Session& session) -> absl::StatusOr<std::optional<std::string>> {
    const std::optional<db::Row> recorded =
        session.Exec(queries::kGetIdempotencyKey, key.caller, key.method, key.request_id)
            .AtMostOne();
    if (!recorded.has_value() || recorded->Time("expires_us") <= clock_.Now()) return std::nullopt;
    return Replay(*recorded, key, serialized);
  });
}

bool Store::Claim(db::Transaction& transaction, const Key& key, absl::string_view request) const {
  const auto keys = keys_.Snapshot();
  const absl::Time now = clock_.Now();
  return !transaction
              .Exec(queries::kClaimIdempotencyKey, key.caller, key.method, key.request_id,
                    keys->active_id(), db::Bytes{Mac(keys->active(), request)}, now,
                    now + kRetention)
              .empty();
}

absl::StatusOr<std::string> Store::Replay(const db::Row& recorded, const Key& key,
                                          absl::string_view request) const {
  const auto keys = keys_.Snapshot();
  const crypto::SymmetricKey* mac_key = keys->Find(recorded.Text("mac_key_id"));
  if (mac_key == nullptr) return status::Internal("a recorded request's key is gone too early");
  if (!crypto::ConstantTimeEquals(recorded.Bytes("request_mac"), Mac(*mac_key, request))) {
    return status::RequestIdReused();
  }
  return sealer_.Open(recorded.Bytes("response"), AssociatedData(key));
}

absl::StatusOr<int64_t> Store::Prune(db::Pool& pool, int limit) const {
  return pool.Execute([&](db::Session& session) -> absl::StatusOr<int64_t> {
    return session.Exec(queries::kPruneIdempotencyKeys, clock_.Now(), limit).affected();
  });
}

Pruner::Pruner(db::Pool& pool, const Store& store)
    : loop_(kInterval, [&pool, &store] {
        const absl::StatusOr<int64_t> removed = store.Prune(pool, kBatch);
        return removed.ok() && *removed == kBatch ? background::Next::kAgain
                                                  : background::Next::kWait;
      }) {}

}  // namespace portal::idempotency
