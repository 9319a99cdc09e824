#ifndef LIBS_TELEMETRY_LOG_H_
#define LIBS_TELEMETRY_LOG_H_

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <type_traits>
#include <variant>

#include "absl/strings/string_view.h"
#include "libs/time/clock.h"

// The process's log: one JSON object a line on standard output,
//   {"ts":"2026-11-22T19:00:00.123456Z","level":"info","service":"identity","event":"server_started","port":7101}
//
// It holds ids, outcomes and route templates; never names, contents, codes, tokens, e-mail
// addresses or query strings. A line costs a few microseconds and is written before Log returns.
// Thread-safe.
namespace portal::telemetry {

enum class Severity { kDebug, kInfo, kWarning, kError };

// "debug", "info", "warning", "error". These two make ABSL_FLAG(telemetry::Severity, log_level, …)
// work.
bool AbslParseFlag(absl::string_view text, Severity* severity, std::string* error);
std::string AbslUnparseFlag(Severity severity);

// One member of a line: text, integer, floating point or bool. Texts are not copied: they live
// until Log returns.
class Field {
 public:
  // Longer texts are cut.
  static constexpr size_t kMaxTextBytes = 1024;

  Field(absl::string_view key, absl::string_view value) : key_(key), value_(value) {}
  Field(absl::string_view key, const std::string& value) : Field(key, absl::string_view(value)) {}
  Field(absl::string_view key, const char* value) : Field(key, absl::string_view(value)) {}
  Field(absl::string_view key, std::floating_point auto value)
      : key_(key), value_(static_cast<double>(value)) {}
  template <std::integral Integer>
  Field(absl::string_view key, Integer value) : key_(key) {
    if constexpr (std::same_as<Integer, bool>) {
      value_ = value;
    } else if constexpr (std::is_signed_v<Integer>) {
      value_ = static_cast<int64_t>(value);
    } else {
      value_ = static_cast<uint64_t>(value);
    }
  }

  // Appends `"key":value`. A number that JSON cannot express (infinity, NaN) becomes null.
  void AppendTo(std::string& line) const;

 private:
  absl::string_view key_;
  std::variant<absl::string_view, int64_t, uint64_t, double, bool> value_;
};

struct LogOptions {
  // The program's name in each line.
  std::string service;
  // What is less severe is left out.
  Severity minimum = Severity::kInfo;
  const time::Clock* clock = &time::SystemClock();
  // For tests; null is standard output. Lives until the log is set up anew.
  std::ostream* stream = nullptr;
};

// Sets the log up; before that, lines of at least kInfo go to standard output with the service "".
// Called at the start of main; tests may call it again.
void InitLogging(const LogOptions& options);

// `event` names what happened, in snake_case and always the same words; what varies is in the
// fields. Keys are snake_case too, differ from each other and from ts, level, service and event,
// and name the unit: "duration_us".
void Log(Severity severity, absl::string_view event, std::initializer_list<Field> fields = {});

inline void LogDebug(absl::string_view event, std::initializer_list<Field> fields = {}) {
  Log(Severity::kDebug, event, fields);
}
inline void LogInfo(absl::string_view event, std::initializer_list<Field> fields = {}) {
  Log(Severity::kInfo, event, fields);
}
inline void LogWarning(absl::string_view event, std::initializer_list<Field> fields = {}) {
  Log(Severity::kWarning, event, fields);
}
inline void LogError(absl::string_view event, std::initializer_list<Field> fields = {}) {
  Log(Severity::kError, event, fields);
}

}  // namespace portal::telemetry

#endif  // LIBS_TELEMETRY_LOG_H_
