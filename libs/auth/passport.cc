#include "libs/auth/passport.h"

namespace portal::auth {

std::vector<StaffRole> StaffRoles::List() const {
  std::vector<StaffRole> roles;
  for (StaffRole role : {StaffRole::kOwner, StaffRole::kPractitioner, StaffRole::kFrontDesk}) {
    if (Has(role)) roles.push_back(role);
  }
  return roles;
}

StaffRoles Passport::RolesAt(const id::ClinicId& clinic_id) const {
  for (const ClinicMembership& membership : memberships) {
    if (membership.clinic_id == clinic_id) return membership.roles;
  }
  return {};
}

}  // namespace portal::auth
