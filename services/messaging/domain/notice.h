#ifndef SERVICES_MESSAGING_DOMAIN_NOTICE_H_
#define SERVICES_MESSAGING_DOMAIN_NOTICE_H_

#include <optional>
#include <string>
#include <variant>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/id/ids.h"
#include "services/messaging/domain/address.h"
#include "services/messaging/domain/language.h"

namespace portal::messaging {

// What a notice says; each is a template in every language. Names are stored: they are added to,
// never changed.
enum class Kind {
  kVerifyEmail,
  kSignUpRepeated,
  kResetPassword,
  kPasswordChanged,
  kConfirmNewEmail,
  kEmailChanged,
  kSecondFactorEnabled,
  kSecondFactorRemoved,
  kSecondFactorRemovalRequested,
  kNewDeviceSignIn,
  kMailboxCode,
  kAccountClosed,
  kStaffInvitation,
  kEmailChangeRequested,
  kAccessCodeSent,
  kAccessCodeWithBirthDateSent,
  kAccessGranted,          // to an account
  kAccessGrantedAtClinic,  // to the clinic
  kAccessEnded,
  kComingOfAgeAtClinic,
  kNewTreatmentPlan,
};

inline constexpr int kKinds = static_cast<int>(Kind::kNewTreatmentPlan) + 1;

// "verify_email": in templates, metrics and the list of dead letters.
absl::string_view ToString(Kind kind);

// Whom a notice is for.
using Recipient = std::variant<Address, id::AccountId, id::ClinicId>;

// A notice as it is asked for: checked, but its recipient not looked up.
struct Notice {
  Kind kind;
  Recipient recipient;
  std::optional<Language> language;  // none: the recipient's own
  // The clinic it is about, or its name where the notice brings it along.
  std::optional<id::ClinicId> clinic_id;
  std::string clinic_name;
  // Where it leads: an own link, or a page of the portal ("/sign-in").
  std::string link;
  std::string page;
  std::string code;  // to type or to read
  std::string device;
  std::optional<absl::Time> time;
};

// When the notice is of no use any more: its link or code has expired. InfiniteFuture if never.
// `created_at`: when its link or code was made.
absl::Time UsefulUntil(const Notice& notice, absl::Time created_at);

// When an event was made: the time in its id if it is a UUID of version 7, as our outboxes make
// them, unless that is in the future; otherwise `now`.
absl::Time CreatedAt(const id::Uuid& event_id, absl::Time now);

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_DOMAIN_NOTICE_H_
