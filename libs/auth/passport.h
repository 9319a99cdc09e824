#ifndef LIBS_AUTH_PASSPORT_H_
#define LIBS_AUTH_PASSPORT_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
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

// What a clinic's service account may do; portal.policy.v1.ServiceScope without protobuf.
enum class ServiceScope {
  kPatientsRead = 1,
  kPatientsWrite = 2,
  kChartsRead = 3,
  kChartsWrite = 4,
  kPlansRead = 5,
  kAccessWrite = 6,
};

// A set of scopes.
class ServiceScopes {
 public:
  constexpr ServiceScopes() = default;
  constexpr ServiceScopes(std::initializer_list<ServiceScope> scopes) {
    for (ServiceScope scope : scopes) Add(scope);
  }

  constexpr void Add(ServiceScope scope) { bits_ |= Bit(scope); }
  constexpr bool Has(ServiceScope scope) const { return (bits_ & Bit(scope)) != 0; }

  friend constexpr bool operator==(ServiceScopes, ServiceScopes) = default;

 private:
  static constexpr uint32_t Bit(ServiceScope scope) {
    return uint32_t{1} << static_cast<int>(scope);
  }
  uint32_t bits_ = 0;
};

// What a service account is: one clinic's, and allowed no more than its scopes.
struct ServiceAccount {
  id::ClinicId clinic_id;
  ServiceScopes scopes;

  friend bool operator==(const ServiceAccount&, const ServiceAccount&) = default;
};

// What an account is at one clinic; suspended memberships are not in a passport.
struct ClinicMembership {
  id::ClinicId clinic_id;
  StaffRoles roles;

  friend bool operator==(const ClinicMembership&, const ClinicMembership&) = default;
};

// Identity's word, to every service of one installation, that a session is live and whose it is.
struct Passport {
  // Of a service account's session: the service account's own id, which no person's account has.
  id::AccountId account_id;
  id::SessionId session_id;
  // The name a member of staff, or a service account, goes by; empty for accounts that are nobody's
  // staff.
  std::string display_name;
  std::vector<ClinicMembership> memberships;
  // Set if the session is a service account's. It has no memberships.
  std::optional<ServiceAccount> service_account;
  absl::Time issued_at;
  absl::Time expires_at;

  // The roles at a clinic; empty when the account is not on its staff.
  StaffRoles RolesAt(const id::ClinicId& clinic_id) const;

  friend bool operator==(const Passport&, const Passport&) = default;
};

}  // namespace portal::auth

#endif  // LIBS_AUTH_PASSPORT_H_
