#ifndef SERVICES_IDENTITY_DOMAIN_SERVICE_ACCOUNT_H_
#define SERVICES_IDENTITY_DOMAIN_SERVICE_ACCOUNT_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "libs/id/ids.h"

namespace portal::identity {

using ServiceAccountId = id::Id<struct ServiceAccountTag>;

// What a service account may do. The numbers are those of the contract, and of the database.
enum class ServiceScope {
  kPatientsRead = 1,
  kPatientsWrite = 2,
  kChartsRead = 3,
  kChartsWrite = 4,
  kPlansRead = 5,
  kAccessWrite = 6,
};

inline constexpr ServiceScope kAllServiceScopes[] = {
    ServiceScope::kPatientsRead, ServiceScope::kPatientsWrite, ServiceScope::kChartsRead,
    ServiceScope::kChartsWrite,  ServiceScope::kPlansRead,     ServiceScope::kAccessWrite};

// A set of scopes.
class ServiceScopes {
 public:
  constexpr ServiceScopes() = default;
  constexpr ServiceScopes(std::initializer_list<ServiceScope> scopes) {
    for (ServiceScope scope : scopes) Add(scope);
  }
  // From bits(); as the database keeps them.
  static constexpr ServiceScopes FromBits(int64_t bits) {
    ServiceScopes scopes;
    scopes.bits_ = static_cast<uint32_t>(bits);
    return scopes;
  }

  constexpr void Add(ServiceScope scope) { bits_ |= Bit(scope); }
  constexpr bool Has(ServiceScope scope) const { return (bits_ & Bit(scope)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr int bits() const { return static_cast<int>(bits_); }

  friend constexpr bool operator==(ServiceScopes, ServiceScopes) = default;

 private:
  static constexpr uint32_t Bit(ServiceScope scope) {
    return uint32_t{1} << static_cast<int>(scope);
  }

  uint32_t bits_ = 0;
};

// A clinic's other back end.
struct ServiceAccount {
  ServiceAccountId service_account_id;
  id::ClinicId clinic_id;
  std::string display_name;
  ServiceScopes scopes;
  absl::Time created_at;
  // When it got its present secret.
  absl::Time rotated_at;
  std::optional<absl::Time> revoked_at;

  friend bool operator==(const ServiceAccount&, const ServiceAccount&) = default;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_DOMAIN_SERVICE_ACCOUNT_H_
