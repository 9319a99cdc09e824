#include "services/access_code/storage/patient_directory.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "services/access_code/storage/storage_fixture.h"

namespace portal::access_code {
namespace {

using testing::FailsWith;

class PatientDirectoryTest : public StorageTest {
 protected:
  using StorageTest::Put;
  absl::StatusOr<bool> Put(const std::string& name, int64_t version) {
    return Put({.id = patient_, .clinic_id = clinic_, .display_name = name, .version = version});
  }
  std::string Known() const { return Sql("SELECT display_name, version FROM patients"); }

  const id::PatientId patient_ = id::PatientId::New(clock_);
};

TEST_F(PatientDirectoryTest, TakesOverWhatIsNewer) {
  EXPECT_EQ(*Put("Ada Moss", 1), true);
  EXPECT_EQ(*Put("Ada Berg", 5), true);
  EXPECT_EQ(Known(), "Ada Berg|5");
}

TEST_F(PatientDirectoryTest, ARepeatedOrOvertakenDeliveryIsFineAndChangesNothing) {
  ASSERT_OK(Put("Ada Berg", 5));
  EXPECT_EQ(*Put("Ada Moss", 4), false);
  EXPECT_EQ(*Put("Somebody Else", 5), false);
  EXPECT_EQ(Known(), "Ada Berg|5");
}

TEST_F(PatientDirectoryTest, AnotherClinicIsRefusedWhateverTheVersion) {
  ASSERT_OK(Put("Ada Moss", 2));
  for (const int64_t version : {1, 2, 3}) {
    EXPECT_THAT(Put({.id = patient_,
                     .clinic_id = other_clinic_,
                     .display_name = "Ada Berg",
                     .version = version}),
                FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
  }
  EXPECT_EQ(Known(), "Ada Moss|2");
}

TEST_F(PatientDirectoryTest, OfDeliveriesAtOnceTheNewestStands) {
  for (int round = 0; round < 10; ++round) {
    AtOnce(8, [&](int i) {
      const int64_t version = round * 8 + i + 1;
      EXPECT_OK(Put("version " + std::to_string(version), version));
    });
    const std::string newest = std::to_string(round * 8 + 8);
    EXPECT_EQ(Known(), "version " + newest + "|" + newest + "");
  }
}

}  // namespace
}  // namespace portal::access_code
