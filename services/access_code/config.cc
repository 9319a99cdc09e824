#include "services/access_code/config.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "libs/status/status_macros.h"

ABSL_FLAG(std::string, code_peppers, "",
          "Folder of <key-id>.key: codes are stored as HMACs under the newest.");
ABSL_FLAG(std::string, portal_base_url, "",
          "Where Access Links lead, for example https://portal.example.org.");
ABSL_FLAG(int, refusals_alarm, 300,
          "Redemptions refused within --refusals_alarm_window that make the alarm ring.");
ABSL_FLAG(absl::Duration, refusals_alarm_window, absl::Minutes(10), "See --refusals_alarm.");
ABSL_FLAG(std::string, messaging_address, "",
          "Where messaging listens; without it notices wait in the outbox.");
ABSL_FLAG(std::string, word_list, "", "The EFF's long word list, as the package diceware has it.");

namespace portal::access_code {
namespace {

absl::StatusOr<std::string> TextOf(const absl::Flag<std::string>& flag) {
  std::string text = absl::GetFlag(flag);
  if (text.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("--", flag.Name(), " is missing"));
  }
  return text;
}

absl::StatusOr<RefusalAlarm::Options> AlarmOptions() {
  const RefusalAlarm::Options options{.refusals = absl::GetFlag(FLAGS_refusals_alarm),
                                      .window = absl::GetFlag(FLAGS_refusals_alarm_window)};
  if (options.refusals < 2 || options.window <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError("--refusals_alarm or its window is too small");
  }
  return options;
}

absl::StatusOr<WordList> ReadWordList() {
  ASSIGN_OR_RETURN(const std::string path, TextOf(FLAGS_word_list));
  std::ifstream file(path);
  if (!file) {
    return absl::FailedPreconditionError(absl::StrCat("--word_list: cannot read '", path, "'"));
  }
  return WordList::Parse(
      std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()));
}

absl::StatusOr<std::unique_ptr<crypto::Keyring>> LoadPeppers() {
  ASSIGN_OR_RETURN(const std::string path, TextOf(FLAGS_code_peppers));
  return crypto::Keyring::Load(path);
}

}  // namespace

absl::StatusOr<Config> ConfigFromFlags() {
  ASSIGN_OR_RETURN(WordList words, ReadWordList());
  ASSIGN_OR_RETURN(std::unique_ptr<crypto::Keyring> peppers, LoadPeppers());
  ASSIGN_OR_RETURN(std::string portal_base_url, TextOf(FLAGS_portal_base_url));
  ASSIGN_OR_RETURN(const RefusalAlarm::Options refusal_alarm, AlarmOptions());
  // Links are made with one slash, whether the flag ends with one or not.
  portal_base_url = std::string(absl::StripSuffix(portal_base_url, "/"));
  return Config{.words = std::move(words),
                .peppers = std::move(peppers),
                .portal_base_url = std::move(portal_base_url),
                .messaging_address = absl::GetFlag(FLAGS_messaging_address),
                .refusal_alarm = refusal_alarm};
}

}  // namespace portal::access_code
