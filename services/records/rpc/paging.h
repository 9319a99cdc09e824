#ifndef SERVICES_RECORDS_RPC_PAGING_H_
#define SERVICES_RECORDS_RPC_PAGING_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "libs/id/ids.h"
#include "services/records/domain/audit_trail.h"
#include "services/records/domain/patient.h"
#include "services/records/rpc/convert.h"
#include "services/records/storage/position.h"

namespace portal::records {

// A page of very long charts or notes ends here, below the 4 MiB that gRPC clients take unless told
// otherwise; the next token goes on where it ended.
inline constexpr size_t kMaxPageBytes = 3 * 1024 * 1024;

// Adds the first `page_size` of `rows` to `page`, or as many, at least one, as fit into
// `max_bytes`. Returns the last row on the page if there are further ones, otherwise null.
template <typename Row, typename Proto>
const Row* FillPage(const std::vector<Row>& rows, int page_size,
                    google::protobuf::RepeatedPtrField<Proto>& page,
                    size_t max_bytes = kMaxPageBytes) {
  size_t bytes = 0;
  for (const Row& row : rows) {
    if (page.size() == page_size) break;
    Proto proto = ToProto(row);
    bytes += proto.ByteSizeLong();
    if (bytes > max_bytes && !page.empty()) break;
    *page.Add() = std::move(proto);
  }
  return page.size() < rows.size() ? &rows[page.size() - 1] : nullptr;
}

// Positions in lists as rpc::PageTokens carries them. Tokens are sealed, so their texts are ours;
// what does not fit nevertheless is PAGE_TOKEN_INVALID.
inline constexpr size_t kPatientColumns = 3;
inline constexpr size_t kEncounterColumns = 2;
inline constexpr size_t kAuditColumns = 2;

std::vector<std::string> ToTexts(const Patient& patient);
std::vector<std::string> ToTexts(absl::CivilDay encounter_date, const id::SoapChartId& id);
std::vector<std::string> ToTexts(const AuditEvent& event);

// `texts` is empty for the first page.
absl::StatusOr<PatientPosition> PatientPositionOf(const std::vector<std::string>& texts);
absl::StatusOr<EncounterPosition> EncounterPositionOf(const std::vector<std::string>& texts);
// The first page begins before `end`.
absl::StatusOr<AuditPosition> AuditPositionOf(const std::vector<std::string>& texts,
                                              absl::Time end);

}  // namespace portal::records

#endif  // SERVICES_RECORDS_RPC_PAGING_H_
