#include "services/access_code/rpc/notices.h"

#include "libs/notice/notice.h"
#include "libs/rpc/timestamp.h"
#include "portal/messaging/v1/notice.pb.h"

namespace portal::access_code {
namespace {

using messaging::v1::Notice;

Notice To(const id::AccountId& account_id) {
  Notice notice;
  notice.mutable_recipient()->set_account_id(account_id.ToString());
  return notice;
}

Notice To(const id::ClinicId& clinic_id) {
  Notice notice;
  notice.mutable_recipient()->set_clinic_id(clinic_id.ToString());
  return notice;
}

}  // namespace

void TellAccessGranted(db::Transaction& transaction, const outbox::Outbox& outbox,
                       const id::ClinicId& clinic_id, const id::PatientId& patient_id,
                       const std::vector<id::AccountId>& holders) {
  const auto tell = [&](Notice notice) {
    notice.mutable_access_granted()->set_clinic_id(clinic_id.ToString());
    notice.mutable_access_granted()->set_patient_id(patient_id.ToString());
    notice::Append(transaction, outbox, notice);
  };
  tell(To(clinic_id));
  for (const id::AccountId& holder : holders) tell(To(holder));
}

void TellAccessEnded(db::Transaction& transaction, const outbox::Outbox& outbox,
                     const Grant& grant) {
  Notice notice = To(grant.account_id);
  notice.mutable_access_ended()->set_clinic_id(grant.clinic_id.ToString());
  notice::Append(transaction, outbox, notice);
}

void TellComingOfAge(db::Transaction& transaction, const outbox::Outbox& outbox,
                     const id::ClinicId& clinic_id, const id::PatientId& patient_id,
                     absl::Time at) {
  Notice notice = To(clinic_id);
  messaging::v1::ComingOfAge& coming = *notice.mutable_coming_of_age();
  coming.set_clinic_id(clinic_id.ToString());
  coming.set_patient_id(patient_id.ToString());
  *coming.mutable_end_time() = rpc::ToProto(at);
  notice::Append(transaction, outbox, notice);
}

void SendAccessCode(db::Transaction& transaction, const outbox::Outbox& outbox,
                    const AccessCode& code, const std::string& words, const std::string& link,
                    const std::string& email) {
  Notice notice;
  notice.mutable_recipient()->set_email(email);
  messaging::v1::AccessCodeSent& sent = *notice.mutable_access_code_sent();
  sent.set_words(words);
  sent.set_link(link);
  *sent.mutable_expire_time() = rpc::ToProto(code.expires_at);
  sent.set_clinic_id(code.clinic_id.ToString());
  sent.set_birth_date_demanded(code.birth_date_demanded);
  notice::Append(transaction, outbox, notice);
}

void TellNewTreatmentPlan(db::Transaction& transaction, const outbox::Outbox& outbox,
                          const id::ClinicId& clinic_id, const id::PatientId& patient_id,
                          const id::AccountId& holder) {
  Notice notice = To(holder);
  notice.mutable_new_treatment_plan()->set_clinic_id(clinic_id.ToString());
  notice.mutable_new_treatment_plan()->set_patient_id(patient_id.ToString());
  notice::Append(transaction, outbox, notice);
}

}  // namespace portal::access_code
