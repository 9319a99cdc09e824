#ifndef SERVICES_IDENTITY_DOMAIN_LIMITS_H_
#define SERVICES_IDENTITY_DOMAIN_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

// Every limit of the identity service, with its unit and its reason. The first group is part of the
// contract.
namespace portal::identity {

// ASVS 5.0, 6.2: long enough to resist guessing, short enough to hash. Characters are code points.
inline constexpr size_t kMinPasswordCharacters = 12;
inline constexpr size_t kMaxPasswordCharacters = 128;

inline constexpr size_t kMaxDisplayNameCharacters = 200;
inline constexpr size_t kMinSlugCharacters = 3;
inline constexpr size_t kMaxSlugCharacters = 40;
// The longest IANA name has 32.
inline constexpr size_t kMaxTimeZoneBytes = 64;

// What a session's device is called, in characters.
inline constexpr size_t kMaxDeviceCharacters = 100;
// Browsers send some 150; applications embedded in others three times as much.
inline constexpr size_t kMaxUserAgentBytes = 2000;
// 256 bits as base64url: every token of ours.
inline constexpr size_t kTokenCharacters = 43;

inline constexpr absl::Duration kVerificationLifetime = absl::Hours(1);
inline constexpr absl::Duration kPasswordResetLifetime = absl::Hours(1);
inline constexpr absl::Duration kEmailChangeLifetime = absl::Hours(1);
inline constexpr absl::Duration kInvitationLifetime = absl::Hours(7 * 24);

// Codes of authenticator apps and of mails.
inline constexpr size_t kSixDigits = 6;
// Mailed codes are short-lived, and few are tried; afterwards a code is void.
inline constexpr absl::Duration kMailboxCodeLifetime = absl::Minutes(10);
inline constexpr int kTriesPerMailboxCode = 5;
// Recovery codes: 80 bits each as base32, which no number of tries finds, in groups for the eye.
inline constexpr int kRecoveryCodes = 10;
inline constexpr size_t kRecoveryCodeBytes = 10;
inline constexpr size_t kRecoveryCodeCharacters = 16;
inline constexpr size_t kRecoveryCodeGroup = 4;
// The longest of them with what people type between.
inline constexpr size_t kMaxCodeBytes = 32;
// Long enough to find the phone.
inline constexpr absl::Duration kChallengeLifetime = absl::Minutes(5);
// A lost second factor can be removed this long after it was asked for, so that its owner has time
// to object, and then for so long. --second_factor_removal_wait sets the first.
inline constexpr absl::Duration kSecondFactorRemovalWait = absl::Hours(72);
inline constexpr absl::Duration kRemovalWindow = absl::Hours(7 * 24);

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 100;

// Of one account, in a session and in a passport: keeps a passport below 8 KiB.
inline constexpr int kMaxMemberships = 100;

// At most `attempts` in any stretch of `window`.
struct AttemptLimit {
  int attempts;
  absl::Duration window;
};

// Guesses at one account's password: at most 960 a day against passwords that are not common. Wide
// enough for a person who tries all variants they remember.
inline constexpr AttemptLimit kSignInsPerAccount = {10, absl::Minutes(15)};
// A device that the account was used from before has a counter of its own, so that strangers cannot
// lock it out; who takes its token away gets as many guesses more. Where there is a second factor,
// devices are known by it alone.
inline constexpr AttemptLimit kSignInsPerDevice = kSignInsPerAccount;
// Mails that strangers can have us send to one mailbox: for sign-ups, and for forgotten passwords.
inline constexpr AttemptLimit kSignUpsPerEmail = {5, absl::Hours(1)};
inline constexpr AttemptLimit kPasswordResetsPerEmail = {5, absl::Hours(1)};
// The same from accounts that want to move there.
inline constexpr AttemptLimit kEmailChangesPerEmail = {5, absl::Hours(1)};
// Passwords tried with one link: wide enough for a person who tries all variants they remember, in
// the link's hour. Afterwards the link is void.
inline constexpr int kPasswordsPerLink = 10;
// Invitations that owners can have us send to one mailbox.
inline constexpr AttemptLimit kInvitationsPerEmail = {5, absl::Hours(1)};
// Codes sent to one mailbox, for bookings and for removals of second factors each. Who guesses at a
// mailbox that is not theirs has 25 tries an hour among a million: 0.06 % in a day of mails to its
// owner.
inline constexpr AttemptLimit kMailboxCodesPerEmail = {5, absl::Hours(1)};
// One address may be a clinic's or a mobile network's, so this is wide: it slows those who try one
// password on many accounts. Successful sign-ins and verifications do not count.
// --attempts_per_client sets the number.
inline constexpr AttemptLimit kAttemptsPerClient = {100, absl::Minutes(15)};

// A secret that was replaced is good for this long yet at the most: a day's work to change a back
// end over.
inline constexpr absl::Duration kMaxSecretOverlap = absl::Hours(24);

// What nobody needs any more is deleted this long after it expired, at most so many rows with one
// statement.
inline constexpr absl::Duration kSignUpRetention = absl::Hours(7 * 24);
inline constexpr absl::Duration kSessionRetention = absl::Hours(30 * 24);
// A device is a stranger again this long after its last sign-in.
inline constexpr absl::Duration kDeviceRetention = absl::Hours(180 * 24);
// Of one account; a client that keeps no tokens makes one at each sign-in, and the oldest go.
inline constexpr int kMaxKnownDevices = 50;
// Live sessions of one account or service account; a new one ends the oldest. Whoever has its
// secrets can sign in without limit, and ending all sessions has to stay one short statement.
inline constexpr int kMaxSessions = 200;
// Of endings: passports live a minute, so nothing older matters to anybody; the rest is for clocks
// that differ. Part of the contract.
inline constexpr absl::Duration kEndingRetention = absl::Minutes(10);
inline constexpr int kPruneBatch = 500;

// Accounts that messaging is told of belatedly, in one transaction.
inline constexpr int kTellBatch = 100;

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_DOMAIN_LIMITS_H_
