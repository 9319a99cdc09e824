#include "services/access_code/rpc/access_code_handlers.h"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/time_util.h"
#include "gtest/gtest.h"
#include "libs/crypto/encoding.h"
#include "libs/outbox/relay.h"
#include "libs/testing/log_capture.h"
#include "libs/testing/program.h"
#include "services/access_code/domain/limits.h"
#include "services/access_code/rpc/service_fixture.h"

namespace portal::access_code {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr char kUnknownCode[] = "abacus abacus abacus abacus abacus";

class IssueTest : public ServiceTest {};
class ListAccessCodesTest : public ServiceTest {
 protected:
  Answer<v1::ListAccessCodesResponse> List(const id::PatientId& patient_id,
                                           const id::ClinicId& clinic_id, int page_size = 0,
                                           const std::string& page_token = "") {
    v1::ListAccessCodesRequest request;
    request.set_clinic_id(clinic_id.ToString());
    request.set_patient_id(patient_id.ToString());
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    return Call(*codes_, &v1::AccessCodeService::Stub::ListAccessCodes, request,
                StaffPassport(clinic_id));
  }
};
class CancelTest : public ServiceTest {};
class RedeemTest : public ServiceTest {
 protected:
  std::string Redemptions(const std::string& outcome) const {
    return Metric(absl::StrCat("access_code_redemptions_total{outcome=\"", outcome, "\"}"));
  }
};

TEST_F(IssueTest, ACodeIsFiveListedWordsAndLiveForFiveDays) {
  const id::PatientId patient = NewPatient(clinic_);
  const v1::IssueAccessCodeResponse issued = NewCode(patient);
  const std::optional<CodeWords> words = CodeWords::Parse(List(), issued.words());
  ASSERT_TRUE(words.has_value());
  EXPECT_EQ(words->text(), issued.words());
  const v1::AccessCode& code = issued.access_code();
  EXPECT_EQ(code.patient_id(), patient.ToString());
  EXPECT_EQ(code.clinic_id(), clinic_.ToString());
  EXPECT_EQ(code.issuer_account_id(), staff_.ToString());
  EXPECT_EQ(code.state(), v1::ACCESS_CODE_STATE_LIVE);
  EXPECT_EQ(TimeOf(code.create_time()), clock_.Now());
  EXPECT_EQ(TimeOf(code.expire_time()), clock_.Now() + absl::Hours(5 * 24));
  EXPECT_EQ(Metric("access_code_issued_total"), "1");
}

TEST_F(IssueTest, AnotherCodeForThePatientLeavesTheFirstAlone) {
  const id::PatientId patient = NewPatient(clinic_);
  const std::string first = NewCode(patient).words();
  const std::string second = NewCode(patient).words();
  EXPECT_NE(first, second);
  EXPECT_EQ(Redeem(first, account_).Outcome(), "OK");
  EXPECT_EQ(Redeem(second, other_account_).Outcome(), "OK");
}

TEST_F(IssueTest, ARepeatedRequestGetsTheSameAnswerWordsIncluded) {
  const v1::IssueAccessCodeRequest request = IssueRequest(NewPatient(clinic_), clinic_);
  const auto first = Issue(request);
  clock_.Advance(absl::Hours(24) - absl::Microseconds(1));
  const auto again = Issue(request);
  ASSERT_EQ(again.Outcome(), "OK");
  EXPECT_EQ(again.response.SerializeAsString(), first.response.SerializeAsString());
  EXPECT_EQ(Sql("SELECT count(*) FROM access_codes"), "1");
  EXPECT_EQ(Sql("SELECT string_agg(outcome || ' ' || patient_id, ',' ORDER BY event_id) "
                "FROM audit_events WHERE action = 'access_code.IssueAccessCode'"),
            absl::StrCat("OK ", request.patient_id(), ",REPEATED ", request.patient_id()));
  EXPECT_EQ(Metric("access_code_issued_total"), "1");
}

TEST_F(IssueTest, ARequestIdWithAnotherRequestIsRefused) {
  v1::IssueAccessCodeRequest request = IssueRequest(NewPatient(clinic_), clinic_);
  ASSERT_EQ(Issue(request).Outcome(), "OK");
  request.set_validity_days(6);
  EXPECT_EQ(Issue(request).Outcome(), "REQUEST_ID_REUSED");
  request.set_request_id("not a uuid");
  EXPECT_EQ(Issue(request).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Sql("SELECT count(*) FROM access_codes"), "1");
}

TEST_F(IssueTest, ValidityIsOneToThirtyDays) {
  v1::IssueAccessCodeRequest request = IssueRequest(NewPatient(clinic_), clinic_);
  for (const int days : {1, 30}) {
    request.set_validity_days(days);
    request.set_request_id(NewRequestId());
    const auto issued = Issue(request);
    ASSERT_EQ(issued.Outcome(), "OK");
    EXPECT_EQ(TimeOf(issued.response.access_code().expire_time()),
              clock_.Now() + absl::Hours(24) * days);
  }
  for (const int days : {-1, 31}) {
    request.set_validity_days(days);
    request.set_request_id(NewRequestId());
    EXPECT_EQ(Issue(request).Outcome(), "INVALID_FIELD");
  }
  EXPECT_EQ(Sql("SELECT count(*) FROM access_codes"), "2");
}

TEST_F(IssueTest, ValidityIsTheClinicsUnlessStaffSayOtherwise) {
  v1::AccessSettings settings = GetSettings(clinic_).response;
  settings.set_validity_days(9);
  ASSERT_EQ(UpdateSettings(settings).Outcome(), "OK");
  EXPECT_EQ(TimeOf(NewCode(NewPatient(clinic_)).access_code().expire_time()),
            clock_.Now() + absl::Hours(9 * 24));
}

TEST_F(IssueTest, WithoutABirthDateThereIsNoCodeThatDemandsIt) {
  DemandBirthDates();
  EXPECT_EQ(Issue(IssueRequest(NewPatient(clinic_), clinic_)).Outcome(), "BIRTH_DATE_UNKNOWN");
  EXPECT_EQ(Sql("SELECT count(*) FROM access_codes"), "0");
}

TEST_F(IssueTest, TheLinkCarriesTheCodeInItsFragmentAndTheSheetSaysWhatItNeeds) {
  DemandBirthDates();
  const v1::IssueAccessCodeResponse issued = NewCode(NewPatientBorn(1987, 2, 28));
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(issued.access_link(), absl::MaxSplits("#code=", 1));
  EXPECT_EQ(parts.first, "https://portal.example/access");
  EXPECT_EQ(absl::StrReplaceAll(parts.second, {{"-", " "}}), issued.words());
  const v1::InstructionSheet& sheet = issued.instruction_sheet();
  EXPECT_EQ(sheet.patient_display_name(), "Ada Moss");
  EXPECT_EQ(sheet.clinic_id(), clinic_.ToString());
  EXPECT_EQ(sheet.entry_page(), "https://portal.example/access");
  EXPECT_EQ(TimeOf(sheet.expire_time()), TimeOf(issued.access_code().expire_time()));
  EXPECT_TRUE(sheet.birth_date_demanded());
}

TEST_F(IssueTest, ACodeIsMailedOnlyWhenStaffAskAndOnceAndThatIsAudited) {
  const id::PatientId patient = NewPatient(clinic_);
  NewCode(patient);
  EXPECT_TRUE(Notices().empty());
  v1::IssueAccessCodeRequest request = IssueRequest(patient, clinic_);
  request.set_send_to_email("zoe@example.org");
  testing::LogCapture log;
  const auto issued = Issue(request);
  ASSERT_EQ(issued.Outcome(), "OK");
  ASSERT_EQ(Issue(request).Outcome(), "OK");
  const std::vector<messaging::v1::Notice> notices = Notices();
  ASSERT_EQ(notices.size(), 1);
  EXPECT_EQ(notices[0].recipient().email(), "zoe@example.org");
  EXPECT_EQ(notices[0].access_code_sent().words(), issued.response.words());
  EXPECT_EQ(notices[0].access_code_sent().link(), issued.response.access_link());
  EXPECT_EQ(notices[0].access_code_sent().clinic_id(), clinic_.ToString());
  EXPECT_EQ(TimeOf(notices[0].access_code_sent().expire_time()),
            TimeOf(issued.response.access_code().expire_time()));
  EXPECT_EQ(Sql("SELECT actor_id, resource_id FROM audit_events "
                "WHERE action = 'access_code.SendAccessCode'"),
            absl::StrCat(staff_.ToString(), "|", issued.response.access_code().access_code_id()));
  EXPECT_THAT(log.Text(), Not(HasSubstr("zoe")));
  EXPECT_FALSE(notices[0].access_code_sent().birth_date_demanded());
  request.set_request_id(NewRequestId());
  request.set_send_to_email("(anna@example.org)");
  EXPECT_EQ(Issue(request).Outcome(), "INVALID_FIELD");
}

TEST_F(IssueTest, AMailSaysThatTheBirthDateWillBeAskedFor) {
  DemandBirthDates();
  v1::IssueAccessCodeRequest request = IssueRequest(NewPatientBorn(1987, 2, 28), clinic_);
  request.set_send_to_email("zoe@example.org");
  ASSERT_EQ(Issue(request).Outcome(), "OK");
  ASSERT_EQ(Notices().size(), 1);
  EXPECT_TRUE(Notices()[0].access_code_sent().birth_date_demanded());
}

TEST_F(IssueTest, StaffSayWhoWillHoldTheGrant) {
  v1::IssueAccessCodeRequest request = IssueRequest(NewPatient(clinic_), clinic_);
  request.set_holder_relationship(v1::HOLDER_RELATIONSHIP_SELF);
  EXPECT_EQ(Issue(request).response.access_code().holder_relationship(),
            v1::HOLDER_RELATIONSHIP_SELF);
  request.set_request_id(NewRequestId());
  request.clear_holder_relationship();
  EXPECT_EQ(Issue(request).response.access_code().holder_relationship(),
            v1::HOLDER_RELATIONSHIP_OTHER);
  request.set_request_id(NewRequestId());
  request.set_holder_relationship(static_cast<v1::HolderRelationship>(77));
  EXPECT_EQ(Issue(request).Outcome(), "INVALID_FIELD");
}

TEST_F(IssueTest, AForeignPatientIsAsUnknownAsNone) {
  const auto foreign = Issue(IssueRequest(NewPatient(other_clinic_), clinic_));
  const auto unknown = Issue(IssueRequest(id::PatientId::New(clock_), clinic_));
  EXPECT_EQ(foreign.Outcome(), "PATIENT_NOT_FOUND");
  EXPECT_EQ(foreign.Bytes(), unknown.Bytes());
  EXPECT_EQ(Sql("SELECT count(*) FROM access_codes"), "0");
}

TEST_F(IssueTest, OnlyStaffOfTheClinicIssues) {
  const v1::IssueAccessCodeRequest request = IssueRequest(NewPatient(clinic_), clinic_);
  const auto issue = &v1::AccessCodeService::Stub::IssueAccessCode;
  EXPECT_EQ(Call(*codes_, issue, request).Outcome(), "PASSPORT_MISSING");
  EXPECT_EQ(Call(*codes_, issue, request, Passport(account_)).Outcome(), "NOT_STAFF_OF_CLINIC");
  EXPECT_EQ(Call(*codes_, issue, request, StaffPassport(other_clinic_)).Outcome(),
            "NOT_STAFF_OF_CLINIC");
  EXPECT_EQ(Sql("SELECT count(*) FROM access_codes"), "0");
}

TEST_F(ListAccessCodesTest, EveryStateIsShownNewestFirstAndNeverTheWords) {
  const id::PatientId patient = NewPatient(clinic_);
  const auto live = NewCode(patient);
  const auto redeemed = NewCode(patient);
  const auto cancelled = NewCode(patient);
  ASSERT_EQ(Redeem(redeemed.words(), account_).Outcome(), "OK");
  ASSERT_EQ(Cancel(cancelled.access_code().access_code_id(), clinic_).Outcome(), "OK");
  const auto now = List(patient, clinic_);
  ASSERT_EQ(now.response.access_codes_size(), 3);
  EXPECT_EQ(now.response.access_codes(0).state(), v1::ACCESS_CODE_STATE_CANCELLED);
  EXPECT_EQ(TimeOf(now.response.access_codes(0).cancel_time()), clock_.Now());
  EXPECT_EQ(now.response.access_codes(1).state(), v1::ACCESS_CODE_STATE_REDEEMED);
  EXPECT_EQ(now.response.access_codes(1).redeemer_account_id(), account_.ToString());
  EXPECT_EQ(now.response.access_codes(2).state(), v1::ACCESS_CODE_STATE_LIVE);
  EXPECT_EQ(now.response.access_codes(2).access_code_id(), live.access_code().access_code_id());

  clock_.Set(TimeOf(live.access_code().expire_time()));
  const auto later = List(patient, clinic_);
  ASSERT_EQ(later.response.access_codes_size(), 3);
  EXPECT_EQ(later.response.access_codes(1).state(), v1::ACCESS_CODE_STATE_REDEEMED);
  EXPECT_EQ(later.response.access_codes(2).state(), v1::ACCESS_CODE_STATE_EXPIRED);
}

TEST_F(ListAccessCodesTest, PagesAreWithoutGapAndTokensFitTheirQueryOnly) {
  const id::PatientId patient = NewPatient(clinic_);
  const id::PatientId other_patient = NewPatient(clinic_);
  std::set<std::string> issued, listed;
  for (int i = 0; i < 5; ++i) issued.insert(NewCode(patient).access_code().access_code_id());
  std::string token;
  int pages = 0;
  do {
    const auto page = List(patient, clinic_, 2, token);
    ASSERT_EQ(page.Outcome(), "OK");
    for (const auto& code : page.response.access_codes()) {
      EXPECT_TRUE(listed.insert(code.access_code_id()).second);
    }
    if (!token.empty()) {
      EXPECT_EQ(List(other_patient, clinic_, 2, token).Outcome(), "PAGE_TOKEN_INVALID");
      EXPECT_EQ(List(patient, clinic_, 2, token + "A").Outcome(), "PAGE_TOKEN_INVALID");
    }
    token = page.response.next_page_token();
  } while (!token.empty() && ++pages < 10);
  EXPECT_EQ(listed, issued);
  EXPECT_EQ(List(patient, clinic_, 101).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(List(patient, clinic_, -1).Outcome(), "INVALID_FIELD");
}

TEST_F(ListAccessCodesTest, AForeignPatientIsAsUnknownAsNone) {
  const id::PatientId patient = NewPatient(clinic_);
  NewCode(patient);
  const auto foreign = List(patient, other_clinic_);
  EXPECT_EQ(foreign.Outcome(), "PATIENT_NOT_FOUND");
  EXPECT_EQ(foreign.Bytes(), List(id::PatientId::New(clock_), other_clinic_).Bytes());
  EXPECT_EQ(Sql("SELECT outcome FROM audit_events WHERE action = 'access_code.ListAccessCodes'"),
            "PATIENT_NOT_FOUND\nPATIENT_NOT_FOUND");
}

TEST_F(CancelTest, ACancelledCodeIsDeadAtOnce) {
  const auto issued = NewCode(NewPatient(clinic_));
  const auto cancelled = Cancel(issued.access_code().access_code_id(), clinic_);
  ASSERT_EQ(cancelled.Outcome(), "OK");
  EXPECT_EQ(cancelled.response.state(), v1::ACCESS_CODE_STATE_CANCELLED);
  EXPECT_EQ(Redeem(issued.words(), account_).Outcome(), "ACCESS_CODE_REJECTED");
  EXPECT_EQ(Cancel(issued.access_code().access_code_id(), clinic_).Outcome(),
            "ACCESS_CODE_NOT_LIVE");
}

TEST_F(CancelTest, AForeignCodeIsAsUnknownAsNoneAndStaysLive) {
  const auto issued = NewCode(NewPatient(clinic_));
  const auto foreign = Cancel(issued.access_code().access_code_id(), other_clinic_);
  EXPECT_EQ(foreign.Outcome(), "ACCESS_CODE_NOT_FOUND");
  EXPECT_EQ(foreign.Bytes(), Cancel(NewRequestId(), other_clinic_).Bytes());
  EXPECT_EQ(Cancel("no id", clinic_).Outcome(), "INVALID_FIELD");
  EXPECT_EQ(Redeem(issued.words(), account_).Outcome(), "OK");
}

TEST_F(CancelTest, ARepeatedRequestGetsTheSameAnswer) {
  v1::CancelAccessCodeRequest request;
  request.set_clinic_id(clinic_.ToString());
  request.set_access_code_id(NewCode(NewPatient(clinic_)).access_code().access_code_id());
  request.set_request_id(NewRequestId());
  const auto cancel = &v1::AccessCodeService::Stub::CancelAccessCode;
  const auto first = Call(*codes_, cancel, request, StaffPassport(clinic_));
  const auto again = Call(*codes_, cancel, request, StaffPassport(clinic_));
  EXPECT_EQ(again.Outcome(), "OK");
  EXPECT_EQ(again.response.SerializeAsString(), first.response.SerializeAsString());
}

TEST_F(RedeemTest, TheAccountSeesThePatientAfterwards) {
  const id::PatientId patient = NewPatient(clinic_, "Ada Moss");
  const auto issued = NewCode(patient);
  EXPECT_FALSE(IsGranted(patient, account_));
  const auto redeemed =
      Redeem(absl::AsciiStrToUpper(absl::StrReplaceAll(issued.words(), {{" ", " - "}})), account_);
  ASSERT_EQ(redeemed.Outcome(), "OK");
  EXPECT_EQ(redeemed.response.patient().patient_id(), patient.ToString());
  EXPECT_EQ(redeemed.response.patient().clinic_id(), clinic_.ToString());
  EXPECT_EQ(redeemed.response.patient().display_name(), "Ada Moss");
  EXPECT_EQ(TimeOf(redeemed.response.patient().grant_time()), clock_.Now());
  EXPECT_TRUE(IsGranted(patient, account_));
  EXPECT_FALSE(IsGranted(patient, other_account_));
  EXPECT_EQ(Redemptions("redeemed"), "1");
}

TEST_F(RedeemTest, CodeAtExpiryIsRejectedAndStaysUnredeemed) {
  const id::PatientId patient = NewPatient(clinic_);
  const auto issued = NewCode(patient);
  const absl::Time expiry = TimeOf(issued.access_code().expire_time());
  clock_.Set(expiry);
  EXPECT_EQ(Redeem(issued.words(), account_).Outcome(), "ACCESS_CODE_REJECTED");
  EXPECT_FALSE(IsGranted(patient, account_));
  clock_.Set(expiry - absl::Microseconds(1));
  EXPECT_EQ(Redeem(issued.words(), account_).Outcome(), "OK");
}

TEST_F(RedeemTest, DeadCodesCannotBeToldFromEachOtherOrFromNonsense) {
  const id::PatientId patient = NewPatient(clinic_);
  const auto expired = NewCode(patient);
  clock_.Set(TimeOf(expired.access_code().expire_time()));
  const auto cancelled = NewCode(patient);
  Cancel(cancelled.access_code().access_code_id(), clinic_);
  const auto used = NewCode(patient);
  ASSERT_EQ(Redeem(used.words(), other_account_).Outcome(), "OK");
  const std::string unknown = Redeem(kUnknownCode, account_).Bytes();
  for (const std::string& code :
       {expired.words(), cancelled.words(), used.words(), std::string(), std::string("abacus"),
        std::string("five words but none listed"), std::string(100'000, 'a'),
        absl::StrCat(kUnknownCode, std::string(kMaxCodeBytes, ' '))}) {
    const auto rejected = Redeem(code, account_);
    EXPECT_EQ(rejected.Outcome(), "ACCESS_CODE_REJECTED");
    EXPECT_EQ(rejected.Bytes(), unknown);
  }
  EXPECT_FALSE(IsGranted(patient, account_));
  EXPECT_EQ(Redemptions("unknown"), "1");
  EXPECT_EQ(Redemptions("expired"), "1");
  EXPECT_EQ(Redemptions("cancelled"), "1");
  EXPECT_EQ(Redemptions("used"), "1");
  EXPECT_EQ(Redemptions("malformed"), "5");
}

TEST_F(RedeemTest, AHolderIsToldSoAndTheCodeStaysLive) {
  const id::PatientId patient = NewPatient(clinic_);
  NewGrant(patient, account_);
  const auto second = NewCode(patient);
  EXPECT_EQ(Redeem(second.words(), account_).Outcome(), "GRANT_EXISTS");
  EXPECT_EQ(Redeem(second.words(), other_account_).Outcome(), "OK");
}

TEST_F(RedeemTest, ARepeatedRequestGetsTheSameAnswerEvenWhenNoAttemptIsLeft) {
  const auto request = RedeemRequest(NewCode(NewPatient(clinic_)).words());
  const auto first = Redeem(request, account_);
  ASSERT_EQ(first.Outcome(), "OK");
  for (int i = 1; i < kAttemptsPerAccount; ++i) Redeem(kUnknownCode, account_);
  ASSERT_EQ(Redeem(kUnknownCode, account_).Outcome(), "TOO_MANY_ATTEMPTS");
  const auto again = Redeem(request, account_);
  EXPECT_EQ(again.Outcome(), "OK");
  EXPECT_EQ(again.response.SerializeAsString(), first.response.SerializeAsString());
  EXPECT_EQ(Sql("SELECT count(*) FROM grants"), "1");
  const v1::AccessiblePatient& patient = first.response.patient();
  EXPECT_EQ(Sql("SELECT clinic_id, patient_id, resource_id, action FROM audit_events "
                "WHERE outcome = 'REPEATED'"),
            absl::StrCat(patient.clinic_id(), "|", patient.patient_id(), "|", patient.grant_id(),
                         "|access_code.RedeemAccessCode"));
}

TEST_F(RedeemTest, ARepeatedRequestAfterAMergeNamesThePatientWhoStayed) {
  const id::PatientId merged = NewPatient(clinic_), stayed = NewPatient(clinic_);
  const auto request = RedeemRequest(NewCode(merged).words());
  ASSERT_EQ(Redeem(request, account_).Outcome(), "OK");
  ASSERT_EQ(Merge(merged, stayed).Outcome(), "OK");
  const auto again = Redeem(request, account_);
  ASSERT_EQ(again.Outcome(), "OK");
  EXPECT_EQ(again.response.patient().patient_id(), stayed.ToString());
  EXPECT_EQ(Sql("SELECT patient_id FROM audit_events WHERE outcome = 'REPEATED'"),
            stayed.ToString());
}

// The end of a grant that is only noticed because it is in the way.
TEST_F(RedeemTest, AGrantThatHasReachedItsEndIsToldAndAuditedAlthoughNoSweepCameFirst) {
  const id::PatientId patient = NewPatient(clinic_);
  const std::string ended = NewGrant(patient, account_);
  ASSERT_EQ(SetEnd(ended, clock_.Now() + absl::Hours(1)).Outcome(), "OK");
  clock_.Advance(absl::Hours(1));
  ASSERT_EQ(Redeem(NewCode(patient).words(), account_).Outcome(), "OK");
  EXPECT_EQ(
      Sql("SELECT resource_id FROM audit_events WHERE action = 'access_code.GrantReachedItsEnd'"),
      ended);
  EXPECT_THAT(NoticesOf(messaging::v1::Notice::kAccessEnded), ElementsAre(account_.ToString()));
}

TEST_F(RedeemTest, ARepeatedRequestAfterTheGrantEndedIsThatOfAUsedCode) {
  const id::PatientId patient = NewPatient(clinic_);
  const auto request = RedeemRequest(NewCode(patient).words());
  ASSERT_EQ(Redeem(request, account_).Outcome(), "OK");
  ASSERT_EQ(Revoke(Sql("SELECT grant_id FROM grants"), clinic_).Outcome(), "OK");
  const auto again = Redeem(request, account_);
  EXPECT_EQ(again.Outcome(), "ACCESS_CODE_REJECTED");
  EXPECT_EQ(again.Bytes(), Redeem(kUnknownCode, account_).Bytes());
  EXPECT_EQ(again.response.ByteSizeLong(), 0);
  EXPECT_EQ(Sql("SELECT count(*) FROM audit_events WHERE outcome = 'REPEATED'"), "0");
  // Another grant for the same patient does not bring it back.
  NewGrant(patient, account_);
  EXPECT_EQ(Redeem(request, account_).Outcome(), "ACCESS_CODE_REJECTED");
}

TEST_F(RedeemTest, ARequestIdWithAnotherCodeIsRefusedAndTheCodeStaysLive) {
  auto request = RedeemRequest(NewCode(NewPatient(clinic_)).words());
  ASSERT_EQ(Redeem(request, account_).Outcome(), "OK");
  const auto second = NewCode(NewPatient(clinic_));
  request.set_code(second.words());
  EXPECT_EQ(Redeem(request, account_).Outcome(), "REQUEST_ID_REUSED");
  EXPECT_EQ(Redeem(second.words(), account_).Outcome(), "OK");
}

TEST_F(RedeemTest, ARepeatedRefusalIsANewAttempt) {
  const auto request = RedeemRequest(kUnknownCode);
  for (int i = 0; i < kAttemptsPerAccount; ++i) {
    EXPECT_EQ(Redeem(request, account_).Outcome(), "ACCESS_CODE_REJECTED");
  }
  EXPECT_EQ(Redeem(request, account_).Outcome(), "TOO_MANY_ATTEMPTS");
}

TEST_F(RedeemTest, OfFortyGuessesAtOnceTenAreLookedAt) {
  const id::PatientId patient = NewPatient(clinic_);
  const auto issued = NewCode(patient);
  const std::string passport = Passport(account_);
  std::atomic<int> rejected = 0, refused = 0;
  AtOnce(40, [&](int i) {
    const auto answer =
        Call(*codes_, &v1::AccessCodeService::Stub::RedeemAccessCode,
             RedeemRequest(absl::StrCat("abacus abacus abacus abacus ", List()[i])), passport);
    if (answer.Outcome() == "ACCESS_CODE_REJECTED") ++rejected;
    if (answer.Outcome() == "TOO_MANY_ATTEMPTS") {
      ++refused;
      EXPECT_EQ(status::RetryAfterOf(rpc::FromGrpc(answer.status)), kAttemptWindow);
    }
  });
  EXPECT_EQ(rejected, kAttemptsPerAccount);
  EXPECT_EQ(refused, 40 - kAttemptsPerAccount);
  EXPECT_EQ(Redemptions("unknown"), absl::StrCat(kAttemptsPerAccount));
  EXPECT_EQ(Metric("access_code_attempts_refused_total"), absl::StrCat(40 - kAttemptsPerAccount));

  EXPECT_EQ(Redeem(issued.words(), account_).Outcome(), "TOO_MANY_ATTEMPTS");
  EXPECT_FALSE(IsGranted(patient, account_));
  clock_.Advance(kAttemptWindow);
  EXPECT_EQ(Redeem(issued.words(), account_).Outcome(), "OK");
}

// One call of a thousand that are under way together.
struct Contender {
  testing::Caller caller;
  v1::RedeemAccessCodeRequest request;
  v1::RedeemAccessCodeResponse response;
  Contender(const std::string& passport, absl::Duration patience) : caller(passport, patience) {}
};

TEST_F(RedeemTest, OfAThousandAccountsAtOnceOneGetsTheCode) {
  constexpr int kAccounts = 1000;
  const id::PatientId patient = NewPatient(clinic_);
  const auto issued = NewCode(patient);
  std::vector<std::unique_ptr<Contender>> contenders;
  for (int i = 0; i < kAccounts; ++i) {
    auto contender = std::make_unique<Contender>(Passport(id::AccountId::New(clock_)), kPatience);
    contender->caller.context().AddMetadata(rpc::kClientAddressKey,
                                            absl::StrCat("10.1.", i / 250, ".", i % 250));
    contender->request = RedeemRequest(issued.words());
    contenders.push_back(std::move(contender));
  }
  std::mutex mutex;
  std::condition_variable answered;
  std::multiset<std::string> outcomes;
  std::set<std::string> refusals;
  for (const auto& contender : contenders) {
    codes_->async()->RedeemAccessCode(
        contender->caller, &contender->request, &contender->response, [&](grpc::Status status) {
          const Answer<v1::RedeemAccessCodeResponse> answer{.status = std::move(status)};
          std::lock_guard lock(mutex);
          outcomes.insert(answer.Outcome());
          if (!answer.ok()) refusals.insert(answer.Bytes());
          answered.notify_one();
        });
  }
  std::unique_lock lock(mutex);
  answered.wait(lock, [&] { return outcomes.size() == kAccounts; });
  EXPECT_EQ(outcomes.count("OK"), 1);
  EXPECT_EQ(outcomes.count("ACCESS_CODE_REJECTED"), kAccounts - 1);
  EXPECT_EQ(refusals.size(), 1);
  EXPECT_EQ(Sql("SELECT count(*) FROM grants"), "1");
  EXPECT_EQ(Sql("SELECT count(*) FROM outbox_events"), "1");
  EXPECT_EQ(Sql("SELECT outcome, count(*) FROM audit_events "
                "WHERE action = 'access_code.RedeemAccessCode' GROUP BY outcome ORDER BY outcome"),
            absl::StrCat("ACCESS_CODE_REJECTED|", kAccounts - 1, "\nOK|1"));
}

TEST_F(RedeemTest, ACodeThatIsCancelledAndRedeemedAtOnceIsOneOfThem) {
  for (int round = 0; round < 20; ++round) {
    const id::PatientId patient = NewPatient(clinic_);
    const auto issued = NewCode(patient);
    const auto account = id::AccountId::New(clock_);
    std::string cancelled, redeemed;
    AtOnce(2, [&](int i) {
      if (i == round % 2) {
        cancelled = Cancel(issued.access_code().access_code_id(), clinic_).Outcome();
      } else {
        redeemed = Redeem(issued.words(), account).Outcome();
      }
    });
    if (redeemed == "OK") {
      EXPECT_EQ(cancelled, "ACCESS_CODE_NOT_LIVE");
    } else {
      EXPECT_EQ(redeemed, "ACCESS_CODE_REJECTED");
      EXPECT_EQ(cancelled, "OK");
    }
    EXPECT_EQ(IsGranted(patient, account), redeemed == "OK");
  }
}

TEST_F(RedeemTest, RedemptionTellsTheClinicAndEveryOtherHolderWithoutNamingWhoCame) {
  const id::PatientId patient = NewPatient(clinic_);
  const auto account = [&] { return id::AccountId::New(clock_); };
  const id::AccountId revoked = account(), ended = account(), holder = account();
  ASSERT_EQ(Revoke(NewGrant(patient, revoked), clinic_).Outcome(), "OK");
  ASSERT_EQ(SetEnd(NewGrant(patient, ended), clock_.Now() + absl::Hours(1)).Outcome(), "OK");
  NewGrant(patient, holder);
  NewGrant(NewPatient(clinic_), account());
  clock_.Advance(absl::Hours(1));
  Sql("DELETE FROM outbox_events");
  const std::string code = NewCode(patient).words();
  Redeem(kUnknownCode, account_);
  ASSERT_EQ(Redeem(code, account_).Outcome(), "OK");
  const std::vector<messaging::v1::Notice> notices = Notices();
  ASSERT_EQ(notices.size(), 2);
  std::vector<std::string> told;
  for (const messaging::v1::Notice& notice : notices) {
    told.push_back(notice.recipient().account_id() + notice.recipient().clinic_id());
    EXPECT_EQ(notice.access_granted().clinic_id(), clinic_.ToString());
    EXPECT_EQ(notice.access_granted().patient_id(), patient.ToString());
    EXPECT_THAT(notice.DebugString(), Not(HasSubstr(account_.ToString())));
  }
  EXPECT_THAT(told, UnorderedElementsAre(holder.ToString(), clinic_.ToString()));
}

TEST_F(RedeemTest, AWrongOrMissingBirthDateIsAnsweredLikeAnUnknownCodeAndTheRightOneOpens) {
  DemandBirthDates();
  const id::PatientId patient = NewPatientBorn(1987, 2, 28);
  const v1::IssueAccessCodeResponse issued = NewCode(patient);
  EXPECT_TRUE(issued.access_code().birth_date_demanded());
  const auto unknown = Redeem(kUnknownCode, account_);
  v1::RedeemAccessCodeRequest request = RedeemRequest(issued.words());
  EXPECT_EQ(Redeem(request, account_).Bytes(), unknown.Bytes());
  *request.mutable_birth_date() = Date(1987, 2, 27);
  EXPECT_EQ(Redeem(request, account_).Bytes(), unknown.Bytes());
  EXPECT_FALSE(IsGranted(patient, account_));
  EXPECT_EQ(Redemptions("birth_date"), "2");
  *request.mutable_birth_date() = Date(1987, 2, 30);
  EXPECT_EQ(Redeem(request, account_).Outcome(), "INVALID_FIELD");
  *request.mutable_birth_date() = Date(1987, 2, 28);
  EXPECT_EQ(Redeem(request, account_).Outcome(), "OK");
  EXPECT_TRUE(IsGranted(patient, account_));
}

TEST_F(RedeemTest, TheFifthBirthDateIsComparedAndTheSixthIsNot) {
  DemandBirthDates();
  const id::PatientId patient = NewPatientBorn(1987, 2, 28);
  for (const bool right_in_time : {true, false}) {
    const id::AccountId account = id::AccountId::New(clock_);
    const v1::IssueAccessCodeResponse issued = NewCode(patient);
    v1::RedeemAccessCodeRequest request = RedeemRequest(issued.words());
    for (int i = 0; i < kBirthDateTries - (right_in_time ? 1 : 0); ++i) {
      *request.mutable_birth_date() = Date(1990 + i, 1, 1);
      EXPECT_EQ(Redeem(request, account).Outcome(), "ACCESS_CODE_REJECTED");
    }
    *request.mutable_birth_date() = Date(1987, 2, 28);
    const auto last = Redeem(request, account);
    EXPECT_EQ(last.Outcome(), right_in_time ? "OK" : "ACCESS_CODE_REJECTED");
    if (!right_in_time) {
      EXPECT_EQ(last.Bytes(), Redeem(kUnknownCode, account).Bytes());
    }
    // A locked code: the try that locked it may be on its way.
    EXPECT_EQ(Cancel(issued.access_code().access_code_id(), clinic_).Outcome(),
              right_in_time ? "ACCESS_CODE_NOT_LIVE" : "OK");
  }
  EXPECT_EQ(Redemptions("locked"), "1");
}

TEST_F(RedeemTest, OfFortyBirthDatesAtOnceFiveAreCompared) {
  DemandBirthDates();
  for (int round = 0; round < 5; ++round) {
    const id::PatientId patient = NewPatientBorn(1987, 2, 28);
    const std::string words = NewCode(patient).words();
    const std::string before = Redemptions("birth_date");
    AtOnce(40, [&](int i) {
      v1::RedeemAccessCodeRequest request = RedeemRequest(words);
      *request.mutable_birth_date() = Date(1900 + i, 1, 1);
      // Accounts and addresses of their own: only the code's limit is left.
      const auto answer =
          Call(*codes_, &v1::AccessCodeService::Stub::RedeemAccessCode, request,
               Passport(id::AccountId::New(clock_)), absl::StrCat("198.51.", round, ".", i));
      EXPECT_EQ(answer.Outcome(), "ACCESS_CODE_REJECTED");
    });
    EXPECT_LE(std::stoi(Redemptions("birth_date")) - std::stoi(before), kBirthDateTries);
    // The right one does not help any more.
    v1::RedeemAccessCodeRequest request = RedeemRequest(words);
    *request.mutable_birth_date() = Date(1987, 2, 28);
    EXPECT_EQ(Redeem(request, id::AccountId::New(clock_)).Outcome(), "ACCESS_CODE_REJECTED");
  }
}

TEST_F(RedeemTest, AHolderWithAWrongBirthDateLearnsNothingOfTheCode) {
  DemandBirthDates();
  const id::PatientId patient = NewPatientBorn(1987, 2, 28);
  v1::RedeemAccessCodeRequest request = RedeemRequest(NewCode(patient).words());
  *request.mutable_birth_date() = Date(1987, 2, 28);
  ASSERT_EQ(Redeem(request, account_).Outcome(), "OK");
  v1::RedeemAccessCodeRequest second = RedeemRequest(NewCode(patient).words());
  *second.mutable_birth_date() = Date(1988, 2, 28);
  EXPECT_EQ(Redeem(second, account_).Bytes(), Redeem(kUnknownCode, account_).Bytes());
  *second.mutable_birth_date() = Date(1987, 2, 28);
  EXPECT_EQ(Redeem(second, account_).Outcome(), "GRANT_EXISTS");
}

TEST_F(RedeemTest, ACodeKeepsTheTermsItWasIssuedUnderAndTheRecordsBirthDateCounts) {
  const id::PatientId patient = NewPatientBorn(1987, 2, 28);
  const std::string before = NewCode(patient).words();
  DemandBirthDates();
  EXPECT_EQ(Redeem(before, account_).Outcome(), "OK");
  v1::RedeemAccessCodeRequest request = RedeemRequest(NewCode(patient).words());
  ASSERT_EQ(PutBorn(patient, 1987, 2, 27, 2).Outcome(), "OK");
  *request.mutable_birth_date() = Date(1987, 2, 28);
  EXPECT_EQ(Redeem(request, other_account_).Outcome(), "ACCESS_CODE_REJECTED");
  *request.mutable_birth_date() = Date(1987, 2, 27);
  EXPECT_EQ(Redeem(request, other_account_).Outcome(), "OK");
}

TEST_F(RedeemTest, AfterTheEndOfAGrantANewCodeMakesANewOne) {
  const id::PatientId patient = NewPatient(clinic_);
  const std::string first = NewGrant(patient, account_);
  ASSERT_EQ(SetEnd(first, clock_.Now() + absl::Hours(1)).Outcome(), "OK");
  EXPECT_EQ(Redeem(NewCode(patient).words(), account_).Outcome(), "GRANT_EXISTS");
  clock_.Advance(absl::Hours(1));
  EXPECT_FALSE(IsGranted(patient, account_));
  EXPECT_NE(NewGrant(patient, account_), first);
  EXPECT_TRUE(IsGranted(patient, account_));
}

TEST_F(RedeemTest, EveryChangeAndEveryRefusalLeavesAnAuditRow) {
  const id::PatientId patient = NewPatient(clinic_);
  const auto cancelled = NewCode(patient);
  ASSERT_EQ(Cancel(cancelled.access_code().access_code_id(), clinic_).Outcome(), "OK");
  Redeem(cancelled.words(), account_);
  Redeem(kUnknownCode, account_);
  Redeem("nonsense", account_);
  const auto redeemed = NewCode(patient);
  const std::string grant_id = Redeem(redeemed.words(), account_).response.patient().grant_id();
  ASSERT_EQ(Revoke(grant_id, clinic_).Outcome(), "OK");

  const std::string about = absl::StrCat("|", clinic_.ToString(), "|", patient.ToString(), "|");
  const std::string dead = cancelled.access_code().access_code_id();
  const std::string live = redeemed.access_code().access_code_id();
  const std::string staff = absl::StrCat("staff|", staff_.ToString(), "|access_code.");
  const std::string account = absl::StrCat("account|", account_.ToString(), "|access_code.");
  const std::vector<std::string> rows = absl::StrSplit(
      Sql("SELECT actor_kind, actor_id, action, outcome, clinic_id, patient_id, resource_kind, "
          "resource_id FROM audit_events ORDER BY event_id"),
      '\n');
  EXPECT_THAT(rows,
              ElementsAre(absl::StrCat("service||access_code.PutPatient|OK", about, "|"),
                          absl::StrCat(staff, "IssueAccessCode|OK", about, "access_code|", dead),
                          absl::StrCat(staff, "CancelAccessCode|OK", about, "access_code|", dead),
                          absl::StrCat(account, "RedeemAccessCode|ACCESS_CODE_REJECTED", about,
                                       "access_code|", dead),
                          absl::StrCat(account, "RedeemAccessCode|ACCESS_CODE_REJECTED||||"),
                          absl::StrCat(account, "RedeemAccessCode|ACCESS_CODE_REJECTED||||"),
                          absl::StrCat(staff, "IssueAccessCode|OK", about, "access_code|", live),
                          absl::StrCat(account, "RedeemAccessCode|OK", about, "access_code|", live),
                          absl::StrCat(staff, "RevokeGrant|OK", about, "grant|", grant_id)));
}

TEST_F(RedeemTest, AThrottledCallLeavesAnAuditRow) {
  for (int i = 0; i <= kAttemptsPerAccount; ++i) Redeem(kUnknownCode, account_);
  EXPECT_EQ(Sql("SELECT outcome, count(*) FROM audit_events GROUP BY outcome ORDER BY outcome"),
            absl::StrCat("ACCESS_CODE_REJECTED|", kAttemptsPerAccount, "\nTOO_MANY_ATTEMPTS|1"));
}

TEST_F(RedeemTest, NeitherTheDatabaseNorTheLogHoldsTheWordsOfACode) {
  const testing::LogCapture log;
  const id::PatientId patient = NewPatient(clinic_, "Ada Canary");
  const auto request = IssueRequest(patient, clinic_);
  const std::string words = Issue(request).response.words();
  const std::string live = NewCode(patient).words();
  ASSERT_EQ(Issue(request).response.words(), words);
  Redeem("zoom " + words, account_);  // six words: what a person may mistype
  ASSERT_EQ(Redeem(words, account_).Outcome(), "OK");
  harness_.Shutdown();

  const std::string dump = testing::RunProgramOrThrow(
      {"/usr/lib/postgresql/15/bin/pg_dump", "--data-only", "--dbname", database_.superuser});
  // The dump has what is stored, texts and bytes.
  ASSERT_THAT(dump, HasSubstr("Ada Canary"));
  ASSERT_THAT(dump, HasSubstr(Sql("SELECT encode(digest, 'hex') FROM access_codes LIMIT 1")));
  ASSERT_THAT(log.Text(), HasSubstr("RedeemAccessCode"));
  for (const std::string& code : {words, live}) {
    const std::vector<std::string> parts = absl::StrSplit(code, ' ');
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
      for (const char* separator : {" ", "-", "", "+", "%20"}) {
        const std::string pair = absl::StrCat(parts[i], separator, parts[i + 1]);
        EXPECT_FALSE(absl::StrContains(dump, pair));
        EXPECT_FALSE(absl::StrContains(dump, crypto::HexEncode(pair)));
        EXPECT_FALSE(absl::StrContains(dump, crypto::Base64UrlEncode(pair)));
        EXPECT_FALSE(absl::StrContains(log.Text(), pair));
      }
    }
  }
}

}  // namespace
}  // namespace portal::access_code
