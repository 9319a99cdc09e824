#include "services/access_code/storage/form_access_store.h"

#include "services/access_code/storage/form_access_row.h"
#include "services/access_code/storage/queries.h"

namespace portal::access_code {

absl::StatusOr<FormAccessStore::OpenForms> FormAccessStore::Check(
    const db::CallOptions& call, const id::AccountId& account_id,
    const std::vector<FormAssignmentId>& form_assignment_ids) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<OpenForms> {
    OpenForms open;
    for (const db::Row& row :
         session.Exec(queries::kCheckFormAccess, account_id, form_assignment_ids)) {
      open.emplace(row.Id<FormAssignmentId>("form_assignment_id"), row.Time("created_us"));
    }
    return open;
  });
}

std::optional<FormAccess> FormAccessStore::Held(db::Session& session,
                                                const id::AccountId& account_id,
                                                const FormAssignmentId& form_assignment_id) {
  const auto held =
      session.Exec(queries::kGetFormAccess, account_id, form_assignment_id).AtMostOne();
  return held.has_value() ? std::optional<FormAccess>(FormAccessOf(*held)) : std::nullopt;
}

std::optional<id::PatientId> FormAccessStore::PatientOf(
    db::Session& session, const id::ClinicId& clinic_id,
    const FormAssignmentId& form_assignment_id) {
  const auto code =
      session.Exec(queries::kGetPatientOfForm, form_assignment_id, clinic_id).AtMostOne();
  if (!code.has_value()) return std::nullopt;
  return code->Id<id::PatientId>("patient_id");
}

std::vector<id::AccountId> FormAccessStore::Revoke(db::Transaction& transaction,
                                                   const id::ClinicId& clinic_id,
                                                   const FormAssignmentId& form_assignment_id,
                                                   const id::AccountId& revoker, absl::Time now) {
  std::vector<id::AccountId> accounts;
  for (const db::Row& row : transaction.Exec(queries::kRevokeFormAccesses, form_assignment_id,
                                             clinic_id, now, revoker)) {
    accounts.push_back(row.Id<id::AccountId>("account_id"));
  }
  return accounts;
}

std::vector<FormAccess> FormAccessStore::Close(db::Transaction& transaction,
                                               const id::AccountId& account_id, absl::Time now) {
  std::vector<FormAccess> closed;
  for (const db::Row& row : transaction.Exec(queries::kCloseFormAccesses, account_id, now)) {
    closed.push_back(FormAccessOf(row));
  }
  return closed;
}

}  // namespace portal::access_code
