#include "services/identity/storage/mailbox_code_store.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/crypto/compare.h"
#include "libs/crypto/digest.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/domain/limits.h"
#include "services/identity/storage/queries.h"

namespace portal::identity {
namespace {

// A label of its own keeps this use of the key apart from all others. With the id, equal codes have
// different MACs.
std::string Mac(const crypto::SymmetricKey& key, const MailboxCodeId& id, const MailboxCode& code) {
  return crypto::HmacSha256(crypto::HmacSha256(key.bytes(), "portal.identity.mailbox_code"),
                            absl::StrCat(id.ToString(), "/", code.text()));
}

}  // namespace

absl::Status MailboxCodeStore::Put(db::Transaction& transaction, const PendingMailboxCode& pending,
                                   const MailboxCode& code) {
  const auto keys = keys_.Snapshot();
  transaction.Exec(queries::kUpsertMailboxCode, pending.mailbox_code_id, pending.email.normalized(),
                   pending.email.text(), pending.language, keys->active_id(),
                   db::Bytes{Mac(keys->active(), pending.mailbox_code_id, code)},
                   pending.created_at, pending.expires_at);
  return absl::OkStatus();
}

absl::StatusOr<MailboxCodeId> MailboxCodeStore::Try(const db::CallOptions& call, const Email& email,
                                                    const MailboxCode& code, absl::Time now) {
  return pool_.Execute(call, [&](db::Session& session) -> absl::StatusOr<MailboxCodeId> {
    const std::optional<db::Row> row =
        session.Exec(queries::kCountMailboxTry, email.normalized(), now, kTriesPerMailboxCode)
            .AtMostOne();
    if (!row.has_value()) return MailboxCodeRejected();
    const auto keys = keys_.Snapshot();
    const crypto::SymmetricKey* key = keys->Find(row->Text("key_id"));
    if (key == nullptr) return status::Internal("a mailbox code's key is gone too early");
    const auto mailbox_code_id = row->Id<MailboxCodeId>("mailbox_code_id");
    if (!crypto::ConstantTimeEquals(row->Bytes("code_mac"), Mac(*key, mailbox_code_id, code))) {
      return MailboxCodeRejected();
    }
    return mailbox_code_id;
  });
}

absl::StatusOr<ProvenMailbox> MailboxCodeStore::Use(db::Transaction& transaction,
                                                    const MailboxCodeId& mailbox_code_id) {
  const std::optional<db::Row> row =
      transaction.Exec(queries::kUseMailboxCode, mailbox_code_id).AtMostOne();
  if (!row.has_value()) return MailboxCodeRejected();
  ASSIGN_OR_RETURN(Email email, Email::Parse("email", row->Text("email")));
  return ProvenMailbox{.email = std::move(email), .language = row->Text("language")};
}

}  // namespace portal::identity
