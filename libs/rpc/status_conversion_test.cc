#include "libs/rpc/status_conversion.h"

#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "libs/status/errors.h"

namespace portal::rpc {
namespace {

TEST(StatusConversionTest, CodeMessageAndDetailsSurviveBothWays) {
  const absl::Status status =
      status::WithRetryAfter(status::Overloaded(absl::Seconds(1)), absl::Seconds(3));
  EXPECT_EQ(FromGrpc(ToGrpc(status)), status);
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpc(grpc::Status::OK).ok());
}

// Two refusals that are to be the same are so byte by byte. Abseil varies the order of payloads
// with the status's address.
TEST(StatusConversionTest, TheSameStatusIsAlwaysTheSameBytes) {
  std::vector<absl::Status> kept;
  std::set<std::string> bytes;
  for (int i = 0; i < 200; ++i) {
    kept.push_back(status::InvalidField("patient_id", "must be a lower-case UUID"));
    bytes.insert(ToGrpc(kept.back()).error_details());
  }
  EXPECT_EQ(bytes.size(), 1);
}

TEST(StatusConversionTest, StatusWithoutReasonLosesItsMessage) {
  const grpc::Status status = ToGrpc(absl::NotFoundError("row 7 of table x"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(status.error_message().find("row 7"), std::string::npos);
  EXPECT_EQ(status::ReasonOf(FromGrpc(status)), "INTERNAL");
}

TEST(StatusConversionTest, DetailsStayBelowWhatGrpcCarriesAndTheReasonStays) {
  absl::Status status = status::EtagMismatch();
  status.SetPayload("type.googleapis.com/x", absl::Cord(std::string(20'000, 'x')));
  const grpc::Status converted = ToGrpc(status);
  EXPECT_LE(converted.error_details().size(), kMaxStatusDetailBytes);
  EXPECT_EQ(status::ReasonOf(FromGrpc(converted)), "ETAG_MISMATCH");
}

TEST(StatusConversionTest, DetailsThatAreNoProtoAreLeftOut) {
  const absl::Status status = FromGrpc(grpc::Status(grpc::StatusCode::ABORTED, "x", "\xff\xff"));
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(status::ReasonOf(status), "");
}

}  // namespace
}  // namespace portal::rpc
