#ifndef SERVICES_IDENTITY_DOMAIN_STAFF_H_
#define SERVICES_IDENTITY_DOMAIN_STAFF_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "libs/id/ids.h"

namespace portal::identity {

using StaffMemberId = id::Id<struct StaffMemberTag>;

// What a member of a clinic's staff is there. The numbers are those of the contract, and of the
// database.
enum class StaffRole { kOwner = 1, kPractitioner = 2, kFrontDesk = 3 };

inline constexpr StaffRole kAllStaffRoles[] = {StaffRole::kOwner, StaffRole::kPractitioner,
                                               StaffRole::kFrontDesk};

// A set of roles.
class StaffRoles {
 public:
  constexpr StaffRoles() = default;
  constexpr StaffRoles(std::initializer_list<StaffRole> roles) {
    for (StaffRole role : roles) Add(role);
  }
  // From bits(); as the database keeps them.
  static constexpr StaffRoles FromBits(int64_t bits) {
    StaffRoles roles;
    roles.bits_ = static_cast<uint8_t>(bits);
    return roles;
  }

  constexpr void Add(StaffRole role) { bits_ |= Bit(role); }
  constexpr bool Has(StaffRole role) const { return (bits_ & Bit(role)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr int bits() const { return bits_; }

  friend constexpr bool operator==(StaffRoles, StaffRoles) = default;

 private:
  static constexpr uint8_t Bit(StaffRole role) { return uint8_t{1} << static_cast<int>(role); }

  uint8_t bits_ = 0;
};

// The course of a membership.
enum class StaffState { kInvited, kActive, kSuspended };

// A membership of a clinic's staff, from the invitation on.
struct StaffMember {
  StaffMemberId staff_member_id;
  id::ClinicId clinic_id;
  // None while invited.
  std::optional<id::AccountId> account_id;
  // Where the invitation went.
  std::string email;
  // Empty while invited.
  std::string display_name;
  StaffRoles roles;
  // When the person was invited, the last time.
  absl::Time created_at;
  std::optional<absl::Time> suspended_at = {};
  // The etag; rises with each change, from 1.
  int64_t version = 1;
};

StaffState StateOf(const StaffMember& member);

// STAFF_MEMBER_STATE unless the member is in this state.
absl::Status CheckState(const StaffMember& member, StaffState needed);

// ETAG_MISMATCH unless `etag` is the member's.
absl::Status CheckEtag(const StaffMember& member, absl::string_view etag);

// A clinic always has an owner who may act. LAST_OWNER if the change of `before` into `after`
// (none: their removal) took away the last one; `has_other_owner`: whether somebody else is an
// active one.
absl::Status CheckOwnerRemains(const StaffMember& before, const std::optional<StaffMember>& after,
                               bool has_other_owner);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_DOMAIN_STAFF_H_
