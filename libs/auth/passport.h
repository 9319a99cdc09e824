#ifndef LIBS_AUTH_PASSPORT_H_
#define LIBS_AUTH_PASSPORT_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/id/ids.h"

namespace portal::auth {

// What a member of a clinic's staff is there; portal.policy.v1.StaffRole without protobuf.
enum class StaffRole { kOwner = 1, kPractitioner = 2, kFrontDesk = 3 };

// A set of roles.
class StaffRoles {
 public:
  constexpr StaffRoles() = default;
  constexpr StaffRoles(std::initializer_list<StaffRole> roles) {
    for (StaffRole role : roles) Add(role);
  }

  constexpr void Add(StaffRole role) { bits_ |= Bit(role); }
  constexpr bool Has(StaffRole role) const { return (bits_ & Bit(role)) != 0; }
  constexpr bool Intersects(StaffRoles other) const { return (bits_ & other.bits_) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  // In the order of the enumeration.
  std::vector<StaffRole> List() const;

  friend constexpr bool operator==(StaffRoles, StaffRoles) = default;

 private:
  static constexpr uint8_t Bit(StaffRole role) { return uint8_t{1} << static_cast<int>(role); }
  uint8_t bits_ = 0;
};

// What an account is at one clinic; suspended memberships are not in a passport.
struct ClinicMembership {
  id::ClinicId clinic_id;
  StaffRoles roles;

  friend bool operator==(const ClinicMembership&, const ClinicMembership&) = default;
};

// Identity's word, to every service of one installation, that a session is live and whose it is.
struct Passport {
  id::AccountId account_id;
  id::SessionId session_id;
  // The name a member of staff goes by; empty for accounts that are nobody's staff.
  std::string display_name;
  std::vector<ClinicMembership> memberships;
  absl::Time issued_at;
  absl::Time expires_at;

  // The roles at a clinic; empty when the account is not on its staff.
  StaffRoles RolesAt(const id::ClinicId& clinic_id) const;

  friend bool operator==(const Passport&, const Passport&) = default;
};

}  // namespace portal::auth

#endif  // LIBS_AUTH_PASSPORT_H_
