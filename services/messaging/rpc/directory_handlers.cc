#include "services/messaging/rpc/directory_handlers.h"

#include <cstdint>
#include <optional>
#include <string>

#include "libs/rpc/call.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/messaging/rpc/notice_parser.h"
#include "services/messaging/storage/directory.h"

namespace portal::messaging {
namespace {

// None if it is empty, or not an address, which is added to the violations.
std::optional<Address> OptionalAddress(absl::string_view field, const std::string& text,
                                       status::FieldViolations& violations) {
  if (text.empty()) return std::nullopt;
  const absl::StatusOr<Address> address = Address::Parse(field, text);
  violations.Add(address.status());
  return address.ok() ? std::optional(*address) : std::nullopt;
}

void CheckVersion(int64_t version, status::FieldViolations& violations) {
  if (version < 1) violations.Add("version", "must be at least 1");
}

}  // namespace

absl::StatusOr<v1::PutAccountResponse> DirectoryHandlers::PutAccount(
    const rpc::Context& context, const v1::PutAccountRequest& request) {
  status::FieldViolations violations;
  const auto account_id = id::AccountId::Parse("account_id", request.account_id());
  const std::optional<Address> email = OptionalAddress("email", request.email(), violations);
  const auto language = ParseLanguage("language", request.language());
  violations.Add(account_id.status());
  violations.Add(language.status());
  CheckVersion(request.version(), violations);
  RETURN_IF_ERROR(violations.ToStatus());
  RETURN_IF_ERROR(deps_.pool.Execute(rpc::CallOf(context), [&](db::Session& session) {
    messaging::PutAccount(session, *account_id, {.email = email, .language = *language},
                          request.version());
    return absl::OkStatus();
  }));
  return v1::PutAccountResponse();
}

absl::StatusOr<v1::PutClinicResponse> DirectoryHandlers::PutClinic(
    const rpc::Context& context, const v1::PutClinicRequest& request) {
  status::FieldViolations violations;
  const auto clinic_id = id::ClinicId::Parse("clinic_id", request.clinic_id());
  const std::optional<Address> notice_email =
      OptionalAddress("notice_email", request.notice_email(), violations);
  const auto language = ParseLanguage("language", request.language());
  violations.Add(clinic_id.status());
  violations.Add(CheckClinicName("display_name", request.display_name()));
  violations.Add(language.status());
  CheckVersion(request.version(), violations);
  RETURN_IF_ERROR(violations.ToStatus());
  const Clinic clinic = {
      .display_name = request.display_name(), .notice_email = notice_email, .language = *language};
  RETURN_IF_ERROR(deps_.pool.Execute(rpc::CallOf(context), [&](db::Session& session) {
    messaging::PutClinic(session, *clinic_id, clinic, request.version());
    return absl::OkStatus();
  }));
  return v1::PutClinicResponse();
}

}  // namespace portal::messaging
