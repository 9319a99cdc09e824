#include "services/access_code/rpc/patient_directory_handlers.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/access_code/domain/limits.h"
#include "services/access_code/rpc/service_fixture.h"

namespace portal::access_code {
namespace {

using ::testing::ElementsAre;

class PatientDirectoryHandlersTest : public ServiceTest {
 protected:
  std::string Known() const { return Sql("SELECT display_name, version FROM patients"); }

  const id::PatientId patient_ = id::PatientId::New(clock_);
};

TEST_F(PatientDirectoryHandlersTest, NewsIsTakenOverAndOldNewsIsFine) {
  EXPECT_EQ(Put(patient_, clinic_, "Ada Moss", 1).Outcome(), "OK");
  EXPECT_EQ(Put(patient_, clinic_, "Ada Berg", 3).Outcome(), "OK");
  EXPECT_EQ(Put(patient_, clinic_, "Ada Reed", 2).Outcome(), "OK");
  EXPECT_EQ(Known(), "Ada Berg|3");
  EXPECT_EQ(Sql("SELECT count(*), min(actor_kind), min(calling_service), min(action), "
                "min(patient_id::text) "
                "FROM audit_events"),
            absl::StrCat("2|service|records|access_code.PutPatient|", patient_.ToString()));
}

TEST_F(PatientDirectoryHandlersTest, AnotherClinicWillNeverSucceed) {
  ASSERT_EQ(Put(patient_, clinic_, "Ada Moss", 1).Outcome(), "OK");
  EXPECT_EQ(Put(patient_, other_clinic_, "Ada Moss", 2).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Known(), "Ada Moss|1");
}

TEST_F(PatientDirectoryHandlersTest, EveryMalformedFieldIsNamed) {
  v1::PutPatientRequest request;
  request.set_patient_id("x");
  request.set_display_name(std::string(kMaxDisplayNameBytes + 1, 'a'));
  const auto refused = Call(*directory_, &v1::PatientDirectoryService::Stub::PutPatient, request);
  EXPECT_THAT(status::InvalidFieldsOf(rpc::FromGrpc(refused.status)),
              ElementsAre("patient_id", "clinic_id", "display_name", "version"));
  EXPECT_EQ(Put(patient_, clinic_, "", 1).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Known(), "");
  EXPECT_EQ(Put(patient_, clinic_, std::string(kMaxDisplayNameBytes, 'a'), 1).Outcome(), "OK");
}

TEST_F(PatientDirectoryHandlersTest, OnlyRecordsTells) {
  v1::PutPatientRequest request;
  request.set_patient_id(patient_.ToString());
  request.set_clinic_id(clinic_.ToString());
  request.set_display_name("Ada Moss");
  request.set_version(1);
  const auto gateway = v1::PatientDirectoryService::NewStub(harness_.Channel("gateway"));
  EXPECT_EQ(Call(*gateway, &v1::PatientDirectoryService::Stub::PutPatient, request,
                 StaffPassport(clinic_))
                .Outcome(),
            "SERVICE_NOT_ALLOWED");
  EXPECT_EQ(Known(), "");
}

}  // namespace
}  // namespace portal::access_code
