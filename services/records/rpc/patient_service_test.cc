#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "libs/rpc/grant_checker.h"
#include "libs/status/errors.h"
#include "services/records/domain/errors.h"
#include "services/records/rpc/records_service_fixture.h"

namespace portal::records {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Stub = v1::PatientService::Stub;

const auto kPatientNotFound = testing::FailsWith(absl::StatusCode::kNotFound, "PATIENT_NOT_FOUND");
const auto kInvalidField = testing::FailsWith(absl::StatusCode::kInvalidArgument, "INVALID_FIELD");
const auto kPageTokenInvalid =
    testing::FailsWith(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");
constexpr char kNobody[] = "0190163d-8694-739b-aea5-966c26f8ad91";

class PatientServiceTest : public RecordsServiceFixture {
 protected:
  absl::StatusOr<v1::Patient> Create(const v1::CreatePatientRequest& request) {
    return Result(patients_, &Stub::CreatePatient, request, front_desk_);
  }

  v1::GetPatientRequest GetRequest(const std::string& patient_id) const {
    v1::GetPatientRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_patient_id(patient_id);
    return request;
  }

  v1::UpdatePatientRequest UpdateRequest(const v1::Patient& patient,
                                         const std::vector<std::string>& mask) const {
    v1::UpdatePatientRequest request;
    request.set_clinic_id(patient.clinic_id());
    request.set_patient_id(patient.patient_id());
    *request.mutable_patient() = patient;
    for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
    request.set_request_id(RequestId());
    return request;
  }

  absl::StatusOr<v1::Patient> Update(const v1::UpdatePatientRequest& request) {
    return Result(patients_, &Stub::UpdatePatient, request, front_desk_);
  }

  absl::StatusOr<v1::SearchPatientsResponse> Search(const std::string& query) {
    v1::SearchPatientsRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_query(query);
    return Result(patients_, &Stub::SearchPatients, request, front_desk_);
  }

  v1::ListPatientsRequest ListRequest(int page_size, const std::string& token = "") const {
    v1::ListPatientsRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_page_size(page_size);
    request.set_page_token(token);
    return request;
  }

  absl::StatusOr<v1::ListPatientsResponse> List(const v1::ListPatientsRequest& request) {
    return Result(patients_, &Stub::ListPatients, request, front_desk_);
  }

  static v1::GetMyPatientRequest MyRequest(const std::string& patient_id) {
    v1::GetMyPatientRequest request;
    request.set_patient_id(patient_id);
    return request;
  }
};

TEST_F(PatientServiceTest, APatientIsStoredAndAnsweredAsEntered) {
  v1::CreatePatientRequest request = PatientRequest(" José\u00A0", "O’Brien <b>'; DROP TABLE x;--");
  v1::Patient& entered = *request.mutable_patient();
  entered.set_email("josé@example.org");
  entered.mutable_address()->add_lines("1 \"Main\" {St}");
  entered.mutable_address()->set_country_code("CA");
  entered.mutable_emergency_contact()->set_phone("911");
  entered.set_staff_notes("<script>alert('x')</script>\n\t\\ NULL");
  // Output only, so ignored.
  entered.set_patient_id(kNobody);
  entered.set_clinic_id(other_clinic_.ToString());
  entered.set_etag("77");
  entered.mutable_create_time()->set_seconds(1);

  ASSERT_OK_AND_ASSIGN(const v1::Patient created, Create(request));
  v1::Patient expected = entered;
  expected.set_given_name("José");
  expected.set_patient_id(created.patient_id());
  expected.set_clinic_id(clinic_.ToString());
  expected.set_etag("1");
  expected.set_state(v1::PATIENT_STATE_ACTIVE);
  expected.mutable_create_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()));
  *expected.mutable_update_time() = expected.create_time();
  EXPECT_THAT(created, EqualsProto(expected));
  ASSERT_OK_AND_ASSIGN(const v1::Patient stored, Result(patients_, &Stub::GetPatient,
                                                        GetRequest(created.patient_id()), owner_));
  EXPECT_THAT(stored, EqualsProto(expected));
}

TEST_F(PatientServiceTest, ACreationIsAuditedAndAnnouncedWithIt) {
  const v1::Patient created = AddPatient();
  EXPECT_EQ(Psql("SELECT actor_kind, actor_id, clinic_id, patient_id, resource_kind, resource_id, "
                 "action, outcome FROM audit_events"),
            absl::StrCat("staff|", practitioner_id_.ToString(), "|", clinic_.ToString(), "|",
                         created.patient_id(), "|patient|", created.patient_id(),
                         "|records.CreatePatient|OK"));
  EXPECT_EQ(Psql("SELECT topic FROM outbox_events"), "patient.put");
  EXPECT_EQ(Psql("SELECT position('Nu\u00F1ez'::bytea in payload) FROM outbox_events"), "0");
}

TEST_F(PatientServiceTest, EverythingThatIsWrongIsSaidAtOnceAndNothingIsKept) {
  v1::CreatePatientRequest request;
  request.set_clinic_id(clinic_.ToString());
  v1::Patient& patient = *request.mutable_patient();
  patient.set_given_name(" \u3000");
  patient.set_family_name(std::string(201, 'x'));
  patient.mutable_birth_date()->set_year(1999);
  patient.set_gender(static_cast<v1::AdministrativeGender>(77));
  patient.set_email(std::string(255, 'e'));
  patient.add_phones("911");
  patient.add_phones("12");
  patient.mutable_address()->set_country_code("can");
  patient.set_staff_notes("bell\a");
  EXPECT_THAT(status::InvalidFieldsOf(Create(request).status()),
              ElementsAre("patient.birth_date", "patient.gender", "patient.given_name",
                          "patient.family_name", "patient.email", "patient.phones[1]",
                          "patient.address.country_code", "patient.staff_notes", "request_id"));
  EXPECT_EQ(Footprint(), "0|0|0|0|0|0");
}

TEST_F(PatientServiceTest, AnUnknownGenderIsRefusedAndNothingChanges) {
  v1::CreatePatientRequest request = PatientRequest();
  request.mutable_patient()->set_gender(static_cast<v1::AdministrativeGender>(77));
  EXPECT_THAT(status::InvalidFieldsOf(Create(request).status()), ElementsAre("patient.gender"));
  EXPECT_EQ(Footprint(), "0|0|0|0|0|0");
  request.mutable_patient()->set_gender(v1::ADMINISTRATIVE_GENDER_UNKNOWN);
  EXPECT_OK(Create(request));
}

TEST_F(PatientServiceTest, BirthDatesEndWithTodayWhereItIsLatest) {
  // 2026-03-02 begins in UTC+14.
  clock_.Set(absl::FromCivil(absl::CivilHour(2026, 3, 1, 10), absl::UTCTimeZone()));
  v1::CreatePatientRequest request = PatientRequest();
  google::type::Date& date = *request.mutable_patient()->mutable_birth_date();
  date.set_year(2026);
  date.set_month(3);
  date.set_day(3);
  EXPECT_THAT(status::InvalidFieldsOf(Create(request).status()), ElementsAre("patient.birth_date"));
  date.set_day(2);
  EXPECT_OK(Create(request));
  clock_.Advance(-absl::Microseconds(1));
  request.set_request_id(RequestId());
  EXPECT_THAT(Create(request), kInvalidField);
}

TEST_F(PatientServiceTest, ARepeatedRequestMakesOnePatientAndAnAlteredOneNone) {
  v1::CreatePatientRequest request = PatientRequest();
  ASSERT_OK_AND_ASSIGN(const v1::Patient first, Create(request));
  ASSERT_OK_AND_ASSIGN(const v1::Patient second, Create(request));
  EXPECT_THAT(second, EqualsProto(first));
  request.mutable_patient()->set_given_name("Zoe");
  EXPECT_THAT(Create(request),
              testing::FailsWith(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  EXPECT_EQ(Footprint(), "1|0|0|1|1|1");
  EXPECT_EQ(NotMade(), "records.CreatePatient|REPEATED|" + first.patient_id());
}

TEST_F(PatientServiceTest, AChangeTakesTheMaskedFieldsAndIsAuditedAndAnnounced) {
  const v1::Patient created = AddPatient();
  clock_.Advance(absl::Seconds(5));
  v1::UpdatePatientRequest request = UpdateRequest(created, {"family_name", "phones", "state"});
  request.mutable_patient()->set_family_name(" O’Brien <b>'; DROP TABLE patients;--");
  request.mutable_patient()->clear_phones();
  request.mutable_patient()->set_state(v1::PATIENT_STATE_INACTIVE);
  request.mutable_patient()->set_given_name("not named by the mask");
  ASSERT_OK_AND_ASSIGN(const v1::Patient changed, Update(request));
  v1::Patient expected = created;
  expected.set_family_name("O’Brien <b>'; DROP TABLE patients;--");
  expected.clear_phones();
  expected.set_state(v1::PATIENT_STATE_INACTIVE);
  expected.set_etag("2");
  expected.mutable_update_time()->set_seconds(created.update_time().seconds() + 5);
  EXPECT_THAT(changed, EqualsProto(expected));
  EXPECT_THAT(
      Result(patients_, &Stub::GetPatient, GetRequest(created.patient_id()), owner_).value(),
      EqualsProto(expected));
  EXPECT_EQ(Psql("SELECT action, patient_id, outcome FROM audit_events ORDER BY event_id "
                 "OFFSET 1 LIMIT 1"),
            "records.UpdatePatient|" + created.patient_id() + "|OK");
  EXPECT_EQ(Psql("SELECT count(*) FROM outbox_events WHERE topic = 'patient.put'"), "2");
}

TEST_F(PatientServiceTest, EveryFieldCanBeChanged) {
  const v1::Patient created = AddPatient();
  v1::UpdatePatientRequest request =
      UpdateRequest(created, {"given_name", "family_name", "birth_date", "gender", "sex_at_birth",
                              "gender_identity", "email", "phones", "address", "health_card_number",
                              "emergency_contact", "staff_notes", "state", "deceased_date"});
  v1::Patient& entered = *request.mutable_patient();
  entered.set_given_name("A");
  entered.set_family_name("B");
  entered.mutable_birth_date()->set_year(1950);
  entered.set_gender(v1::ADMINISTRATIVE_GENDER_MALE);
  entered.set_sex_at_birth(v1::SEX_AT_BIRTH_FEMALE);
  entered.set_gender_identity("man");
  entered.set_email("b@example.org");
  entered.mutable_phones()->at(0) = "911";
  entered.mutable_address()->set_city("Laval");
  entered.set_health_card_number("1");
  entered.mutable_emergency_contact()->set_name("C");
  entered.set_staff_notes("none");
  entered.set_state(v1::PATIENT_STATE_DECEASED);
  *entered.mutable_deceased_date() = entered.birth_date();
  ASSERT_OK_AND_ASSIGN(const v1::Patient changed, Update(request));
  v1::Patient expected = entered;
  expected.set_etag("2");
  EXPECT_THAT(changed, EqualsProto(expected));
}

TEST_F(PatientServiceTest, AStaleChangeAndAnInvalidOneChangeNothing) {
  const v1::Patient created = AddPatient();
  v1::UpdatePatientRequest first = UpdateRequest(created, {"email"});
  first.mutable_patient()->set_email("first@example.org");
  ASSERT_OK_AND_ASSIGN(const v1::Patient changed, Update(first));
  const std::string before = Footprint();
  const auto refused = [&](v1::UpdatePatientRequest request) {
    request.set_request_id(RequestId());
    const absl::Status status = Update(request).status();
    EXPECT_EQ(Footprint(), before);
    return status;
  };
  EXPECT_THAT(refused(first), testing::FailsWith(absl::StatusCode::kAborted, "ETAG_MISMATCH"));
  EXPECT_THAT(status::InvalidFieldsOf(refused(UpdateRequest(changed, {}))),
              ElementsAre("update_mask"));
  EXPECT_THAT(status::InvalidFieldsOf(refused(UpdateRequest(changed, {"patient_id", "email"}))),
              ElementsAre("update_mask"));
  v1::UpdatePatientRequest wrong =
      UpdateRequest(changed, {"given_name", "birth_date", "gender", "sex_at_birth", "state"});
  wrong.mutable_patient()->set_given_name(" ");
  wrong.mutable_patient()->clear_birth_date();
  wrong.mutable_patient()->set_gender(static_cast<v1::AdministrativeGender>(77));
  wrong.mutable_patient()->set_sex_at_birth(static_cast<v1::SexAtBirth>(77));
  wrong.mutable_patient()->set_state(static_cast<v1::PatientState>(77));
  wrong.mutable_patient()->clear_etag();
  EXPECT_THAT(status::InvalidFieldsOf(refused(wrong)),
              ElementsAre("patient.birth_date", "patient.gender", "patient.sex_at_birth",
                          "patient.state", "patient.given_name", "patient.etag"));
  v1::UpdatePatientRequest alive = UpdateRequest(changed, {"deceased_date"});
  *alive.mutable_patient()->mutable_deceased_date() = changed.birth_date();
  EXPECT_THAT(status::InvalidFieldsOf(refused(alive)), ElementsAre("patient.deceased_date"));
  v1::UpdatePatientRequest foreign = UpdateRequest(changed, {"email"});
  foreign.set_clinic_id(other_clinic_.ToString());
  foreign.set_request_id(RequestId());
  EXPECT_THAT(Result(patients_, &Stub::UpdatePatient, foreign, stranger_), kPatientNotFound);
  EXPECT_EQ(Footprint(), before);
}

TEST_F(PatientServiceTest, OfTwoChangesOfOneVersionExactlyOneIsMade) {
  for (int round = 0; round < 10; ++round) {
    const v1::Patient created = AddPatient();
    std::vector<v1::UpdatePatientRequest> requests(2, UpdateRequest(created, {"email"}));
    std::atomic<int> made = 0;
    std::vector<std::thread> callers;
    for (int i = 0; i < 2; ++i) {
      requests[i].set_request_id(RequestId());
      requests[i].mutable_patient()->set_email(absl::StrCat(i, "@example.org"));
      callers.emplace_back([&, i] { made += Update(requests[i]).ok(); });
    }
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(made, 1);
    EXPECT_EQ(
        Psql("SELECT version FROM patients WHERE patient_id = '" + created.patient_id() + "'"),
        "2");
  }
}

TEST_F(PatientServiceTest, ASearchShowsSummariesAndAuditsEachPatientShown) {
  const v1::Patient zoe = AddPatient(), ana = AddPatient("Ana", "Nuñes");
  AddPatient("Ana", "Boucher");
  ASSERT_OK_AND_ASSIGN(const v1::SearchPatientsResponse found, Search("nunez 604 555 0101"));
  ASSERT_EQ(found.patients_size(), 2);
  EXPECT_FALSE(found.more());
  EXPECT_EQ(found.patients(0).patient_id(), zoe.patient_id());
  EXPECT_EQ(found.patients(0).family_name(), "Nuñez");
  EXPECT_EQ(found.patients(0).birth_date().year(), 1931);
  EXPECT_EQ(found.patients(0).state(), v1::PATIENT_STATE_ACTIVE);
  EXPECT_THAT(found.patients(0).phones(), ElementsAre("+1 604 555 0101"));
  EXPECT_EQ(found.patients(1).patient_id(), ana.patient_id());
  EXPECT_THAT(found.SerializeAsString(), Not(HasSubstr("CANARY")));
  EXPECT_EQ(Psql("SELECT string_agg(patient_id::text, '|' ORDER BY event_id) FROM audit_events "
                 "WHERE action = 'records.SearchPatients'"),
            zoe.patient_id() + "|" + ana.patient_id());
}

TEST_F(PatientServiceTest, ASearchShowsFiftyAndSaysThatThereAreMore) {
  for (int i = 0; i < 50; ++i) AddPatient("Ana", absl::StrCat("Amador", i));
  ASSERT_OK_AND_ASSIGN(v1::SearchPatientsResponse found, Search("a"));
  EXPECT_EQ(found.patients_size(), 50);
  EXPECT_FALSE(found.more());
  AddPatient("Ana", "Amador");
  ASSERT_OK_AND_ASSIGN(found, Search("a"));
  EXPECT_EQ(found.patients_size(), 50);
  EXPECT_TRUE(found.more());
}

TEST_F(PatientServiceTest, TextThatWouldTakeMinutesToComposeIsRefusedAtOnce) {
  const std::string accents = AccentsInDisorder();
  const absl::Time start = absl::Now();
  EXPECT_THAT(status::InvalidFieldsOf(Search(accents).status()), ElementsAre("query"));
  v1::CreatePatientRequest request = PatientRequest();
  request.mutable_patient()->set_given_name(accents);
  EXPECT_THAT(status::InvalidFieldsOf(Create(request).status()), ElementsAre("patient.given_name"));
  request = PatientRequest();
  // Each line short enough, and very many.
  for (size_t i = 0; i < 600; ++i) {
    request.mutable_patient()->mutable_address()->add_lines(accents.substr(0, 800 * 2));
  }
  EXPECT_THAT(status::InvalidFieldsOf(Create(request).status()),
              ElementsAre("patient.address.lines"));
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));  // under sanitizers
  EXPECT_EQ(Psql("SELECT count(*) FROM patients"), "0");
}

TEST_F(PatientServiceTest, WhatIsNoSearchIsRefused) {
  for (const std::string& query : {std::string(), std::string(" "), std::string(201, 'a'),
                                   std::string("a@b c@d"), std::string("a\nb")}) {
    EXPECT_THAT(status::InvalidFieldsOf(Search(query).status()), ElementsAre("query")) << query;
  }
}

TEST_F(PatientServiceTest, AnotherClinicsPatientLooksLikeNoneToStaff) {
  const v1::Patient patient = AddPatient();
  v1::GetPatientRequest foreign = GetRequest(patient.patient_id());
  EXPECT_THAT(Result(patients_, &Stub::GetPatient, foreign, stranger_),
              testing::FailsWith(absl::StatusCode::kPermissionDenied, "NOT_STAFF_OF_CLINIC"));
  foreign.set_clinic_id(other_clinic_.ToString());
  v1::GetPatientRequest unknown = foreign;
  unknown.set_patient_id(kNobody);
  EXPECT_THAT(Result(patients_, &Stub::GetPatient, foreign, stranger_), kPatientNotFound);
  EXPECT_EQ(Bytes(patients_, &Stub::GetPatient, foreign, stranger_),
            Bytes(patients_, &Stub::GetPatient, unknown, stranger_));
}

TEST_F(PatientServiceTest, PagesListEveryPatientOnceInHumanOrderAndAuditEachOne) {
  const v1::Patient c = AddPatient("A", "Öberg"), a = AddPatient("Ána", "Éa"),
                    b = AddPatient("Ana", "Eb"), d = AddPatient("A", "Öberg");
  std::vector<std::string> ids;
  std::string token;
  do {
    ASSERT_OK_AND_ASSIGN(const auto page, List(ListRequest(3, token)));
    for (const v1::Patient& patient : page.patients()) ids.push_back(patient.patient_id());
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_THAT(ids, ElementsAre(a.patient_id(), b.patient_id(), c.patient_id(), d.patient_id()));
  EXPECT_EQ(
      Psql("SELECT string_agg(patient_id::text, '|' ORDER BY event_id) FROM audit_events "
           "WHERE action = 'records.ListPatients'"),
      absl::StrCat(a.patient_id(), "|", b.patient_id(), "|", c.patient_id(), "|", d.patient_id()));
}

TEST_F(PatientServiceTest, APageOfExactlyAllIsTheLast) {
  AddPatient();
  AddPatient();
  ASSERT_OK_AND_ASSIGN(const auto page, List(ListRequest(2)));
  EXPECT_EQ(page.patients_size(), 2);
  EXPECT_EQ(page.next_page_token(), "");
}

TEST_F(PatientServiceTest, PageTokensOfOtherQueriesAndPageSizesOutOfRangeAreRefused) {
  AddPatient();
  AddPatient();
  ASSERT_OK_AND_ASSIGN(const auto page, List(ListRequest(1)));
  const std::string token = page.next_page_token();
  EXPECT_OK(List(ListRequest(100, token)));

  v1::ListPatientsRequest elsewhere = ListRequest(1, token);
  elsewhere.set_clinic_id(other_clinic_.ToString());
  EXPECT_THAT(Result(patients_, &Stub::ListPatients, elsewhere, stranger_), kPageTokenInvalid);
  EXPECT_THAT(List(ListRequest(1, token + "A")), kPageTokenInvalid);
  EXPECT_THAT(List(ListRequest(1, "x")), kPageTokenInvalid);
  v1::ListSoapChartsRequest charts;
  charts.set_clinic_id(clinic_.ToString());
  charts.set_patient_id(page.patients(0).patient_id());
  charts.set_page_token(token);
  EXPECT_THAT(Result(charts_, &v1::SoapChartService::Stub::ListSoapCharts, charts, practitioner_),
              kPageTokenInvalid);
  EXPECT_THAT(List(ListRequest(-1)), kInvalidField);
  EXPECT_THAT(List(ListRequest(101)), kInvalidField);
}

TEST_F(PatientServiceTest, AHolderOfAGrantReadsTheProfileWithoutStaffNotes) {
  const v1::Patient patient = AddPatient();
  Grant(patient.patient_id());
  ASSERT_OK_AND_ASSIGN(
      const v1::PatientProfile profile,
      Result(patients_, &Stub::GetMyPatient, MyRequest(patient.patient_id()), holder_));
  EXPECT_EQ(profile.patient_id(), patient.patient_id());
  EXPECT_EQ(profile.clinic_id(), clinic_.ToString());
  EXPECT_EQ(profile.given_name(), "Zoë");
  EXPECT_EQ(profile.family_name(), "Nuñez");
  EXPECT_EQ(profile.birth_date().year(), 1931);
  EXPECT_EQ(profile.gender(), v1::ADMINISTRATIVE_GENDER_FEMALE);
  EXPECT_THAT(profile.phones(), ElementsAre("+1 604 555 0101"));
  EXPECT_THAT(profile.SerializeAsString(), Not(HasSubstr("CANARY")));
  EXPECT_EQ(Psql("SELECT actor_kind, actor_id, patient_id, outcome FROM audit_events "
                 "WHERE action = 'records.GetMyPatient'"),
            absl::StrCat("account|", holder_id_.ToString(), "|", patient.patient_id(), "|OK"));
}

TEST_F(PatientServiceTest, WithoutAGrantAPatientLooksLikeNoneByteForByte) {
  const std::string patient_id = AddPatient().patient_id();
  const auto read = [&](const std::string& id) {
    return Bytes(patients_, &Stub::GetMyPatient, MyRequest(id), holder_);
  };
  const std::string unknown = read(kNobody);
  EXPECT_THAT(unknown, Not(HasSubstr("Nuñez")));
  EXPECT_EQ(read(patient_id), unknown);
  Grant(patient_id);
  EXPECT_NE(read(patient_id), unknown);
  grants_.Revoke(holder_id_, id::PatientId::Parse("id", patient_id).value());
  EXPECT_EQ(read(patient_id), unknown);
  // Granted, but gone: the handler's own answer.
  Grant(kNobody);
  EXPECT_EQ(read(kNobody), unknown);
  EXPECT_EQ(PatientNotFound(), rpc::PatientNotFound());
  // Staff have no back door into the account holder's RPC.
  EXPECT_EQ(Bytes(patients_, &Stub::GetMyPatient, MyRequest(patient_id), owner_), unknown);
}

TEST_F(PatientServiceTest, WhileGrantsCannotBeCheckedNothingIsShown) {
  const std::string patient_id = AddPatient().patient_id();
  Grant(patient_id);
  grants_.Fail(status::DependencyUnavailable("access_code"));
  v1::PatientProfile profile;
  const grpc::Status status =
      Call(*patients_, &Stub::GetMyPatient, MyRequest(patient_id), holder_, &profile);
  EXPECT_THAT(rpc::FromGrpc(status),
              testing::FailsWith(absl::StatusCode::kUnavailable, "DEPENDENCY_UNAVAILABLE"));
  EXPECT_THAT(profile.SerializeAsString(), IsEmpty());
}

}  // namespace
}  // namespace portal::records
