#include "services/records/domain/soap_chart.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "libs/text/text.h"
#include "services/records/domain/errors.h"
#include "services/records/domain/limits.h"
#include "services/records/domain/version.h"

namespace portal::records {
namespace {

bool SameSections(const std::vector<PlanSection>& a, const std::vector<PlanSection>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const PlanSection& left, const PlanSection& right) {
                      return left.kind_id == right.kind_id && left.text == right.text;
                    });
}

void CheckSections(const std::vector<PlanSection>& sections, status::FieldViolations& violations) {
  if (sections.size() > kMaxPlanSectionKinds) {
    violations.Add("soap_chart.plan_sections",
                   absl::StrCat("must be at most ", kMaxPlanSectionKinds));
  }
  size_t characters = 0;
  for (size_t i = 0; i < sections.size(); ++i) {
    characters += text::CharacterCount(sections[i].text);
    text::CheckText(sections[i].text, kMaxPlanSectionCharacters,
                    absl::StrCat("soap_chart.plan_sections[", i, "].text"), violations);
  }
  if (characters > kMaxPlanCharacters) {
    violations.Add("soap_chart.plan_sections",
                   absl::StrCat("must have at most ", kMaxPlanCharacters, " characters together"));
  }
}

// A change from `before` to `after`, which differ in content only.
SoapChart NextVersion(const SoapChart& before, SoapChart after, absl::Time now) {
  after.version = before.version + 1;
  after.updated_at = now;
  if (PlanChanged(before, after)) after.plan_updated_at = now;
  return after;
}

}  // namespace

void CheckChange(const ChartChange& change, absl::CivilDay latest_today,
                 status::FieldViolations& violations) {
  if (change.encounter_date.has_value() &&
      (*change.encounter_date < kEarliestEncounterDate ||
       *change.encounter_date > latest_today + kMaxDaysAhead)) {
    violations.Add("soap_chart.encounter_date", "must be between 1900 and a year from today");
  }
  text::CheckText(change.subjective.value_or(""), kMaxSoapCharacters, "soap_chart.subjective",
                  violations);
  text::CheckText(change.objective.value_or(""), kMaxSoapCharacters, "soap_chart.objective",
                  violations);
  text::CheckText(change.assessment.value_or(""), kMaxSoapCharacters, "soap_chart.assessment",
                  violations);
  if (change.plan_sections.has_value()) CheckSections(*change.plan_sections, violations);
}

absl::Status CheckEditable(const SoapChart& chart, absl::string_view etag) {
  if (chart.locked()) return SoapChartLocked();
  if (etag != EtagOf(chart.version)) return status::EtagMismatch();
  return absl::OkStatus();
}

absl::Status CheckEtag(const SoapChart& chart, absl::string_view etag) {
  if (etag != EtagOf(chart.version)) return status::EtagMismatch();
  return absl::OkStatus();
}

absl::Status CheckTakesAddendum(const SoapChart& chart) {
  if (!chart.locked()) return SoapChartNotLocked();
  if (chart.addenda.size() >= kMaxAddenda) return TooManyAddenda();
  return absl::OkStatus();
}

namespace {

void CheckSaysSomething(absl::string_view text, size_t max_characters, absl::string_view field,
                        status::FieldViolations& violations) {
  if (text::IsBlank(text)) violations.Add(field, "is required");
  text::CheckText(text, max_characters, field, violations);
}

}  // namespace

void CheckAddendum(absl::string_view text, status::FieldViolations& violations) {
  CheckSaysSomething(text, kMaxAddendumCharacters, "text", violations);
}

void CheckReason(absl::string_view reason, status::FieldViolations& violations) {
  CheckSaysSomething(reason, kMaxReasonCharacters, "reason", violations);
}

SoapChart Moved(const SoapChart& chart, ChartMove move) {
  SoapChart after = chart;
  const absl::Time now = move.moved_at;
  after.patient_id = move.to;
  after.moves.push_back(std::move(move));
  return NextVersion(chart, std::move(after), now);
}

SoapChart WithPlanHidden(const SoapChart& chart, bool hidden, absl::Time now) {
  SoapChart after = chart;
  after.plan_hidden = hidden;
  return NextVersion(chart, std::move(after), now);
}

SoapChart Changed(const SoapChart& chart, const ChartChange& change, absl::Time now) {
  SoapChart after = chart;
  after.encounter_date = change.encounter_date.value_or(after.encounter_date);
  after.subjective = change.subjective.value_or(after.subjective);
  after.objective = change.objective.value_or(after.objective);
  after.assessment = change.assessment.value_or(after.assessment);
  after.plan_sections = change.plan_sections.value_or(after.plan_sections);
  return NextVersion(chart, std::move(after), now);
}

SoapChart Locked(const SoapChart& chart, absl::Time now) {
  SoapChart after = chart;
  after.locked_at = now;
  return NextVersion(chart, std::move(after), now);
}

bool PlanChanged(const SoapChart& before, const SoapChart& after) {
  if (before.plan_sections.empty() && after.plan_sections.empty()) return false;
  return before.encounter_date != after.encounter_date || before.locked() != after.locked() ||
         !SameSections(before.plan_sections, after.plan_sections);
}

bool IsNewsToHolders(const SoapChart& before, const SoapChart& after) {
  if (before.patient_id != after.patient_id || !IsNewsToHolders(after)) return false;
  return !IsNewsToHolders(before) || (!before.locked() && after.locked());
}

bool IsNewsToHolders(const SoapChart& chart) {
  return !chart.plan_sections.empty() && !chart.plan_hidden;
}

}  // namespace portal::records
