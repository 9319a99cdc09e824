#ifndef SERVICES_RECORDS_DOMAIN_SOAP_CHART_H_
#define SERVICES_RECORDS_DOMAIN_SOAP_CHART_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/id/ids.h"
#include "libs/id/uuid.h"
#include "libs/status/errors.h"
#include "services/records/domain/plan_section.h"

namespace portal::records {

// A later word on a locked chart. For staff only.
struct Addendum {
  id::Uuid id;
  std::string text;
  id::AccountId author_account_id;
  std::string author_display_name;  // at that time
  absl::Time created_at;

  friend bool operator==(const Addendum&, const Addendum&) = default;
};

// That a chart was made another patient's.
struct ChartMove {
  id::PatientId from;
  id::PatientId to;
  std::string reason;  // empty when the patients were merged
  id::AccountId mover_account_id;
  std::string mover_display_name;  // at that time
  absl::Time moved_at;

  friend bool operator==(const ChartMove&, const ChartMove&) = default;
};

// One encounter, in four parts: subjective, objective, assessment and the plan.
struct SoapChart {
  id::SoapChartId id;
  id::ClinicId clinic_id;
  id::PatientId patient_id;
  id::AccountId practitioner_account_id;
  std::string practitioner_display_name;  // at the time of writing
  absl::CivilDay encounter_date;          // in the clinic's time zone
  std::string subjective;
  std::string objective;
  std::string assessment;
  std::vector<PlanSection> plan_sections;  // Arranged()
  int64_t version = 1;                     // rises with each change
  absl::Time created_at;
  absl::Time updated_at;
  absl::Time plan_updated_at;           // when what its plan shows last changed
  std::optional<absl::Time> locked_at;  // set once, for ever
  bool plan_hidden = false;             // from everybody who holds a grant
  std::vector<Addendum> addenda;        // oldest first
  std::vector<ChartMove> moves;         // oldest first

  bool locked() const { return locked_at.has_value(); }

  friend bool operator==(const SoapChart&, const SoapChart&) = default;
};

// New values of those parts that a change names.
struct ChartChange {
  std::optional<absl::CivilDay> encounter_date;
  std::optional<std::string> subjective;
  std::optional<std::string> objective;
  std::optional<std::string> assessment;
  std::optional<std::vector<PlanSection>> plan_sections;
};

// Adds what the contract does not allow, with paths such as "soap_chart.subjective"; whether the
// clinic has the sections' kinds is Arranged()'s to say. `latest_today` is LatestToday().
void CheckChange(const ChartChange& change, absl::CivilDay latest_today,
                 status::FieldViolations& violations);

// SOAP_CHART_LOCKED, or else ETAG_MISMATCH unless `etag` is the chart's.
absl::Status CheckEditable(const SoapChart& chart, absl::string_view etag);

// What may be done to a locked chart as well: ETAG_MISMATCH unless `etag` is the chart's.
absl::Status CheckEtag(const SoapChart& chart, absl::string_view etag);

// SOAP_CHART_NOT_LOCKED, or TOO_MANY_ADDENDA.
absl::Status CheckTakesAddendum(const SoapChart& chart);

// Adds a violation unless the text says something, within its limit.
void CheckAddendum(absl::string_view text, status::FieldViolations& violations);
void CheckReason(absl::string_view reason, status::FieldViolations& violations);

// The chart after the move: another patient's.
SoapChart Moved(const SoapChart& chart, ChartMove move);

// The chart with its plan hidden from holders, or shown.
SoapChart WithPlanHidden(const SoapChart& chart, bool hidden, absl::Time now);

// The chart with a change's values; the change's sections are Arranged().
SoapChart Changed(const SoapChart& chart, const ChartChange& change, absl::Time now);

// The chart signed.
SoapChart Locked(const SoapChart& chart, absl::Time now);

// Whether the plan generated from the chart is another one: it came or went, or its day, its
// sections or its signature changed. Titles are the clinic's, not the plan's.
bool PlanChanged(const SoapChart& before, const SoapChart& after);

// Whether holders are to be told that a plan is waiting: it can be seen now and could not before,
// or it was signed. Not of every edit, and not of a chart that became another patient's.
bool IsNewsToHolders(const SoapChart& before, const SoapChart& after);
// The same of a chart that is just made.
bool IsNewsToHolders(const SoapChart& chart);

}  // namespace portal::records

#endif  // SERVICES_RECORDS_DOMAIN_SOAP_CHART_H_
