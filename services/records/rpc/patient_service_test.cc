#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
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
