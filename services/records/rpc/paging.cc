#include "services/records/rpc/paging.h"

#include <cstdint>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/id/uuid.h"
#include "libs/status/errors.h"

namespace portal::records {

std::vector<std::string> ToTexts(const Patient& patient) {
  return {patient.profile.family_name, patient.profile.given_name, patient.id.ToString()};
}

std::vector<std::string> ToTexts(absl::CivilDay encounter_date, const id::SoapChartId& id) {
  return {absl::FormatCivilTime(encounter_date), id.ToString()};
}

std::vector<std::string> ToTexts(const AuditEvent& event) {
  return {absl::StrCat(absl::ToUnixMicros(event.occurred_at)), event.id.ToString()};
}

absl::StatusOr<PatientPosition> PatientPositionOf(const std::vector<std::string>& texts) {
  if (texts.empty()) return PatientPosition();
  const std::optional<id::Uuid> id = id::Uuid::Parse(texts[2]);
  if (!id.has_value()) return status::PageTokenInvalid();
  return PatientPosition{.family_name = texts[0], .given_name = texts[1], .id = id::PatientId(*id)};
}

absl::StatusOr<EncounterPosition> EncounterPositionOf(const std::vector<std::string>& texts) {
  if (texts.empty()) return EncounterPosition();
  absl::CivilDay encounter_date;
  const std::optional<id::Uuid> id = id::Uuid::Parse(texts[1]);
  if (!absl::ParseCivilTime(texts[0], &encounter_date) || !id.has_value()) {
    return status::PageTokenInvalid();
  }
  return EncounterPosition{.encounter_date = encounter_date, .id = id::SoapChartId(*id)};
}

absl::StatusOr<AuditPosition> AuditPositionOf(const std::vector<std::string>& texts,
                                              absl::Time end) {
  if (texts.empty()) return AuditPosition{.occurred_at = end};
  int64_t micros = 0;
  const std::optional<id::Uuid> id = id::Uuid::Parse(texts[1]);
  if (!absl::SimpleAtoi(texts[0], &micros) || !id.has_value()) return status::PageTokenInvalid();
  return AuditPosition{.occurred_at = absl::FromUnixMicros(micros), .id = *id};
}

}  // namespace portal::records
