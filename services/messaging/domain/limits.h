#ifndef SERVICES_MESSAGING_DOMAIN_LIMITS_H_
#define SERVICES_MESSAGING_DOMAIN_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace portal::messaging {

// As identity limits it.
inline constexpr size_t kMaxClinicNameCharacters = 200;
// What browsers and mail programs take everywhere.
inline constexpr size_t kMaxLinkBytes = 2000;
// "Firefox on Android".
inline constexpr size_t kMaxDeviceCharacters = 100;
// Five of the longest words of a list, and separators.
inline constexpr size_t kMaxWordsBytes = 200;
inline constexpr size_t kMailboxCodeDigits = 6;

// How long a link or a code works, so that a mail that would come later is not sent at all.
inline constexpr absl::Duration kLinkValidity = absl::Hours(1);
inline constexpr absl::Duration kMailboxCodeValidity = absl::Minutes(10);
inline constexpr absl::Duration kInvitationValidity = absl::Hours(7 * 24);

// How long a notice is tried. Mail servers try two to five days (RFC 5321, 4.5.4.1): a weekend's
// outage loses nothing.
inline constexpr absl::Duration kTryFor = absl::Hours(3 * 24);

// How long it is known that a notice was taken over. The outboxes of others repeat a delivery
// within minutes; a month covers a service restored from a backup.
inline constexpr absl::Duration kKeepTakenOver = absl::Hours(30 * 24);

// How long what could not be sent is kept for an operator, content and all: as long as it is known
// that it was taken over.
inline constexpr absl::Duration kKeepDeadLetters = kKeepTakenOver;

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 100;

}  // namespace portal::messaging

#endif  // SERVICES_MESSAGING_DOMAIN_LIMITS_H_
