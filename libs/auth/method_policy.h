#ifndef LIBS_AUTH_METHOD_POLICY_H_
#define LIBS_AUTH_METHOD_POLICY_H_

#include <optional>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "libs/auth/passport.h"
#include "libs/id/ids.h"
#include "portal/policy/v1/policy.pb.h"

namespace portal::auth {

// PERMISSION_DENIED/NOT_STAFF_OF_CLINIC or ROLE_NOT_ALLOWED unless `held`, somebody's roles at a
// clinic, has one of `needed`.
absl::Status CheckRoles(StaffRoles held, StaffRoles needed);

// A method's portal.policy.v1.policy option, read once at start and applied to each call.
class MethodPolicy {
 public:
  enum class Caller { kPublic, kAccount, kStaff, kService };

  // What a call was allowed as.
  struct Admission {
    // The clinic that the request names; staff methods only.
    std::optional<id::ClinicId> clinic_id;
    // The patient that the request names, when the policy has a patient field.
    std::optional<id::PatientId> patient_id;
  };

  // Fails with a message for the operator if the method has no policy or one that cannot be meant:
  // no services, no caller, staff without roles, a field that the request lacks or that is not a
  // string.
  static absl::StatusOr<MethodPolicy> Of(const google::protobuf::MethodDescriptor& method);
  // The same for a method of a contract that is not ours and so has no option: `policy` stands for
  // it. Fails as well if there is one.
  static absl::StatusOr<MethodPolicy> Of(const google::protobuf::MethodDescriptor& method,
                                         const policy::v1::Policy& policy);

  // Whether the service with this certificate may make the call:
  // PERMISSION_DENIED/SERVICE_NOT_ALLOWED.
  absl::Status AdmitService(absl::string_view service) const;

  // Whether the person may make it. `passport` is null when the call carries none.
  // UNAUTHENTICATED/PASSPORT_MISSING; INVALID_ARGUMENT/INVALID_FIELD for malformed clinic and
  // patient ids; PERMISSION_DENIED/NOT_STAFF_OF_CLINIC or ROLE_NOT_ALLOWED; of a service account
  // also SERVICE_ACCOUNT_NOT_ALLOWED or SCOPE_NOT_ALLOWED. Grants are not looked at here: see
  // needs_grant. `admission` also tells what a refused request named.
  absl::Status AdmitPerson(const Passport* passport, const google::protobuf::Message& request,
                           Admission& admission) const;

  Caller caller() const { return caller_; }
  // Whether the passport is looked at at all.
  bool needs_passport() const { return caller_ == Caller::kAccount || caller_ == Caller::kStaff; }
  // Whether the account needs a live grant for the patient named in the request.
  bool needs_grant() const { return caller_ == Caller::kAccount && patient_field_ != nullptr; }
  // Whether the adapter writes an audit row for each call.
  bool audits_reads() const { return audits_reads_; }
  // The names of the services that may call.
  const absl::flat_hash_set<std::string>& services() const { return services_; }

 private:
  MethodPolicy() = default;
  static absl::StatusOr<MethodPolicy> Read(const google::protobuf::MethodDescriptor& method,
                                           const policy::v1::Policy& policy);
  absl::Status AdmitServiceAccount(const ServiceAccount& service_account,
                                   const id::ClinicId& clinic_id) const;

  Caller caller_ = Caller::kService;
  StaffRoles roles_;
  // With which a service account may call as well.
  std::optional<ServiceScope> scope_;
  absl::flat_hash_set<std::string> services_;
  const google::protobuf::FieldDescriptor* clinic_field_ = nullptr;
  const google::protobuf::FieldDescriptor* patient_field_ = nullptr;
  bool audits_reads_ = false;
};

}  // namespace portal::auth

#endif  // LIBS_AUTH_METHOD_POLICY_H_
