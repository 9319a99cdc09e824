#include "services/access_code/storage/grant_row.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "services/access_code/storage/holder_relationship.h"

namespace portal::access_code {
namespace {

constexpr std::array<std::pair<absl::string_view, GrantEnd>, 5> kEnds = {
    {{"revoked", GrantEnd::kRevoked},
     {"dropped", GrantEnd::kDropped},
     {"ended", GrantEnd::kReached},
     {"closed", GrantEnd::kAccountClosed},
     {"merged", GrantEnd::kMerged}}};

std::optional<GrantEnd> EndOf(const db::Row& row) {
  if (row.IsNull("revoked_us")) return std::nullopt;
  const std::optional<std::string> cause = row.OptionalText("end_cause");
  for (const auto& [name, end] : kEnds) {
    if (cause == name) return end;
  }
  return GrantEnd::kRevoked;  // before causes were noted there was no other
}

}  // namespace

Grant GrantOf(const db::Row& row) {
  return {
      .id = row.Id<id::GrantId>("grant_id"),
      .clinic_id = row.Id<id::ClinicId>("clinic_id"),
      .patient_id = row.Id<id::PatientId>("patient_id"),
      .account_id = row.Id<id::AccountId>("account_id"),
      .access_code_id = row.Id<id::AccessCodeId>("access_code_id"),
      .created_at = row.Time("created_us"),
      .holder = HolderOf(row),
      .ends_at = row.OptionalTime("ends_us"),
      .of_age_at = row.OptionalTime("of_age_us"),
      .kept_of_age = row.Bool("kept_of_age"),
      .ended_at = row.OptionalTime("revoked_us"),
      .end = EndOf(row),
      .merged_from = row.OptionalId<id::PatientId>("merged_from_patient_id"),
  };
}

std::vector<Grant> GrantsOf(const db::Rows& rows) {
  std::vector<Grant> grants;
  for (const db::Row& row : rows) grants.push_back(GrantOf(row));
  return grants;
}

}  // namespace portal::access_code
