#ifndef SERVICES_RECORDS_DOMAIN_PATIENT_SEARCH_H_
#define SERVICES_RECORDS_DOMAIN_PATIENT_SEARCH_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"

namespace portal::records {

// What somebody typed to find a patient, sorted out. All of it has to fit; one part at least is
// there.
struct SearchTerms {
  // Names in any order, as typed; the database knows how names are compared.
  std::string names;
  // Digits, without the zeros that dial the area or the country.
  std::string phone;
  std::string email;
  // Of 3/7/1994 both readings.
  std::vector<absl::CivilDay> birth_dates;

  friend bool operator==(const SearchTerms&, const SearchTerms&) = default;
};

// INVALID_FIELD naming "query" unless it has 1 to kMaxSearchCharacters without control characters,
// at most kMaxSearchTerms terms, and at most one birth date, phone number and e-mail address.
absl::StatusOr<SearchTerms> ParseSearchTerms(absl::string_view query);

}  // namespace portal::records

#endif  // SERVICES_RECORDS_DOMAIN_PATIENT_SEARCH_H_
