#include "services/access_code/rpc/form_access_handlers.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/crypto/encoding.h"
#include "libs/testing/program.h"
#include "portal/access_code/v1/form_access_service.grpc.pb.h"
#include "services/access_code/domain/limits.h"
#include "services/access_code/rpc/service_fixture.h"

namespace portal::access_code {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Stub = v1::FormAccessService::Stub;

constexpr char kUnknownCode[] = "abacus abacus abacus abacus abacus";

// The service `forms`, which is not there yet, with its certificate and the passport of the person
// whose call it answers.
class FormAccessTest : public ServiceTest {
 protected:
  v1::IssueFormAccessCodeRequest FormRequest(const id::PatientId& patient_id,
                                             const std::string& form) const {
    v1::IssueFormAccessCodeRequest request;
    request.set_clinic_id(clinic_.ToString());
    request.set_patient_id(patient_id.ToString());
    request.set_form_assignment_id(form);
    request.set_request_id(NewRequestId());
    return request;
  }
  Answer<v1::IssueFormAccessCodeResponse> IssueForm(const v1::IssueFormAccessCodeRequest& request) {
    return Call(*forms_, &Stub::IssueFormAccessCode, request, StaffPassport(clinic_));
  }
  v1::IssueFormAccessCodeResponse NewFormCode(const id::PatientId& patient_id,
                                              const std::string& form) {
    const auto issued = IssueForm(FormRequest(patient_id, form));
    EXPECT_EQ(issued.Outcome(), "OK");
    return issued.response;
  }
  v1::IssueFormAccessCodeResponse NewFormCode() { return NewFormCode(patient_, form_); }

  template <typename Request>
  Request AboutForm(const std::string& form, const id::ClinicId& clinic_id) const {
    Request request;
    request.set_clinic_id(clinic_id.ToString());
    request.set_form_assignment_id(form);
    request.set_request_id(NewRequestId());
    return request;
  }
  Answer<v1::CancelFormAccessCodesResponse> CancelForm(const std::string& form,
                                                       const id::ClinicId& clinic_id) {
    return Call(*forms_, &Stub::CancelFormAccessCodes,
                AboutForm<v1::CancelFormAccessCodesRequest>(form, clinic_id),
                StaffPassport(clinic_id));
  }
  Answer<v1::RevokeFormAccessResponse> RevokeForm(const std::string& form,
                                                  const id::ClinicId& clinic_id) {
    return Call(*forms_, &Stub::RevokeFormAccess,
                AboutForm<v1::RevokeFormAccessRequest>(form, clinic_id), StaffPassport(clinic_id));
  }
  Answer<v1::CheckFormAccessResponse> CheckForms(const std::vector<std::string>& forms,
                                                 const id::AccountId& account_id) {
    v1::CheckFormAccessRequest request;
    for (const std::string& form : forms) request.add_form_assignment_ids(form);
    return Call(*forms_, &Stub::CheckFormAccess, request, Passport(account_id));
  }
  // Of those, what is open to the account.
  std::vector<std::string> Open(const std::vector<std::string>& forms,
                                const id::AccountId& account_id) {
    const auto checked = CheckForms(forms, account_id);
    EXPECT_EQ(checked.Outcome(), "OK");
    std::vector<std::string> open;
    for (const v1::FormAccess& form : checked.response.forms()) {
      open.push_back(form.form_assignment_id());
    }
    return open;
  }
  int PatientsOf(const id::AccountId& account_id) {
    const auto listed = Call(*grants_, &v1::GrantService::Stub::ListMyPatients,
                             v1::ListMyPatientsRequest(), Passport(account_id));
    EXPECT_EQ(listed.Outcome(), "OK");
    return listed.response.patients_size();
  }
  std::string Codes() const { return Sql("SELECT count(*) FROM access_codes"); }

  const std::unique_ptr<Stub> forms_ = v1::FormAccessService::NewStub(harness_.Channel("forms"));
  const id::PatientId patient_ = NewPatient(clinic_, "Ada Canary");
  const std::string form_ = NewRequestId();
  const std::string other_form_ = NewRequestId();
};

TEST_F(FormAccessTest, ACodeIsFiveListedWordsOfItsKindAndLiveForFiveDays) {
  const v1::IssueFormAccessCodeResponse issued = NewFormCode();
  const std::optional<CodeWords> words = CodeWords::Parse(List(), issued.words());
  ASSERT_TRUE(words.has_value());
  EXPECT_EQ(issued.access_link(), absl::StrCat("https://portal.example/access#code=",
                                               absl::StrReplaceAll(words->text(), {{" ", "-"}})));
  EXPECT_EQ(issued.entry_page(), "https://portal.example/access");
  const v1::AccessCode& code = issued.access_code();
  EXPECT_EQ(code.kind(), v1::ACCESS_CODE_KIND_SMART_FORM);
  EXPECT_EQ(code.form_assignment_id(), form_);
  EXPECT_EQ(code.patient_id(), patient_.ToString());
  EXPECT_EQ(code.clinic_id(), clinic_.ToString());
  EXPECT_EQ(code.issuer_account_id(), staff_.ToString());
  EXPECT_EQ(code.state(), v1::ACCESS_CODE_STATE_LIVE);
  EXPECT_EQ(code.holder_relationship(), v1::HOLDER_RELATIONSHIP_UNSPECIFIED);
  EXPECT_EQ(TimeOf(code.expire_time()), clock_.Now() + absl::Hours(5 * 24));
  EXPECT_EQ(Metric("access_code_issued_total"), "1");
}

TEST_F(FormAccessTest, StaffSeeCodesOfBothKindsNewestFirst) {
  const std::string records = NewCode(patient_).access_code().access_code_id();
  const std::string form = NewFormCode().access_code().access_code_id();
  v1::ListAccessCodesRequest request;
  request.set_clinic_id(clinic_.ToString());
  request.set_patient_id(patient_.ToString());
  const auto listed =
      Call(*codes_, &v1::AccessCodeService::Stub::ListAccessCodes, request, StaffPassport(clinic_));
  ASSERT_EQ(listed.response.access_codes_size(), 2);
  EXPECT_EQ(listed.response.access_codes(0).access_code_id(), form);
  EXPECT_EQ(listed.response.access_codes(0).kind(), v1::ACCESS_CODE_KIND_SMART_FORM);
  EXPECT_EQ(listed.response.access_codes(0).form_assignment_id(), form_);
  EXPECT_EQ(listed.response.access_codes(1).access_code_id(), records);
  EXPECT_EQ(listed.response.access_codes(1).kind(), v1::ACCESS_CODE_KIND_MEDICAL_RECORDS);
  EXPECT_EQ(listed.response.access_codes(1).form_assignment_id(), "");
}

TEST_F(FormAccessTest, ARepeatedRequestGetsTheSameAnswerWordsIncluded) {
  v1::IssueFormAccessCodeRequest request = FormRequest(patient_, form_);
  const auto first = IssueForm(request);
  const auto again = IssueForm(request);
  ASSERT_EQ(again.Outcome(), "OK");
  EXPECT_EQ(again.response.SerializeAsString(), first.response.SerializeAsString());
  EXPECT_EQ(Codes(), "1");
  EXPECT_EQ(
      Sql("SELECT string_agg(outcome || ' ' || calling_service || ' ' || actor_kind || ' ' || "
          "patient_id, ',' ORDER BY event_id) "
          "FROM audit_events WHERE action = 'access_code.IssueFormAccessCode'"),
      absl::StrCat("OK forms staff ", patient_.ToString(), ",REPEATED forms staff ",
                   patient_.ToString()));
  request.set_form_assignment_id(other_form_);
  EXPECT_EQ(IssueForm(request).Outcome(), "REQUEST_ID_REUSED");
  EXPECT_EQ(Codes(), "1");
}

TEST_F(FormAccessTest, ValidityIsTheClinicsOrOneToThirtyDays) {
  v1::AccessSettings settings = GetSettings(clinic_).response;
  settings.set_validity_days(9);
  ASSERT_EQ(UpdateSettings(settings).Outcome(), "OK");
  for (const auto& [days, expected] : {std::pair(0, 9), std::pair(1, 1), std::pair(30, 30)}) {
    v1::IssueFormAccessCodeRequest request = FormRequest(patient_, form_);
    request.set_validity_days(days);
    const auto issued = IssueForm(request);
    ASSERT_EQ(issued.Outcome(), "OK");
    EXPECT_EQ(TimeOf(issued.response.access_code().expire_time()),
              clock_.Now() + absl::Hours(24) * expected);
  }
  for (const int days : {-1, 31}) {
    v1::IssueFormAccessCodeRequest request = FormRequest(patient_, form_);
    request.set_validity_days(days);
    EXPECT_EQ(IssueForm(request).Outcome(), "INVALID_FIELD");
  }
  EXPECT_EQ(Codes(), "3");
}

TEST_F(FormAccessTest, TheBirthDateIsNotDemandedAlthoughTheClinicWantsItWithRecords) {
  DemandBirthDates();
  const v1::IssueFormAccessCodeResponse issued = NewFormCode();
  EXPECT_FALSE(issued.access_code().birth_date_demanded());
  EXPECT_EQ(Redeem(issued.words(), account_).Outcome(), "OK");
}

TEST_F(FormAccessTest, AForeignPatientIsAsUnknownAsNoneAndAMergedOneGetsNoMoreCodes) {
  const auto foreign = IssueForm(FormRequest(NewPatient(other_clinic_), form_));
  const auto unknown = IssueForm(FormRequest(id::PatientId::New(clock_), form_));
  EXPECT_EQ(foreign.Outcome(), "PATIENT_NOT_FOUND");
  EXPECT_EQ(foreign.Bytes(), unknown.Bytes());
  ASSERT_EQ(Merge(patient_, NewPatient(clinic_)).Outcome(), "OK");
  EXPECT_EQ(IssueForm(FormRequest(patient_, form_)).Bytes(), unknown.Bytes());
  EXPECT_EQ(IssueForm(FormRequest(patient_, "no id")).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Codes(), "0");
}

TEST_F(FormAccessTest, OnlyFormsIssuesAndOnlyForStaffOfTheClinic) {
  const v1::IssueFormAccessCodeRequest request = FormRequest(patient_, form_);
  EXPECT_EQ(Call(*forms_, &Stub::IssueFormAccessCode, request).Outcome(), "PASSPORT_MISSING");
  EXPECT_EQ(Call(*forms_, &Stub::IssueFormAccessCode, request, Passport(account_)).Outcome(),
            "NOT_STAFF_OF_CLINIC");
  EXPECT_EQ(
      Call(*forms_, &Stub::IssueFormAccessCode, request, StaffPassport(other_clinic_)).Outcome(),
      "NOT_STAFF_OF_CLINIC");
  const auto gateway = v1::FormAccessService::NewStub(harness_.Channel());
  EXPECT_EQ(Call(*gateway, &Stub::IssueFormAccessCode, request, StaffPassport(clinic_)).Outcome(),
            "SERVICE_NOT_ALLOWED");
  EXPECT_EQ(Codes(), "0");
}

TEST_F(FormAccessTest, RedeemingOpensTheFormAndNothingOfThePatient) {
  const id::PatientId known = NewPatient(clinic_, "Bo Moss");
  NewGrant(known, account_);
  const std::string words = NewFormCode().words();
  EXPECT_THAT(Open({form_}, account_), IsEmpty());
  const auto redeemed = Redeem(words, account_);
  ASSERT_EQ(redeemed.Outcome(), "OK");
  EXPECT_FALSE(redeemed.response.has_patient());
  EXPECT_EQ(redeemed.response.form().form_assignment_id(), form_);
  EXPECT_EQ(redeemed.response.form().clinic_id(), clinic_.ToString());
  EXPECT_THAT(redeemed.response.DebugString(), Not(HasSubstr("Canary")));
  EXPECT_THAT(redeemed.response.DebugString(), Not(HasSubstr(patient_.ToString())));
  EXPECT_THAT(Open({other_form_, form_}, account_), ElementsAre(form_));
  EXPECT_THAT(Open({form_}, other_account_), IsEmpty());
  // The patient stays as unknown as one that does not exist.
  EXPECT_FALSE(IsGranted(patient_, account_));
  EXPECT_EQ(PatientsOf(account_), 1);
  EXPECT_EQ(ListGrants(patient_, clinic_).response.grants_size(), 0);
  v1::ExplainMyAccessRequest explain;
  explain.set_patient_id(patient_.ToString());
  const auto of_patient =
      Call(*grants_, &v1::GrantService::Stub::ExplainMyAccess, explain, Passport(account_));
  explain.set_patient_id(NewRequestId());
  const auto of_nobody =
      Call(*grants_, &v1::GrantService::Stub::ExplainMyAccess, explain, Passport(account_));
  EXPECT_EQ(of_patient.Outcome(), "PATIENT_NOT_FOUND");
  EXPECT_EQ(of_patient.Bytes(), of_nobody.Bytes());
}

TEST_F(FormAccessTest, AnAccountWithNothingElseStillSeesNoPatient) {
  ASSERT_EQ(Redeem(NewFormCode().words(), account_).Outcome(), "OK");
  EXPECT_EQ(PatientsOf(account_), 0);
  EXPECT_FALSE(IsGranted(patient_, account_));
  EXPECT_EQ(Drop(patient_, account_).Outcome(), "PATIENT_NOT_FOUND");
  EXPECT_EQ(Sql("SELECT count(*) FROM grants"), "0");
}

TEST_F(FormAccessTest, RedeemingTellsNobody) {
  NewGrant(patient_, other_account_);
  Sql("DELETE FROM outbox_events");
  ASSERT_EQ(Redeem(NewFormCode().words(), account_).Outcome(), "OK");
  EXPECT_THAT(Notices(), IsEmpty());
}

TEST_F(FormAccessTest, DeadCodesOfBothKindsAreOneAnswer) {
  const auto expired_form = NewFormCode();
  const auto expired = NewCode(patient_);
  clock_.Set(TimeOf(expired.access_code().expire_time()));
  const auto cancelled_form = NewFormCode(), cancelled = NewFormCode(patient_, other_form_);
  ASSERT_EQ(Cancel(cancelled_form.access_code().access_code_id(), clinic_).Outcome(), "OK");
  ASSERT_EQ(CancelForm(other_form_, clinic_).Outcome(), "OK");
  const auto used_form = NewFormCode();
  const auto used = NewCode(patient_);
  ASSERT_EQ(Redeem(used_form.words(), other_account_).Outcome(), "OK");
  ASSERT_EQ(Redeem(used.words(), other_account_).Outcome(), "OK");
  const std::string unknown = Redeem(kUnknownCode, account_).Bytes();
  for (const std::string& words : {expired_form.words(), expired.words(), cancelled_form.words(),
                                   cancelled.words(), used_form.words(), used.words()}) {
    const auto rejected = Redeem(words, account_);
    EXPECT_EQ(rejected.Outcome(), "ACCESS_CODE_REJECTED");
    EXPECT_EQ(rejected.Bytes(), unknown);
  }
  EXPECT_THAT(Open({form_, other_form_}, account_), IsEmpty());
  EXPECT_EQ(Metric("access_code_redemptions_total{outcome=\"expired\"}"), "2");
  EXPECT_EQ(Metric("access_code_redemptions_total{outcome=\"cancelled\"}"), "2");
  EXPECT_EQ(Metric("access_code_redemptions_total{outcome=\"used\"}"), "2");
}

TEST_F(FormAccessTest, CodeAtExpiryIsRejectedAndStaysUnredeemed) {
  const auto issued = NewFormCode();
  const absl::Time expiry = TimeOf(issued.access_code().expire_time());
  clock_.Set(expiry);
  EXPECT_EQ(Redeem(issued.words(), account_).Outcome(), "ACCESS_CODE_REJECTED");
  EXPECT_THAT(Open({form_}, account_), IsEmpty());
  clock_.Set(expiry - absl::Microseconds(1));
  EXPECT_EQ(Redeem(issued.words(), account_).Outcome(), "OK");
}

TEST_F(FormAccessTest, AttemptsAreThoseOfCodesForRecords) {
  const std::string words = NewFormCode().words();
  for (int i = 0; i < kAttemptsPerAccount; ++i) Redeem(kUnknownCode, account_);
  EXPECT_EQ(Redeem(words, account_).Outcome(), "TOO_MANY_ATTEMPTS");
  EXPECT_THAT(Open({form_}, account_), IsEmpty());
  clock_.Advance(kAttemptWindow);
  EXPECT_EQ(Redeem(words, account_).Outcome(), "OK");
}

TEST_F(FormAccessTest, WhoHasTheFormIsToldAsAHolderOfAGrantIsAndTheCodeStaysLive) {
  ASSERT_EQ(Redeem(NewFormCode().words(), account_).Outcome(), "OK");
  const std::string second = NewFormCode().words();
  const auto form_held = Redeem(second, account_);
  EXPECT_EQ(form_held.Outcome(), "GRANT_EXISTS");
  NewGrant(patient_, account_);
  EXPECT_EQ(Redeem(NewCode(patient_).words(), account_).Bytes(), form_held.Bytes());
  EXPECT_EQ(Redeem(second, other_account_).Outcome(), "OK");
}

TEST_F(FormAccessTest, ARepeatedRedemptionGetsTheSameAnswerWhileTheFormIsOpen) {
  const auto request = RedeemRequest(NewFormCode().words());
  const auto first = Redeem(request, account_);
  ASSERT_EQ(first.Outcome(), "OK");
  for (int i = 1; i < kAttemptsPerAccount; ++i) Redeem(kUnknownCode, account_);
  const auto again = Redeem(request, account_);
  EXPECT_EQ(again.Outcome(), "OK");
  EXPECT_EQ(again.response.SerializeAsString(), first.response.SerializeAsString());
  EXPECT_EQ(Sql("SELECT count(*) FROM form_accesses"), "1");
  EXPECT_EQ(Sql("SELECT clinic_id, patient_id, resource_kind, action FROM audit_events "
                "WHERE outcome = 'REPEATED'"),
            absl::StrCat(clinic_.ToString(), "|", patient_.ToString(),
                         "|access_code|access_code.RedeemAccessCode"));
  ASSERT_EQ(RevokeForm(form_, clinic_).Outcome(), "OK");
  const auto late = Redeem(request, account_);
  EXPECT_EQ(late.Outcome(), "ACCESS_CODE_REJECTED");
  EXPECT_EQ(late.Bytes(), Redeem(kUnknownCode, other_account_).Bytes());
  EXPECT_EQ(late.response.ByteSizeLong(), 0);
}

TEST_F(FormAccessTest, CancellingKillsTheLiveCodesOfTheFormAndRepeatingIsHarmless) {
  const std::string redeemed = NewFormCode().words(), live = NewFormCode().words();
  const std::string records = NewCode(patient_).words();
  const std::string other = NewFormCode(patient_, other_form_).words();
  ASSERT_EQ(Redeem(redeemed, account_).Outcome(), "OK");
  const auto request = AboutForm<v1::CancelFormAccessCodesRequest>(form_, clinic_);
  const auto cancelled =
      Call(*forms_, &Stub::CancelFormAccessCodes, request, StaffPassport(clinic_));
  ASSERT_EQ(cancelled.Outcome(), "OK");
  EXPECT_EQ(cancelled.response.patient_id(), patient_.ToString());
  ASSERT_EQ(cancelled.response.access_codes_size(), 1);
  EXPECT_EQ(cancelled.response.access_codes(0).state(), v1::ACCESS_CODE_STATE_CANCELLED);
  EXPECT_EQ(cancelled.response.access_codes(0).form_assignment_id(), form_);
  const auto again = Call(*forms_, &Stub::CancelFormAccessCodes, request, StaffPassport(clinic_));
  EXPECT_EQ(again.response.SerializeAsString(), cancelled.response.SerializeAsString());
  const auto anew = CancelForm(form_, clinic_);
  ASSERT_EQ(anew.Outcome(), "OK");
  EXPECT_EQ(anew.response.access_codes_size(), 0);
  EXPECT_EQ(Redeem(live, other_account_).Outcome(), "ACCESS_CODE_REJECTED");
  EXPECT_THAT(Open({form_}, account_), ElementsAre(form_));
  EXPECT_EQ(Redeem(records, other_account_).Outcome(), "OK");
  EXPECT_EQ(Redeem(other, other_account_).Outcome(), "OK");
  EXPECT_EQ(Sql("SELECT outcome, patient_id, resource_kind, resource_id FROM audit_events "
                "WHERE action = 'access_code.CancelFormAccessCodes' ORDER BY event_id LIMIT 2"),
            absl::StrCat("OK|", patient_.ToString(), "|form_assignment|", form_, "\nREPEATED|",
                         patient_.ToString(), "|form_assignment|", form_));
}

TEST_F(FormAccessTest, RevokingClosesTheFormAtOnceAndLeavesLiveCodesAlone) {
  ASSERT_EQ(Redeem(NewFormCode().words(), account_).Outcome(), "OK");
  ASSERT_EQ(Redeem(NewFormCode(patient_, other_form_).words(), account_).Outcome(), "OK");
  const std::string live = NewFormCode().words();
  const auto revoked = RevokeForm(form_, clinic_);
  ASSERT_EQ(revoked.Outcome(), "OK");
  EXPECT_THAT(revoked.response.account_ids(), ElementsAre(account_.ToString()));
  EXPECT_THAT(Open({form_, other_form_}, account_), ElementsAre(other_form_));
  const auto anew = RevokeForm(form_, clinic_);
  ASSERT_EQ(anew.Outcome(), "OK");
  EXPECT_EQ(anew.response.account_ids_size(), 0);
  EXPECT_EQ(Redeem(live, account_).Outcome(), "OK");
  EXPECT_THAT(Open({form_}, account_), ElementsAre(form_));
  EXPECT_EQ(Sql("SELECT DISTINCT outcome, actor_kind, calling_service, patient_id, resource_id "
                "FROM audit_events WHERE action = 'access_code.RevokeFormAccess'"),
            absl::StrCat("OK|staff|forms|", patient_.ToString(), "|", form_));
}

TEST_F(FormAccessTest, AForeignFormIsAsUnknownAsNoneAndStaysAsItIs) {
  const std::string live = NewFormCode().words();
  ASSERT_EQ(Redeem(NewFormCode().words(), account_).Outcome(), "OK");
  const auto cancelled = CancelForm(form_, other_clinic_);
  EXPECT_EQ(cancelled.Outcome(), "ACCESS_CODE_NOT_FOUND");
  EXPECT_EQ(cancelled.Bytes(), CancelForm(NewRequestId(), other_clinic_).Bytes());
  const auto revoked = RevokeForm(form_, other_clinic_);
  EXPECT_EQ(revoked.Outcome(), "ACCESS_CODE_NOT_FOUND");
  EXPECT_EQ(revoked.Bytes(), RevokeForm(NewRequestId(), other_clinic_).Bytes());
  EXPECT_EQ(CancelForm("no id", clinic_).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(RevokeForm("no id", clinic_).Outcome(), "INVALID_FIELD");
  EXPECT_THAT(Open({form_}, account_), ElementsAre(form_));
  EXPECT_EQ(Redeem(live, other_account_).Outcome(), "OK");
}

TEST_F(FormAccessTest, TheCheckTakesOneToAHundredAndAnswersInTheirOrder) {
  ASSERT_EQ(Redeem(NewFormCode().words(), account_).Outcome(), "OK");
  clock_.Advance(absl::Minutes(1));
  ASSERT_EQ(Redeem(NewFormCode(patient_, other_form_).words(), account_).Outcome(), "OK");
  std::vector<std::string> asked = {other_form_};
  while (asked.size() < kMaxCheckedForms - 1) asked.push_back(NewRequestId());
  asked.push_back(form_);
  const auto checked = CheckForms(asked, account_);
  ASSERT_EQ(checked.response.forms_size(), 2);
  EXPECT_EQ(checked.response.forms(0).form_assignment_id(), other_form_);
  EXPECT_EQ(TimeOf(checked.response.forms(0).redeem_time()), clock_.Now());
  EXPECT_EQ(checked.response.forms(1).form_assignment_id(), form_);
  asked.push_back(form_);
  EXPECT_EQ(CheckForms(asked, account_).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(CheckForms({}, account_).Outcome(), "INVALID_FIELD");
  const auto malformed = CheckForms({form_, "no id", ""}, account_);
  EXPECT_THAT(status::InvalidFieldsOf(rpc::FromGrpc(malformed.status)),
              ElementsAre("form_assignment_ids[1]", "form_assignment_ids[2]"));
}

TEST_F(FormAccessTest, TheDatabaseHoldsNoWordsNotEvenForARepetition) {
  const auto request = FormRequest(patient_, form_);
  const std::string words = IssueForm(request).response.words();
  ASSERT_EQ(IssueForm(request).response.words(), words);
  const std::string dump = testing::RunProgramOrThrow(
      {"/usr/lib/postgresql/15/bin/pg_dump", "--data-only", "--dbname", database_.superuser});
  ASSERT_THAT(dump, HasSubstr(form_));
  const std::vector<std::string> parts = absl::StrSplit(words, ' ');
  for (size_t i = 0; i + 1 < parts.size(); ++i) {
    for (const char* separator : {" ", "-"}) {
      const std::string pair = absl::StrCat(parts[i], separator, parts[i + 1]);
      EXPECT_FALSE(absl::StrContains(dump, pair));
      EXPECT_FALSE(absl::StrContains(dump, crypto::HexEncode(pair)));
    }
  }
}

}  // namespace
}  // namespace portal::access_code
