#ifndef SERVICES_IDENTITY_DOMAIN_SESSION_H_
#define SERVICES_IDENTITY_DOMAIN_SESSION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/id/ids.h"
#include "services/identity/domain/service_account.h"
#include "services/identity/domain/staff.h"

namespace portal::identity {

// How long sessions last; flags set them (ASVS 5.0, 7.3).
struct SessionLimits {
  // From sign-in, however busy.
  absl::Duration lifetime = absl::Hours(12);
  // From the last use.
  absl::Duration idle = absl::Minutes(30);

  // Use is noted at most this often, to spare a write with each request: a minute when sessions
  // idle for 30. So a session that is not used any more ends up to this much earlier than `idle`
  // after its last use, never later.
  absl::Duration touch_interval() const { return idle / 30; }
};

// What an account is at one clinic.
struct Membership {
  id::ClinicId clinic_id;
  std::string clinic_display_name;
  // The member's own.
  std::string display_name;
  StaffRoles roles;

  friend bool operator==(const Membership&, const Membership&) = default;
};

// A session as it is stored, with what its passport says.
struct Session {
  id::SessionId session_id;
  // Of a service account's session: the service account's own id.
  id::AccountId account_id;
  std::string email;
  absl::Time created_at;
  absl::Time last_seen_at;
  absl::Time expires_at;
  std::optional<absl::Time> ended_at;
  // What DeviceName() made of it.
  std::string device;
  // When it proved the account's second factor.
  std::optional<absl::Time> second_factor_at;
  // Of the clinics where the account is on the staff and not suspended; the oldest kMaxMemberships.
  std::vector<Membership> memberships;
  // Set if it is a service account's, which has neither address nor memberships.
  std::optional<ServiceAccount> service_account;
};

// When the session ends if it is not used any more.
absl::Time IdleExpiresAt(const Session& session, const SessionLimits& limits);

// Whether the session is good at `now`. At the instant of either expiry it is not.
bool IsLive(const Session& session, const SessionLimits& limits, absl::Time now);

// Whether a use at `now` is worth noting.
bool NeedsTouch(const Session& session, const SessionLimits& limits, absl::Time now);

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_DOMAIN_SESSION_H_
