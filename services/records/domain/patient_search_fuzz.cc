#include "services/records/domain/patient_search.h"

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "libs/testing/fuzz.h"

namespace portal::records {

// Whatever is typed becomes terms that the statements take as they are, or is refused.
FUZZ_TARGET(query) {
  const absl::StatusOr<SearchTerms> terms = ParseSearchTerms(query);
  if (!terms.ok()) {
    FUZZ_EXPECT(absl::IsInvalidArgument(terms.status()));
    return;
  }
  FUZZ_EXPECT(!terms->names.empty() || !terms->phone.empty() || !terms->email.empty() ||
              !terms->birth_dates.empty());
  for (const char digit : terms->phone) FUZZ_EXPECT(absl::ascii_isdigit(digit));
  for (const char letter : terms->names) FUZZ_EXPECT(!absl::ascii_iscntrl(letter));
  FUZZ_EXPECT(terms->birth_dates.size() <= 2);
  for (const absl::CivilDay& day : terms->birth_dates) {
    FUZZ_EXPECT(day.year() >= 1 && day.year() <= 9999);
  }
}

}  // namespace portal::records
