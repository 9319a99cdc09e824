#include "services/messaging/rpc/notice_parser.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/time_util.h"
#include "libs/status/errors.h"
#include "libs/text/text.h"
#include "services/messaging/domain/limits.h"

namespace portal::messaging {
namespace {

bool HasControl(absl::string_view text) {
  return text::HasControlCharacter(text, text::Lines::kOne);
}

// Fills in a Notice from the contract's, and collects what is wrong with it.
class Parser {
 public:
  explicit Parser(absl::string_view field) : field_(field) {}

  absl::StatusOr<Notice> Parse(const v1::Notice& notice) {
    ReadRecipient(notice.recipient());
    ReadContent(notice);
    const absl::Status status = violations_.ToStatus();
    if (!status.ok()) return status;
    return Notice{.kind = kind_,
                  .recipient = *std::move(recipient_),
                  .language = language_,
                  .clinic_id = clinic_id_,
                  .clinic_name = std::move(clinic_name_),
                  .link = std::move(link_),
                  .page = std::move(page_),
                  .code = std::move(code_),
                  .device = std::move(device_),
                  .time = time_};
  }

 private:
  std::string Field(absl::string_view content, absl::string_view name) const {
    return absl::StrCat(field_, ".", content, ".", name);
  }

  // The value, or nothing and a violation.
  template <typename T>
  std::optional<T> Take(absl::StatusOr<T> parsed) {
    violations_.Add(parsed.status());
    return parsed.ok() ? std::optional<T>(*std::move(parsed)) : std::nullopt;
  }

  void ReadRecipient(const v1::Recipient& recipient) {
    using To = v1::Recipient::ToCase;
    switch (recipient.to_case()) {
      case To::kEmail:
        recipient_ = Take(Address::Parse(Field("recipient", "email"), recipient.email()));
        break;
      case To::kAccountId:
        recipient_ =
            Take(id::AccountId::Parse(Field("recipient", "account_id"), recipient.account_id()));
        break;
      case To::kClinicId:
        recipient_ =
            Take(id::ClinicId::Parse(Field("recipient", "clinic_id"), recipient.clinic_id()));
        break;
      case To::TO_NOT_SET:
        violations_.Add(absl::StrCat(field_, ".recipient"), "must name somebody");
        break;
    }
    if (!recipient.language().empty()) {
      language_ = Take(ParseLanguage(Field("recipient", "language"), recipient.language()));
    }
  }

  bool ForClinic() const {
    return recipient_.has_value() && std::holds_alternative<id::ClinicId>(*recipient_);
  }

  void ReadLink(std::string field, const std::string& link) {
    const bool plain = std::all_of(link.begin(), link.end(), [](char c) {
      return absl::ascii_isgraph(c) && c != '<' && c != '>' && c != '"';
    });
    if (!absl::StartsWith(link, "https://") || link.size() > kMaxLinkBytes || !plain) {
      violations_.Add(field, "must be an https:// address of at most 2000 bytes");
    }
    link_ = link;
  }

  void ReadClinic(std::string field, const std::string& clinic_id) {
    clinic_id_ = Take(id::ClinicId::Parse(field, clinic_id));
  }

  // The page of a patient, for account holders or for staff.
  void ReadPatient(absl::string_view content, const std::string& clinic_id,
                   const std::string& patient_id) {
    ReadClinic(Field(content, "clinic_id"), clinic_id);
    violations_.Add(id::PatientId::Parse(Field(content, "patient_id"), patient_id).status());
    page_ = ForClinic() ? absl::StrCat("/clinics/", clinic_id, "/patients/", patient_id)
                        : absl::StrCat("/patients/", patient_id);
  }

  void ReadTime(std::string field, bool is_set, const google::protobuf::Timestamp& time) {
    using google::protobuf::util::TimeUtil;
    if (!is_set || time.seconds() < TimeUtil::kTimestampMinSeconds ||
        time.seconds() > TimeUtil::kTimestampMaxSeconds || time.nanos() < 0 ||
        time.nanos() >= 1'000'000'000) {
      violations_.Add(field, "must be a time in the years 1 to 9999");
      return;
    }
    time_ = absl::FromUnixMicros(TimeUtil::TimestampToMicroseconds(time));
  }

  void ReadMailboxCode(const v1::MailboxCode& content) {
    kind_ = Kind::kMailboxCode;
    if (content.code().size() != kMailboxCodeDigits ||
        !std::all_of(content.code().begin(), content.code().end(), absl::ascii_isdigit)) {
      violations_.Add(Field("mailbox_code", "code"), "must have six digits");
    }
    code_ = content.code();
    if (!content.clinic_id().empty()) {
      ReadClinic(Field("mailbox_code", "clinic_id"), content.clinic_id());
    }
  }

  void ReadNewDevice(const v1::NewDeviceSignIn& content) {
    kind_ = Kind::kNewDeviceSignIn;
    ReadTime(Field("new_device_sign_in", "sign_in_time"), content.has_sign_in_time(),
             content.sign_in_time());
    // Whoever signed in may have said it: the owner is warned whatever it is.
    device_ = text::OneLine(content.device(), kMaxDeviceCharacters);
    page_ = "/account/sessions";
  }

  void ReadInvitation(const v1::StaffInvitation& content) {
    kind_ = Kind::kStaffInvitation;
    ReadLink(Field("staff_invitation", "link"), content.link());
    violations_.Add(CheckClinicName(Field("staff_invitation", "clinic_display_name"),
                                    content.clinic_display_name()));
    clinic_name_ = content.clinic_display_name();
  }

  void ReadAccessCode(const v1::AccessCodeSent& content) {
    kind_ =
        content.birth_date_demanded() ? Kind::kAccessCodeWithBirthDateSent : Kind::kAccessCodeSent;
    if (content.words().empty() || content.words().size() > kMaxWordsBytes ||
        HasControl(content.words())) {
      violations_.Add(Field("access_code_sent", "words"),
                      "must have 1 to 200 bytes, none of them control characters");
    }
    code_ = content.words();
    ReadLink(Field("access_code_sent", "link"), content.link());
    ReadTime(Field("access_code_sent", "expire_time"), content.has_expire_time(),
             content.expire_time());
    ReadClinic(Field("access_code_sent", "clinic_id"), content.clinic_id());
  }

  void ReadSecondFactorChange(const v1::SecondFactorChanged& content) {
    LeadTo(content.enabled() ? Kind::kSecondFactorEnabled : Kind::kSecondFactorRemoved,
           "/account/security");
  }

  void ReadSecondFactorRemoval(const v1::SecondFactorRemovalRequested& content) {
    kind_ = Kind::kSecondFactorRemovalRequested;
    ReadTime(Field("second_factor_removal_requested", "removal_time"), content.has_removal_time(),
             content.removal_time());
    ReadLink(Field("second_factor_removal_requested", "cancel_link"), content.cancel_link());
  }

  void ReadAccessGrant(const v1::AccessGranted& content) {
    kind_ = ForClinic() ? Kind::kAccessGrantedAtClinic : Kind::kAccessGranted;
    ReadPatient("access_granted", content.clinic_id(), content.patient_id());
  }

  void ReadAccessEnd(const v1::AccessEnded& content) {
    LeadTo(Kind::kAccessEnded, "/");
    ReadClinic(Field("access_ended", "clinic_id"), content.clinic_id());
  }

  void ReadComingOfAge(const v1::ComingOfAge& content) {
    kind_ = Kind::kComingOfAgeAtClinic;
    if (!ForClinic()) violations_.Add(absl::StrCat(field_, ".recipient"), "must be a clinic");
    ReadTime(Field("coming_of_age", "end_time"), content.has_end_time(), content.end_time());
    ReadPatient("coming_of_age", content.clinic_id(), content.patient_id());
  }

  void ReadNewPlan(const v1::NewTreatmentPlan& content) {
    kind_ = Kind::kNewTreatmentPlan;
    ReadPatient("new_treatment_plan", content.clinic_id(), content.patient_id());
  }

  // A notice that only leads to a page of the portal, or, without one, nowhere.
  void LeadTo(Kind kind, const char* page) {
    kind_ = kind;
    page_ = page;
  }

  // A notice that only brings a link.
  void Bring(Kind kind, const std::string& link) {
    kind_ = kind;
    ReadLink(Field(ToString(kind), "link"), link);
  }

  void ReadContent(const v1::Notice& notice) {
    using Content = v1::Notice::ContentCase;
    switch (notice.content_case()) {
      case Content::kVerifyEmail:
        return Bring(Kind::kVerifyEmail, notice.verify_email().link());
      case Content::kSignUpRepeated:
        return LeadTo(Kind::kSignUpRepeated, "/sign-in");
      case Content::kResetPassword:
        return Bring(Kind::kResetPassword, notice.reset_password().link());
      case Content::kPasswordChanged:
        return LeadTo(Kind::kPasswordChanged, "/forgotten-password");
      case Content::kConfirmNewEmail:
        return Bring(Kind::kConfirmNewEmail, notice.confirm_new_email().link());
      case Content::kEmailChangeRequested:
        return LeadTo(Kind::kEmailChangeRequested, "/forgotten-password");
      case Content::kEmailChanged:
        return LeadTo(Kind::kEmailChanged, "");
      case Content::kSecondFactorChanged:
        return ReadSecondFactorChange(notice.second_factor_changed());
      case Content::kSecondFactorRemovalRequested:
        return ReadSecondFactorRemoval(notice.second_factor_removal_requested());
      case Content::kNewDeviceSignIn:
        return ReadNewDevice(notice.new_device_sign_in());
      case Content::kMailboxCode:
        return ReadMailboxCode(notice.mailbox_code());
      case Content::kAccountClosed:
        return LeadTo(Kind::kAccountClosed, "");
      case Content::kStaffInvitation:
        return ReadInvitation(notice.staff_invitation());
      case Content::kAccessCodeSent:
        return ReadAccessCode(notice.access_code_sent());
      case Content::kAccessGranted:
        return ReadAccessGrant(notice.access_granted());
      case Content::kAccessEnded:
        return ReadAccessEnd(notice.access_ended());
      case Content::kComingOfAge:
        return ReadComingOfAge(notice.coming_of_age());
      case Content::kNewTreatmentPlan:
        return ReadNewPlan(notice.new_treatment_plan());
      case Content::CONTENT_NOT_SET:
        violations_.Add(field_, "must have a content that is known here");
    }
  }

  const std::string field_;
  status::FieldViolations violations_;
  Kind kind_ = Kind::kVerifyEmail;
  std::optional<Recipient> recipient_;
  std::optional<Language> language_;
  std::optional<id::ClinicId> clinic_id_;
  std::string clinic_name_;
  std::string link_;
  std::string page_;
  std::string code_;
  std::string device_;
  std::optional<absl::Time> time_;
};

}  // namespace

absl::StatusOr<Notice> ParseNotice(absl::string_view field, const v1::Notice& notice) {
  return Parser(field).Parse(notice);
}

absl::Status CheckClinicName(absl::string_view field, absl::string_view name) {
  if (text::IsBlank(name) || HasControl(name) ||
      text::CharacterCount(name) > kMaxClinicNameCharacters) {
    return status::InvalidField(
        field, "must have 1 to 200 characters, not only spaces, none of them control characters");
  }
  return absl::OkStatus();
}

}  // namespace portal::messaging
