#include "services/access_code/rpc/access_settings_handlers.h"

#include "absl/strings/numbers.h"
#include "libs/audit/event.h"
#include "libs/rpc/call.h"
#include "libs/rpc/change.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/access_code/domain/access_settings.h"
#include "services/access_code/rpc/convert.h"
#include "services/access_code/storage/access_settings_store.h"

namespace portal::access_code {
namespace {

// An etag that is not ours is none of any version.
constexpr int64_t kNoVersion = 0;

absl::StatusOr<AccessSettings> ParseSettings(const id::ClinicId& clinic_id,
                                             const v1::AccessSettings& proto) {
  if (proto.etag().empty()) return status::InvalidField("access_settings.etag", "is required");
  AccessSettings settings{.clinic_id = clinic_id,
                          .validity_days = proto.validity_days(),
                          .birth_date_required = proto.birth_date_required(),
                          .coming_of_age_years = proto.coming_of_age_years()};
  RETURN_IF_ERROR(CheckSettings(settings));
  if (!absl::SimpleAtoi(proto.etag(), &settings.version)) settings.version = kNoVersion;
  return settings;
}

}  // namespace

absl::StatusOr<v1::AccessSettings> AccessSettingsHandlers::GetAccessSettings(
    const rpc::Context& context, const v1::GetAccessSettingsRequest&) {
  return deps_.pool.Read(
      rpc::CallOf(context), [&](db::Session& session) -> absl::StatusOr<v1::AccessSettings> {
        return ToProto(access_code::GetAccessSettings(session, context.clinic_id()));
      });
}

absl::StatusOr<v1::AccessSettings> AccessSettingsHandlers::UpdateAccessSettings(
    const rpc::Context& context, const v1::UpdateAccessSettingsRequest& request) {
  ASSIGN_OR_RETURN(const AccessSettings wanted,
                   ParseSettings(context.clinic_id(), request.access_settings()));
  const auto note = [&](db::Transaction& transaction, const char* outcome) {
    audit::Event event = context.AuditEvent();
    event.resource_kind = "access_settings";
    event.resource_id = context.clinic_id().ToString();
    event.outcome = outcome;
    return audit::Append(transaction, deps_.clock, {event});
  };
  const auto update = [&](db::Transaction& transaction) -> absl::StatusOr<v1::AccessSettings> {
    ASSIGN_OR_RETURN(const AccessSettings settings,
                     access_code::UpdateAccessSettings(transaction, wanted));
    RETURN_IF_ERROR(note(transaction, "OK"));
    return ToProto(settings);
  };
  const auto repeat = [&](db::Transaction& transaction, const v1::AccessSettings&) {
    return note(transaction, rpc::kRepeated);
  };
  return deps_.idempotency.Run<v1::AccessSettings>(
      deps_.pool, rpc::CallOf(context), rpc::KeyOf(context, request.request_id()), request, update,
      /*redact=*/nullptr, repeat);
}

}  // namespace portal::access_code
