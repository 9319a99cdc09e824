#include "libs/rpc/server.h"

#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "libs/id/uuid.h"
#include "libs/rpc/channel.h"
#include "libs/status/errors.h"
#include "libs/testing/rpc_harness.h"
#include "portal/testing/v1/probe_service.pb.h"

namespace portal::rpc {
namespace {

using portal::testing::Caller;
using portal::testing::v1::ProbeRequest;
using portal::testing::v1::ProbeResponse;

constexpr char kPublic[] = "CallPublic";
constexpr char kAccount[] = "CallAccount";
constexpr char kRequestId[] = "0188a5d0-0000-7000-8000-00000000000a";

// Keeps what it was called with.
class Handlers {
 public:
  absl::StatusOr<ProbeResponse> Keep(const Context& context, const ProbeRequest&) {
    std::lock_guard lock(mutex_);
    ++calls_;
    seen_ = context.call();
    return ProbeResponse();
  }
  absl::StatusOr<std::unique_ptr<Stream<ProbeResponse>>> Watch(const Context&,
                                                               const ProbeRequest&) {
    return status::Cancelled();
  }

  int calls() const {
    std::lock_guard lock(mutex_);
    return calls_;
  }
  Context::Call seen() const {
    std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  mutable std::mutex mutex_;
  int calls_ = 0;       // guarded by mutex_
  Context::Call seen_;  // guarded by mutex_
};

class AdmissionTest : public ::testing::Test {
 protected:
  AdmissionTest() : pool_({.conninfo = "host=/nonexistent"}), reads_(pool_, time::SystemClock()) {
    MethodTable table("portal.testing.v1.ProbeService");
    for (const char* name :
         {kPublic, kAccount, "ReadPatient", "ChangePatient", "CallStaff", "CallService"}) {
      table.Unary(name, Lane::kRead, &handlers_, &Handlers::Keep);
    }
    table.ServerStreaming("Watch", Lane::kRead, &handlers_, &Handlers::Watch);
    EXPECT_TRUE(harness_.Start({std::move(table)}, &grants_, &reads_).ok());
  }

  using Metadata = std::vector<std::pair<const char*, std::string>>;

  // "OK" or the reason.
  std::string Call(const std::string& method, const Metadata& metadata,
                   const std::string& bytes = "", const std::string& service = "gateway") {
    Caller caller;
    for (const auto& [key, value] : metadata) caller.context().AddMetadata(key, value);
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer sent(&slice, 1);
    grpc::ByteBuffer received;
    grpc::GenericStub stub(harness_.Channel(service));
    std::promise<grpc::Status> done;
    stub.UnaryCall(&caller.context(), "/portal.testing.v1.ProbeService/" + method, {}, &sent,
                   &received, [&](grpc::Status status) { done.set_value(std::move(status)); });
    const grpc::Status status = done.get_future().get();
    return status.ok() ? "OK" : status::ReasonOf(FromGrpc(status));
  }

  // What the handler is told of a public call with this metadata.
  Context::Call Seen(const Metadata& metadata) {
    EXPECT_EQ(Call(kPublic, metadata), "OK");
    return handlers_.seen();
  }

  const std::string malformed_ = "\xff\xff\xff";
  Handlers handlers_;
  db::Pool pool_;  // never used
  audit::ReadLog reads_;
  portal::testing::FakeGrantChecker grants_;
  portal::testing::RpcHarness harness_{"probe"};
  const std::string passport_ = harness_.Passport(id::AccountId::New(time::SystemClock()));
};

TEST_F(AdmissionTest, CallerThatMayNotCallLearnsNothingOfItsRequest) {
  const Metadata nobody, person = {{kPassportKey, passport_}};
  EXPECT_EQ(Call(kAccount, person, malformed_, "records"), "SERVICE_NOT_ALLOWED");
  EXPECT_EQ(Call(kAccount, nobody, malformed_), "PASSPORT_MISSING");
  EXPECT_EQ(Call(kAccount, {{kPassportKey, "v4.public.x.y"}}, malformed_), "PASSPORT_INVALID");
  EXPECT_EQ(Call(kAccount, person, malformed_), "INVALID_FIELD");
  EXPECT_EQ(handlers_.calls(), 0);
}

TEST_F(AdmissionTest, OfTwoPassportsNeitherCounts) {
  EXPECT_EQ(Call(kAccount, {{kPassportKey, passport_}, {kPassportKey, passport_}}),
            "PASSPORT_INVALID");
  EXPECT_EQ(Call(kAccount, {{kPassportKey, passport_}}), "OK");
}

TEST_F(AdmissionTest, PublicMethodDoesNotLookAtThePassport) {
  EXPECT_EQ(Call(kPublic, {{kPassportKey, "v4.public.x.y"}}), "OK");
}

TEST_F(AdmissionTest, RequestIdIsTakenOverOrMade) {
  EXPECT_EQ(Seen({{kRequestIdKey, kRequestId}}).request_id, kRequestId);
  const std::vector<Metadata> unusable = {
      {},
      {{kRequestIdKey, "not a UUID"}},
      {{kRequestIdKey, std::string(1000, 'a')}},
      {{kRequestIdKey, kRequestId}, {kRequestIdKey, kRequestId}},
  };
  std::string last;
  for (const Metadata& metadata : unusable) {
    const std::string made = Seen(metadata).request_id;
    EXPECT_TRUE(id::Uuid::Parse(made).has_value()) << made;
    EXPECT_NE(made, kRequestId);
    EXPECT_NE(std::exchange(last, made), made);
  }
}

TEST_F(AdmissionTest, ClientAddressIsTheLastOneAndNothingElse) {
  const auto seen = [this](const std::string& value) {
    return Seen({{kClientAddressKey, value}}).client_address;
  };
  EXPECT_EQ(seen("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(seen("198.51.100.7, 192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(seen("198.51.100.7,2001:db8::1"), "2001:db8::1");
  EXPECT_EQ(seen("192.0.2.1, <script>"), "");
  EXPECT_EQ(seen(std::string(1000, '1')), "");
  EXPECT_EQ(Seen({}).client_address, "");
  // Nobody hides by what they write before it.
  EXPECT_EQ(seen(std::string(1000, '1') + ", 192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(seen(std::string(1000, ',') + "192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(
      Seen({{kClientAddressKey, "198.51.100.7"}, {kClientAddressKey, "192.0.2.1"}}).client_address,
      "192.0.2.1");
}

TEST_F(AdmissionTest, TraceparentOfOtherCharactersIsDropped) {
  constexpr char kTrace[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  EXPECT_EQ(Seen({{kTraceparentKey, kTrace}}).traceparent, kTrace);
  EXPECT_EQ(Seen({{kTraceparentKey, "00-{\"log\":1}"}}).traceparent, "");
}

TEST_F(AdmissionTest, CallingServiceIsTheCertificates) {
  EXPECT_EQ(Seen({}).service, "gateway");
  EXPECT_EQ(Call("CallService", {}, "", "records"), "OK");
  EXPECT_EQ(handlers_.seen().service, "records");
  EXPECT_EQ(handlers_.seen().method, "/portal.testing.v1.ProbeService/CallService");
}

}  // namespace
}  // namespace portal::rpc
