#ifndef SERVICES_IDENTITY_RPC_CONVERT_H_
#define SERVICES_IDENTITY_RPC_CONVERT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"
#include "libs/auth/passport.h"
#include "libs/rpc/timestamp.h"
#include "portal/identity/v1/account.pb.h"
#include "portal/identity/v1/clinic.pb.h"
#include "portal/identity/v1/service_account.pb.h"
#include "portal/identity/v1/session.pb.h"
#include "services/identity/domain/clinic.h"
#include "services/identity/domain/service_account.h"
#include "services/identity/domain/session.h"
#include "services/identity/domain/staff.h"
#include "services/identity/storage/account_store.h"

namespace portal::identity {

using rpc::ToProto;  // of instants
// `terms_version`: of the terms that are published now.
v1::Account ToProto(const Account& account, int terms_version);
v1::Clinic ToProto(const Clinic& clinic);
v1::StaffMember ToProto(const StaffMember& member);
v1::ServiceAccount ToProto(const ServiceAccount& account);
v1::Session ToProto(const Session& session, const SessionLimits& limits);

// INVALID_FIELD naming `field` unless there is at least one role, each known and given once.
absl::StatusOr<StaffRoles> RolesOf(absl::string_view field,
                                   const google::protobuf::RepeatedField<int>& roles);

// The same for scopes.
absl::StatusOr<ServiceScopes> ScopesOf(absl::string_view field,
                                       const google::protobuf::RepeatedField<int>& scopes);

auth::StaffRoles ToAuth(StaffRoles roles);
auth::ServiceAccount ToAuth(const ServiceAccount& account);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_CONVERT_H_
