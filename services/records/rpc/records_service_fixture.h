#ifndef SERVICES_RECORDS_RPC_RECORDS_SERVICE_FIXTURE_H_
#define SERVICES_RECORDS_RPC_RECORDS_SERVICE_FIXTURE_H_

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/audit/read_log.h"
#include "libs/db/pool.h"
#include "libs/idempotency/store.h"
#include "libs/outbox/outbox.h"
#include "libs/rpc/status_conversion.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/postgres.h"
#include "libs/testing/rpc_harness.h"
#include "libs/testing/status_matchers.h"
#include "portal/records/v1/audit_service.grpc.pb.h"
#include "portal/records/v1/patient_service.grpc.pb.h"
#include "portal/records/v1/soap_chart_service.grpc.pb.h"
#include "portal/records/v1/treatment_plan_service.grpc.pb.h"
#include "services/records/rpc/service.h"
#include "services/records/storage/schema.h"

namespace portal::records {

// The service as in production, on a database of its own for each test; only grants are the test's.
class RecordsServiceFixture : public ::testing::Test {
 protected:
  RecordsServiceFixture()
      : database_(testing::PostgresCluster::Shared().CreateDatabase("records")),
        pool_(Options(8)),
        background_pool_(Options(1)),
        reads_(background_pool_, time::SystemClock()),
        harness_("records"),
        outbox_(harness_.keyring(), clock_),
        idempotency_(harness_.keyring(), clock_),
        service_({.pool = pool_,
                  .sealer = harness_.sealer(),
                  .outbox = outbox_,
                  .idempotency = idempotency_,
                  .clock = clock_}) {
    harness_.options().max_deadline = absl::Seconds(20);
    const absl::Status started = harness_.Start(service_.Tables(), &grants_, &reads_);
    if (!started.ok()) throw std::runtime_error(started.ToString());
    const auto channel = harness_.Channel();
    patients_ = v1::PatientService::NewStub(channel);
    charts_ = v1::SoapChartService::NewStub(channel);
    plans_ = v1::TreatmentPlanService::NewStub(channel);
    audit_ = v1::AuditService::NewStub(channel);
    owner_ = StaffOf(clinic_, auth::StaffRole::kOwner);
    practitioner_ = StaffOf(clinic_, auth::StaffRole::kPractitioner);
    front_desk_ = StaffOf(clinic_, auth::StaffRole::kFrontDesk);
    stranger_ = StaffOf(other_clinic_, auth::StaffRole::kOwner);
    holder_ = harness_.Passport(holder_id_);
  }

  // No call may use what goes away now.
  ~RecordsServiceFixture() override { harness_.Shutdown(); }

  db::PoolOptions Options(int size) const {
    db::PoolOptions options{.conninfo = database_.app, .application_name = "test", .size = size};
    options.statement_timeout = options.lock_timeout = options.acquire_timeout = absl::Seconds(20);
    AddSchema(options);
    return options;
  }

  std::string StaffOf(const id::ClinicId& clinic, auth::StaffRole role) const {
    return harness_.Passport(practitioner_id_, {{clinic, {role}}}, "Dr Ødegård");
  }

  // One call with a passport: the raw outcome, and the answer in `response`.
  template <typename Stub, typename Request, typename Response>
  static grpc::Status Call(
      Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
      const Request& request, const std::string& passport, Response* response) {
    testing::Caller caller(passport);
    return (stub.*method)(caller, request, response);
  }

  template <typename Stub, typename Request, typename Response>
  static absl::StatusOr<Response> Result(const std::unique_ptr<Stub>& stub,
                                         grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                      const Request&, Response*),
                                         const Request& request, const std::string& passport) {
    Response response;
    const grpc::Status status = Call(*stub, method, request, passport, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  // Everything a caller can see of a failure.
  template <typename Stub, typename Request, typename Response>
  static std::string Bytes(const std::unique_ptr<Stub>& stub,
                           grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                        Response*),
                           const Request& request, const std::string& passport) {
    Response response;
    const grpc::Status status = Call(*stub, method, request, passport, &response);
    return std::to_string(status.error_code()) + "|" + status.error_message() + "|" +
           status.error_details() + "|" + response.SerializeAsString();
  }

  std::string RequestId() const { return id::NewUuidV7(clock_).ToString(); }

  v1::CreatePatientRequest PatientRequest(const std::string& given_name = "Zoë",
                                          const std::string& family_name = "Nuñez") const {
    v1::CreatePatientRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_request_id(RequestId());
    // Tests make many of the same.
    request.set_accept_duplicates(true);
    v1::Patient& patient = *request.mutable_patient();
    patient.set_given_name(given_name);
    patient.set_family_name(family_name);
    patient.mutable_birth_date()->set_year(1931);
    patient.mutable_birth_date()->set_month(12);
    patient.mutable_birth_date()->set_day(31);
    patient.set_gender(v1::ADMINISTRATIVE_GENDER_FEMALE);
    patient.add_phones("+1 604 555 0101");
    patient.set_staff_notes("CANARY-NOTES");
    return request;
  }

  v1::Patient AddPatient(const std::string& given_name = "Zoë",
                         const std::string& family_name = "Nuñez") {
    return Result(patients_, &v1::PatientService::Stub::CreatePatient,
                  PatientRequest(given_name, family_name), front_desk_)
        .value();
  }

  v1::Patient StoredPatient(const std::string& patient_id) {
    v1::GetPatientRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_patient_id(patient_id);
    return Result(patients_, &v1::PatientService::Stub::GetPatient, request, owner_).value();
  }

  v1::MergePatientsRequest MergeRequest(const std::string& staying,
                                        const std::string& merged) const {
    v1::MergePatientsRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_patient_id(staying);
    request.set_merged_patient_id(merged);
    request.set_request_id(RequestId());
    return request;
  }

  absl::StatusOr<v1::Patient> Merge(const v1::MergePatientsRequest& request) {
    return Result(patients_, &v1::PatientService::Stub::MergePatients, request, practitioner_);
  }

  static void AddSection(const std::string& kind, const std::string& text, v1::SoapChart& chart) {
    v1::PlanSection& section = *chart.add_plan_sections();
    section.set_plan_section_kind_id(kind);
    section.set_text(text);
  }

  v1::CreateSoapChartRequest ChartRequest(const std::string& patient_id) const {
    v1::CreateSoapChartRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_patient_id(patient_id);
    request.set_request_id(RequestId());
    v1::SoapChart& chart = *request.mutable_soap_chart();
    chart.mutable_encounter_date()->set_year(2026);
    chart.mutable_encounter_date()->set_month(2);
    chart.mutable_encounter_date()->set_day(28);
    chart.set_subjective("CANARY-SUBJECTIVE");
    chart.set_objective("CANARY-OBJECTIVE");
    chart.set_assessment("CANARY-ASSESSMENT");
    return request;
  }

  v1::SoapChart AddChart(const std::string& patient_id, const std::string& diet = "greens") {
    v1::CreateSoapChartRequest request = ChartRequest(patient_id);
    AddSection("diet", diet, *request.mutable_soap_chart());
    return Result(charts_, &v1::SoapChartService::Stub::CreateSoapChart, request, practitioner_)
        .value();
  }

  v1::UpdateSoapChartRequest UpdateRequest(const v1::SoapChart& chart,
                                           const std::vector<std::string>& mask) const {
    v1::UpdateSoapChartRequest request;
    request.set_clinic_id(chart.clinic_id());
    request.set_soap_chart_id(chart.soap_chart_id());
    *request.mutable_soap_chart() = chart;
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    request.set_request_id(RequestId());
    return request;
  }

  absl::StatusOr<v1::SoapChart> Update(const v1::UpdateSoapChartRequest& request) {
    return Result(charts_, &v1::SoapChartService::Stub::UpdateSoapChart, request, practitioner_);
  }

  v1::LockSoapChartRequest LockRequest(const v1::SoapChart& chart) const {
    v1::LockSoapChartRequest request;
    request.set_clinic_id(chart.clinic_id());
    request.set_soap_chart_id(chart.soap_chart_id());
    request.set_etag(chart.etag());
    request.set_request_id(RequestId());
    return request;
  }

  absl::StatusOr<v1::SoapChart> Lock(const v1::LockSoapChartRequest& request) {
    return Result(charts_, &v1::SoapChartService::Stub::LockSoapChart, request, practitioner_);
  }

  v1::SoapChart Stored(const v1::SoapChart& chart) {
    v1::GetSoapChartRequest request;
    request.set_clinic_id(chart.clinic_id());
    request.set_soap_chart_id(chart.soap_chart_id());
    return Result(charts_, &v1::SoapChartService::Stub::GetSoapChart, request, owner_).value();
  }

  // As much as a request has room for, in an order that takes minutes to sort.
  static std::string AccentsInDisorder() {
    std::string text;
    while (text.size() < 1'000'000) text += "\u0301\u0323";
    return text;
  }

  void Grant(const std::string& patient_id) {
    grants_.Grant(holder_id_, id::PatientId::Parse("patient_id", patient_id).value());
  }

  // As a superuser, without the line end.
  std::string Psql(const std::string& sql) const {
    std::string rows = testing::Psql(database_.superuser, sql);
    while (!rows.empty() && rows.back() == '\n') rows.pop_back();
    return rows;
  }

  // Rows of what a change leaves behind: patients, charts, revisions, events, its audit row,
  // requests.
  std::string Footprint() const {
    return Psql(
        "SELECT (SELECT count(*) FROM patients), (SELECT coalesce(sum(version), 0) FROM "
        "soap_charts), "
        "(SELECT count(*) FROM plan_revisions), (SELECT count(*) FROM outbox_events), "
        "(SELECT count(*) FROM audit_events WHERE action !~ '(Get|List)' AND outcome = 'OK'), "
        "(SELECT count(*) FROM idempotency_keys)");
  }

  // The changes that were not made: action, outcome, patient.
  std::string NotMade() const {
    return Psql(
        "SELECT action, outcome, patient_id FROM audit_events "
        "WHERE action !~ '(Get|List)' AND outcome <> 'OK' ORDER BY event_id");
  }

  // Of the handlers, and only theirs: calls have real deadlines.
  testing::FakeClock clock_;
  const testing::TestDatabase database_;
  db::Pool pool_, background_pool_;
  audit::ReadLog reads_;
  testing::RpcHarness harness_;
  testing::FakeGrantChecker grants_;
  outbox::Outbox outbox_;
  const idempotency::Store idempotency_;
  Service service_;
  std::unique_ptr<v1::PatientService::Stub> patients_;
  std::unique_ptr<v1::SoapChartService::Stub> charts_;
  std::unique_ptr<v1::TreatmentPlanService::Stub> plans_;
  std::unique_ptr<v1::AuditService::Stub> audit_;

  const id::ClinicId clinic_ = id::ClinicId::New(clock_);
  const id::ClinicId other_clinic_ = id::ClinicId::New(clock_);
  const id::AccountId practitioner_id_ = id::AccountId::New(clock_);
  const id::AccountId holder_id_ = id::AccountId::New(clock_);
  // Passports.
  std::string owner_, practitioner_, front_desk_, stranger_, holder_;
};

// EXPECT_THAT(answer, EqualsProto(expected)): the same bytes.
MATCHER_P(EqualsProto, expected, "is " + expected.ShortDebugString()) {
  return arg.SerializeAsString() == expected.SerializeAsString();
}

}  // namespace portal::records

#endif  // SERVICES_RECORDS_RPC_RECORDS_SERVICE_FIXTURE_H_
