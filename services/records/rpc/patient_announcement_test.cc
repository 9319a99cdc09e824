#include "services/records/rpc/patient_announcement.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "libs/testing/fake_receiver.h"
#include "libs/testing/rpc_harness.h"
#include "libs/testing/status_matchers.h"
#include "portal/access_code/v1/patient_directory_service.grpc.pb.h"

namespace portal::records {
namespace {

using access_code::v1::PatientDirectoryService;
using access_code::v1::PutPatientRequest;
using access_code::v1::PutPatientResponse;

class PatientAnnouncementTest : public ::testing::Test {
 protected:
  PatientAnnouncementTest() : harness_("access_code") {
    EXPECT_OK(harness_.Start(
        directory_.Tables(PatientDirectoryService::service_full_name(), "PutPatient")));
    patient_.id = id::PatientId::New(time::SystemClock());
    patient_.clinic_id = id::ClinicId::New(time::SystemClock());
    patient_.profile.given_name = "Zoë";
    patient_.profile.family_name = "Nuñez";
    patient_.version = 3;
  }

  static outbox::Delivery DeliveryOf(std::string payload) {
    return testing::DeliveryOf(kPutPatientTopic, std::move(payload));
  }

  testing::FakeReceiver<PutPatientRequest, PutPatientResponse> directory_;
  testing::RpcHarness harness_;
  Patient patient_;
};

TEST_F(PatientAnnouncementTest, TellsWhoThePatientIsAndNothingElse) {
  patient_.staff_notes = patient_.profile.email = patient_.profile.health_card_number = "CANARY";
  const std::string payload = PutPatientPayload(patient_);
  ASSERT_OK(PutPatientRoute(harness_.Channel("records"))(DeliveryOf(payload)));
  const std::vector<PutPatientRequest> requests = directory_.Requests();
  ASSERT_EQ(requests.size(), 1);
  const PutPatientRequest& request = requests[0];
  EXPECT_EQ(request.patient_id(), patient_.id.ToString());
  EXPECT_EQ(request.clinic_id(), patient_.clinic_id.ToString());
  EXPECT_EQ(request.display_name(), "Zoë Nuñez");
  EXPECT_EQ(request.version(), 3);
  EXPECT_EQ(payload.find("CANARY"), std::string::npos);
}

TEST_F(PatientAnnouncementTest, OnlyRecordsMayTell) {
  const absl::Status status =
      PutPatientRoute(harness_.Channel("gateway"))(DeliveryOf(PutPatientPayload(patient_)));
  EXPECT_THAT(status,
              testing::FailsWith(absl::StatusCode::kPermissionDenied, "SERVICE_NOT_ALLOWED"));
  EXPECT_TRUE(directory_.Requests().empty());
}

}  // namespace
}  // namespace portal::records
