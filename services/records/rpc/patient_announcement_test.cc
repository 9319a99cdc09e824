#include "services/records/rpc/patient_announcement.h"

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "libs/id/uuid.h"
#include "libs/rpc/method_table.h"
#include "libs/status/errors.h"
#include "libs/testing/rpc_harness.h"
#include "libs/testing/status_matchers.h"
#include "portal/access_code/v1/patient_directory_service.grpc.pb.h"

namespace portal::records {
namespace {

using access_code::v1::PatientDirectoryService;
using access_code::v1::PutPatientRequest;
using access_code::v1::PutPatientResponse;

// access_code, as far as it is concerned. Thread-safe.
class Directory {
 public:
  absl::StatusOr<PutPatientResponse> PutPatient(const rpc::Context&,
                                                const PutPatientRequest& request) {
    std::lock_guard lock(mutex_);
    requests_.push_back(request);
    if (answer_.ok()) return PutPatientResponse();
    return answer_;
  }

  std::vector<PutPatientRequest> Requests() {
    std::lock_guard lock(mutex_);
    return requests_;
  }

  void Answer(absl::Status answer) {
    std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
  }

 private:
  std::mutex mutex_;
  std::vector<PutPatientRequest> requests_;
  absl::Status answer_;
};

class PatientAnnouncementTest : public ::testing::Test {
 protected:
  PatientAnnouncementTest() : harness_("access_code") {
    rpc::MethodTable table(PatientDirectoryService::service_full_name());
    table.Unary("PutPatient", rpc::Lane::kWrite, &directory_, &Directory::PutPatient);
    std::vector<rpc::MethodTable> tables;
    tables.push_back(std::move(table));
    EXPECT_OK(harness_.Start(std::move(tables)));
    patient_.id = id::PatientId::New(time::SystemClock());
    patient_.clinic_id = id::ClinicId::New(time::SystemClock());
    patient_.profile.given_name = "Zoë";
    patient_.profile.family_name = "Nuñez";
    patient_.version = 3;
  }

  static outbox::Delivery DeliveryOf(std::string payload,
                                     absl::Duration patience = absl::Seconds(20)) {
    return {.event_id = id::NewUuidV7(time::SystemClock()),
            .topic = kPutPatientTopic,
            .payload = std::move(payload),
            .deadline = absl::Now() + patience};
  }

  Directory directory_;
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

TEST_F(PatientAnnouncementTest, ARefusalForGoodIsTellableFromOneForNow) {
  const outbox::Route route = PutPatientRoute(harness_.Channel("records"));
  directory_.Answer(status::InvalidField("display_name", "is unacceptable"));
  EXPECT_EQ(route(DeliveryOf(PutPatientPayload(patient_))).code(),
            absl::StatusCode::kInvalidArgument);
  directory_.Answer(status::DependencyUnavailable("the database"));
  EXPECT_EQ(route(DeliveryOf(PutPatientPayload(patient_))).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(directory_.Requests().size(), 2);
}

TEST_F(PatientAnnouncementTest, APayloadThatIsNotOursIsNeverSent) {
  EXPECT_EQ(PutPatientRoute(harness_.Channel("records"))(DeliveryOf("\xFF\xFF")).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(directory_.Requests().empty());
}

TEST_F(PatientAnnouncementTest, WhileAccessCodeIsAwayTheCallEndsByItsDeadline) {
  harness_.Shutdown();
  const absl::Status status = PutPatientRoute(harness_.Channel("records"))(
      DeliveryOf(PutPatientPayload(patient_), absl::Seconds(1)));
  EXPECT_TRUE(absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status)) << status;
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
