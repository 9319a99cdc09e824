#include "services/messaging/storage/directory.h"

#include <variant>

#include "services/messaging/domain/errors.h"
#include "services/messaging/storage/queries.h"

namespace portal::messaging {
namespace {

std::optional<std::string> TextOf(const std::optional<Address>& address) {
  return address.has_value() ? std::optional(address->text()) : std::nullopt;
}

// What is stored was checked before.
std::optional<Address> AddressIn(const db::Row& row, const char* column) {
  const std::optional<std::string> text = row.OptionalText(column);
  return text.has_value() ? std::optional(Address::Parse(column, *text).value()) : std::nullopt;
}

Language LanguageIn(const db::Row& row) {
  return ParseLanguage("language", row.Text("language")).value();
}

bool IsKnown(db::Session&, const Address&) { return true; }
bool IsKnown(db::Session& session, const id::AccountId& account_id) {
  return FindAccount(session, account_id).has_value();
}
bool IsKnown(db::Session& session, const id::ClinicId& clinic_id) {
  return FindClinic(session, clinic_id).has_value();
}

}  // namespace

void PutAccount(db::Session& session, const id::AccountId& account_id, const Account& account,
                int64_t version) {
  session.Exec(queries::kPutAccount, account_id, TextOf(account.email), ToString(account.language),
               version);
}

void PutClinic(db::Session& session, const id::ClinicId& clinic_id, const Clinic& clinic,
               int64_t version) {
  session.Exec(queries::kPutClinic, clinic_id, clinic.display_name, TextOf(clinic.notice_email),
               ToString(clinic.language), version);
}

std::optional<Account> FindAccount(db::Session& session, const id::AccountId& account_id) {
  const std::optional<db::Row> row = session.Exec(queries::kFindAccount, account_id).AtMostOne();
  if (!row.has_value()) return std::nullopt;
  return Account{.email = AddressIn(*row, "email"), .language = LanguageIn(*row)};
}

std::optional<Clinic> FindClinic(db::Session& session, const id::ClinicId& clinic_id) {
  const std::optional<db::Row> row = session.Exec(queries::kFindClinic, clinic_id).AtMostOne();
  if (!row.has_value()) return std::nullopt;
  return Clinic{.display_name = row->Text("display_name"),
                .notice_email = AddressIn(*row, "notice_email"),
                .language = LanguageIn(*row)};
}

absl::Status RequireKnown(db::Session& session, const Notice& notice) {
  const bool known =
      std::visit([&](const auto& to) { return IsKnown(session, to); }, notice.recipient) &&
      (!notice.clinic_id.has_value() || IsKnown(session, *notice.clinic_id));
  return known ? absl::OkStatus() : RecipientUnknown();
}

}  // namespace portal::messaging
