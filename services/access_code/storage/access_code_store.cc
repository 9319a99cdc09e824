#include "services/access_code/storage/access_code_store.h"

#include "libs/status/errors.h"
#include "services/access_code/domain/errors.h"
#include "services/access_code/domain/limits.h"
#include "services/access_code/storage/day.h"
#include "services/access_code/storage/form_access_row.h"
#include "services/access_code/storage/holder_relationship.h"
#include "services/access_code/storage/patient_directory.h"
#include "services/access_code/storage/queries.h"

namespace portal::access_code {
namespace {

AccessCode FromRow(const db::Row& row) {
  return {
      .id = row.Id<id::AccessCodeId>("access_code_id"),
      .clinic_id = row.Id<id::ClinicId>("clinic_id"),
      .patient_id = row.Id<id::PatientId>("patient_id"),
      .issuer = row.Id<id::AccountId>("issuer_account_id"),
      .created_at = row.Time("created_us"),
      .expires_at = row.Time("expires_us"),
      .redeemer = row.OptionalId<id::AccountId>("redeemer_account_id"),
      .redeemed_at = row.OptionalTime("redeemed_us"),
      .cancelled_at = row.OptionalTime("cancelled_us"),
      .holder = HolderOf(row),
      .birth_date_demanded = row.Bool("birth_date_demanded"),
      .birth_date_tries = static_cast<int>(row.Int64("birth_date_tries")),
      .merged_from = row.OptionalId<id::PatientId>("merged_from_patient_id"),
      .form_assignment_id = row.OptionalId<FormAssignmentId>("form_assignment_id"),
  };
}

}  // namespace

absl::StatusOr<CodeTerms> AccessCodeStore::TermsFor(db::Transaction& transaction,
                                                    const id::ClinicId& clinic_id,
                                                    const id::PatientId& patient_id) const {
  const auto terms =
      transaction.Exec(queries::kGetTermsOfPatient, patient_id, clinic_id).AtMostOne();
  if (!terms.has_value()) return PatientNotFound();
  return CodeTerms{.validity_days = static_cast<int>(terms->Int64("validity_days")),
                   .birth_date_required = terms->Bool("birth_date_required"),
                   .birth_date_known = terms->Bool("birth_date_known"),
                   .patient_display_name = terms->Text("display_name")};
}

absl::Status AccessCodeStore::Insert(db::Transaction& transaction, const AccessCode& code,
                                     const CodeWords& words) const {
  const CodeDigest digest = digester_.Digest(words);
  const db::Rows inserted = transaction.Exec(
      queries::kInsertAccessCode, code.id, code.patient_id, code.clinic_id, digest.pepper_id,
      digest.digest, code.issuer, code.created_at, code.expires_at, NameOf(code.holder),
      code.birth_date_demanded, code.form_assignment_id);
  return inserted.empty() ? PatientNotFound() : absl::OkStatus();
}

absl::StatusOr<std::vector<AccessCode>> AccessCodeStore::List(const db::CallOptions& call,
                                                              const id::ClinicId& clinic_id,
                                                              const id::PatientId& patient_id,
                                                              const ListPosition& after,
                                                              int limit) const {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::vector<AccessCode>> {
    std::vector<AccessCode> codes;
    for (const db::Row& row : session.Exec(queries::kListAccessCodes, patient_id, clinic_id,
                                           after.created_at, after.id, limit)) {
      codes.push_back(FromRow(row));
    }
    if (codes.empty() && !IsPatientOf(session, clinic_id, patient_id)) return PatientNotFound();
    return codes;
  });
}

std::optional<AccessCode> AccessCodeStore::Find(db::Session& session, const id::ClinicId& clinic_id,
                                                const id::AccessCodeId& access_code_id) {
  const auto code = session.Exec(queries::kGetAccessCode, access_code_id, clinic_id).AtMostOne();
  return code.has_value() ? std::optional<AccessCode>(FromRow(*code)) : std::nullopt;
}

absl::StatusOr<AccessCode> AccessCodeStore::Cancel(db::Transaction& transaction,
                                                   const id::ClinicId& clinic_id,
                                                   const id::AccessCodeId& access_code_id,
                                                   const id::AccountId& canceller,
                                                   absl::Time now) const {
  const auto cancelled =
      transaction.Exec(queries::kCancelAccessCode, access_code_id, clinic_id, now, canceller)
          .AtMostOne();
  if (cancelled.has_value()) return FromRow(*cancelled);
  const bool exists = !transaction.Exec(queries::kGetAccessCode, access_code_id, clinic_id).empty();
  return exists ? AccessCodeNotLive() : AccessCodeNotFound();
}

std::vector<AccessCode> AccessCodeStore::CancelOfForm(db::Transaction& transaction,
                                                      const id::ClinicId& clinic_id,
                                                      const FormAssignmentId& form_assignment_id,
                                                      const id::AccountId& canceller,
                                                      absl::Time now) {
  std::vector<AccessCode> cancelled;
  for (const db::Row& row : transaction.Exec(queries::kCancelFormAccessCodes, form_assignment_id,
                                             clinic_id, now, canceller)) {
    cancelled.push_back(FromRow(row));
  }
  return cancelled;
}

absl::Status AccessCodeStore::SpendBirthDateTry(const db::CallOptions& call, const CodeWords& words,
                                                absl::Time now) const {
  return pool_.Execute(call, [&](db::Session& session) {
    session.Exec(queries::kSpendBirthDateTry, digester_.Candidates(words), now, kBirthDateTries);
    return absl::OkStatus();
  });
}

absl::StatusOr<Redemption> AccessCodeStore::Redeem(db::Transaction& transaction,
                                                   const CodeWords& words,
                                                   const std::optional<absl::CivilDay>& birth_date,
                                                   const id::AccountId& account_id,
                                                   const id::GrantId& grant_id,
                                                   absl::Time now) const {
  const std::vector<db::Bytes> digests = digester_.Candidates(words);
  const std::optional<int64_t> birth_day = DayNumber(birth_date);
  const auto redeemed = transaction
                            .Exec(queries::kRedeemAccessCode, digests, account_id, now, grant_id,
                                  birth_day, kBirthDateTries)
                            .AtMostOne();
  if (redeemed.has_value() && !redeemed->IsNull("form_assignment_id"))
    return FormAccessOf(*redeemed);
  if (redeemed.has_value()) {
    return RedeemedCode{.access_code_id = redeemed->Id<id::AccessCodeId>("access_code_id"),
                        .patient = {.patient_id = redeemed->Id<id::PatientId>("patient_id"),
                                    .clinic_id = redeemed->Id<id::ClinicId>("clinic_id"),
                                    .display_name = redeemed->Text("display_name"),
                                    .grant_id = grant_id,
                                    .granted_at = now,
                                    .ends_at = redeemed->OptionalTime("ends_us")}};
  }
  const auto code = transaction
                        .Exec(queries::kExplainRefusedAccessCode, digests, account_id, now,
                              kBirthDateTries, birth_day)
                        .AtMostOne();
  if (!code.has_value()) return RefusedCode{.refusal = Refusal::kUnknown};
  const std::optional<Refusal> refusal =
      RefusalOf({.redeemed = code->Bool("redeemed"),
                 .cancelled = code->Bool("cancelled"),
                 .expired = code->Bool("expired"),
                 .locked = code->Bool("locked"),
                 .wrong_birth_date = code->Bool("wrong_birth_date"),
                 .held = code->Bool("held")});
  // The account's grant was revoked, or the birth date corrected, between the two statements.
  if (!refusal.has_value()) return status::Contention();
  return RefusedCode{
      .refusal = *refusal,
      .meant = RefusedCode::Meant{.access_code_id = code->Id<id::AccessCodeId>("access_code_id"),
                                  .clinic_id = code->Id<id::ClinicId>("clinic_id"),
                                  .patient_id = code->Id<id::PatientId>("patient_id")}};
}

}  // namespace portal::access_code
