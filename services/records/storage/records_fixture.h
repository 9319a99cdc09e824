#ifndef SERVICES_RECORDS_STORAGE_RECORDS_FIXTURE_H_
#define SERVICES_RECORDS_STORAGE_RECORDS_FIXTURE_H_

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/db/pool.h"
#include "libs/status/status_macros.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/postgres.h"
#include "libs/testing/status_matchers.h"
#include "services/records/domain/version.h"
#include "services/records/storage/patient_store.h"
#include "services/records/storage/plan_section_kind_store.h"
#include "services/records/storage/schema.h"
#include "services/records/storage/soap_chart_store.h"
#include "services/records/storage/treatment_plan_store.h"

namespace portal::records {

// A migrated database of its own for each test, with the stores on it as the app role.
class RecordsFixture : public ::testing::Test {
 protected:
  RecordsFixture()
      : database_(testing::PostgresCluster::Shared().CreateDatabase("records")),
        pool_(Options(database_.app)) {}

  static db::PoolOptions Options(const std::string& conninfo) {
    db::PoolOptions options{.conninfo = conninfo, .application_name = "test", .size = 8};
    // Races queue for one row on a machine that does much else.
    options.statement_timeout = options.lock_timeout = options.acquire_timeout = absl::Seconds(30);
    AddSchema(options);
    return options;
  }

  // As a superuser: past all rights of the app role, not past constraints.
  std::string Psql(const std::string& sql) const {
    std::string rows = testing::Psql(database_.superuser, sql);
    while (!rows.empty() && rows.back() == '\n') rows.pop_back();
    return rows;
  }

  Patient NewPatient(const id::ClinicId& clinic, std::string given_name = "Zoë",
                     std::string family_name = "Nuñez") const {
    Patient patient;
    patient.id = id::PatientId::New(clock_);
    patient.clinic_id = clinic;
    patient.profile = {
        .given_name = std::move(given_name),
        .family_name = std::move(family_name),
        .birth_date = absl::CivilDay(1931, 12, 31),
        .gender = AdministrativeGender::kOther,
        .sex_at_birth = SexAtBirth::kIntersex,
        .gender_identity = "two-spirit",
        .email = "zoë@example.org",
        .phones = {"+1 604 555 0101", "911"},
        .address = {{"1 \"Main\" {St}", "NULL", "a,b\\c"}, "Montréal", "QC", "H2X 1Y4", "CA"},
        .health_card_number = "9876 543 210",
        .emergency_contact = {"Søren", "father", "604 555 0102"}};
    patient.staff_notes = "<script>alert('x')</script>\n'; DROP TABLE patients;--";
    patient.created_at = patient.updated_at = clock_.Now();
    return patient;
  }

  Patient AddPatient(const id::ClinicId& clinic, std::string given_name = "Zoë",
                     std::string family_name = "Nuñez") {
    Patient patient = NewPatient(clinic, std::move(given_name), std::move(family_name));
    EXPECT_OK(Add(patient));
    return patient;
  }

  absl::Status Add(const Patient& patient) {
    return pool_.Transact([&](db::Transaction& transaction) {
      patients_.Insert(transaction, patient);
      return absl::OkStatus();
    });
  }

  SoapChart NewChart(const Patient& patient, std::vector<PlanSection> sections,
                     absl::CivilDay encounter_date = absl::CivilDay(2026, 3, 1)) const {
    SoapChart chart;
    chart.id = id::SoapChartId::New(clock_);
    chart.clinic_id = patient.clinic_id;
    chart.patient_id = patient.id;
    chart.practitioner_account_id = practitioner_;
    chart.practitioner_display_name = "Dr Ødegård";
    chart.encounter_date = encounter_date;
    chart.subjective = "CANARY-S";
    chart.objective = "CANARY-O";
    chart.assessment = "CANARY-A";
    chart.plan_sections = std::move(sections);
    chart.created_at = chart.updated_at = chart.plan_updated_at = clock_.Now();
    return chart;
  }

  absl::Status Add(const SoapChart& chart) {
    return pool_.Transact([&](db::Transaction& transaction) {
      kinds_.Ensure(transaction, chart.clinic_id);
      charts_.Insert(transaction, chart);
      return absl::OkStatus();
    });
  }

  SoapChart AddChart(const Patient& patient, std::vector<PlanSection> sections = {},
                     absl::CivilDay encounter_date = absl::CivilDay(2026, 3, 1)) {
    SoapChart chart = NewChart(patient, std::move(sections), encounter_date);
    EXPECT_OK(Add(chart));
    return chart;
  }

  // What the service does for a change: look, decide, write.
  absl::Status Change(const SoapChart& chart, const std::string& etag, const ChartChange& change) {
    return pool_.Transact([&](db::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(const SoapChart before,
                       charts_.GetForChange(transaction, chart.clinic_id, chart.id));
      RETURN_IF_ERROR(CheckEditable(before, etag));
      return charts_.Update(transaction, before, Changed(before, change, clock_.Now()),
                            practitioner_);
    });
  }

  absl::Status Lock(const SoapChart& chart, const std::string& etag) {
    return pool_.Transact([&](db::Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(const SoapChart before,
                       charts_.GetForChange(transaction, chart.clinic_id, chart.id));
      RETURN_IF_ERROR(CheckEditable(before, etag));
      return charts_.Update(transaction, before, Locked(before, clock_.Now()), practitioner_);
    });
  }

  SoapChart Stored(const SoapChart& chart) {
    return charts_.Get({}, chart.clinic_id, chart.id).value();
  }

  testing::FakeClock clock_;
  const testing::TestDatabase database_;
  db::Pool pool_;
  const PatientStore patients_{pool_};
  const PlanSectionKindStore kinds_{pool_};
  const SoapChartStore charts_{pool_};
  const TreatmentPlanStore plans_{pool_};
  const id::ClinicId clinic_ = id::ClinicId::New(clock_);
  const id::ClinicId other_clinic_ = id::ClinicId::New(clock_);
  const id::AccountId practitioner_ = id::AccountId::New(clock_);
};

}  // namespace portal::records

#endif  // SERVICES_RECORDS_STORAGE_RECORDS_FIXTURE_H_
