#include "libs/rpc/method_table.h"

#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "portal/testing/v1/probe_service.pb.h"

namespace portal::rpc {
namespace {

using portal::testing::v1::ProbeRequest;
using portal::testing::v1::ProbeResponse;

constexpr char kService[] = "portal.testing.v1.ProbeService";

struct Handlers {
  absl::StatusOr<ProbeResponse> Echo(const Context&, const ProbeRequest&) {
    return ProbeResponse();
  }
  absl::StatusOr<std::unique_ptr<Stream<ProbeResponse>>> Watch(const Context&,
                                                               const ProbeRequest&) {
    return absl::UnimplementedError("");
  }
  absl::StatusOr<ProbeResponse> TakesAResponse(const Context&, const ProbeResponse&) {
    return ProbeResponse();
  }
  absl::StatusOr<ProbeRequest> GivesARequest(const Context&, const ProbeRequest&) {
    return ProbeRequest();
  }
};

class MethodTableTest : public ::testing::Test {
 protected:
  // A table with every method but `omitted`.
  MethodTable TableWithout(const std::string& omitted) {
    MethodTable table(kService);
    for (const std::string name : {"CallPublic", "CallAccount", "ReadPatient", "ChangePatient",
                                   "CallStaff", "CallService"}) {
      if (name != omitted) table.Unary(name, Lane::kRead, &handlers_, &Handlers::Echo);
    }
    if (omitted != "Watch") {
      table.ServerStreaming("Watch", Lane::kRead, &handlers_, &Handlers::Watch);
    }
    return table;
  }

  static void ExpectFault(const MethodTable& table, const std::string& fault) {
    const absl::Status status = table.Check();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_TRUE(absl::StrContains(status.message(), fault)) << status;
  }

  Handlers handlers_;
};

TEST_F(MethodTableTest, CompleteTableFitsAndKnowsItsMethods) {
  const MethodTable table = TableWithout("");
  EXPECT_TRUE(table.Check().ok()) << table.Check();
  ASSERT_EQ(table.methods().size(), 7u);
  const MethodTable::Method& change = table.methods()[3];
  EXPECT_EQ(change.path, "/portal.testing.v1.ProbeService/ChangePatient");
  EXPECT_TRUE(change.policy.needs_grant());
  EXPECT_TRUE(change.unary != nullptr && change.streaming == nullptr);
  const MethodTable::Method& watch = table.methods()[6];
  EXPECT_TRUE(watch.unary == nullptr && watch.streaming != nullptr);
}

TEST_F(MethodTableTest, ServiceOrMethodThatNoContractHasIsAFault) {
  MethodTable nowhere("portal.testing.v1.NoSuchService");
  nowhere.Unary("CallPublic", Lane::kRead, &handlers_, &Handlers::Echo);
  ExpectFault(nowhere, "portal.testing.v1.NoSuchService: no such service");
  MethodTable table = TableWithout("");
  table.Unary("CallNobody", Lane::kRead, &handlers_, &Handlers::Echo);
  ExpectFault(table, "the contract has no method CallNobody");
}

TEST_F(MethodTableTest, MethodLeftOutOrAddedTwiceIsAFault) {
  ExpectFault(TableWithout("CallStaff"), "6 of 7 methods have handlers");
  ExpectFault(MethodTable(kService), "0 of 7 methods have handlers");
  MethodTable table = TableWithout("CallStaff");  // seven rows all the same
  table.Unary("CallPublic", Lane::kRead, &handlers_, &Handlers::Echo);
  ExpectFault(table, "CallPublic: added twice");
}

TEST_F(MethodTableTest, HandlerOfOtherTypesThanTheContractsIsAFault) {
  constexpr char kFault[] = "CallPublic: the handler's types are not the contract's";
  MethodTable request = TableWithout("CallPublic");
  request.Unary("CallPublic", Lane::kRead, &handlers_, &Handlers::TakesAResponse);
  ExpectFault(request, kFault);
  MethodTable response = TableWithout("CallPublic");
  response.Unary("CallPublic", Lane::kRead, &handlers_, &Handlers::GivesARequest);
  ExpectFault(response, kFault);
}

TEST_F(MethodTableTest, HandlerThatStreamsOtherwiseThanTheContractIsAFault) {
  MethodTable single = TableWithout("Watch");
  single.Unary("Watch", Lane::kRead, &handlers_, &Handlers::Echo);
  ExpectFault(single, "Watch: the handler streams otherwise than the contract");
  MethodTable stream = TableWithout("CallPublic");
  stream.ServerStreaming("CallPublic", Lane::kRead, &handlers_, &Handlers::Watch);
  ExpectFault(stream, "CallPublic: the handler streams otherwise than the contract");
}

TEST_F(MethodTableTest, EveryFaultIsNamed) {
  MethodTable table(kService);
  table.Unary("CallNobody", Lane::kRead, &handlers_, &Handlers::Echo)
      .Unary("Watch", Lane::kRead, &handlers_, &Handlers::Echo);
  ExpectFault(table, "CallNobody");
  ExpectFault(table, "Watch");
}

TEST_F(MethodTableTest, PolicyGivenToAForeignServiceIsThatOfItsMethods) {
  policy::v1::Policy policy;
  policy.mutable_public_();
  policy.add_services("gateway");
  MethodTable foreign("portal.testing.v1.FaultyService", policy);
  foreign.Unary("NoPolicy", Lane::kRead, &handlers_, &Handlers::Echo);
  ExpectFault(foreign, "FaultyService: 1 of ");
  ASSERT_EQ(foreign.methods().size(), 1u);
  EXPECT_EQ(foreign.methods()[0].policy.caller(), auth::MethodPolicy::Caller::kPublic);
  MethodTable own(kService, policy);
  own.Unary("CallPublic", Lane::kRead, &handlers_, &Handlers::Echo);
  ExpectFault(own, "CallPublic: the contract has a policy of its own");
}

}  // namespace
}  // namespace portal::rpc
