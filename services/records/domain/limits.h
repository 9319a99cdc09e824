#ifndef SERVICES_RECORDS_DOMAIN_LIMITS_H_
#define SERVICES_RECORDS_DOMAIN_LIMITS_H_

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

// Limits of the contract (protos/portal/records/v1). Characters are Unicode code points; text is
// measured without white space at its ends where that is trimmed.
namespace portal::records {

// Patient.
inline constexpr int kMaxNameCharacters = 200;
inline constexpr absl::CivilDay kEarliestBirthDate(1850, 1, 1);
inline constexpr int kMaxEmailBytes = 254;  // RFC 5321 section 4.5.3.1, less the angle brackets
inline constexpr int kMaxPhones = 5;
inline constexpr int kMinPhoneCharacters = 3;
inline constexpr int kMaxPhoneCharacters = 40;
inline constexpr int kMaxAddressLines = 5;
inline constexpr int kMaxAddressCharacters = 200;  // each line and part
inline constexpr int kMaxHealthCardCharacters = 40;
inline constexpr int kMaxContactCharacters = 200;
inline constexpr int kMaxStaffNotesCharacters = 10'000;
inline constexpr int kMaxGenderIdentityCharacters = 100;

// Duplicates.
inline constexpr int kMaxDuplicateCandidates = 20;

// Search.
inline constexpr int kMaxSearchCharacters = 200;
inline constexpr int kMaxSearchTerms = 10;
// Fewer digits would fit nearly everybody.
inline constexpr int kMinSearchPhoneDigits = 3;
// A number is also found by its last digits, and by a beginning of these with the zero that dials
// it; search_phones() in the database has the same.
inline constexpr int kPhoneEndDigits = 4;
inline constexpr int kMaxCandidates = 50;
// When fewer than these fit by the letter, similar names are looked for as well.
inline constexpr int kFewCandidates = 10;

// What access_code takes as a patient's name.
inline constexpr int kMaxDisplayNameBytes = 400;

// SOAP chart.
inline constexpr absl::CivilDay kEarliestEncounterDate(1900, 1, 1);
inline constexpr int kMaxDaysAhead = 366;  // a chart may be prepared; a mistyped year may not pass
inline constexpr int kMaxSoapCharacters = 20'000;  // each of subjective, objective and assessment
inline constexpr int kMaxPlanSectionCharacters = 10'000;
// Of all sections together: with the rest of a chart, in characters of four bytes, well below
// rpc::kMaxRequestBytes.
inline constexpr int kMaxPlanCharacters = 100'000;
inline constexpr int kMaxAddendumCharacters = 10'000;
inline constexpr int kMaxAddenda = 100;  // of one chart: they are answered with it
inline constexpr int kMaxReasonCharacters = 1'000;
inline constexpr int kMaxKindTitleCharacters = 100;
inline constexpr int kMaxPlanSectionKinds = 50;  // of a clinic, and so of a plan

// Notices to those who hold a grant: at most one about a plan in this time.
inline constexpr absl::Duration kNoticeInterval = absl::Hours(24);

// Audit trail.
inline constexpr int kDefaultAuditPage = 50;
inline constexpr int kMaxAuditPage = 100;
// Accesses to a record that are read, and collapsed, for one page: weeks of them for most. Days are
// not cut, so a day with more is a page of its own.
inline constexpr int kAccessesTogether = 1'000;
// An access that is written later than this after it happened, by another replica's clock, is not
// to be expected.
inline constexpr absl::Duration kLateAccesses = absl::Hours(1);

// Pages.
inline constexpr int kDefaultPatientsPage = 50;
inline constexpr int kMaxPatientsPage = 100;
inline constexpr int kDefaultChartsPage = 20;
inline constexpr int kMaxChartsPage = 50;  // fewer if they are long, see rpc/paging.h

}  // namespace portal::records

#endif  // SERVICES_RECORDS_DOMAIN_LIMITS_H_
