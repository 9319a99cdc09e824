#include "services/access_code/rpc/grant_handlers.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"
#include "libs/audit/event.h"
#include "libs/rpc/call.h"
#include "libs/rpc/change.h"
#include "libs/rpc/timestamp.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/access_code/domain/errors.h"
#include "services/access_code/domain/limits.h"
#include "services/access_code/rpc/convert.h"
#include "services/access_code/rpc/notices.h"
#include "services/access_code/rpc/paging.h"
#include "services/access_code/storage/access_code_store.h"
#include "services/access_code/storage/patient_directory.h"

namespace portal::access_code {
namespace {

using ::google::protobuf::util::TimeUtil;

absl::StatusOr<std::vector<id::PatientId>> ParseCheckedPatients(
    const v1::CheckGrantsRequest& request) {
  if (request.questions().empty() || request.questions_size() > kMaxCheckedPatients) {
    return status::InvalidField("questions", absl::StrCat("must be 1 to ", kMaxCheckedPatients));
  }
  std::vector<id::PatientId> ids;
  status::FieldViolations violations;
  for (const v1::GrantQuestion& question : request.questions()) {
    const auto id = id::PatientId::Parse(absl::StrCat("questions[", ids.size(), "].patient_id"),
                                         question.patient_id());
    if (!id.ok()) violations.Add(id.status());
    ids.push_back(id.value_or(id::PatientId()));
  }
  RETURN_IF_ERROR(violations.ToStatus());
  return ids;
}

// None if it is absent. INVALID_FIELD unless it is ahead of `now` and a time that can be written.
absl::StatusOr<std::optional<absl::Time>> ParseEnd(const v1::SetGrantEndRequest& request,
                                                   absl::Time now) {
  if (!request.has_end_time()) return std::nullopt;
  const google::protobuf::Timestamp& end = request.end_time();
  static const absl::Time kLatest =
      absl::FromCivil(absl::CivilYear(kLastYear + 1), absl::UTCTimeZone());
  const bool in_range = end.nanos() >= 0 && end.nanos() < 1'000'000'000 && end.seconds() >= 0 &&
                        end.seconds() < absl::ToUnixSeconds(kLatest);
  if (!in_range) return status::InvalidField("end_time", "must be before the year 10000");
  const absl::Time time = absl::FromUnixMicros(TimeUtil::TimestampToMicroseconds(end));
  if (time <= now) return status::InvalidField("end_time", "must be ahead");
  return time;
}

audit::Event EventAbout(const rpc::Context& context, const Grant& grant) {
  audit::Event event = context.AuditEvent();
  event.clinic_id = grant.clinic_id;
  event.patient_id = grant.patient_id;
  event.resource_kind = "grant";
  event.resource_id = grant.id.ToString();
  return event;
}

rpc::Disclosed Disclosed(const v1::Grant& grant) {
  return {"grant", grant.grant_id(), grant.patient_id()};
}

rpc::Disclosed DisclosedByDrop(const v1::DropPatientResponse& dropped) {
  return {"grant", dropped.grant_id(), dropped.patient_id()};
}

}  // namespace

GrantHandlers::GrantHandlers(const Dependencies& dependencies)
    : deps_(dependencies), page_tokens_(dependencies.sealer), grants_(dependencies.pool) {}

absl::StatusOr<v1::ListMyPatientsResponse> GrantHandlers::ListMyPatients(
    const rpc::Context& context, const v1::ListMyPatientsRequest& request) {
  ASSIGN_OR_RETURN(const int page_size,
                   rpc::PageSize(request.page_size(), kDefaultPageSize, kMaxPageSize));
  ASSIGN_OR_RETURN(const std::vector<std::string> position,
                   page_tokens_.Parse(request, request.page_token(), kPositionColumns));
  ASSIGN_OR_RETURN(const std::optional<PatientPosition> after, PatientPositionOf(position));
  ASSIGN_OR_RETURN(std::vector<AccessiblePatient> patients,
                   grants_.ListPatients(rpc::CallOf(context), context.account_id(), after,
                                        page_size + 1, deps_.clock.Now()));
  v1::ListMyPatientsResponse response;
  if (patients.size() > page_size) {
    patients.resize(page_size);
    response.set_next_page_token(page_tokens_.Make(request, ToTexts(patients.back())));
  }
  for (const AccessiblePatient& patient : patients) {
    context.Discloses(patient.patient_id);
    *response.add_patients() = ToProto(patient);
  }
  return response;
}

absl::StatusOr<v1::ListGrantsResponse> GrantHandlers::ListGrants(
    const rpc::Context& context, const v1::ListGrantsRequest& request) {
  ASSIGN_OR_RETURN(const int page_size,
                   rpc::PageSize(request.page_size(), kDefaultPageSize, kMaxPageSize));
  ASSIGN_OR_RETURN(const std::vector<std::string> position,
                   page_tokens_.Parse(request, request.page_token(), kPositionColumns));
  ASSIGN_OR_RETURN(const ListPosition after, ListPositionOf(position));
  ASSIGN_OR_RETURN(std::vector<Grant> grants,
                   grants_.List(rpc::CallOf(context), context.clinic_id(), context.patient_id(),
                                after, page_size + 1));
  v1::ListGrantsResponse response;
  if (grants.size() > page_size) {
    grants.resize(page_size);
    response.set_next_page_token(
        page_tokens_.Make(request, ToTexts(grants.back().created_at, grants.back().id.uuid())));
  }
  const absl::Time now = deps_.clock.Now();
  for (const Grant& grant : grants) *response.add_grants() = ToProto(grant, now);
  return response;
}

absl::StatusOr<v1::Grant> GrantHandlers::RevokeGrant(const rpc::Context& context,
                                                     const v1::RevokeGrantRequest& request) {
  ASSIGN_OR_RETURN(const id::GrantId grant_id, id::GrantId::Parse("grant_id", request.grant_id()));
  const auto revoke = [&](db::Transaction& transaction) -> absl::StatusOr<v1::Grant> {
    const absl::Time now = deps_.clock.Now();
    ASSIGN_OR_RETURN(
        const GrantStore::Revoked revoked,
        grants_.Revoke(transaction, context.clinic_id(), grant_id, context.account_id(), now));
    if (revoked.now) TellAccessEnded(transaction, deps_.outbox, revoked.grant);
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {EventAbout(context, revoked.grant)}));
    return ToProto(revoked.grant, now);
  };
  return rpc::ChangeOnce<v1::Grant>(deps_, context, request, revoke, Disclosed);
}

absl::StatusOr<v1::Grant> GrantHandlers::SetGrantEnd(const rpc::Context& context,
                                                     const v1::SetGrantEndRequest& request) {
  ASSIGN_OR_RETURN(const id::GrantId grant_id, id::GrantId::Parse("grant_id", request.grant_id()));
  const auto set_end = [&](db::Transaction& transaction) -> absl::StatusOr<v1::Grant> {
    const absl::Time now = deps_.clock.Now();
    // In here: the repetition of what was done in time is not too late.
    ASSIGN_OR_RETURN(const std::optional<absl::Time> end, ParseEnd(request, now));
    ASSIGN_OR_RETURN(const Grant grant, grants_.SetEnd(transaction, context.clinic_id(), grant_id,
                                                       end, request.keep_of_age(), now));
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {EventAbout(context, grant)}));
    return ToProto(grant, now);
  };
  return rpc::ChangeOnce<v1::Grant>(deps_, context, request, set_end, Disclosed);
}

absl::StatusOr<v1::DropPatientResponse> GrantHandlers::DropPatient(
    const rpc::Context& context, const v1::DropPatientRequest& request) {
  ASSIGN_OR_RETURN(const id::PatientId patient_id,
                   id::PatientId::Parse("patient_id", request.patient_id()));
  const auto drop = [&](db::Transaction& transaction) -> absl::StatusOr<v1::DropPatientResponse> {
    ASSIGN_OR_RETURN(const Grant grant, grants_.Drop(transaction, context.account_id(), patient_id,
                                                     deps_.clock.Now()));
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {EventAbout(context, grant)}));
    v1::DropPatientResponse response;
    response.set_patient_id(grant.patient_id.ToString());
    response.set_grant_id(grant.id.ToString());
    return response;
  };
  return rpc::ChangeOnce<v1::DropPatientResponse>(deps_, context, request, drop, DisclosedByDrop);
}

absl::StatusOr<v1::ExplainAccessResponse> GrantHandlers::ExplainAccess(
    const rpc::Context& context, const v1::ExplainAccessRequest& request) {
  ASSIGN_OR_RETURN(const id::AccountId account_id,
                   id::AccountId::Parse("account_id", request.account_id()));
  const auto explain = [&](db::Session& session) -> absl::StatusOr<v1::ExplainAccessResponse> {
    if (!IsPatientOf(session, context.clinic_id(), context.patient_id())) return PatientNotFound();
    v1::ExplainAccessResponse response;
    response.set_reason(v1::ACCESS_REASON_NO_GRANT);
    const std::optional<Grant> grant =
        GrantStore::Newest(session, context.patient_id(), account_id, context.clinic_id());
    if (!grant.has_value()) return response;
    const absl::Time now = deps_.clock.Now();
    response.set_reason(ReasonOf(*grant, now));
    *response.mutable_grant() = ToProto(*grant, now);
    const auto code = AccessCodeStore::Find(session, grant->clinic_id, grant->access_code_id);
    if (code.has_value()) *response.mutable_access_code() = ToProto(*code, now);
    return response;
  };
  return deps_.pool.Read(rpc::CallOf(context), explain);
}

absl::StatusOr<v1::ExplainMyAccessResponse> GrantHandlers::ExplainMyAccess(
    const rpc::Context& context, const v1::ExplainMyAccessRequest& request) {
  ASSIGN_OR_RETURN(const id::PatientId patient_id,
                   id::PatientId::Parse("patient_id", request.patient_id()));
  const auto explain = [&](db::Session& session) -> absl::StatusOr<v1::ExplainMyAccessResponse> {
    const std::optional<Grant> grant =
        GrantStore::Newest(session, patient_id, context.account_id());
    if (!grant.has_value()) return PatientNotFound();
    v1::ExplainMyAccessResponse response;
    response.set_reason(ReasonOf(*grant, deps_.clock.Now()));
    response.set_clinic_id(grant->clinic_id.ToString());
    *response.mutable_grant_time() = rpc::ToProto(grant->created_at);
    const std::optional<absl::Time> end =
        grant->ended_at.has_value() ? grant->ended_at : grant->ends_at;
    if (end.has_value()) *response.mutable_end_time() = rpc::ToProto(*end);
    const auto code = AccessCodeStore::Find(session, grant->clinic_id, grant->access_code_id);
    if (code.has_value()) *response.mutable_issue_time() = rpc::ToProto(code->created_at);
    return response;
  };
  ASSIGN_OR_RETURN(v1::ExplainMyAccessResponse response,
                   deps_.pool.Read(rpc::CallOf(context), explain));
  context.Discloses(patient_id);
  return response;
}

absl::StatusOr<v1::CheckGrantsResponse> GrantHandlers::CheckGrants(
    const rpc::Context& context, const v1::CheckGrantsRequest& request) {
  ASSIGN_OR_RETURN(const std::vector<id::PatientId> patient_ids, ParseCheckedPatients(request));
  v1::CheckGrantsResponse response;
  std::vector<GrantQuestion> questions;
  std::vector<int> asked;  // the place of each question among the answers
  for (int i = 0; i < request.questions_size(); ++i) {
    const auto passport = deps_.passports.Verify(request.questions(i).passport());
    response.add_answers(passport.ok() ? v1::GRANT_ANSWER_NOT_GRANTED
                                       : v1::GRANT_ANSWER_PASSPORT_INVALID);
    if (!passport.ok()) continue;
    questions.push_back({(*passport)->account_id, patient_ids[i]});
    asked.push_back(i);
  }
  if (questions.empty()) return response;
  ASSIGN_OR_RETURN(const std::vector<bool> granted,
                   grants_.Check(rpc::CallOf(context), questions, deps_.clock.Now()));
  for (size_t i = 0; i < granted.size(); ++i) {
    if (granted[i]) response.set_answers(asked[i], v1::GRANT_ANSWER_GRANTED);
  }
  return response;
}

}  // namespace portal::access_code
