#include "services/access_code/storage/grant_store.h"

#include <algorithm>

#include "services/access_code/domain/errors.h"
#include "services/access_code/storage/patient_directory.h"
#include "services/access_code/storage/queries.h"

namespace portal::access_code {
namespace {

Grant FromRow(const db::Row& row) {
  return {
      .id = row.Id<id::GrantId>("grant_id"),
      .clinic_id = row.Id<id::ClinicId>("clinic_id"),
      .patient_id = row.Id<id::PatientId>("patient_id"),
      .account_id = row.Id<id::AccountId>("account_id"),
      .access_code_id = row.Id<id::AccessCodeId>("access_code_id"),
      .created_at = row.Time("created_us"),
      .revoked_at = row.OptionalTime("revoked_us"),
  };
}

}  // namespace

absl::StatusOr<std::vector<bool>> GrantStore::Check(
    const db::CallOptions& call, const std::vector<GrantQuestion>& questions) const {
  std::vector<id::AccountId> account_ids;
  std::vector<id::PatientId> patient_ids;
  for (const GrantQuestion& question : questions) {
    account_ids.push_back(question.account_id);
    patient_ids.push_back(question.patient_id);
  }
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::vector<bool>> {
    std::vector<bool> granted(questions.size());
    for (const db::Row& row : session.Exec(queries::kCheckGrants, account_ids, patient_ids)) {
      granted[row.Int64("number") - 1] = true;
    }
    return granted;
  });
}

bool GrantStore::Holds(db::Session& session, const id::AccountId& account_id,
                       const id::PatientId& patient_id, const id::GrantId& grant_id) {
  const auto held =
      session.Exec(queries::kCheckGrants, std::vector{account_id}, std::vector{patient_id})
          .AtMostOne();
  return held.has_value() && held->Id<id::GrantId>("grant_id") == grant_id;
}

absl::StatusOr<std::vector<AccessiblePatient>> GrantStore::ListPatients(
    const db::CallOptions& call, const id::AccountId& account_id,
    const std::optional<PatientPosition>& after, int limit) const {
  std::optional<std::string> after_name;
  std::optional<id::PatientId> after_id;
  if (after.has_value()) {
    after_name = after->display_name;
    after_id = after->patient_id;
  }
  using Patients = std::vector<AccessiblePatient>;
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<Patients> {
    Patients patients;
    for (const db::Row& row :
         session.Exec(queries::kListGrantedPatients, account_id, after_name, after_id, limit)) {
      patients.push_back({.patient_id = row.Id<id::PatientId>("patient_id"),
                          .clinic_id = row.Id<id::ClinicId>("clinic_id"),
                          .display_name = row.Text("display_name"),
                          .grant_id = row.Id<id::GrantId>("grant_id"),
                          .granted_at = row.Time("created_us")});
    }
    return patients;
  });
}

absl::StatusOr<std::vector<Grant>> GrantStore::List(const db::CallOptions& call,
                                                    const id::ClinicId& clinic_id,
                                                    const id::PatientId& patient_id,
                                                    const ListPosition& after, int limit) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::vector<Grant>> {
    std::vector<Grant> grants;
    for (const db::Row& row : session.Exec(queries::kListGrants, patient_id, clinic_id,
                                           after.created_at, after.id, limit)) {
      grants.push_back(FromRow(row));
    }
    if (grants.empty() && !IsPatientOf(session, clinic_id, patient_id)) return PatientNotFound();
    return grants;
  });
}

absl::StatusOr<Grant> GrantStore::Revoke(db::Transaction& transaction,
                                         const id::ClinicId& clinic_id, const id::GrantId& grant_id,
                                         const id::AccountId& revoker, absl::Time now) const {
  const auto revoked =
      transaction.Exec(queries::kRevokeGrant, grant_id, clinic_id, now, revoker).AtMostOne();
  if (revoked.has_value()) return FromRow(*revoked);
  const auto ended = transaction.Exec(queries::kGetGrant, grant_id, clinic_id).AtMostOne();
  if (!ended.has_value()) return GrantNotFound();
  return FromRow(*ended);
}

}  // namespace portal::access_code
