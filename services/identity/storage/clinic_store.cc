#include "services/identity/storage/clinic_store.h"

#include "services/identity/domain/errors.h"
#include "services/identity/storage/queries.h"

namespace portal::identity {
namespace {

Clinic ToClinic(const db::Row& row) {
  return {.clinic_id = row.Id<id::ClinicId>("clinic_id"),
          .slug = row.Text("slug"),
          .display_name = row.Text("display_name"),
          .time_zone = row.Text("time_zone"),
          .created_at = row.Time("created_us"),
          .notice_email = row.Text("notice_email"),
          .language = row.Text("language"),
          .second_factor_required = row.Bool("second_factor_required"),
          .version = row.Int64("version")};
}

}  // namespace

absl::Status ClinicStore::Create(db::Transaction& transaction, const Clinic& clinic) {
  transaction.Exec(queries::kInsertClinic, clinic.clinic_id, clinic.slug, clinic.display_name,
                   clinic.time_zone, clinic.created_at, clinic.notice_email, clinic.language,
                   clinic.second_factor_required);
  return absl::OkStatus();
}

absl::StatusOr<Clinic> ClinicStore::Lock(db::Transaction& transaction,
                                         const id::ClinicId& clinic_id) {
  const std::optional<db::Row> row = transaction.Exec(queries::kLockClinic, clinic_id).AtMostOne();
  if (!row.has_value()) return ClinicNotFound();
  return ToClinic(*row);
}

absl::Status ClinicStore::Update(db::Transaction& transaction, const Clinic& clinic) {
  transaction.Exec(queries::kUpdateClinic, clinic.clinic_id, clinic.display_name, clinic.time_zone,
                   clinic.notice_email, clinic.language, clinic.second_factor_required,
                   clinic.version);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Clinic>> ClinicStore::Find(const db::CallOptions& call,
                                                        const id::ClinicId& clinic_id) {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::optional<Clinic>> {
    const std::optional<db::Row> row = session.Exec(queries::kGetClinic, clinic_id).AtMostOne();
    if (!row.has_value()) return std::nullopt;
    return ToClinic(*row);
  });
}

}  // namespace portal::identity
