#include "services/access_code/storage/grant_store.h"

#include "services/access_code/domain/errors.h"
#include "services/access_code/storage/grant_row.h"
#include "services/access_code/storage/patient_directory.h"
#include "services/access_code/storage/queries.h"

namespace portal::access_code {
namespace {

AccessiblePatient PatientOf(const db::Row& row) {
  return {.patient_id = row.Id<id::PatientId>("patient_id"),
          .clinic_id = row.Id<id::ClinicId>("clinic_id"),
          .display_name = row.Text("display_name"),
          .grant_id = row.Id<id::GrantId>("grant_id"),
          .granted_at = row.Time("created_us"),
          .ends_at = row.OptionalTime("ends_us")};
}

}  // namespace
absl::StatusOr<std::vector<bool>> GrantStore::Check(const db::CallOptions& call,
                                                    const std::vector<GrantQuestion>& questions,
                                                    absl::Time now) const {
  std::vector<id::AccountId> account_ids;
  std::vector<id::PatientId> patient_ids;
  for (const GrantQuestion& question : questions) {
    account_ids.push_back(question.account_id);
    patient_ids.push_back(question.patient_id);
  }
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::vector<bool>> {
    std::vector<bool> granted(questions.size());
    for (const db::Row& row : session.Exec(queries::kCheckGrants, account_ids, patient_ids, now)) {
      granted[row.Int64("number") - 1] = true;
    }
    return granted;
  });
}

std::optional<AccessiblePatient> GrantStore::Held(db::Session& session,
                                                  const id::AccountId& account_id,
                                                  const id::GrantId& grant_id, absl::Time now) {
  const auto held = session.Exec(queries::kGetHeldGrant, grant_id, account_id, now).AtMostOne();
  return held.has_value() ? std::optional<AccessiblePatient>(PatientOf(*held)) : std::nullopt;
}

std::vector<id::AccountId> GrantStore::Holders(db::Session& session, const id::ClinicId& clinic_id,
                                               const id::PatientId& patient_id, absl::Time now,
                                               const std::optional<id::AccountId>& except) {
  std::vector<id::AccountId> holders;
  for (const db::Row& row :
       session.Exec(queries::kListHolders, patient_id, clinic_id, now, except)) {
    holders.push_back(row.Id<id::AccountId>("account_id"));
  }
  return holders;
}

absl::StatusOr<std::vector<AccessiblePatient>> GrantStore::ListPatients(
    const db::CallOptions& call, const id::AccountId& account_id,
    const std::optional<PatientPosition>& after, int limit, absl::Time now) const {
  std::optional<std::string> after_name;
  std::optional<id::PatientId> after_id;
  if (after.has_value()) {
    after_name = after->display_name;
    after_id = after->patient_id;
  }
  using Patients = std::vector<AccessiblePatient>;
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<Patients> {
    Patients patients;
    for (const db::Row& row : session.Exec(queries::kListGrantedPatients, account_id, after_name,
                                           after_id, limit, now)) {
      patients.push_back(PatientOf(row));
    }
    return patients;
  });
}

absl::StatusOr<std::vector<Grant>> GrantStore::List(const db::CallOptions& call,
                                                    const id::ClinicId& clinic_id,
                                                    const id::PatientId& patient_id,
                                                    const ListPosition& after, int limit) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::vector<Grant>> {
    std::vector<Grant> grants = GrantsOf(session.Exec(queries::kListGrants, patient_id, clinic_id,
                                                      after.created_at, after.id, limit));
    if (grants.empty() && !IsPatientOf(session, clinic_id, patient_id)) return PatientNotFound();
    return grants;
  });
}

std::optional<Grant> GrantStore::Newest(db::Session& session, const id::PatientId& patient_id,
                                        const id::AccountId& account_id,
                                        const std::optional<id::ClinicId>& clinic_id) {
  const auto newest =
      session.Exec(queries::kGetNewestGrant, patient_id, account_id, clinic_id).AtMostOne();
  return newest.has_value() ? std::optional<Grant>(GrantOf(*newest)) : std::nullopt;
}

absl::StatusOr<GrantStore::Revoked> GrantStore::Revoke(db::Transaction& transaction,
                                                       const id::ClinicId& clinic_id,
                                                       const id::GrantId& grant_id,
                                                       const id::AccountId& revoker,
                                                       absl::Time now) const {
  const auto revoked =
      transaction.Exec(queries::kRevokeGrant, grant_id, clinic_id, now, revoker).AtMostOne();
  if (revoked.has_value()) return Revoked{.grant = GrantOf(*revoked), .now = true};
  const auto ended = transaction.Exec(queries::kGetGrant, grant_id, clinic_id).AtMostOne();
  if (!ended.has_value()) return GrantNotFound();
  return Revoked{.grant = GrantOf(*ended)};
}

absl::StatusOr<Grant> GrantStore::SetEnd(db::Transaction& transaction,
                                         const id::ClinicId& clinic_id, const id::GrantId& grant_id,
                                         const std::optional<absl::Time>& end, bool keep_of_age,
                                         absl::Time now) const {
  if (transaction.Exec(queries::kLockTermsOfGrant, grant_id, clinic_id).empty()) {
    return GrantNotFound();
  }
  const auto set =
      transaction.Exec(queries::kSetGrantEnd, grant_id, clinic_id, now, end, keep_of_age)
          .AtMostOne();
  if (!set.has_value()) return GrantEnded();
  return GrantOf(*set);
}

absl::StatusOr<Grant> GrantStore::Drop(db::Transaction& transaction,
                                       const id::AccountId& account_id,
                                       const id::PatientId& patient_id, absl::Time now) const {
  const auto dropped =
      transaction.Exec(queries::kDropGrant, account_id, patient_id, now).AtMostOne();
  if (!dropped.has_value()) return PatientNotFound();
  return GrantOf(*dropped);
}

std::vector<Grant> GrantStore::Close(db::Transaction& transaction, const id::AccountId& account_id,
                                     absl::Time now) const {
  return GrantsOf(transaction.Exec(queries::kCloseGrants, account_id, now));
}

std::vector<Grant> GrantStore::EndPassed(db::Transaction& transaction, absl::Time now,
                                         int limit) const {
  return GrantsOf(transaction.Exec(queries::kEndPassedGrants, now, limit));
}

std::vector<Grant> GrantStore::EndPassedOf(db::Transaction& transaction,
                                           const id::AccountId& account_id, absl::Time now) {
  return GrantsOf(transaction.Exec(queries::kEndPassedGrantsOfAccount, account_id, now));
}

std::vector<GrantStore::ComingOfAge> GrantStore::TakeComingOfAge(db::Transaction& transaction,
                                                                 absl::Time until,
                                                                 int limit) const {
  std::vector<ComingOfAge> coming;
  for (const db::Row& row : transaction.Exec(queries::kTakeComingOfAge, until, limit)) {
    coming.push_back({.clinic_id = row.Id<id::ClinicId>("clinic_id"),
                      .patient_id = row.Id<id::PatientId>("patient_id"),
                      .at = row.Time("of_age_us")});
  }
  return coming;
}

}  // namespace portal::access_code
