#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "libs/status/errors.h"
#include "services/records/rpc/records_service_fixture.h"

namespace portal::records {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using Stub = v1::PatientService::Stub;

const auto kPatientNotFound = testing::FailsWith(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND");
const auto kPatientMerged =
    testing::FailsWith(absl::StatusCode::kFailedPrecondition, "PATIENT_MERGED");
const auto kSuspected =
    testing::FailsWith(absl::StatusCode::kFailedPrecondition, "PATIENT_DUPLICATE_SUSPECTED");
constexpr char kNobody[] = "0190163d-8694-739b-aea5-966c26f8ad91";

class PatientMergeTest : public RecordsServiceFixture {
 protected:
  v1::CreatePatientRequest CarefulRequest(const std::string& given_name,
                                          const std::string& family_name) const {
    v1::CreatePatientRequest request = PatientRequest(given_name, family_name);
    request.set_accept_duplicates(false);
    request.mutable_patient()->clear_phones();
    return request;
  }

  absl::StatusOr<v1::Patient> Create(const v1::CreatePatientRequest& request) {
    return Result(patients_, &Stub::CreatePatient, request, front_desk_);
  }

  std::vector<std::pair<std::string, std::vector<int>>> Candidates(const v1::Patient& patient) {
    v1::FindDuplicatePatientsRequest request;
    request.set_clinic_id(clinic_.ToString());
    *request.mutable_patient() = patient;
    std::vector<std::pair<std::string, std::vector<int>>> candidates;
    const auto found =
        Result(patients_, &Stub::FindDuplicatePatients, request, front_desk_).value();
    for (const v1::DuplicateCandidate& it : found.candidates()) {
      candidates.emplace_back(it.patient().patient_id(),
                              std::vector<int>(it.evidence().begin(), it.evidence().end()));
    }
    return candidates;
  }

  std::vector<std::string> ChartsOf(const std::string& patient_id) {
    v1::ListSoapChartsRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_patient_id(patient_id);
    std::vector<std::string> ids;
    const auto page =
        Result(charts_, &v1::SoapChartService::Stub::ListSoapCharts, request, practitioner_);
    for (const v1::SoapChart& chart : page.value().soap_charts()) {
      ids.push_back(chart.soap_chart_id());
    }
    return ids;
  }

  int Found(const std::string& query) {
    v1::SearchPatientsRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_query(query);
    return Result(patients_, &Stub::SearchPatients, request, front_desk_).value().patients_size();
  }
};

TEST_F(PatientMergeTest, ASecondRecordOfAPersonIsRefusedUntilSomebodyHasLooked) {
  v1::CreatePatientRequest request = CarefulRequest("Zoë", "Nuñez");
  ASSERT_OK(Create(request));
  request = CarefulRequest("NUNEZ", "zoe");
  const std::string before = Footprint();
  const absl::Status refused = Create(request).status();
  EXPECT_THAT(refused, kSuspected);
  EXPECT_THAT(status::MetadataOf(refused), ElementsAre(Pair("candidates", "1")));
  EXPECT_EQ(Footprint(), before);
  request.set_accept_duplicates(true);
  EXPECT_OK(Create(request));
}

TEST_F(PatientMergeTest, EvidenceIsNameBirthDateHealthCardAndContact) {
  v1::CreatePatientRequest request = CarefulRequest("Zoë", "Nuñez");
  request.mutable_patient()->set_health_card_number("9876 543-210 ab");
  request.mutable_patient()->set_email("Zoe@example.org");
  request.mutable_patient()->add_phones("+1 604 555 0101");
  const std::string zoe = Create(request).value().patient_id();
  v1::Patient other = request.patient();
  EXPECT_THAT(Candidates(other), ElementsAre(Pair(zoe, ElementsAre(1, 2, 4))));

  other.set_family_name("Nunes");
  EXPECT_THAT(Candidates(other), ElementsAre(Pair(zoe, ElementsAre(2, 3, 4))));
  other.set_health_card_number("");
  other.set_email("");
  other.clear_phones();
  EXPECT_THAT(Candidates(other), ElementsAre(Pair(zoe, ElementsAre(3))));
  other.mutable_birth_date()->set_year(1932);
  EXPECT_THAT(Candidates(other), IsEmpty());
  for (const char* phone : {"604 555-0101", "0016045550101", "555 0101"}) {
    other.clear_phones();
    other.add_phones(phone);
    EXPECT_THAT(Candidates(other), ElementsAre(Pair(zoe, ElementsAre(4)))) << phone;
  }
  other.clear_phones();
  other.set_email("zoe@EXAMPLE.org");
  EXPECT_THAT(Candidates(other), ElementsAre(Pair(zoe, ElementsAre(4))));
  other.set_given_name("Marc");
  other.set_family_name("Boucher");
  EXPECT_THAT(Candidates(other), IsEmpty());
  other.set_health_card_number("9876543210AB");
  EXPECT_THAT(Candidates(other), ElementsAre(Pair(zoe, ElementsAre(2))));
  // A person of the same day with another name is nobody's duplicate.
  v1::Patient stranger = request.patient();
  stranger.set_given_name("Marc");
  stranger.set_family_name("Boucher");
  stranger.clear_health_card_number();
  EXPECT_THAT(Candidates(stranger), IsEmpty());
  EXPECT_EQ(Psql("SELECT DISTINCT patient_id FROM audit_events "
                 "WHERE action = 'records.FindDuplicatePatients' AND patient_id IS NOT NULL"),
            zoe);
}

TEST_F(PatientMergeTest, AnotherClinicsPatientsAreNoCandidates) {
  v1::CreatePatientRequest elsewhere = CarefulRequest("Zoë", "Nuñez");
  elsewhere.set_clinic_id(other_clinic_.ToString());
  ASSERT_OK(Result(patients_, &Stub::CreatePatient, elsewhere, stranger_));
  EXPECT_OK(Create(CarefulRequest("Zoë", "Nuñez")));
}

TEST_F(PatientMergeTest, OfTwoRecordsOfOnePersonMadeAtOnceExactlyOneIsMade) {
  for (int round = 0; round < 10; ++round) {
    std::atomic<int> made = 0, suspected = 0;
    std::vector<std::thread> desks;
    for (int i = 0; i < 3; ++i) {
      desks.emplace_back([&, request = CarefulRequest("Zoë", absl::StrCat("Nuñez", round * 7919))] {
        const absl::Status status = Create(request).status();
        made += status.ok();
        suspected += status::ReasonOf(status) == "PATIENT_DUPLICATE_SUSPECTED";
      });
    }
    for (std::thread& desk : desks) desk.join();
    EXPECT_EQ(made, 1);
    EXPECT_EQ(suspected, 2);
    // For the next round somebody else.
    Psql("UPDATE patients SET birth_date = birth_date - 1");
  }
}

TEST_F(PatientMergeTest, ChartsMoveBothAreAuditedAndTheMergedRecordSaysWhereItWent) {
  const std::string staying = AddPatient().patient_id(), merged = AddPatient("Zoe").patient_id();
  const v1::SoapChart open = AddChart(merged), own = AddChart(staying);
  v1::SoapChart locked = AddChart(merged);
  ASSERT_OK_AND_ASSIGN(locked, Lock(LockRequest(locked)));
  clock_.Advance(absl::Seconds(5));

  ASSERT_OK_AND_ASSIGN(const v1::Patient answer, Merge(MergeRequest(staying, merged)));
  EXPECT_THAT(answer, EqualsProto(StoredPatient(staying)));
  EXPECT_THAT(ChartsOf(staying), UnorderedElementsAre(open.soap_chart_id(), own.soap_chart_id(),
                                                      locked.soap_chart_id()));
  EXPECT_THAT(ChartsOf(merged), IsEmpty());
  EXPECT_EQ(Stored(locked).patient_id(), staying);
  EXPECT_EQ(Stored(locked).state(), v1::SOAP_CHART_STATE_LOCKED);
  EXPECT_NE(Stored(open).etag(), open.etag());
  EXPECT_EQ(StoredPatient(merged).merged_into_patient_id(), staying);
  EXPECT_EQ(StoredPatient(merged).state(), v1::PATIENT_STATE_INACTIVE);
  EXPECT_EQ(StoredPatient(merged).given_name(), "Zoe");
  EXPECT_EQ(
      Psql("SELECT count(*) FROM chart_moves WHERE from_patient_id = '" + merged +
           "' AND to_patient_id = '" + staying + "' AND moved_by_display_name = 'Dr Ødegård'"),
      "2");
  EXPECT_EQ(Psql("SELECT patient_id, outcome FROM audit_events "
                 "WHERE action = 'records.MergePatients' ORDER BY event_id"),
            merged + "|OK\n" + staying + "|OK");
  EXPECT_EQ(Psql("SELECT count(*) FROM outbox_events WHERE topic = 'patient.put'"), "3");
}

TEST_F(PatientMergeTest, AMergedRecordIsInNoListAndNothingIsDoneWithIt) {
  const std::string staying = AddPatient("Ana", "Boucher").patient_id();
  const v1::Patient merged = AddPatient();
  ASSERT_OK(Merge(MergeRequest(staying, merged.patient_id())));
  v1::ListPatientsRequest list;
  list.set_clinic_id(clinic_.ToString());
  ASSERT_OK_AND_ASSIGN(const auto page, Result(patients_, &Stub::ListPatients, list, front_desk_));
  ASSERT_EQ(page.patients_size(), 1);
  EXPECT_EQ(page.patients(0).patient_id(), staying);
  EXPECT_EQ(Found("nunez"), 0);
  EXPECT_EQ(Found("nunes"), 0);
  EXPECT_EQ(Found("nunez 1931-12-31"), 0);
  EXPECT_THAT(Candidates(merged), IsEmpty());

  const std::string before = Footprint();
  v1::UpdatePatientRequest update;
  update.set_clinic_id(clinic_.ToString());
  update.set_patient_id(merged.patient_id());
  *update.mutable_patient() = StoredPatient(merged.patient_id());
  update.mutable_update_mask()->add_paths("state");
  update.set_request_id(RequestId());
  const absl::Status refused =
      Result(patients_, &Stub::UpdatePatient, update, front_desk_).status();
  EXPECT_THAT(refused, kPatientMerged);
  EXPECT_THAT(status::MetadataOf(refused), ElementsAre(Pair("merged_into_patient_id", staying)));
  EXPECT_THAT(Result(charts_, &v1::SoapChartService::Stub::CreateSoapChart,
                     ChartRequest(merged.patient_id()), practitioner_),
              kPatientMerged);
  EXPECT_EQ(Footprint(), before);
}

TEST_F(PatientMergeTest, MergesOfMergesEndAtTheRecordThatStays) {
  const std::string a = AddPatient().patient_id(), b = AddPatient().patient_id(),
                    c = AddPatient().patient_id();
  ASSERT_OK(Merge(MergeRequest(b, a)));
  ASSERT_OK(Merge(MergeRequest(c, b)));
  EXPECT_EQ(StoredPatient(a).merged_into_patient_id(), c);
  EXPECT_EQ(StoredPatient(b).merged_into_patient_id(), c);
  const std::string before = Footprint();
  EXPECT_THAT(Merge(MergeRequest(b, c)), kPatientMerged);
  EXPECT_THAT(Merge(MergeRequest(AddPatient().patient_id(), a)), kPatientMerged);
  EXPECT_EQ(StoredPatient(c).merged_into_patient_id(), "");
}

TEST_F(PatientMergeTest, AgainAndRepeatedItChangesNothing) {
  const std::string staying = AddPatient().patient_id(), merged = AddPatient().patient_id();
  const v1::MergePatientsRequest request = MergeRequest(staying, merged);
  ASSERT_OK_AND_ASSIGN(const v1::Patient first, Merge(request));
  const std::string etag = StoredPatient(merged).etag();
  ASSERT_OK_AND_ASSIGN(const v1::Patient repeated, Merge(request));
  EXPECT_THAT(repeated, EqualsProto(first));
  EXPECT_OK(Merge(MergeRequest(staying, merged)));
  EXPECT_EQ(StoredPatient(merged).etag(), etag);
}

TEST_F(PatientMergeTest, WithItselfAcrossClinicsOrByTheFrontDeskNothingIsMerged) {
  const std::string here = AddPatient().patient_id(), other = AddPatient().patient_id();
  v1::CreatePatientRequest elsewhere = PatientRequest();
  elsewhere.set_clinic_id(other_clinic_.ToString());
  const std::string foreign =
      Result(patients_, &Stub::CreatePatient, elsewhere, stranger_).value().patient_id();
  const std::string before = Footprint();
  EXPECT_THAT(Merge(MergeRequest(here, foreign)), kPatientNotFound);
  EXPECT_THAT(Merge(MergeRequest(foreign, here)), kPatientNotFound);
  EXPECT_THAT(Merge(MergeRequest(here, kNobody)), kPatientNotFound);
  EXPECT_THAT(status::InvalidFieldsOf(Merge(MergeRequest(here, here)).status()),
              ElementsAre("merged_patient_id"));
  EXPECT_THAT(Result(patients_, &Stub::MergePatients, MergeRequest(here, other), front_desk_),
              testing::FailsWith(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED"));
  EXPECT_EQ(Footprint(), before);
}

TEST_F(PatientMergeTest, OfTwoOppositeMergesAtOnceExactlyOneIsMade) {
  for (int round = 0; round < 10; ++round) {
    const std::string a = AddPatient().patient_id(), b = AddPatient().patient_id();
    absl::Status into_a, into_b;
    std::thread one([&] { into_a = Merge(MergeRequest(a, b)).status(); });
    std::thread two([&] { into_b = Merge(MergeRequest(b, a)).status(); });
    one.join();
    two.join();
    EXPECT_NE(into_a.ok(), into_b.ok()) << into_a << into_b;
    EXPECT_THAT(into_a.ok() ? into_b : into_a, kPatientMerged);
    EXPECT_THAT(
        StoredPatient(a).merged_into_patient_id() + StoredPatient(b).merged_into_patient_id(),
        AnyOf(a, b));
  }
}

TEST_F(PatientMergeTest, NoChartStaysBehindWhenItIsWrittenDuringAMerge) {
  for (int round = 0; round < 10; ++round) {
    const std::string staying = AddPatient().patient_id(), merged = AddPatient().patient_id();
    absl::Status written;
    std::thread writer([&] {
      written = Result(charts_, &v1::SoapChartService::Stub::CreateSoapChart, ChartRequest(merged),
                       practitioner_)
                    .status();
    });
    ASSERT_OK(Merge(MergeRequest(staying, merged)));
    writer.join();
    EXPECT_THAT(written, AnyOf(absl::OkStatus(), kPatientMerged));
    EXPECT_THAT(ChartsOf(merged), IsEmpty());
    EXPECT_EQ(ChartsOf(staying).size(), written.ok() ? 1 : 0);
  }
}

}  // namespace
}  // namespace portal::records
