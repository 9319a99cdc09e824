#ifndef LIBS_TESTING_LOG_CAPTURE_H_
#define LIBS_TESTING_LOG_CAPTURE_H_

#include <mutex>
#include <ostream>
#include <streambuf>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "libs/telemetry/log.h"

namespace portal::testing {

// Takes the process's log, from debug on, while it exists; one at a time. Other threads may log
// meanwhile, but must have stopped when it goes.
class LogCapture {
 public:
  LogCapture() { telemetry::InitLogging(Options()); }
  explicit LogCapture(telemetry::LogOptions options) {
    options.stream = &stream_;
    telemetry::InitLogging(options);
  }
  ~LogCapture() { telemetry::InitLogging({}); }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  std::string Text() const { return buffer_.Text(); }

  std::vector<std::string> Lines() const { return absl::StrSplit(Text(), '\n', absl::SkipEmpty()); }

 private:
  class Buffer final : public std::streambuf {
   public:
    std::string Text() const {
      std::lock_guard lock(mutex_);
      return text_;
    }

   protected:
    std::streamsize xsputn(const char* data, std::streamsize size) override {
      std::lock_guard lock(mutex_);
      text_.append(data, static_cast<size_t>(size));
      return size;
    }
    int_type overflow(int_type c) override {
      std::lock_guard lock(mutex_);
      text_.push_back(static_cast<char>(c));
      return c;
    }

   private:
    mutable std::mutex mutex_;
    std::string text_;  // guarded by mutex_
  };

  telemetry::LogOptions Options() {
    telemetry::LogOptions options;
    options.service = "test";
    options.minimum = telemetry::Severity::kDebug;
    options.stream = &stream_;
    return options;
  }

  Buffer buffer_;
  std::ostream stream_{&buffer_};
};

}  // namespace portal::testing

#endif  // LIBS_TESTING_LOG_CAPTURE_H_
