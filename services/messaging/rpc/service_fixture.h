#ifndef SERVICES_MESSAGING_RPC_SERVICE_FIXTURE_H_
#define SERVICES_MESSAGING_RPC_SERVICE_FIXTURE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"
#include "gtest/gtest.h"
#include "libs/audit/read_log.h"
#include "libs/db/pool.h"
#include "libs/id/ids.h"
#include "libs/outbox/outbox.h"
#include "libs/rpc/status_conversion.h"
#include "libs/status/errors.h"
#include "libs/telemetry/metrics.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/postgres.h"
#include "libs/testing/rpc_harness.h"
#include "libs/testing/status_matchers.h"
#include "portal/messaging/v1/directory_service.grpc.pb.h"
#include "portal/messaging/v1/notice_service.grpc.pb.h"
#include "services/messaging/rpc/service.h"
#include "services/messaging/storage/notice_store.h"
#include "services/messaging/storage/schema.h"

namespace portal::messaging {

// The whole service in the test's process, but for the sending: called over gRPC with certificates,
// on a database of its own, at the time the test says.
class ServiceTest : public ::testing::Test {
 protected:
  ServiceTest() {
    EXPECT_OK(harness_.Start(service_.Tables(), nullptr, &reads_));
    directory_ = v1::DirectoryService::NewStub(harness_.Channel("identity"));
  }
  ~ServiceTest() override { harness_.Shutdown(); }

  // "OK" or the reason.
  static std::string Outcome(const grpc::Status& status) {
    return status.ok() ? "OK" : status::ReasonOf(rpc::FromGrpc(status));
  }

  template <typename Stub, typename Request, typename Response>
  static grpc::Status Call(Stub& stub,
                           grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                        Response*),
                           const Request& request) {
    testing::Caller caller("", kPatience);
    Response response;
    return (stub.*method)(caller, request, &response);
  }

  grpc::Status Deliver(const std::string& event_id, const v1::Notice& notice,
                       const std::string& service = "identity") {
    v1::DeliverNoticeRequest request;
    request.set_event_id(event_id);
    *request.mutable_notice() = notice;
    const auto stub = v1::NoticeService::NewStub(harness_.Channel(service));
    return Call(*stub, &v1::NoticeService::Stub::DeliverNotice, request);
  }

  grpc::Status PutAccount(const id::AccountId& account_id, const std::string& email,
                          const std::string& language, int64_t version) {
    v1::PutAccountRequest request;
    request.set_account_id(account_id.ToString());
    request.set_email(email);
    request.set_language(language);
    request.set_version(version);
    return Call(*directory_, &v1::DirectoryService::Stub::PutAccount, request);
  }

  grpc::Status PutClinic(const id::ClinicId& clinic_id, const std::string& name,
                         const std::string& email, const std::string& language, int64_t version) {
    v1::PutClinicRequest request;
    request.set_clinic_id(clinic_id.ToString());
    request.set_display_name(name);
    request.set_notice_email(email);
    request.set_language(language);
    request.set_version(version);
    return Call(*directory_, &v1::DirectoryService::Stub::PutClinic, request);
  }

  // To an address, with a link.
  static v1::Notice Verification(const std::string& email = "zoe@example.org") {
    v1::Notice notice;
    notice.mutable_recipient()->set_email(email);
    notice.mutable_verify_email()->set_link(kLink);
    return notice;
  }
  // To an account.
  static v1::Notice PasswordChanged(const id::AccountId& account_id) {
    v1::Notice notice;
    notice.mutable_recipient()->set_account_id(account_id.ToString());
    notice.mutable_password_changed();
    return notice;
  }

  std::string NewEventId() const { return id::NewUuidV7(clock_).ToString(); }
  std::string Sql(const std::string& sql) const { return testing::Psql(database_.superuser, sql); }

  template <typename Work>
  static void AtOnce(int count, Work work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
    for (std::thread& thread : threads) thread.join();
  }

  static constexpr char kLink[] = "https://portal.example.org/verify#token=abc";
  // A loaded machine under a sanitizer is slow; that is not what these tests look at.
  static constexpr absl::Duration kPatience = absl::Minutes(4);

  db::PoolOptions PoolOptions(int size) const {
    db::PoolOptions options{.conninfo = database_.app,
                            .application_name = "messaging_test",
                            .size = size,
                            .statement_timeout = kPatience,
                            .lock_timeout = kPatience,
                            .acquire_timeout = kPatience,
                            .clock = &clock_};
    AddSchema(options);
    return options;
  }

  const testing::TestDatabase database_ =
      testing::PostgresCluster::Shared().CreateDatabase("messaging");
  testing::FakeClock clock_;
  telemetry::Metrics metrics_;
  testing::RpcHarness harness_{"messaging", clock_};
  db::Pool pool_{PoolOptions(rpc::Executor::Workers(harness_.options().executor))};
  db::Pool background_pool_{PoolOptions(4)};
  audit::ReadLog reads_{background_pool_, clock_};
  outbox::Outbox outbox_{harness_.keyring(), clock_};
  NoticeStore notices_{pool_, outbox_, clock_};
  Service service_{
      {.pool = pool_, .notices = notices_, .sealer = harness_.sealer(), .clock = clock_}};
  std::unique_ptr<v1::DirectoryService::Stub> directory_;

  const id::AccountId account_ = id::AccountId::New(clock_);
  const id::ClinicId clinic_ = id::ClinicId::New(clock_);
  const id::PatientId patient_ = id::PatientId::New(clock_);
};

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_RPC_SERVICE_FIXTURE_H_
