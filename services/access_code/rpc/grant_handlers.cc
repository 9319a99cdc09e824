#include "services/access_code/rpc/grant_handlers.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/audit/event.h"
#include "libs/rpc/call.h"
#include "libs/rpc/change.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "services/access_code/domain/limits.h"
#include "services/access_code/rpc/convert.h"
#include "services/access_code/rpc/paging.h"

namespace portal::access_code {
namespace {

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

rpc::Disclosed Disclosed(const v1::Grant& grant) {
  return {"grant", grant.grant_id(), grant.patient_id()};
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
  ASSIGN_OR_RETURN(
      std::vector<AccessiblePatient> patients,
      grants_.ListPatients(rpc::CallOf(context), context.account_id(), after, page_size + 1));
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
  for (const Grant& grant : grants) *response.add_grants() = ToProto(grant);
  return response;
}

absl::StatusOr<v1::Grant> GrantHandlers::RevokeGrant(const rpc::Context& context,
                                                     const v1::RevokeGrantRequest& request) {
  ASSIGN_OR_RETURN(const id::GrantId grant_id, id::GrantId::Parse("grant_id", request.grant_id()));
  const auto revoke = [&](db::Transaction& transaction) -> absl::StatusOr<v1::Grant> {
    ASSIGN_OR_RETURN(const Grant grant, grants_.Revoke(transaction, context.clinic_id(), grant_id,
                                                       context.account_id(), deps_.clock.Now()));
    audit::Event event = context.AuditEvent();
    event.patient_id = grant.patient_id;
    event.resource_kind = "grant";
    event.resource_id = grant.id.ToString();
    RETURN_IF_ERROR(audit::Append(transaction, deps_.clock, {event}));
    return ToProto(grant);
  };
  return rpc::ChangeOnce<v1::Grant>(deps_, context, request, revoke, Disclosed);
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
  ASSIGN_OR_RETURN(const std::vector<bool> granted, grants_.Check(rpc::CallOf(context), questions));
  for (size_t i = 0; i < granted.size(); ++i) {
    if (granted[i]) response.set_answers(asked[i], v1::GRANT_ANSWER_GRANTED);
  }
  return response;
}

}  // namespace portal::access_code
