#include "libs/rpc/context.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace portal::rpc {
namespace {

// "/portal.records.v1.PatientService/GetPatient" → "records.GetPatient".
std::string ShortMethod(absl::string_view path) {
  absl::string_view package = path.substr(path.find('.') + 1);
  package = package.substr(0, package.find('.'));
  return absl::StrCat(package, ".", path.substr(path.rfind('/') + 1));
}

// Whether somebody who acts as one of the clinic's is: a stranger's name is not for the clinic to
// see. Staff who act for themselves or their family name no clinic.
bool IsNamedTo(const auth::Passport& passport, const std::optional<id::ClinicId>& clinic_id) {
  if (!clinic_id.has_value()) return false;
  if (passport.service_account.has_value()) {
    return passport.service_account->clinic_id == *clinic_id;
  }
  return !passport.RolesAt(*clinic_id).empty();
}

}  // namespace

Context::Context(Call call, auth::MethodPolicy::Caller caller,
                 std::shared_ptr<const auth::Passport> passport, std::string passport_token,
                 auth::MethodPolicy::Admission admission)
    : call_(std::move(call)),
      caller_(caller),
      passport_(std::move(passport)),
      passport_token_(std::move(passport_token)),
      admission_(std::move(admission)) {}

std::string Context::Caller() const {
  if (is_service_account()) {
    return absl::StrCat("service_account:", passport_->account_id.ToString());
  }
  if (has_person()) return absl::StrCat("account:", passport_->account_id.ToString());
  return absl::StrCat("service:", call_.service);
}

audit::Event Context::AuditEvent() const {
  audit::Event event;
  if (passport_ != nullptr) {
    const bool as_staff = caller_ == auth::MethodPolicy::Caller::kStaff;
    event.actor_kind = is_service_account() ? audit::ActorKind::kServiceAccount
                       : as_staff           ? audit::ActorKind::kStaff
                                            : audit::ActorKind::kAccount;
    event.actor_id = passport_->account_id;
    event.session_id = passport_->session_id;
    if (IsNamedTo(*passport_, admission_.clinic_id)) event.actor_name = passport_->display_name;
  } else if (caller_ == auth::MethodPolicy::Caller::kService) {
    event.actor_kind = audit::ActorKind::kService;
  }
  event.calling_service = call_.service;
  event.clinic_id = admission_.clinic_id;
  event.patient_id = admission_.patient_id;
  event.action = ShortMethod(call_.method);
  event.source_address = call_.client_address;
  event.request_id = call_.request_id;
  return event;
}

}  // namespace portal::rpc
