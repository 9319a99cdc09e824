#include "services/identity/storage/closure_store.h"

#include <optional>
#include <utility>

#include "libs/status/status_macros.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/errors.h"
#include "services/identity/storage/queries.h"

namespace portal::identity {

absl::StatusOr<AccountContact> ClosureStore::Close(db::Transaction& transaction,
                                                   const id::AccountId& account_id,
                                                   absl::string_view password_hash,
                                                   absl::Time now) {
  const std::optional<db::Row> row =
      transaction.Exec(queries::kCloseAccount, account_id, password_hash, now).AtMostOne();
  if (!row.has_value()) return CredentialsRejected();
  ASSIGN_OR_RETURN(Email email, Email::Parse("email", row->Text("email")));
  return AccountContact{.email = std::move(email), .language = row->Text("language")};
}

absl::StatusOr<std::vector<EndedMembership>> ClosureStore::EndMemberships(
    db::Transaction& transaction, const id::AccountId& account_id) {
  // A statement of its own: the next one sees what those it waited for have changed.
  transaction.Exec(queries::kLockClinicsOfStaffMember, account_id);
  if (!transaction.Exec(queries::kGetClinicOfLastOwner, account_id).empty()) return LastOwner();
  std::vector<EndedMembership> ended;
  for (const db::Row row : transaction.Exec(queries::kDeleteMemberships, account_id)) {
    ended.push_back({.staff_member_id = row.Id<StaffMemberId>("staff_member_id"),
                     .clinic_id = row.Id<id::ClinicId>("clinic_id")});
  }
  return ended;
}

}  // namespace portal::identity
