#include "services/identity/storage/directory_store.h"

#include "libs/status/errors.h"
#include "services/identity/storage/queries.h"

namespace portal::identity {
namespace {

DirectoryAccount ToDirectoryAccount(const db::Row& row) {
  return {.account_id = row.Id<id::AccountId>("account_id"),
          .email = row.OptionalText("email"),
          .language = row.Text("language"),
          .version = row.Int64("version")};
}

}  // namespace

absl::StatusOr<DirectoryAccount> DirectoryStore::Tell(db::Transaction& transaction,
                                                      const id::AccountId& account_id) {
  const std::optional<db::Row> row =
      transaction.Exec(queries::kTellAccount, account_id).AtMostOne();
  if (!row.has_value()) return status::Internal("an account to be told of does not exist");
  return ToDirectoryAccount(*row);
}

std::vector<DirectoryAccount> DirectoryStore::TellUntold(db::Transaction& transaction, int limit) {
  std::vector<DirectoryAccount> accounts;
  for (const db::Row row : transaction.Exec(queries::kTellUntoldAccounts, limit)) {
    accounts.push_back(ToDirectoryAccount(row));
  }
  return accounts;
}

std::vector<Clinic> DirectoryStore::TellUntoldClinics(db::Transaction& transaction, int limit) {
  std::vector<Clinic> clinics;
  for (const db::Row& row : transaction.Exec(queries::kTellUntoldClinics, limit)) {
    clinics.push_back({.clinic_id = row.Id<id::ClinicId>("clinic_id"),
                       .display_name = row.Text("display_name"),
                       .notice_email = row.Text("notice_email"),
                       .language = row.Text("language"),
                       .version = row.Int64("version")});
  }
  return clinics;
}

}  // namespace portal::identity
