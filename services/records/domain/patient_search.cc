#include "services/records/domain/patient_search.h"

#include <algorithm>
#include <array>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "libs/text/text.h"
#include "services/records/domain/date.h"
#include "services/records/domain/limits.h"

namespace portal::records {
namespace {

using Dates = std::vector<absl::CivilDay>;

absl::Status Invalid(absl::string_view description) {
  return status::InvalidField("query", description);
}

bool AllDigits(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

void AddIfDay(int year, int month, int day, Dates& dates) {
  const auto date = FullDate("query", year, month, day);
  if (date.ok() && std::find(dates.begin(), dates.end(), *date) == dates.end()) {
    dates.push_back(*date);
  }
}

// Year first, or year last with the day first, or, between slashes, the month first. None: no date.
Dates DatesOf(absl::string_view term) {
  const size_t first = term.find_first_of("-./");
  if (first == absl::string_view::npos) return {};
  const std::vector<absl::string_view> parts = absl::StrSplit(term, term[first]);
  if (parts.size() != 3) return {};
  std::array<int, 3> numbers;
  for (size_t i = 0; i < 3; ++i) {
    if (!AllDigits(parts[i]) || parts[i].size() > 4) return {};
    if (!absl::SimpleAtoi(parts[i], &numbers[i])) return {};
  }
  Dates dates;
  if (parts[0].size() == 4) {
    AddIfDay(numbers[0], numbers[1], numbers[2], dates);
  } else if (parts[2].size() == 4) {
    AddIfDay(numbers[2], numbers[1], numbers[0], dates);
    if (term[first] == '/') AddIfDay(numbers[2], numbers[0], numbers[1], dates);
  }
  return dates;
}

bool MayBePhone(absl::string_view term) {
  return std::any_of(term.begin(), term.end(), absl::ascii_isdigit) &&
         term.find_first_not_of("0123456789+()-./xX#") == absl::string_view::npos;
}

// Of terms that belong together, up to an extension. Zeros that dial the area or the country go,
// but of so few digits that they may be a number's last ones; search_phones() knows both.
std::string DigitsOf(absl::string_view terms) {
  std::string digits;
  for (const char c : terms.substr(0, terms.find_first_of("xX#"))) {
    if (absl::ascii_isdigit(c)) digits.push_back(c);
  }
  if (digits.size() > kPhoneEndDigits) digits.erase(0, digits.find_first_not_of('0'));
  return digits;
}

// At ASCII's separators and at Unicode's spaces, of which Trimmed() knows all.
std::vector<absl::string_view> TermsOf(absl::string_view query) {
  std::vector<absl::string_view> terms;
  for (absl::string_view part :
       absl::StrSplit(query, absl::ByAnyChar(" ,;\t\n\r"), absl::SkipEmpty())) {
    part = text::Trimmed(part);
    for (const absl::string_view term : absl::StrSplit(part, "\u00A0", absl::SkipEmpty())) {
      terms.push_back(term);
    }
  }
  return terms;
}

// Takes the terms one after the other.
class Sorter {
 public:
  absl::Status Take(absl::string_view term) {
    if (const Dates dates = DatesOf(term); !dates.empty()) return TakeDate(dates);
    if (MayBePhone(term)) {
      absl::StrAppend(&phone_, term);
      phone_terms_.push_back(term);
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(EndPhone());
    if (term.find('@') != absl::string_view::npos) return TakeEmail(term);
    names_.push_back(term);
    return absl::OkStatus();
  }

  absl::StatusOr<SearchTerms> Finish() {
    RETURN_IF_ERROR(EndPhone());
    found_.names = absl::StrJoin(names_, " ");
    if (found_ == SearchTerms()) return Invalid("must name somebody");
    return std::move(found_);
  }

 private:
  absl::Status TakeDate(const Dates& dates) {
    RETURN_IF_ERROR(EndPhone());
    if (!found_.birth_dates.empty()) return Invalid("must have at most one birth date");
    found_.birth_dates = dates;
    return absl::OkStatus();
  }

  absl::Status TakeEmail(absl::string_view term) {
    if (!found_.email.empty()) return Invalid("must have at most one e-mail address");
    found_.email = std::string(term);
    return absl::OkStatus();
  }

  // A number may be typed in several terms: 604 555 0101. Too few digits are a part of a name.
  absl::Status EndPhone() {
    if (phone_terms_.empty()) return absl::OkStatus();
    const std::string digits = DigitsOf(phone_);
    if (digits.size() >= kMinSearchPhoneDigits) {
      if (!found_.phone.empty()) return Invalid("must have at most one phone number");
      found_.phone = digits;
    } else {
      names_.insert(names_.end(), phone_terms_.begin(), phone_terms_.end());
    }
    phone_.clear();
    phone_terms_.clear();
    return absl::OkStatus();
  }

  SearchTerms found_;
  std::vector<absl::string_view> names_;
  std::string phone_;
  std::vector<absl::string_view> phone_terms_;
};

}  // namespace

absl::StatusOr<SearchTerms> ParseSearchTerms(absl::string_view query) {
  const auto composed = text::ComposedWithin(text::Trimmed(query), kMaxSearchCharacters);
  if (!composed.has_value()) {
    return Invalid(absl::StrCat("must have at most ", kMaxSearchCharacters, " characters"));
  }
  query = *composed;
  if (query.empty()) return Invalid("is required");
  if (text::HasControlCharacter(query, text::Lines::kOne))
    return Invalid("must not have control characters");
  const std::vector<absl::string_view> terms = TermsOf(query);
  if (terms.size() > kMaxSearchTerms) {
    return Invalid(absl::StrCat("must have at most ", kMaxSearchTerms, " terms"));
  }
  Sorter sorter;
  for (const absl::string_view term : terms) RETURN_IF_ERROR(sorter.Take(term));
  return sorter.Finish();
}

}  // namespace portal::records
