#include "libs/rpc/text_check.h"

#include <string>
#include <vector>

#include "google/protobuf/any.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "gtest/gtest.h"
#include "libs/status/errors.h"
#include "portal/testing/v1/probe_service.pb.h"

namespace portal::rpc {
namespace {

using portal::testing::v1::ProbeRequest;

const std::string kNul("a\0b", 3);

TEST(CheckTextsTest, AnyOtherTextPasses) {
  EXPECT_TRUE(CheckTexts(ProbeRequest()).ok());
  ProbeRequest request;
  request.set_text("é\n\x01\x7f \xf0\x9f\x98\x80");
  request.add_nested()->set_text("b");
  EXPECT_TRUE(CheckTexts(request).ok());
}

TEST(CheckTextsTest, EveryTextWithANulIsNamedAtAnyDepth) {
  ProbeRequest request;
  request.set_text(kNul);
  request.set_clinic_id(std::string(1, '\0'));
  request.set_patient_id("fine");
  request.add_nested()->set_text("fine");
  request.add_nested()->add_nested()->set_patient_id(std::string("at the end\0", 11));
  const absl::Status status = CheckTexts(request);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_EQ(status::ReasonOf(status), "INVALID_FIELD");
  EXPECT_EQ(status::InvalidFieldsOf(status),
            (std::vector<std::string>{"clinic_id", "text", "nested.nested.patient_id"}));
}

TEST(CheckTextsTest, ListsOfTextsAreLookedAt) {
  google::protobuf::FieldMask list;
  list.add_paths("fine");
  list.add_paths(kNul);
  EXPECT_EQ(status::InvalidFieldsOf(CheckTexts(list)), std::vector<std::string>{"paths"});
}

TEST(CheckTextsTest, BytesMayHoldANul) {
  google::protobuf::Any bytes;
  bytes.set_value(kNul);
  EXPECT_TRUE(CheckTexts(bytes).ok());
}

}  // namespace
}  // namespace portal::rpc
