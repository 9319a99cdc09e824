#ifndef SERVICES_ACCESS_CODE_RPC_SERVICE_FIXTURE_H_
#define SERVICES_ACCESS_CODE_RPC_SERVICE_FIXTURE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"
#include "gtest/gtest.h"
#include "libs/audit/read_log.h"
#include "libs/auth/passport.h"
#include "libs/db/pool.h"
#include "libs/id/ids.h"
#include "libs/idempotency/store.h"
#include "libs/notice/notice.h"
#include "libs/outbox/outbox.h"
#include "libs/outbox/relay.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/status_conversion.h"
#include "libs/rpc/timestamp.h"
#include "libs/status/errors.h"
#include "libs/telemetry/metrics.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/postgres.h"
#include "libs/testing/rpc_harness.h"
#include "libs/testing/status_matchers.h"
#include "portal/access_code/v1/access_code_service.grpc.pb.h"
#include "portal/access_code/v1/access_settings_service.grpc.pb.h"
#include "portal/access_code/v1/grant_service.grpc.pb.h"
#include "portal/access_code/v1/patient_directory_service.grpc.pb.h"
#include "portal/messaging/v1/notice_service.pb.h"
#include "services/access_code/domain/eff_word_list.h"
#include "services/access_code/rpc/service.h"
#include "services/access_code/storage/schema.h"

namespace portal::access_code {

// The whole service in the test's process: called over gRPC with certificates and passports, on a
// database of its own, at the time the test says.
class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() {
    harness_.options().executor.write.capacity = 2000;
    EXPECT_OK(harness_.Start(service_.Tables(), nullptr, &reads_));
    codes_ = v1::AccessCodeService::NewStub(harness_.Channel("gateway"));
    grants_ = v1::GrantService::NewStub(harness_.Channel("gateway"));
    records_grants_ = v1::GrantService::NewStub(harness_.Channel("records"));
    directory_ = v1::PatientDirectoryService::NewStub(harness_.Channel("records"));
    settings_ = v1::AccessSettingsService::NewStub(harness_.Channel("gateway"));
  }
  ~ServiceTest() override { harness_.Shutdown(); }

  // A service's answer and how it ended; failures as they were on the wire.
  template <typename Response>
  struct Answer {
    grpc::Status status;
    Response response;

    bool ok() const { return status.ok(); }
    // "OK" or the reason.
    std::string Outcome() const { return ok() ? "OK" : status::ReasonOf(rpc::FromGrpc(status)); }
    // Everything a caller can tell one failure from another by.
    std::string Bytes() const {
      return absl::StrCat(status.error_code(), "|", status.error_message(), "|",
                          status.error_details());
    }
  };

  // `passport`: none when empty. `address`: the client's, as the gateway forwards it.
  template <typename Stub, typename Request, typename Response>
  Answer<Response> Call(Stub& stub,
                        grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                     Response*),
                        const Request& request, const std::string& passport = "",
                        const std::string& address = "192.0.2.1") {
    testing::Caller caller(passport, kPatience);
    caller.context().AddMetadata(rpc::kClientAddressKey, address);
    Answer<Response> answer;
    answer.status = (stub.*method)(caller, request, &answer.response);
    return answer;
  }

  std::string StaffPassport(const id::ClinicId& clinic_id) const {
    return harness_.Passport(
        staff_, {{.clinic_id = clinic_id, .roles = {auth::StaffRole::kFrontDesk}}}, "Front Desk");
  }
  std::string OwnerPassport(const id::ClinicId& clinic_id) const {
    return harness_.Passport(staff_, {{.clinic_id = clinic_id, .roles = {auth::StaffRole::kOwner}}},
                             "Owner");
  }
  std::string Passport(const id::AccountId& account_id) const {
    return harness_.Passport(account_id);
  }
  std::string NewRequestId() const { return id::NewUuidV7(clock_).ToString(); }

  Answer<v1::PutPatientResponse> Put(const id::PatientId& patient_id, const id::ClinicId& clinic_id,
                                     const std::string& name, int64_t version) {
    v1::PutPatientRequest request;
    request.set_patient_id(patient_id.ToString());
    request.set_clinic_id(clinic_id.ToString());
    request.set_display_name(name);
    request.set_version(version);
    return Call(*directory_, &v1::PatientDirectoryService::Stub::PutPatient, request);
  }
  // A patient whose birth date records has told.
  id::PatientId NewPatientBorn(int year, int month, int day) {
    const auto patient_id = id::PatientId::New(clock_);
    EXPECT_EQ(PutBorn(patient_id, year, month, day, 1).Outcome(), "OK");
    return patient_id;
  }
  Answer<v1::PutPatientResponse> PutBorn(const id::PatientId& patient_id, int year, int month,
                                         int day, int64_t version) {
    v1::PutPatientRequest request;
    request.set_patient_id(patient_id.ToString());
    request.set_clinic_id(clinic_.ToString());
    request.set_display_name("Ada Moss");
    request.set_version(version);
    *request.mutable_birth_date() = Date(year, month, day);
    return Call(*directory_, &v1::PatientDirectoryService::Stub::PutPatient, request);
  }
  Answer<v1::PutPatientResponse> Merge(const id::PatientId& merged, const id::PatientId& stayed) {
    v1::PutPatientRequest request;
    request.set_patient_id(merged.ToString());
    request.set_clinic_id(clinic_.ToString());
    request.set_display_name("Ada Moss");
    request.set_version(100);
    request.set_merged_into_patient_id(stayed.ToString());
    return Call(*directory_, &v1::PatientDirectoryService::Stub::PutPatient, request);
  }
  static google::type::Date Date(int year, int month, int day) {
    google::type::Date date;
    date.set_year(year);
    date.set_month(month);
    date.set_day(day);
    return date;
  }

  Answer<v1::AccessSettings> UpdateSettings(const v1::AccessSettings& settings) {
    v1::UpdateAccessSettingsRequest request;
    request.set_clinic_id(clinic_.ToString());
    *request.mutable_access_settings() = settings;
    request.set_request_id(NewRequestId());
    return Call(*settings_, &v1::AccessSettingsService::Stub::UpdateAccessSettings, request,
                OwnerPassport(clinic_));
  }
  Answer<v1::AccessSettings> GetSettings(const id::ClinicId& clinic_id) {
    v1::GetAccessSettingsRequest request;
    request.set_clinic_id(clinic_id.ToString());
    return Call(*settings_, &v1::AccessSettingsService::Stub::GetAccessSettings, request,
                StaffPassport(clinic_id));
  }
  // From now on the clinic demands the birth date.
  void DemandBirthDates() {
    v1::AccessSettings settings = GetSettings(clinic_).response;
    settings.set_birth_date_required(true);
    EXPECT_EQ(UpdateSettings(settings).Outcome(), "OK");
  }

  // The notices that wait for messaging and have this content, by whom they go to.
  std::vector<std::string> NoticesOf(messaging::v1::Notice::ContentCase content) {
    std::vector<std::string> recipients;
    for (const messaging::v1::Notice& notice : Notices()) {
      if (notice.content_case() != content) continue;
      const messaging::v1::Recipient& to = notice.recipient();
      recipients.push_back(absl::StrCat(to.account_id(), to.clinic_id(), to.email()));
    }
    return recipients;
  }
  // All notices that wait; they go on waiting.
  std::vector<messaging::v1::Notice> Notices() {
    std::vector<messaging::v1::Notice> notices;
    outbox::Relay relay(background_pool_, outbox_, relay_metrics_,
                        {{notice::kTopic, [&](const outbox::Delivery& delivery) {
                            messaging::v1::DeliverNoticeRequest request;
                            EXPECT_TRUE(request.ParseFromString(delivery.payload));
                            notices.push_back(request.notice());
                            return status::DependencyUnavailable("messaging");
                          }}});
    Sql("UPDATE outbox_events SET available_at = 'epoch'");
    while (relay.DeliverOnce().value() > 0) {
    }
    return notices;
  }

  id::PatientId NewPatient(const id::ClinicId& clinic_id, const std::string& name = "Ada Moss") {
    const auto patient_id = id::PatientId::New(clock_);
    EXPECT_EQ(Put(patient_id, clinic_id, name, 1).Outcome(), "OK");
    return patient_id;
  }

  v1::IssueAccessCodeRequest IssueRequest(const id::PatientId& patient_id,
                                          const id::ClinicId& clinic_id) const {
    v1::IssueAccessCodeRequest request;
    request.set_clinic_id(clinic_id.ToString());
    request.set_patient_id(patient_id.ToString());
    request.set_request_id(NewRequestId());
    return request;
  }
  Answer<v1::IssueAccessCodeResponse> Issue(const v1::IssueAccessCodeRequest& request) {
    return Call(*codes_, &v1::AccessCodeService::Stub::IssueAccessCode, request,
                StaffPassport(*id::ClinicId::Parse("clinic_id", request.clinic_id())));
  }
  // A live code of clinic_.
  v1::IssueAccessCodeResponse NewCode(const id::PatientId& patient_id) {
    const auto issued = Issue(IssueRequest(patient_id, clinic_));
    EXPECT_EQ(issued.Outcome(), "OK");
    return issued.response;
  }

  Answer<v1::AccessCode> Cancel(const std::string& access_code_id, const id::ClinicId& clinic_id) {
    v1::CancelAccessCodeRequest request;
    request.set_clinic_id(clinic_id.ToString());
    request.set_access_code_id(access_code_id);
    request.set_request_id(NewRequestId());
    return Call(*codes_, &v1::AccessCodeService::Stub::CancelAccessCode, request,
                StaffPassport(clinic_id));
  }

  v1::RedeemAccessCodeRequest RedeemRequest(const std::string& code) const {
    v1::RedeemAccessCodeRequest request;
    request.set_code(code);
    request.set_request_id(NewRequestId());
    return request;
  }
  Answer<v1::RedeemAccessCodeResponse> Redeem(const v1::RedeemAccessCodeRequest& request,
                                              const id::AccountId& account_id) {
    return Call(*codes_, &v1::AccessCodeService::Stub::RedeemAccessCode, request,
                Passport(account_id));
  }
  Answer<v1::RedeemAccessCodeResponse> Redeem(const std::string& code,
                                              const id::AccountId& account_id) {
    return Redeem(RedeemRequest(code), account_id);
  }
  // The id of a new grant.
  std::string NewGrant(const id::PatientId& patient_id, const id::AccountId& account_id,
                       v1::HolderRelationship holder = v1::HOLDER_RELATIONSHIP_UNSPECIFIED) {
    v1::IssueAccessCodeRequest request = IssueRequest(patient_id, clinic_);
    request.set_holder_relationship(holder);
    const auto redeemed = Redeem(Issue(request).response.words(), account_id);
    EXPECT_EQ(redeemed.Outcome(), "OK");
    return redeemed.response.patient().grant_id();
  }

  Answer<v1::Grant> Revoke(const std::string& grant_id, const id::ClinicId& clinic_id) {
    v1::RevokeGrantRequest request;
    request.set_clinic_id(clinic_id.ToString());
    request.set_grant_id(grant_id);
    request.set_request_id(NewRequestId());
    return Call(*grants_, &v1::GrantService::Stub::RevokeGrant, request, StaffPassport(clinic_id));
  }

  // Each question: a passport and a patient.
  Answer<v1::CheckGrantsResponse> Check(
      const std::vector<std::pair<std::string, std::string>>& questions) {
    v1::CheckGrantsRequest request;
    for (const auto& [passport, patient_id] : questions) {
      v1::GrantQuestion& question = *request.add_questions();
      question.set_passport(passport);
      question.set_patient_id(patient_id);
    }
    return Call(*records_grants_, &v1::GrantService::Stub::CheckGrants, request);
  }
  Answer<v1::Grant> SetEnd(const std::string& grant_id, absl::Time end, bool keep_of_age = false) {
    v1::SetGrantEndRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_grant_id(grant_id);
    if (end != absl::InfiniteFuture()) *request.mutable_end_time() = rpc::ToProto(end);
    request.set_keep_of_age(keep_of_age);
    request.set_request_id(NewRequestId());
    return Call(*grants_, &v1::GrantService::Stub::SetGrantEnd, request, StaffPassport(clinic_));
  }
  Answer<v1::DropPatientResponse> Drop(const id::PatientId& patient_id,
                                       const id::AccountId& account_id) {
    v1::DropPatientRequest request;
    request.set_patient_id(patient_id.ToString());
    request.set_request_id(NewRequestId());
    return Call(*grants_, &v1::GrantService::Stub::DropPatient, request, Passport(account_id));
  }
  Answer<v1::ListGrantsResponse> ListGrants(const id::PatientId& patient_id,
                                            const id::ClinicId& clinic_id, int page_size = 0,
                                            const std::string& page_token = "") {
    v1::ListGrantsRequest request;
    request.set_clinic_id(clinic_id.ToString());
    request.set_patient_id(patient_id.ToString());
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    return Call(*grants_, &v1::GrantService::Stub::ListGrants, request, StaffPassport(clinic_id));
  }
  // The state of a patient's newest grant, as staff see it.
  v1::GrantState StateOf(const id::PatientId& patient_id) {
    const auto listed = ListGrants(patient_id, clinic_);
    EXPECT_GE(listed.response.grants_size(), 1);
    return listed.response.grants_size() == 0 ? v1::GRANT_STATE_UNSPECIFIED
                                              : listed.response.grants(0).state();
  }
  static absl::Time TimeOf(const google::protobuf::Timestamp& timestamp) {
    return absl::FromUnixMicros(
        google::protobuf::util::TimeUtil::TimestampToMicroseconds(timestamp));
  }

  bool IsGranted(const id::PatientId& patient_id, const id::AccountId& account_id) {
    const auto checked = Check({{Passport(account_id), patient_id.ToString()}});
    EXPECT_EQ(checked.Outcome(), "OK");
    EXPECT_EQ(checked.response.answers_size(), 1);
    return checked.response.answers(0) == v1::GRANT_ANSWER_GRANTED;
  }

  std::string Sql(const std::string& sql) const { return testing::Psql(database_.superuser, sql); }

  // A metric's value as it is exposed: "name{label="value"}".
  std::string Metric(const std::string& series) const {
    const std::string text = metrics_.Text();
    const size_t line = text.find("\n" + series + " ");
    if (line == std::string::npos) return "";
    const size_t start = line + series.size() + 2;
    return text.substr(start, text.find('\n', start) - start);
  }

  template <typename Work>
  static void AtOnce(int count, Work work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
    for (std::thread& thread : threads) thread.join();
  }

  // A loaded machine under a sanitizer is slow; that is not what these tests look at.
  static constexpr absl::Duration kPatience = absl::Minutes(4);

  db::PoolOptions PoolOptions(int size) const {
    db::PoolOptions options{.conninfo = database_.app,
                            .application_name = "access_code_test",
                            .size = size,
                            .statement_timeout = kPatience,
                            .lock_timeout = kPatience,
                            .acquire_timeout = kPatience,
                            .clock = &clock_};
    AddSchema(options);
    return options;
  }

  static const WordList& List() {
    static const WordList* list = new WordList(EffWordList());
    return *list;
  }

  const testing::TestDatabase database_ =
      testing::PostgresCluster::Shared().CreateDatabase("access_code");
  testing::FakeClock clock_;
  telemetry::Metrics metrics_;
  telemetry::Metrics relay_metrics_;
  testing::RpcHarness harness_{"access_code", clock_};
  db::Pool pool_{PoolOptions(rpc::Executor::Workers(harness_.options().executor))};
  db::Pool background_pool_{PoolOptions(2)};
  audit::ReadLog reads_{background_pool_, clock_};
  outbox::Outbox outbox_{harness_.keyring(), clock_};
  idempotency::Store idempotency_{harness_.keyring(), clock_};
  Service service_{{.pool = pool_,
                    .words = List(),
                    .peppers = harness_.keyring(),
                    .passports = harness_.passports(),
                    .sealer = harness_.sealer(),
                    .outbox = outbox_,
                    .idempotency = idempotency_,
                    .clock = clock_,
                    .metrics = metrics_,
                    .portal_base_url = "https://portal.example"}};

  std::unique_ptr<v1::AccessCodeService::Stub> codes_;
  std::unique_ptr<v1::GrantService::Stub> grants_;
  std::unique_ptr<v1::GrantService::Stub> records_grants_;
  std::unique_ptr<v1::PatientDirectoryService::Stub> directory_;
  std::unique_ptr<v1::AccessSettingsService::Stub> settings_;

  const id::ClinicId clinic_ = id::ClinicId::New(clock_);
  const id::ClinicId other_clinic_ = id::ClinicId::New(clock_);
  const id::AccountId staff_ = id::AccountId::New(clock_);
  const id::AccountId account_ = id::AccountId::New(clock_);
  const id::AccountId other_account_ = id::AccountId::New(clock_);
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_SERVICE_FIXTURE_H_
