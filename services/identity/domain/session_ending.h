#ifndef SERVICES_IDENTITY_DOMAIN_SESSION_ENDING_H_
#define SERVICES_IDENTITY_DOMAIN_SESSION_ENDING_H_

#include <cstdint>
#include <variant>

#include "absl/time/time.h"
#include "libs/id/ids.h"
#include "services/identity/domain/staff.h"

namespace portal::identity {

// A membership that changed: what the account may do at the clinic from then on, nothing if it is
// suspended or removed.
struct MembershipChange {
  id::AccountId account_id;
  id::ClinicId clinic_id;
  StaffRoles roles;

  friend bool operator==(const MembershipChange&, const MembershipChange&) = default;
};

// What passports still say and is not so any more.
struct SessionEnding {
  // In the order in which they were committed, from 1.
  int64_t ending_id;
  absl::Time recorded_at;
  // The session that ended, or the membership that changed.
  std::variant<id::SessionId, MembershipChange> subject;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_DOMAIN_SESSION_ENDING_H_
