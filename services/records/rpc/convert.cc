#include "services/records/rpc/convert.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/type/date.pb.h"
#include "libs/id/uuid.h"
#include "libs/rpc/timestamp.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/records/domain/date.h"
#include "services/records/domain/version.h"

namespace portal::records {

google::type::Date ToProto(absl::CivilDay day) {
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

namespace {

using google::type::Date;
using records::ToProto;
using rpc::ToProto;
using status::FieldViolations;

v1::PostalAddress ToProto(const PostalAddress& address) {
  v1::PostalAddress proto;
  proto.mutable_lines()->Add(address.lines.begin(), address.lines.end());
  proto.set_city(address.city);
  proto.set_region(address.region);
  proto.set_postal_code(address.postal_code);
  proto.set_country_code(address.country_code);
  return proto;
}

v1::EmergencyContact ToProto(const EmergencyContact& contact) {
  v1::EmergencyContact proto;
  proto.set_name(contact.name);
  proto.set_relationship(contact.relationship);
  proto.set_phone(contact.phone);
  return proto;
}

// The fields that v1::Patient and v1::PatientProfile share.
template <typename Proto>
void SetProfile(const PatientProfile& profile, Proto& proto) {
  proto.set_given_name(profile.given_name);
  proto.set_family_name(profile.family_name);
  *proto.mutable_birth_date() = ToProto(profile.birth_date);
  proto.set_gender(static_cast<v1::AdministrativeGender>(profile.gender));
  proto.set_sex_at_birth(static_cast<v1::SexAtBirth>(profile.sex_at_birth));
  proto.set_gender_identity(profile.gender_identity);
  proto.set_email(profile.email);
  proto.mutable_phones()->Add(profile.phones.begin(), profile.phones.end());
  *proto.mutable_address() = ToProto(profile.address);
  proto.set_health_card_number(profile.health_card_number);
  *proto.mutable_emergency_contact() = ToProto(profile.emergency_contact);
}

v1::PlanSection ToProto(const PlanSection& section) {
  v1::PlanSection proto;
  proto.set_plan_section_kind_id(section.kind_id);
  proto.set_title(section.title);
  proto.set_text(section.text);
  return proto;
}

v1::SoapChartAddendum ToProto(const Addendum& addendum) {
  v1::SoapChartAddendum proto;
  proto.set_addendum_id(addendum.id.ToString());
  proto.set_text(addendum.text);
  proto.set_author_account_id(addendum.author_account_id.ToString());
  proto.set_author_display_name(addendum.author_display_name);
  *proto.mutable_create_time() = ToProto(addendum.created_at);
  return proto;
}

v1::SoapChartMove ToProto(const ChartMove& move) {
  v1::SoapChartMove proto;
  proto.set_from_patient_id(move.from.ToString());
  proto.set_to_patient_id(move.to.ToString());
  proto.set_reason(move.reason);
  proto.set_mover_account_id(move.mover_account_id.ToString());
  proto.set_mover_display_name(move.mover_display_name);
  *proto.mutable_move_time() = ToProto(move.moved_at);
  return proto;
}

static_assert(static_cast<int>(AdministrativeGender::kMale) == v1::ADMINISTRATIVE_GENDER_MALE &&
              static_cast<int>(AdministrativeGender::kFemale) == v1::ADMINISTRATIVE_GENDER_FEMALE &&
              static_cast<int>(AdministrativeGender::kOther) == v1::ADMINISTRATIVE_GENDER_OTHER &&
              static_cast<int>(AdministrativeGender::kUnknown) ==
                  v1::ADMINISTRATIVE_GENDER_UNKNOWN &&
              v1::AdministrativeGender_MAX == 4);
static_assert(static_cast<int>(SexAtBirth::kMale) == v1::SEX_AT_BIRTH_MALE &&
              static_cast<int>(SexAtBirth::kFemale) == v1::SEX_AT_BIRTH_FEMALE &&
              static_cast<int>(SexAtBirth::kIntersex) == v1::SEX_AT_BIRTH_INTERSEX &&
              static_cast<int>(SexAtBirth::kUnknown) == v1::SEX_AT_BIRTH_UNKNOWN &&
              v1::SexAtBirth_MAX == 4);

static_assert(static_cast<int>(DuplicateEvidence::kSimilarNameAndContact) + 1 ==
                  v1::DUPLICATE_EVIDENCE_SIMILAR_NAME_AND_CONTACT &&
              v1::DuplicateEvidence_MAX == 4);

void AddUnknown(absl::string_view field, FieldViolations& violations) {
  violations.Add(field, "is not one that this version knows");
}

AdministrativeGender ParseGender(v1::AdministrativeGender gender, FieldViolations& violations) {
  if (v1::AdministrativeGender_IsValid(gender)) return static_cast<AdministrativeGender>(gender);
  AddUnknown("patient.gender", violations);
  return AdministrativeGender::kUnspecified;
}

SexAtBirth ParseSex(v1::SexAtBirth sex, FieldViolations& violations) {
  if (v1::SexAtBirth_IsValid(sex)) return static_cast<SexAtBirth>(sex);
  AddUnknown("patient.sex_at_birth", violations);
  return SexAtBirth::kUnspecified;
}

PatientState ParseState(v1::PatientState state, FieldViolations& violations) {
  switch (state) {
    case v1::PATIENT_STATE_UNSPECIFIED:
    case v1::PATIENT_STATE_ACTIVE:
      return PatientState::kActive;
    case v1::PATIENT_STATE_INACTIVE:
      return PatientState::kInactive;
    case v1::PATIENT_STATE_DECEASED:
      return PatientState::kDeceased;
    default:
      AddUnknown("patient.state", violations);
      return PatientState::kActive;
  }
}

v1::PatientState ToProto(PatientState state) {
  switch (state) {
    case PatientState::kActive:
      return v1::PATIENT_STATE_ACTIVE;
    case PatientState::kInactive:
      return v1::PATIENT_STATE_INACTIVE;
    case PatientState::kDeceased:
      return v1::PATIENT_STATE_DECEASED;
  }
  return v1::PATIENT_STATE_UNSPECIFIED;
}

// After a violation some day that adds no second one.
absl::CivilDay ParseDate(absl::string_view field, const Date& date, FieldViolations& violations) {
  const auto day = FullDate(field, date.year(), date.month(), date.day());
  violations.Add(day.status());
  return day.value_or(absl::CivilDay(1970, 1, 1));
}

void CheckRequestId(const std::string& request_id, FieldViolations& violations) {
  if (!id::Uuid::Parse(request_id).has_value()) {
    violations.Add("request_id", "must be a lower-case UUID");
  }
}

std::vector<std::string> Texts(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

std::optional<absl::CivilDay> ParseDeceasedDate(const v1::Patient& patient,
                                                FieldViolations& violations) {
  if (!patient.has_deceased_date()) return std::nullopt;
  return ParseDate("patient.deceased_date", patient.deceased_date(), violations);
}

// The fields that are text, as they are stored.
PatientProfile TextsOf(const v1::Patient& patient) {
  const v1::PostalAddress& address = patient.address();
  const v1::EmergencyContact& contact = patient.emergency_contact();
  return Normalized({.given_name = patient.given_name(),
                     .family_name = patient.family_name(),
                     .gender_identity = patient.gender_identity(),
                     .email = patient.email(),
                     .phones = Texts(patient.phones()),
                     .address = {.lines = Texts(address.lines()),
                                 .city = address.city(),
                                 .region = address.region(),
                                 .postal_code = address.postal_code(),
                                 .country_code = address.country_code()},
                     .health_card_number = patient.health_card_number(),
                     .emergency_contact = {.name = contact.name(),
                                           .relationship = contact.relationship(),
                                           .phone = contact.phone()}});
}

PatientProfile ParseProfile(const v1::Patient& patient, FieldViolations& violations) {
  PatientProfile profile = TextsOf(patient);
  profile.birth_date = ParseDate("patient.birth_date", patient.birth_date(), violations);
  profile.gender = ParseGender(patient.gender(), violations);
  profile.sex_at_birth = ParseSex(patient.sex_at_birth(), violations);
  return profile;
}

// Takes the field of `patient` that `path` names into `change`; `texts` is TextsOf(patient).
void ParseField(const v1::Patient& patient, const PatientProfile& texts, absl::string_view path,
                PatientChange& change, FieldViolations& violations) {
  if (path == "given_name") {
    change.given_name = texts.given_name;
  } else if (path == "family_name") {
    change.family_name = texts.family_name;
  } else if (path == "birth_date") {
    change.birth_date = ParseDate("patient.birth_date", patient.birth_date(), violations);
  } else if (path == "gender") {
    change.gender = ParseGender(patient.gender(), violations);
  } else if (path == "sex_at_birth") {
    change.sex_at_birth = ParseSex(patient.sex_at_birth(), violations);
  } else if (path == "gender_identity") {
    change.gender_identity = texts.gender_identity;
  } else if (path == "email") {
    change.email = texts.email;
  } else if (path == "phones") {
    change.phones = texts.phones;
  } else if (path == "address") {
    change.address = texts.address;
  } else if (path == "health_card_number") {
    change.health_card_number = texts.health_card_number;
  } else if (path == "emergency_contact") {
    change.emergency_contact = texts.emergency_contact;
  } else if (path == "staff_notes") {
    change.staff_notes = patient.staff_notes();
  } else if (path == "state") {
    change.state = ParseState(patient.state(), violations);
  } else if (path == "deceased_date") {
    change.deceased_date = ParseDeceasedDate(patient, violations);
  } else {
    violations.Add("update_mask", "may name the fields of a patient that are not output only");
  }
}

std::vector<PlanSection> ParseSections(const v1::SoapChart& chart) {
  std::vector<PlanSection> sections;
  for (const v1::PlanSection& section : chart.plan_sections()) {
    sections.push_back({.kind_id = section.plan_section_kind_id(), .text = section.text()});
  }
  return sections;
}

// Takes the part of `chart` that `path` names into `change`.
void ParsePart(const v1::SoapChart& chart, absl::string_view path, ChartChange& change,
               FieldViolations& violations) {
  if (path == "encounter_date") {
    change.encounter_date =
        ParseDate("soap_chart.encounter_date", chart.encounter_date(), violations);
  } else if (path == "subjective") {
    change.subjective = chart.subjective();
  } else if (path == "objective") {
    change.objective = chart.objective();
  } else if (path == "assessment") {
    change.assessment = chart.assessment();
  } else if (path == "plan_sections") {
    change.plan_sections = ParseSections(chart);
  } else {
    violations.Add("update_mask",
                   "may name encounter_date, subjective, objective, assessment, plan_sections");
  }
}

id::SoapChartId ParseChartId(const std::string& text, FieldViolations& violations) {
  const auto chart_id = id::SoapChartId::Parse("soap_chart_id", text);
  violations.Add(chart_id.status());
  return chart_id.value_or(id::SoapChartId());
}

void CheckEtag(absl::string_view field, const std::string& etag, FieldViolations& violations) {
  if (etag.empty()) violations.Add(field, "is required");
}

}  // namespace

namespace {

NewPatient ParsePatient(const v1::Patient& entered, absl::CivilDay latest_today,
                        FieldViolations& violations) {
  NewPatient patient{.profile = ParseProfile(entered, violations),
                     .staff_notes = entered.staff_notes(),
                     .state = ParseState(entered.state(), violations),
                     .deceased_date = ParseDeceasedDate(entered, violations)};
  CheckProfile(patient.profile, latest_today, violations);
  CheckDeath(patient.state, patient.deceased_date, patient.profile.birth_date, latest_today,
             violations);
  CheckStaffNotes(patient.staff_notes, violations);
  return patient;
}

}  // namespace

absl::StatusOr<NewPatient> ParseRequest(const v1::CreatePatientRequest& request,
                                        absl::CivilDay latest_today) {
  FieldViolations violations;
  NewPatient patient = ParsePatient(request.patient(), latest_today, violations);
  CheckRequestId(request.request_id(), violations);
  RETURN_IF_ERROR(violations.ToStatus());
  return patient;
}

absl::StatusOr<NewPatient> ParseRequest(const v1::FindDuplicatePatientsRequest& request,
                                        absl::CivilDay latest_today) {
  FieldViolations violations;
  NewPatient patient = ParsePatient(request.patient(), latest_today, violations);
  RETURN_IF_ERROR(violations.ToStatus());
  return patient;
}

absl::StatusOr<id::PatientId> ParseRequest(const v1::MergePatientsRequest& request) {
  FieldViolations violations;
  const auto merged_id = id::PatientId::Parse("merged_patient_id", request.merged_patient_id());
  violations.Add(merged_id.status());
  if (request.merged_patient_id() == request.patient_id()) {
    violations.Add("merged_patient_id", "must be another patient");
  }
  CheckRequestId(request.request_id(), violations);
  RETURN_IF_ERROR(violations.ToStatus());
  return *merged_id;
}

absl::StatusOr<PatientUpdate> ParseRequest(const v1::UpdatePatientRequest& request,
                                           absl::CivilDay latest_today) {
  FieldViolations violations;
  PatientUpdate update{.etag = request.patient().etag()};
  if (request.update_mask().paths().empty()) {
    violations.Add("update_mask", "must name at least one field");
  }
  const PatientProfile texts = TextsOf(request.patient());
  for (const std::string& path : request.update_mask().paths()) {
    ParseField(request.patient(), texts, path, update.change, violations);
  }
  CheckChange(update.change, latest_today, violations);
  CheckEtag("patient.etag", update.etag, violations);
  CheckRequestId(request.request_id(), violations);
  RETURN_IF_ERROR(violations.ToStatus());
  return update;
}

absl::StatusOr<ChartChange> ParseRequest(const v1::CreateSoapChartRequest& request,
                                         absl::CivilDay latest_today) {
  FieldViolations violations;
  ChartChange change;
  for (const char* part :
       {"encounter_date", "subjective", "objective", "assessment", "plan_sections"}) {
    ParsePart(request.soap_chart(), part, change, violations);
  }
  CheckChange(change, latest_today, violations);
  CheckRequestId(request.request_id(), violations);
  RETURN_IF_ERROR(violations.ToStatus());
  return change;
}

absl::StatusOr<ChartUpdate> ParseRequest(const v1::UpdateSoapChartRequest& request,
                                         absl::CivilDay latest_today) {
  FieldViolations violations;
  ChartUpdate update{.chart_id = ParseChartId(request.soap_chart_id(), violations),
                     .etag = request.soap_chart().etag()};
  if (request.update_mask().paths().empty()) {
    violations.Add("update_mask", "must name at least one field");
  }
  for (const std::string& path : request.update_mask().paths()) {
    ParsePart(request.soap_chart(), path, update.change, violations);
  }
  CheckChange(update.change, latest_today, violations);
  CheckEtag("soap_chart.etag", update.etag, violations);
  CheckRequestId(request.request_id(), violations);
  RETURN_IF_ERROR(violations.ToStatus());
  return update;
}

absl::StatusOr<ChartUpdate> ParseRequest(const v1::LockSoapChartRequest& request) {
  FieldViolations violations;
  ChartUpdate update{.chart_id = ParseChartId(request.soap_chart_id(), violations),
                     .etag = request.etag()};
  CheckEtag("etag", update.etag, violations);
  CheckRequestId(request.request_id(), violations);
  RETURN_IF_ERROR(violations.ToStatus());
  return update;
}

absl::StatusOr<ChartUpdate> ParseRequest(const v1::SetPlanVisibilityRequest& request) {
  FieldViolations violations;
  ChartUpdate update{.chart_id = ParseChartId(request.soap_chart_id(), violations),
                     .etag = request.etag()};
  CheckEtag("etag", update.etag, violations);
  CheckRequestId(request.request_id(), violations);
  RETURN_IF_ERROR(violations.ToStatus());
  return update;
}

absl::StatusOr<ChartUpdate> ParseRequest(const v1::MoveSoapChartRequest& request) {
  FieldViolations violations;
  ChartUpdate update{.chart_id = ParseChartId(request.soap_chart_id(), violations),
                     .etag = request.etag()};
  CheckEtag("etag", update.etag, violations);
  CheckReason(request.reason(), violations);
  CheckRequestId(request.request_id(), violations);
  RETURN_IF_ERROR(violations.ToStatus());
  return update;
}

absl::StatusOr<id::SoapChartId> ParseRequest(const v1::AddSoapChartAddendumRequest& request) {
  FieldViolations violations;
  const id::SoapChartId chart_id = ParseChartId(request.soap_chart_id(), violations);
  CheckAddendum(request.text(), violations);
  CheckRequestId(request.request_id(), violations);
  RETURN_IF_ERROR(violations.ToStatus());
  return chart_id;
}

v1::Patient ToProto(const Patient& patient) {
  v1::Patient proto;
  proto.set_patient_id(patient.id.ToString());
  proto.set_clinic_id(patient.clinic_id.ToString());
  SetProfile(patient.profile, proto);
  proto.set_staff_notes(patient.staff_notes);
  proto.set_etag(EtagOf(patient.version));
  *proto.mutable_create_time() = ToProto(patient.created_at);
  *proto.mutable_update_time() = ToProto(patient.updated_at);
  proto.set_state(ToProto(patient.state));
  if (patient.deceased_date.has_value()) {
    *proto.mutable_deceased_date() = ToProto(*patient.deceased_date);
  }
  if (patient.merged_into.has_value()) {
    proto.set_merged_into_patient_id(patient.merged_into->ToString());
  }
  return proto;
}

v1::PatientSummary ToProto(const PatientSummary& patient) {
  v1::PatientSummary proto;
  proto.set_patient_id(patient.id.ToString());
  proto.set_given_name(patient.given_name);
  proto.set_family_name(patient.family_name);
  *proto.mutable_birth_date() = ToProto(patient.birth_date);
  proto.set_email(patient.email);
  proto.mutable_phones()->Add(patient.phones.begin(), patient.phones.end());
  proto.set_state(ToProto(patient.state));
  return proto;
}

v1::DuplicateCandidate ToProto(const DuplicateCandidate& candidate) {
  v1::DuplicateCandidate proto;
  *proto.mutable_patient() = ToProto(candidate.patient);
  for (const DuplicateEvidence evidence : candidate.evidence) {
    proto.add_evidence(static_cast<v1::DuplicateEvidence>(static_cast<int>(evidence) + 1));
  }
  return proto;
}

v1::PatientProfile ToProto(const id::PatientId& patient_id, const id::ClinicId& clinic_id,
                           const PatientProfile& profile) {
  v1::PatientProfile proto;
  proto.set_patient_id(patient_id.ToString());
  proto.set_clinic_id(clinic_id.ToString());
  SetProfile(profile, proto);
  return proto;
}

v1::SoapChart ToProto(const SoapChart& chart) {
  v1::SoapChart proto;
  proto.set_soap_chart_id(chart.id.ToString());
  proto.set_clinic_id(chart.clinic_id.ToString());
  proto.set_patient_id(chart.patient_id.ToString());
  proto.set_practitioner_account_id(chart.practitioner_account_id.ToString());
  proto.set_practitioner_display_name(chart.practitioner_display_name);
  *proto.mutable_encounter_date() = ToProto(chart.encounter_date);
  proto.set_subjective(chart.subjective);
  proto.set_objective(chart.objective);
  proto.set_assessment(chart.assessment);
  for (const PlanSection& section : chart.plan_sections) {
    *proto.add_plan_sections() = ToProto(section);
  }
  proto.set_state(chart.locked() ? v1::SOAP_CHART_STATE_LOCKED : v1::SOAP_CHART_STATE_UNLOCKED);
  proto.set_etag(EtagOf(chart.version));
  *proto.mutable_create_time() = ToProto(chart.created_at);
  *proto.mutable_update_time() = ToProto(chart.updated_at);
  if (chart.locked()) *proto.mutable_lock_time() = ToProto(*chart.locked_at);
  for (const Addendum& addendum : chart.addenda) *proto.add_addenda() = ToProto(addendum);
  proto.set_plan_hidden_from_holders(chart.plan_hidden);
  for (const ChartMove& move : chart.moves) *proto.add_moves() = ToProto(move);
  return proto;
}

v1::TreatmentPlan ToProto(const TreatmentPlan& plan) {
  v1::TreatmentPlan proto;
  proto.set_treatment_plan_id(plan.id.ToString());
  proto.set_clinic_id(plan.clinic_id.ToString());
  proto.set_patient_id(plan.patient_id.ToString());
  proto.set_practitioner_display_name(plan.practitioner_display_name);
  *proto.mutable_encounter_date() = ToProto(plan.encounter_date);
  for (const PlanSection& section : plan.sections) *proto.add_sections() = ToProto(section);
  proto.set_signed_(plan.is_signed);
  *proto.mutable_update_time() = ToProto(plan.updated_at);
  proto.set_hidden_from_holders(plan.hidden);
  return proto;
}

v1::TreatmentPlan ToProto(const PlanView& view) {
  v1::TreatmentPlan proto = ToProto(view.plan);
  proto.set_new_to_you(!view.seen_revision.has_value());
  proto.set_changed_since_last_look(view.changed());
  return proto;
}

v1::ExplainTreatmentPlanAccessResponse ToProto(const PlanAccess& access) {
  v1::ExplainTreatmentPlanAccessResponse proto;
  proto.set_reason(access.shown()        ? v1::PLAN_ACCESS_REASON_SHOWN
                   : access.moved_away() ? v1::PLAN_ACCESS_REASON_MOVED_AWAY
                   : !access.present     ? v1::PLAN_ACCESS_REASON_NO_PLAN
                                         : v1::PLAN_ACCESS_REASON_HIDDEN);
  const std::optional<absl::Time> shown_since = access.ShownSince();
  if (shown_since.has_value()) *proto.mutable_shown_since() = ToProto(*shown_since);
  proto.set_signed_(access.is_signed);
  if (const auto last = access.LastVisibilityChange(); last.has_value()) {
    v1::PlanVisibilityChange& change = *proto.mutable_visibility_change();
    change.set_hidden_from_holders(last->hidden);
    change.set_changer_account_id(last->changed_by.ToString());
    change.set_changer_display_name(last->changed_by_display_name);
    *change.mutable_change_time() = ToProto(last->changed_at);
  }
  proto.set_patient_id(access.patient_id.ToString());
  if (access.moved_at.has_value()) *proto.mutable_move_time() = ToProto(*access.moved_at);
  return proto;
}

v1::PlanChanges ToProto(const PlanRevision& then, const TreatmentPlan& now) {
  v1::PlanChanges proto;
  for (const SectionChange& change : Difference(then.sections, now.sections)) {
    v1::PlanSectionChange& section = *proto.add_sections();
    section.set_plan_section_kind_id(change.kind_id);
    section.set_title(change.title);
    section.set_kind(!change.old_text.has_value()   ? v1::PLAN_SECTION_CHANGE_KIND_ADDED
                     : !change.new_text.has_value() ? v1::PLAN_SECTION_CHANGE_KIND_REMOVED
                                                    : v1::PLAN_SECTION_CHANGE_KIND_CHANGED);
    section.set_old_text(change.old_text.value_or(""));
    section.set_new_text(change.new_text.value_or(""));
  }
  if (then.encounter_date != now.encounter_date) {
    *proto.mutable_previous_encounter_date() = ToProto(then.encounter_date);
  }
  proto.set_newly_signed(now.is_signed && !then.is_signed);
  return proto;
}

v1::PlanRevision ToProto(const PlanRevision& revision) {
  v1::PlanRevision proto;
  proto.set_revision(revision.number);
  *proto.mutable_encounter_date() = ToProto(revision.encounter_date);
  proto.set_signed_(revision.is_signed);
  for (const PlanSection& section : revision.sections) *proto.add_sections() = ToProto(section);
  proto.set_changer_account_id(revision.changed_by.ToString());
  *proto.mutable_change_time() = ToProto(revision.changed_at);
  return proto;
}

v1::PlanSectionKind ToProto(const PlanSectionKind& kind) {
  v1::PlanSectionKind proto;
  proto.set_plan_section_kind_id(kind.id);
  proto.set_title(kind.title);
  proto.set_position(kind.position);
  proto.set_retired(kind.retired);
  return proto;
}

}  // namespace portal::records
