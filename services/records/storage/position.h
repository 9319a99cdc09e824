#ifndef SERVICES_RECORDS_STORAGE_POSITION_H_
#define SERVICES_RECORDS_STORAGE_POSITION_H_

#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/id/ids.h"
#include "libs/id/uuid.h"

// Where a page of a list begins: after the row with this sort key. As it is made, a position stands
// before the first row.
namespace portal::records {

// By family name, given name and id, in the order of the root collation of Unicode.
struct PatientPosition {
  std::string family_name;
  std::string given_name;
  id::PatientId id;
};

// Of charts and plans: newest encounter first, then newest id.
struct EncounterPosition {
  absl::CivilDay encounter_date = absl::CivilDay(10000, 1, 1);
  id::SoapChartId id{id::Uuid(id::Uuid::Bytes{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                              0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})};
};

// Of the audit trail: newest first.
struct AuditPosition {
  absl::Time occurred_at = absl::FromCivil(absl::CivilYear(10000), absl::UTCTimeZone());
  id::Uuid id;
};

}  // namespace portal::records

#endif  // SERVICES_RECORDS_STORAGE_POSITION_H_
