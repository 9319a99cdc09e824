#include "services/access_code/rpc/paging.h"

#include <cstdint>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/id/ids.h"
#include "libs/status/errors.h"

namespace portal::access_code {

std::vector<std::string> ToTexts(absl::Time created_at, const id::Uuid& id) {
  return {absl::StrCat(absl::ToUnixMicros(created_at)), id.ToString()};
}

std::vector<std::string> ToTexts(const AccessiblePatient& patient) {
  return {patient.display_name, patient.patient_id.ToString()};
}

absl::StatusOr<ListPosition> ListPositionOf(const std::vector<std::string>& texts) {
  if (texts.empty()) return ListPosition();
  int64_t micros;
  const std::optional<id::Uuid> id = id::Uuid::Parse(texts[1]);
  if (!absl::SimpleAtoi(texts[0], &micros) || !id.has_value()) return status::PageTokenInvalid();
  return ListPosition{.created_at = absl::FromUnixMicros(micros), .id = *id};
}

absl::StatusOr<std::optional<PatientPosition>> PatientPositionOf(
    const std::vector<std::string>& texts) {
  if (texts.empty()) return std::nullopt;
  const std::optional<id::Uuid> id = id::Uuid::Parse(texts[1]);
  if (!id.has_value()) return status::PageTokenInvalid();
  return PatientPosition{.display_name = texts[0], .patient_id = id::PatientId(*id)};
}

}  // namespace portal::access_code
