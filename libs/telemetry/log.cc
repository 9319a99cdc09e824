#include "libs/telemetry/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <atomic>
#include <charconv>
#include <cmath>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "libs/telemetry/json.h"

namespace portal::telemetry {
namespace {

constexpr std::array<absl::string_view, 4> kNames = {"debug", "info", "warning", "error"};

absl::string_view NameOf(Severity severity) { return kNames[static_cast<size_t>(severity)]; }

// Lines come ready to this logger: spdlog only writes them, whole and in turn.
struct Logger {
  explicit Logger(const LogOptions& options)
      : minimum(options.minimum), clock(options.clock), sink("", SinkOf(options)) {
    AppendJsonString(options.service, service);
    sink.set_pattern("%v");
    sink.set_level(spdlog::level::trace);
  }

  static spdlog::sink_ptr SinkOf(const LogOptions& options) {
    if (options.stream == nullptr) return std::make_shared<spdlog::sinks::stdout_sink_mt>();
    return std::make_shared<spdlog::sinks::ostream_sink_mt>(*options.stream, /*force_flush=*/true);
  }

  const Severity minimum;
  const time::Clock* const clock;
  std::string service;  // as JSON
  spdlog::logger sink;
};

// The logger in use. Earlier ones are kept: another thread may be writing to one.
class Current {
 public:
  static Current& Instance() {
    static Current* const current = new Current;  // outlives every thread
    return *current;
  }

  Logger& get() { return *logger_.load(std::memory_order_acquire); }

  void Set(const LogOptions& options) {
    std::lock_guard lock(mutex_);
    loggers_.push_back(std::make_unique<Logger>(options));
    logger_.store(loggers_.back().get(), std::memory_order_release);
  }

 private:
  Current() { Set(LogOptions()); }

  std::mutex mutex_;
  std::vector<std::unique_ptr<Logger>> loggers_;  // guarded by mutex_
  std::atomic<Logger*> logger_ = nullptr;
};

// The shortest decimal that reads back as the same number.
template <typename Number>
void AppendNumber(Number number, std::string& out) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  out.append(digits, end);
}

// RFC 3339 in UTC with microseconds. Formatting a date costs more than all else in a line; a
// second's is kept.
void AppendTimestamp(absl::Time time, std::string& out) {
  const absl::Time second = absl::FromUnixSeconds(absl::ToUnixSeconds(time));
  thread_local absl::Time kept_second = absl::InfinitePast();
  thread_local std::string kept;
  if (second != kept_second) {
    kept = absl::FormatTime("%Y-%m-%dT%H:%M:%S", second, absl::UTCTimeZone());
    kept_second = second;
  }
  const int64_t micros = absl::ToInt64Microseconds(time - second);
  absl::StrAppend(&out, kept, ".", absl::Dec(micros, absl::kZeroPad6), "Z");
}

}  // namespace

bool AbslParseFlag(absl::string_view text, Severity* severity, std::string* error) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (text == kNames[i]) {
      *severity = static_cast<Severity>(i);
      return true;
    }
  }
  *error = "must be debug, info, warning or error";
  return false;
}

std::string AbslUnparseFlag(Severity severity) { return std::string(NameOf(severity)); }

void Field::AppendTo(std::string& line) const {
  AppendJsonString(key_, line);
  line.push_back(':');
  if (const auto* text = std::get_if<absl::string_view>(&value_)) {
    AppendJsonString(*text, line, kMaxTextBytes);
  } else if (const auto* flag = std::get_if<bool>(&value_)) {
    line += *flag ? "true" : "false";
  } else if (const auto* real = std::get_if<double>(&value_)) {
    if (std::isfinite(*real)) {
      AppendNumber(*real, line);
    } else {
      line += "null";
    }
  } else if (const auto* integer = std::get_if<int64_t>(&value_)) {
    AppendNumber(*integer, line);
  } else {
    AppendNumber(std::get<uint64_t>(value_), line);
  }
}

void InitLogging(const LogOptions& options) { Current::Instance().Set(options); }

void Log(Severity severity, absl::string_view event, std::initializer_list<Field> fields) {
  Logger& logger = Current::Instance().get();
  if (severity < logger.minimum) return;
  std::string line = "{\"ts\":\"";
  AppendTimestamp(logger.clock->Now(), line);
  absl::StrAppend(&line, "\",\"level\":\"", NameOf(severity), "\",\"service\":", logger.service,
                  ",\"event\":");
  AppendJsonString(event, line);
  for (const Field& field : fields) {
    line.push_back(',');
    field.AppendTo(line);
  }
  line.push_back('}');
  logger.sink.log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace portal::telemetry
