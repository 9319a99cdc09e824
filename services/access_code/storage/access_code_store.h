#ifndef SERVICES_ACCESS_CODE_STORAGE_ACCESS_CODE_STORE_H_
#define SERVICES_ACCESS_CODE_STORAGE_ACCESS_CODE_STORE_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/crypto/keyring.h"
#include "libs/db/pool.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "services/access_code/domain/access_code.h"
#include "services/access_code/domain/code_words.h"
#include "services/access_code/domain/form_access.h"
#include "services/access_code/domain/grant.h"
#include "services/access_code/domain/redemption.h"
#include "services/access_code/storage/code_digester.h"
#include "services/access_code/storage/list_position.h"

namespace portal::access_code {

struct RedeemedCode {
  id::AccessCodeId access_code_id;
  AccessiblePatient patient;
};

struct RefusedCode {
  Refusal refusal;
  // The code that was meant, if there is one. For the audit trail, never for the caller.
  struct Meant {
    id::AccessCodeId access_code_id;
    id::ClinicId clinic_id;
    id::PatientId patient_id;
  };
  std::optional<Meant> meant;
};

// What the code opened: a patient's records, or a form; or why it opened nothing.
using Redemption = std::variant<RedeemedCode, FormAccess, RefusedCode>;

// What a new code for a patient is made under.
struct CodeTerms {
  int validity_days = 0;  // the clinic's default
  bool birth_date_required = false;
  bool birth_date_known = false;
  std::string patient_display_name;
};

// The codes, live and dead. Thread-safe. Besides the errors named, what libs/db/pool.h lists.
class AccessCodeStore {
 public:
  // Both outlive the store.
  AccessCodeStore(db::Pool& pool, const crypto::Keyring& peppers)
      : pool_(pool), digester_(peppers) {}

  // The terms of a code that is inserted in the same transaction; until its end the patient is not
  // merged. PATIENT_NOT_FOUND unless the clinic has the patient, and not merged into another.
  absl::StatusOr<CodeTerms> TermsFor(db::Transaction& transaction, const id::ClinicId& clinic_id,
                                     const id::PatientId& patient_id) const;

  // Adds a live code. PATIENT_NOT_FOUND unless the clinic has the patient; CONTENTION if a code
  // with these words exists.
  absl::Status Insert(db::Transaction& transaction, const AccessCode& code,
                      const CodeWords& words) const;

  // At most `limit` of a patient's codes, newest first. PATIENT_NOT_FOUND unless the clinic has the
  // patient.
  absl::StatusOr<std::vector<AccessCode>> List(const db::CallOptions& call,
                                               const id::ClinicId& clinic_id,
                                               const id::PatientId& patient_id,
                                               const ListPosition& after, int limit) const;

  // The clinic's code, if it is.
  static std::optional<AccessCode> Find(db::Session& session, const id::ClinicId& clinic_id,
                                        const id::AccessCodeId& access_code_id);

  // ACCESS_CODE_NOT_FOUND unless it is the clinic's; ACCESS_CODE_NOT_LIVE if it was
  // redeemed, cancelled or expired by `now`.
  absl::StatusOr<AccessCode> Cancel(db::Transaction& transaction, const id::ClinicId& clinic_id,
                                    const id::AccessCodeId& access_code_id,
                                    const id::AccountId& canceller, absl::Time now) const;

  // Cancels the live codes of a form of the clinic's, and returns them.
  static std::vector<AccessCode> CancelOfForm(db::Transaction& transaction,
                                              const id::ClinicId& clinic_id,
                                              const FormAssignmentId& form_assignment_id,
                                              const id::AccountId& canceller, absl::Time now);

  // Counts that a code which demands the birth date is about to be compared; nothing for others.
  // Committed before Redeem, so that however many come at once kBirthDateTries are compared.
  absl::Status SpendBirthDateTry(const db::CallOptions& call, const CodeWords& words,
                                 absl::Time now) const;

  // Claims the code and makes the grant, or opens the form, or changes nothing. Of any number of
  // redemptions and cancellations at once exactly one succeeds. GRANT_EXISTS if the account is just
  // redeeming another code for the patient, or for the form. `grant_id`: of the grant, if one is
  // made. GrantStore::EndPassedOf comes first. `birth_date`: as it came
  // with the code, if it did.
  absl::StatusOr<Redemption> Redeem(db::Transaction& transaction, const CodeWords& words,
                                    const std::optional<absl::CivilDay>& birth_date,
                                    const id::AccountId& account_id, const id::GrantId& grant_id,
                                    absl::Time now) const;

 private:
  db::Pool& pool_;
  const CodeDigester digester_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_ACCESS_CODE_STORE_H_
