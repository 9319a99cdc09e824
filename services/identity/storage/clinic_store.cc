#include "services/identity/storage/clinic_store.h"

#include "services/identity/storage/queries.h"

namespace portal::identity {

absl::Status ClinicStore::Create(db::Transaction& transaction, const Clinic& clinic) {
  transaction.Exec(queries::kInsertClinic, clinic.clinic_id, clinic.slug, clinic.display_name,
                   clinic.time_zone, clinic.created_at);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Clinic>> ClinicStore::Find(const db::CallOptions& call,
                                                        const id::ClinicId& clinic_id) {
  return pool_.Read(call, [&](db::Session& session) -> absl::StatusOr<std::optional<Clinic>> {
    const std::optional<db::Row> row = session.Exec(queries::kGetClinic, clinic_id).AtMostOne();
    if (!row.has_value()) return std::nullopt;
    return Clinic{.clinic_id = row->Id<id::ClinicId>("clinic_id"),
                  .slug = row->Text("slug"),
                  .display_name = row->Text("display_name"),
                  .time_zone = row->Text("time_zone"),
                  .created_at = row->Time("created_us")};
  });
}

}  // namespace portal::identity
