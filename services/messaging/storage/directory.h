#ifndef SERVICES_MESSAGING_STORAGE_DIRECTORY_H_
#define SERVICES_MESSAGING_STORAGE_DIRECTORY_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "libs/db/session.h"
#include "libs/id/ids.h"
#include "services/messaging/domain/address.h"
#include "services/messaging/domain/language.h"
#include "services/messaging/domain/notice.h"

namespace portal::messaging {

// What identity has told of its accounts and clinics.

struct Account {
  std::optional<Address> email;  // none: closed
  Language language = Language::kEnglish;
};

struct Clinic {
  std::string display_name;
  std::optional<Address> notice_email;  // none: reads no notices
  Language language = Language::kEnglish;
};

// Take over what is newer than what is known; anything else changes nothing. `version` rises.
void PutAccount(db::Session& session, const id::AccountId& account_id, const Account& account,
                int64_t version);
void PutClinic(db::Session& session, const id::ClinicId& clinic_id, const Clinic& clinic,
               int64_t version);

// None: not known yet.
std::optional<Account> FindAccount(db::Session& session, const id::AccountId& account_id);
std::optional<Clinic> FindClinic(db::Session& session, const id::ClinicId& clinic_id);

// RECIPIENT_UNKNOWN unless all accounts and clinics that the notice names are known.
absl::Status RequireKnown(db::Session& session, const Notice& notice);

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_STORAGE_DIRECTORY_H_
