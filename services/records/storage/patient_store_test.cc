#include "services/records/storage/patient_store.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "services/records/storage/records_fixture.h"

namespace portal::records {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const auto kPatientNotFound = testing::FailsWith(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND");

class PatientStoreTest : public RecordsFixture {
 protected:
  // All pages of a list, `size` at a time.
  std::vector<Patient> Pages(const id::ClinicId& clinic, int size) {
    std::vector<Patient> all;
    PatientPosition after;
    while (true) {
      const std::vector<Patient> page = patients_.List({}, clinic, after, size).value();
      all.insert(all.end(), page.begin(), page.end());
      if (page.size() < size) return all;
      after = {page.back().profile.family_name, page.back().profile.given_name, page.back().id};
    }
  }
};

TEST_F(PatientStoreTest, EveryFieldComesBackAsWritten) {
  const Patient patient = AddPatient(clinic_);
  ASSERT_OK_AND_ASSIGN(const Patient stored, patients_.Get({}, clinic_, patient.id));
  EXPECT_EQ(stored, patient);
  ASSERT_OK_AND_ASSIGN(const ClinicProfile profile, patients_.GetProfile({}, patient.id));
  EXPECT_EQ(profile.profile, patient.profile);
  EXPECT_EQ(profile.clinic_id, clinic_);
}

TEST_F(PatientStoreTest, EveryGenderAndTheEndsOfTheCalendarComeBack) {
  for (int gender = 0; gender < 5; ++gender) {
    Patient patient = NewPatient(clinic_);
    patient.profile.gender = static_cast<AdministrativeGender>(gender);
    patient.profile.birth_date =
        gender % 2 == 0 ? absl::CivilDay(1850, 1, 1) : absl::CivilDay(2024, 2, 29);
    patient.profile.phones.clear();
    patient.profile.address.lines.clear();
    ASSERT_OK(Add(patient));
    ASSERT_OK_AND_ASSIGN(const Patient stored, patients_.Get({}, clinic_, patient.id));
    EXPECT_EQ(stored, patient);
  }
}

TEST_F(PatientStoreTest, APatientOfAnotherClinicIsNotFound) {
  const Patient patient = AddPatient(clinic_);
  EXPECT_THAT(patients_.Get({}, other_clinic_, patient.id), kPatientNotFound);
  EXPECT_THAT(patients_.Get({}, clinic_, id::PatientId::New(clock_)), kPatientNotFound);
  EXPECT_THAT(patients_.GetProfile({}, id::PatientId::New(clock_)), kPatientNotFound);
  ASSERT_OK_AND_ASSIGN(const auto listed, patients_.List({}, other_clinic_, {}, 10));
  EXPECT_THAT(listed, IsEmpty());
}

TEST_F(PatientStoreTest, AChangeWritesEveryFieldOnceAndAStaleOneNothing) {
  const Patient before = AddPatient(clinic_);
  Patient after = before;
  after.profile = {.given_name = "A",
                   .family_name = "B",
                   .birth_date = absl::CivilDay(1950, 1, 1),
                   .gender = AdministrativeGender::kFemale,
                   .sex_at_birth = SexAtBirth::kFemale,
                   .gender_identity = "woman",
                   .email = "b@example.org",
                   .phones = {"911"},
                   .address = {{"2 Side St."}, "Laval", "ON", "H2X", "US"},
                   .health_card_number = "1",
                   .emergency_contact = {"C", "D", "912"}};
  after.staff_notes = "none";
  after.state = PatientState::kDeceased;
  after.deceased_date = absl::CivilDay(2020, 2, 29);
  after.version = 2;
  after.updated_at = before.updated_at + absl::Seconds(1);
  const auto update = [&](const Patient& from, const Patient& to) {
    return pool_.Transact(
        [&](db::Transaction& transaction) { return patients_.Update(transaction, from, to); });
  };
  ASSERT_OK(update(before, after));
  EXPECT_EQ(patients_.Get({}, clinic_, before.id).value(), after);
  EXPECT_THAT(update(before, before),
              testing::FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  Patient foreign = after;
  foreign.clinic_id = other_clinic_;
  EXPECT_THAT(update(foreign, before),
              testing::FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_EQ(patients_.Get({}, clinic_, before.id).value(), after);
}

TEST_F(PatientStoreTest, ListsInHumanOrderWithAccentsBesideTheirLetter) {
  for (const char* name :
       {"Zimmer", "Émile", "eagle", "Öberg", "Oz", "Éa", "Eb", "Ødegård", "山田"}) {
    AddPatient(clinic_, "A", name);
  }
  std::vector<std::string> names;
  for (const Patient& patient : Pages(clinic_, 100)) names.push_back(patient.profile.family_name);
  EXPECT_THAT(
      names, ElementsAre("Éa", "eagle", "Eb", "Émile", "Öberg", "Ødegård", "Oz", "Zimmer", "山田"));
}

TEST_F(PatientStoreTest, PagesOfAnySizeGiveEachPatientOnceAcrossAccentsAndEqualNames) {
  for (const char* family : {"Müller", "Muller", "MÜLLER", "müller", "Mu\u0308ller"}) {
    for (const char* given : {"Ana", "Ána", "Ana", "ana"}) AddPatient(clinic_, given, family);
  }
  AddPatient(other_clinic_, "Ana", "Muller");
  const std::vector<Patient> all = Pages(clinic_, 100);
  ASSERT_THAT(all, SizeIs(20));
  for (int size : {1, 2, 3, 7, 19, 20, 21}) {
    EXPECT_THAT(Pages(clinic_, size), ElementsAreArray(all)) << size;
  }
}

TEST_F(PatientStoreTest, TheDatabaseItselfRefusesWhatTheServiceShouldHave) {
  const auto internal = testing::FailsWith(absl::StatusCode::kInternal, "INTERNAL");
  Patient patient = NewPatient(clinic_, "");
  EXPECT_THAT(Add(patient), internal);
  patient = NewPatient(clinic_);
  patient.profile.address.country_code = "ca";
  EXPECT_THAT(Add(patient), internal);
  patient = NewPatient(clinic_);
  patient.profile.birth_date = absl::CivilDay(1849, 12, 31);
  EXPECT_THAT(Add(patient), internal);
  patient = NewPatient(clinic_, std::string("a\0b", 3));
  EXPECT_THAT(Add(patient),
              testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD"));
  EXPECT_EQ(Psql("SELECT count(*) FROM patients"), "0");
}

}  // namespace
}  // namespace portal::records
