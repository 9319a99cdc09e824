#include "services/access_code/storage/access_settings_store.h"

#include "libs/status/errors.h"
#include "services/access_code/storage/queries.h"

namespace portal::access_code {
namespace {

AccessSettings FromRow(const db::Row& row) {
  return {.clinic_id = row.Id<id::ClinicId>("clinic_id"),
          .validity_days = static_cast<int>(row.Int64("validity_days")),
          .birth_date_required = row.Bool("birth_date_required"),
          .coming_of_age_years = static_cast<int>(row.Int64("coming_of_age_years")),
          .version = row.Int64("version")};
}

}  // namespace

AccessSettings GetAccessSettings(db::Session& session, const id::ClinicId& clinic_id) {
  const auto settings = session.Exec(queries::kGetAccessSettings, clinic_id).AtMostOne();
  return settings.has_value() ? FromRow(*settings) : AccessSettings{.clinic_id = clinic_id};
}

absl::StatusOr<AccessSettings> UpdateAccessSettings(db::Transaction& transaction,
                                                    const AccessSettings& settings) {
  transaction.Exec(queries::kAddClinic, settings.clinic_id);
  const auto updated =
      transaction
          .Exec(queries::kUpdateAccessSettings, settings.clinic_id, settings.validity_days,
                settings.birth_date_required, settings.coming_of_age_years, settings.version)
          .AtMostOne();
  if (!updated.has_value()) return status::EtagMismatch();
  transaction.Exec(queries::kAgeGrantsOfClinic, settings.clinic_id);
  return FromRow(*updated);
}

}  // namespace portal::access_code
