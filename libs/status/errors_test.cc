#include "libs/status/errors.h"

#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "portal/errors/v1/reason.pb.h"

namespace portal::status {
namespace {

using ::portal::testing::FailsWith;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr auto kNotFound = absl::StatusCode::kNotFound;

std::map<std::string, absl::StatusCode> CodesByName() {
  std::map<std::string, absl::StatusCode> codes;
  for (int code = 1; code <= 16; ++code) {
    const auto value = static_cast<absl::StatusCode>(code);
    codes[absl::StatusCodeToString(value)] = value;
  }
  return codes;
}

// The status code that each reason's comment in reason.proto begins with, read from the compiled
// contract.
std::map<std::string, absl::StatusCode> DocumentedCodes() {
  google::protobuf::FileDescriptorSet files;
  std::ifstream in(absl::StrCat(std::getenv("TEST_SRCDIR"), "/", std::getenv("TEST_WORKSPACE"),
                                "/protos/portal/errors/v1/v1_gen.binpb"));
  EXPECT_TRUE(files.ParseFromIstream(&in));
  google::protobuf::DescriptorPool pool;
  for (const auto& file : files.file()) pool.BuildFile(file);
  const auto* reasons = pool.FindEnumTypeByName("portal.errors.v1.Reason");

  const auto codes_by_name = CodesByName();
  std::map<std::string, absl::StatusCode> codes;
  for (int i = 0; i < reasons->value_count(); ++i) {
    const auto* value = reasons->value(i);
    if (value->number() == 0) continue;
    google::protobuf::SourceLocation location;
    EXPECT_TRUE(value->GetSourceLocation(&location));
    const std::string& comment = location.leading_comments;
    const std::string name = comment.substr(1, comment.find(':') - 1);
    const auto code = codes_by_name.find(name);
    EXPECT_NE(code, codes_by_name.end()) << value->name() << " must begin with a status code";
    if (code != codes_by_name.end()) {
      codes[std::string(absl::StripPrefix(value->name(), "REASON_"))] = code->second;
    }
  }
  return codes;
}

TEST(ErrorTest, EveryReasonIsAcceptedWithItsDocumentedCode) {
  const auto codes = DocumentedCodes();
  ASSERT_THAT(codes, SizeIs(errors::v1::Reason_descriptor()->value_count() - 1));
  for (const auto& [reason, code] : codes) {
    const absl::Status status = Error(code, reason, "words");
    EXPECT_THAT(status, FailsWith(code, reason));
    EXPECT_EQ(status.message(), "words");
  }
}

TEST(ErrorTest, AnUndeclaredReasonIsAnInternalErrorThatNamesIt) {
  for (const char* reason : {"", "NO_SUCH", "UNSPECIFIED", "REASON_CONTENTION", "contention"}) {
    const absl::Status status = Error(kNotFound, reason, "words");
    EXPECT_THAT(status, FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
    EXPECT_THAT(std::string(status.message()), HasSubstr(reason));
  }
}

TEST(ErrorTest, OkWithAReasonIsAnInternalError) {
  EXPECT_THAT(Error(absl::StatusCode::kOk, "CONTENTION", ""),
              FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
}

TEST(ErrorTest, TravelsAsGoogleRpcErrorInfo) {
  const absl::Status status = Error(absl::StatusCode::kInvalidArgument, "PASSWORD_UNACCEPTABLE",
                                    "too short", {{"rule", "min_length"}, {"limit", "12"}});
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.ErrorInfo");
  ASSERT_TRUE(payload.has_value());
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(info.ParseFromString(std::string(*payload)));
  EXPECT_EQ(info.domain(), "portal");
  EXPECT_EQ(info.reason(), "PASSWORD_UNACCEPTABLE");
  EXPECT_THAT(MetadataOf(status), ElementsAre(Pair("limit", "12"), Pair("rule", "min_length")));
}

TEST(ErrorTest, AnotherMessageIsTheSameReason) {
  for (const char* message : {"", "CONTENTION", "REASON_ETAG_MISMATCH", "line\nbreak"}) {
    EXPECT_EQ(ReasonOf(Error(kNotFound, "PATIENT_NOT_FOUND", message)), "PATIENT_NOT_FOUND");
  }
}

TEST(ReasonOfTest, IsEmptyWithoutOurErrorInfo) {
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
  EXPECT_EQ(ReasonOf(absl::AbortedError("CONTENTION")), "");

  absl::Status garbled = absl::AbortedError("");
  garbled.SetPayload("type.googleapis.com/google.rpc.ErrorInfo", absl::Cord("\xff\xff"));
  EXPECT_EQ(ReasonOf(garbled), "");

  google::rpc::ErrorInfo foreign;
  foreign.set_domain("googleapis.com");
  foreign.set_reason("CONTENTION");
  absl::Status status = absl::AbortedError("");
  status.SetPayload("type.googleapis.com/google.rpc.ErrorInfo",
                    absl::Cord(foreign.SerializeAsString()));
  EXPECT_EQ(ReasonOf(status), "");
}

TEST(RetryAfterTest, ComesBackToTheNanosecond) {
  EXPECT_EQ(RetryAfterOf(Contention()), std::nullopt);
  for (const absl::Duration delay :
       {absl::ZeroDuration(), absl::Nanoseconds(1), absl::Milliseconds(1'500), absl::Hours(24)}) {
    const absl::Status status = WithRetryAfter(Contention(), delay);
    EXPECT_EQ(RetryAfterOf(status), delay);
    EXPECT_EQ(ReasonOf(status), "CONTENTION");
  }
}

TEST(RetryAfterTest, ANegativeDelayIsNone) {
  EXPECT_EQ(RetryAfterOf(WithRetryAfter(Contention(), absl::Seconds(-3))), absl::ZeroDuration());
}

TEST(FieldViolationsTest, NoneIsOk) {
  FieldViolations violations;
  EXPECT_TRUE(violations.empty());
  EXPECT_OK(violations.ToStatus());
}

TEST(FieldViolationsTest, AllAreReportedInOrder) {
  FieldViolations violations;
  violations.Add("email", "must be an e-mail address");
  violations.Add("patient.birth_date", "must not be in the future");
  const absl::Status status = violations.ToStatus();
  EXPECT_THAT(status, FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
  EXPECT_THAT(InvalidFieldsOf(status), ElementsAre("email", "patient.birth_date"));

  google::rpc::BadRequest detail;
  ASSERT_TRUE(detail.ParseFromString(
      std::string(*status.GetPayload("type.googleapis.com/google.rpc.BadRequest"))));
  EXPECT_EQ(detail.field_violations(0).description(), "must be an e-mail address");
}

TEST(FieldViolationsTest, TakesOverAParsersViolationsAndNoOtherError) {
  FieldViolations violations;
  violations.Add(absl::OkStatus());
  violations.Add(Contention());
  EXPECT_TRUE(violations.empty());
  violations.Add(InvalidField("clinic_id", "must be a lower-case UUID"));
  EXPECT_THAT(InvalidFieldsOf(violations.ToStatus()), ElementsAre("clinic_id"));
}

TEST(FieldViolationsTest, StayBelowWhatGrpcDelivers) {
  FieldViolations violations;
  for (int i = 0; i < 1'000; ++i) {
    violations.Add(std::string(5'000, 'f'), std::string(5'000, 'd'));
  }
  const absl::Status status = violations.ToStatus();
  EXPECT_THAT(InvalidFieldsOf(status), SizeIs(FieldViolations::kMaxViolations));
  size_t bytes = status.message().size();
  status.ForEachPayload([&bytes](absl::string_view type, const absl::Cord& payload) {
    bytes += type.size() + payload.size();
  });
  EXPECT_LT(bytes, 8u * 1024);
}

TEST(FieldViolationsTest, ALongTextIsCutBetweenCharacters) {
  std::string text(FieldViolations::kMaxFieldBytes - 1, 'a');
  EXPECT_THAT(InvalidFieldsOf(InvalidField(text + "b", "")), ElementsAre(text + "b"));
  EXPECT_THAT(InvalidFieldsOf(InvalidField(text + "é", "")), ElementsAre(text));
}

TEST(FieldViolationsTest, OtherErrorsNameNoFields) {
  EXPECT_THAT(InvalidFieldsOf(Contention()), IsEmpty());
}

TEST(SharedErrorsTest, HaveTheirReasonsWithTheDocumentedCodes) {
  const std::map<std::string, absl::Status> shared = {
      {"INVALID_FIELD", InvalidField("f", "d")},
      {"ETAG_MISMATCH", EtagMismatch()},
      {"CONTENTION", Contention()},
      {"OVERLOADED", Overloaded(absl::Seconds(2))},
      {"DEPENDENCY_UNAVAILABLE", DependencyUnavailable("the database")},
      {"COMMIT_IN_DOUBT", CommitInDoubt()},
      {"PAGE_TOKEN_INVALID", PageTokenInvalid()},
      {"REQUEST_ID_REUSED", RequestIdReused()},
      {"DEADLINE_EXCEEDED", DeadlineExceeded()},
      {"CANCELLED", Cancelled()},
      {"INTERNAL", Internal("words")},
  };
  const auto codes = DocumentedCodes();
  for (const auto& [reason, status] : shared) {
    EXPECT_THAT(status, FailsWith(codes.at(reason), reason));
  }
  EXPECT_EQ(RetryAfterOf(Overloaded(absl::Seconds(2))), absl::Seconds(2));
}

}  // namespace
}  // namespace portal::status
