#include "services/messaging/mail/smtp.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace portal::messaging {
namespace {

// What a file holds, without the line's end; none if it cannot be read.
std::optional<std::string> ReadSecret(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string content{std::istreambuf_iterator<char>(file), {}};
  absl::StripTrailingAsciiWhitespace(&content);
  return content;
}

// "smtp://host:port" → "smtp://host:port/name": where libcurl expects what to say in EHLO.
std::string UrlOf(const SmtpOptions& options) {
  const std::string url(absl::StripSuffix(options.url, "/"));
  const bool has_path = url.find('/', url.find("://") + 3) != std::string::npos;
  return has_path || options.ehlo_name.empty() ? url : absl::StrCat(url, "/", options.ehlo_name);
}

// One attempt, as libcurl's callbacks see it.
struct Attempt {
  absl::string_view rest;      // of the message
  bool saw_recipient = false;  // whether the server was asked about the recipient
  bool saw_data = false;       // whether it was asked to take the message
  bool refused_us = false;     // whether a refusal was RFC 3463's 5.7: security or policy
};

size_t ReadMessage(char* buffer, size_t size, size_t count, void* user) {
  auto* attempt = static_cast<Attempt*>(user);
  const size_t length = std::min(size * count, attempt->rest.size());
  std::memcpy(buffer, attempt->rest.data(), length);
  attempt->rest.remove_prefix(length);
  return length;
}

// Sees what goes back and forth, to know what an answer is about. Nothing of it is kept or logged.
int Watch(CURL*, curl_infotype type, char* data, size_t size, void* user) {
  auto* attempt = static_cast<Attempt*>(user);
  const absl::string_view line(data, size);
  if (type == CURLINFO_HEADER_OUT) {
    attempt->saw_recipient = attempt->saw_recipient || absl::StartsWith(line, "RCPT TO:");
    attempt->saw_data = attempt->saw_data || absl::StartsWith(line, "DATA");
  } else if (type == CURLINFO_HEADER_IN) {
    // "554 5.7.1 Relay access denied"
    attempt->refused_us =
        attempt->refused_us ||
        (absl::StartsWith(line, "5") && absl::StartsWith(absl::ClippedSubstr(line, 4), "5.7."));
  }
  return 0;
}

// A refusal of us, and of every mail: one before the recipient is named, or one of the recipient
// because we may not relay or have not signed in. What is said of the message is of it alone.
bool IsOfUs(const Attempt& attempt, int reply_code) {
  if (!attempt.saw_recipient) return true;
  return !attempt.saw_data && (attempt.refused_us || reply_code == 530 || reply_code == 535);
}

Failure FailureOf(CURLcode code, int reply_code, const Attempt& attempt) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_USE_SSL_FAILED:
      return Failure::kUntrusted;
    case CURLE_LOGIN_DENIED:
      // 454: the server cannot look the user up at the moment.
      return reply_code / 100 == 4 ? Failure::kDeferred : Failure::kSignIn;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_GOT_NOTHING:
      return Failure::kUnreachable;
    case CURLE_RECV_ERROR:
      // The connection broke; the last reply was to something else.
      return Failure::kUnreachable;
    default:
      break;
  }
  if (reply_code / 100 == 4) return Failure::kDeferred;
  if (reply_code / 100 == 5) {
    return IsOfUs(attempt, reply_code) ? Failure::kMisbehaving : Failure::kRefused;
  }
  return code == CURLE_WEIRD_SERVER_REPLY ? Failure::kMisbehaving : Failure::kUnreachable;
}

}  // namespace

// A libcurl handle, with the connection that it keeps.
class Smtp::Connection {
 public:
  explicit Connection(const SmtpOptions& options) : options_(options), curl_(curl_easy_init()) {}
  ~Connection() { curl_easy_cleanup(curl_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Outcome Send(const Address& from, const Address& to, const std::string& message) {
    curl_easy_reset(curl_);  // keeps the connection
    if (!SetSignIn()) return {.failure = Failure::kSignIn};
    Attempt attempt{.rest = message};
    SetServer();
    curl_slist* recipients = curl_slist_append(nullptr, absl::StrCat("<", to.text(), ">").c_str());
    SetMail(absl::StrCat("<", from.text(), ">"), recipients, attempt, message.size());
    const CURLcode code = curl_easy_perform(curl_);
    curl_slist_free_all(recipients);
    if (code == CURLE_OK) return {};
    long reply_code = 0;  // NOLINT(runtime/int): libcurl's
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &reply_code);
    const int known = reply_code >= 200 && reply_code <= 599 ? static_cast<int>(reply_code) : 0;
    return {.failure = FailureOf(code, known, attempt), .reply_code = known};
  }

 private:
  template <typename Value>
  void Set(CURLoption option, Value value) {
    curl_easy_setopt(curl_, option, value);
  }

  void SetServer() {
    Set(CURLOPT_URL, UrlOf(options_).c_str());
    Set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options_.ca.empty()) {
      Set(CURLOPT_CAINFO, options_.ca.c_str());
      Set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
    }
    // A server that refuses the recipients ends the mail.
    Set(CURLOPT_MAIL_RCPT_ALLLOWFAILS, 0L);
    Set(CURLOPT_CONNECTTIMEOUT_MS,
        static_cast<long>(absl::ToInt64Milliseconds(options_.connect_timeout)));
    Set(CURLOPT_TIMEOUT_MS, static_cast<long>(absl::ToInt64Milliseconds(options_.timeout)));
  }

  bool SetSignIn() {
    if (options_.user_file.empty()) return true;
    const std::optional<std::string> user = ReadSecret(options_.user_file);
    const std::optional<std::string> password = ReadSecret(options_.password_file);
    if (!user.has_value() || !password.has_value()) return false;
    Set(CURLOPT_USERNAME, user->c_str());
    Set(CURLOPT_PASSWORD, password->c_str());
    return true;
  }

  void SetMail(const std::string& from, curl_slist* recipients, Attempt& attempt, size_t size) {
    Set(CURLOPT_MAIL_FROM, from.c_str());
    Set(CURLOPT_MAIL_RCPT, recipients);
    Set(CURLOPT_UPLOAD, 1L);
    Set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
    Set(CURLOPT_READFUNCTION, &ReadMessage);
    Set(CURLOPT_READDATA, &attempt);
    Set(CURLOPT_VERBOSE, 1L);  // or Watch() is not called
    Set(CURLOPT_DEBUGFUNCTION, &Watch);
    Set(CURLOPT_DEBUGDATA, &attempt);
  }

  const SmtpOptions& options_;
  CURL* const curl_;
};

Smtp::Smtp(SmtpOptions options) : options_(std::move(options)) {}
Smtp::~Smtp() = default;

absl::StatusOr<std::unique_ptr<Smtp>> Smtp::Open(SmtpOptions options) {
  if (!absl::StartsWith(options.url, "smtp://") && !absl::StartsWith(options.url, "smtps://")) {
    return absl::FailedPreconditionError("--smtp_url must begin with smtp:// or smtps://");
  }
  // A password in a flag is seen by everybody on the machine.
  if (absl::StrContains(options.url, '@')) {
    return absl::FailedPreconditionError("--smtp_url must not hold a user or a password");
  }
  if (options.user_file.empty() != options.password_file.empty()) {
    return absl::FailedPreconditionError("--smtp_user_file and --smtp_password_file go together");
  }
  for (const std::string* file : {&options.ca, &options.user_file, &options.password_file}) {
    if (!file->empty() && !ReadSecret(*file).has_value()) {
      return absl::FailedPreconditionError(absl::StrCat("cannot be read: ", *file));
    }
  }
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return absl::InternalError("libcurl does not start");
  }
  return std::unique_ptr<Smtp>(new Smtp(std::move(options)));
}

Outcome Smtp::Send(const Address& from, const Address& to, const id::Uuid&,
                   const std::string& message) {
  std::unique_ptr<Connection> connection = Take();
  const Outcome outcome = connection->Send(from, to, message);
  GiveBack(std::move(connection));
  return outcome;
}

std::unique_ptr<Smtp::Connection> Smtp::Take() {
  std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<Connection>(options_);
  std::unique_ptr<Connection> connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void Smtp::GiveBack(std::unique_ptr<Connection> connection) {
  std::lock_guard lock(mutex_);
  idle_.push_back(std::move(connection));
}

}  // namespace portal::messaging
