#ifndef SERVICES_ACCESS_CODE_DOMAIN_LIMITS_H_
#define SERVICES_ACCESS_CODE_DOMAIN_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace portal::access_code {

// 7,776⁵ codes are 64.6 bits: with the limits on attempts below nobody guesses one.
inline constexpr size_t kWordsInList = 7776;
inline constexpr size_t kWordsInCode = 5;

// A code as typed. Five of the longest words and generous separators take 65 characters of at most
// three bytes.
inline constexpr size_t kMaxCodeBytes = 200;

// How long a code can be redeemed, in days of 24 hours. Long enough for a letter, short enough to
// be forgotten safely.
inline constexpr int kDefaultValidityDays = 5;
inline constexpr int kMaxValidityDays = 30;

// How often a code that demands the birth date is compared: a person mistypes, a finder of the
// sheet guesses among 30,000 days.
inline constexpr int kBirthDateTries = 5;

// The years that records takes, and that a time of ours can be in.
inline constexpr int kFirstBirthYear = 1850;
inline constexpr int kLastYear = 9999;

// The age in years at which a patient's access is their own. 18 nearly everywhere; where minors
// decide for themselves earlier it is 12 at the least; nobody waits beyond 25.
inline constexpr int kDefaultComingOfAgeYears = 18;
inline constexpr int kMinComingOfAgeYears = 12;
inline constexpr int kMaxComingOfAgeYears = 25;
// How long before it the clinic is told, so that staff can renew what is to go on.
inline constexpr absl::Duration kComingOfAgeNotice = absl::Hours(90 * 24);

// Attempts to redeem that are looked at within the window, wherever in time it is laid.
inline constexpr absl::Duration kAttemptWindow = absl::Hours(1);
// A person mistypes a few times.
inline constexpr int kAttemptsPerAccount = 10;
// A hospital or a mobile carrier hides many people behind one address.
inline constexpr int kAttemptsPerAddress = 100;

// A patient's name as records delivers it: given and family name at their longest.
inline constexpr size_t kMaxDisplayNameBytes = 400;

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 100;
// Patients asked about in one check: a page of another service.
inline constexpr int kMaxCheckedPatients = 100;
// Form assignments likewise.
inline constexpr int kMaxCheckedForms = 100;

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_DOMAIN_LIMITS_H_
