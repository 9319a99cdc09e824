#include "services/messaging/domain/language.h"

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "libs/status/errors.h"

namespace portal::messaging {
namespace {

constexpr const char* kMonths[][12] = {
    {"January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December"},
    {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
     "octobre", "novembre", "décembre"},
};

}  // namespace

absl::string_view ToString(Language language) {
  return language == Language::kFrench ? "fr" : "en";
}

absl::StatusOr<Language> ParseLanguage(absl::string_view field, absl::string_view text) {
  for (const Language language : kLanguages) {
    if (text == ToString(language)) return language;
  }
  return status::InvalidField(field, "must be \"en\" or \"fr\"");
}

std::string FormatTime(absl::Time time, Language language) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  const absl::CivilDay day = absl::ToCivilDay(time, utc);
  const char* month = kMonths[static_cast<int>(language)][day.month() - 1];
  const char* rest = language == Language::kFrench ? " %Y à %H h %M UTC" : " %Y, %H:%M UTC";
  // Of the days of a French month the first alone is an ordinal.
  const char* ordinal = language == Language::kFrench && day.day() == 1 ? "er" : "";
  return absl::StrCat(day.day(), ordinal, " ", month, absl::FormatTime(rest, time, utc));
}

}  // namespace portal::messaging
