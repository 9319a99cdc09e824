#include "libs/auth/method_policy.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"

namespace portal::auth {
namespace {

using google::protobuf::FieldDescriptor;

absl::Status Faulty(const google::protobuf::MethodDescriptor& method, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(method.full_name(), ": ", what));
}

// A top-level, singular string field of the method's request; null for no name.
absl::StatusOr<const FieldDescriptor*> StringField(const google::protobuf::MethodDescriptor& method,
                                                   const std::string& name) {
  if (name.empty()) return nullptr;
  const FieldDescriptor* field = method.input_type()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() || field->type() != FieldDescriptor::TYPE_STRING) {
    return Faulty(method, absl::StrCat("the policy names '", name,
                                       "', which is not a string field of the request"));
  }
  return field;
}

std::string Value(const google::protobuf::Message& request, const FieldDescriptor& field) {
  return request.GetReflection()->GetString(request, &field);
}

absl::StatusOr<StaffRoles> RolesOf(const google::protobuf::MethodDescriptor& method,
                                   const policy::v1::StaffCaller& staff) {
  StaffRoles roles;
  for (int role : staff.roles()) {
    if (!policy::v1::StaffRole_IsValid(role) || role == policy::v1::STAFF_ROLE_UNSPECIFIED) {
      return Faulty(method, "the policy names an unknown role");
    }
    roles.Add(static_cast<StaffRole>(role));
  }
  if (roles.empty()) return Faulty(method, "the policy names no role");
  return roles;
}

// The numbers of the contract are those of passports.
static_assert(static_cast<int>(ServiceScope::kPatientsRead) ==
              policy::v1::SERVICE_SCOPE_PATIENTS_READ);
static_assert(static_cast<int>(ServiceScope::kPatientsWrite) ==
              policy::v1::SERVICE_SCOPE_PATIENTS_WRITE);
static_assert(static_cast<int>(ServiceScope::kChartsRead) == policy::v1::SERVICE_SCOPE_CHARTS_READ);
static_assert(static_cast<int>(ServiceScope::kChartsWrite) ==
              policy::v1::SERVICE_SCOPE_CHARTS_WRITE);
static_assert(static_cast<int>(ServiceScope::kPlansRead) == policy::v1::SERVICE_SCOPE_PLANS_READ);
static_assert(static_cast<int>(ServiceScope::kAccessWrite) ==
              policy::v1::SERVICE_SCOPE_ACCESS_WRITE);

absl::StatusOr<std::optional<ServiceScope>> ScopeOf(
    const google::protobuf::MethodDescriptor& method, const policy::v1::StaffCaller& staff) {
  if (staff.scope() == policy::v1::SERVICE_SCOPE_UNSPECIFIED) return std::nullopt;
  if (!policy::v1::ServiceScope_IsValid(staff.scope())) {
    return Faulty(method, "the policy names an unknown scope");
  }
  return static_cast<ServiceScope>(staff.scope());
}

absl::StatusOr<MethodPolicy::Caller> CallerOf(const google::protobuf::MethodDescriptor& method,
                                              const policy::v1::Policy& policy) {
  switch (policy.caller_case()) {
    case policy::v1::Policy::kPublic:
      return MethodPolicy::Caller::kPublic;
    case policy::v1::Policy::kAccount:
      return MethodPolicy::Caller::kAccount;
    case policy::v1::Policy::kStaff:
      return MethodPolicy::Caller::kStaff;
    case policy::v1::Policy::kService:
      return MethodPolicy::Caller::kService;
    case policy::v1::Policy::CALLER_NOT_SET:
      break;
  }
  return Faulty(method, "the policy does not say which person may call");
}

absl::Status NotStaffOfClinic() {
  return status::Error(absl::StatusCode::kPermissionDenied, "NOT_STAFF_OF_CLINIC",
                       "you are not on the staff of this clinic");
}

absl::Status ServiceAccountNotAllowed() {
  return status::Error(absl::StatusCode::kPermissionDenied, "SERVICE_ACCOUNT_NOT_ALLOWED",
                       "service accounts may not make this call");
}

}  // namespace

absl::Status CheckRoles(StaffRoles held, StaffRoles needed) {
  if (held.empty()) return NotStaffOfClinic();
  if (held.Intersects(needed)) return absl::OkStatus();
  return status::Error(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED",
                       "your role at this clinic does not allow this");
}

absl::StatusOr<MethodPolicy> MethodPolicy::Of(const google::protobuf::MethodDescriptor& method) {
  if (!method.options().HasExtension(policy::v1::policy)) return Faulty(method, "no policy");
  return Read(method, method.options().GetExtension(policy::v1::policy));
}

absl::StatusOr<MethodPolicy> MethodPolicy::Of(const google::protobuf::MethodDescriptor& method,
                                              const policy::v1::Policy& policy) {
  if (method.options().HasExtension(policy::v1::policy)) {
    return Faulty(method, "the contract has a policy of its own");
  }
  return Read(method, policy);
}

absl::StatusOr<MethodPolicy> MethodPolicy::Read(const google::protobuf::MethodDescriptor& method,
                                                const policy::v1::Policy& policy) {
  MethodPolicy result;
  ASSIGN_OR_RETURN(result.caller_, CallerOf(method, policy));
  result.services_.insert(policy.services().begin(), policy.services().end());
  if (result.services_.empty()) return Faulty(method, "the policy names no service");
  ASSIGN_OR_RETURN(result.patient_field_, StringField(method, policy.patient_field()));
  result.audits_reads_ = policy.audit() == policy::v1::AUDIT_READ;
  if (result.caller_ == Caller::kStaff) {
    ASSIGN_OR_RETURN(result.roles_, RolesOf(method, policy.staff()));
    ASSIGN_OR_RETURN(result.scope_, ScopeOf(method, policy.staff()));
    ASSIGN_OR_RETURN(result.clinic_field_, StringField(method, policy.staff().clinic_field()));
    if (result.clinic_field_ == nullptr) return Faulty(method, "the policy names no clinic field");
  } else if (result.caller_ != Caller::kAccount && result.patient_field_ != nullptr) {
    return Faulty(method, "a patient field needs an account or staff as the caller");
  }
  return result;
}

absl::Status MethodPolicy::AdmitService(absl::string_view service) const {
  if (services_.contains(service)) return absl::OkStatus();
  return status::Error(absl::StatusCode::kPermissionDenied, "SERVICE_NOT_ALLOWED",
                       "the calling service may not make this call");
}

absl::Status MethodPolicy::AdmitPerson(const Passport* passport,
                                       const google::protobuf::Message& request,
                                       Admission& admission) const {
  if (!needs_passport()) return absl::OkStatus();
  if (passport == nullptr) {
    return status::Error(absl::StatusCode::kUnauthenticated, "PASSPORT_MISSING",
                         "sign in to make this call");
  }
  absl::Status patient_parsed;
  if (patient_field_ != nullptr) {
    auto patient_id = id::PatientId::Parse(patient_field_->name(), Value(request, *patient_field_));
    patient_parsed = patient_id.status();
    if (patient_id.ok()) admission.patient_id = *patient_id;
  }
  const std::optional<ServiceAccount>& service_account = passport->service_account;
  if (clinic_field_ == nullptr) {
    return service_account.has_value() ? ServiceAccountNotAllowed() : patient_parsed;
  }
  ASSIGN_OR_RETURN(admission.clinic_id,
                   id::ClinicId::Parse(clinic_field_->name(), Value(request, *clinic_field_)));
  RETURN_IF_ERROR(service_account.has_value()
                      ? AdmitServiceAccount(*service_account, *admission.clinic_id)
                      : CheckRoles(passport->RolesAt(*admission.clinic_id), roles_));
  return patient_parsed;
}

absl::Status MethodPolicy::AdmitServiceAccount(const ServiceAccount& service_account,
                                               const id::ClinicId& clinic_id) const {
  if (service_account.clinic_id != clinic_id) return NotStaffOfClinic();
  if (!scope_.has_value()) return ServiceAccountNotAllowed();
  if (service_account.scopes.Has(*scope_)) return absl::OkStatus();
  return status::Error(absl::StatusCode::kPermissionDenied, "SCOPE_NOT_ALLOWED",
                       "the service account's scopes do not allow this");
}

}  // namespace portal::auth
