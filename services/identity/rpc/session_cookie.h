#ifndef SERVICES_IDENTITY_RPC_SESSION_COOKIE_H_
#define SERVICES_IDENTITY_RPC_SESSION_COOKIE_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

// A browser's session is a cookie that its scripts cannot read (RFC 6265bis): __Host- binds it to
// this host, encrypted connections and the whole site; Strict keeps it to requests of our own
// pages; without an expiry it goes when the browser is closed.
namespace portal::identity {

// The response metadata that a gateway turns into the header.
inline constexpr char kSetCookieKey[] = "set-cookie";

// The header that gives the cookie.
inline std::string SetSessionCookie(absl::string_view token) {
  return absl::StrCat("__Host-session=", token, "; Path=/; Secure; HttpOnly; SameSite=Strict");
}

// The header that takes it away.
inline std::string ClearSessionCookie() {
  return "__Host-session=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0";
}

// The values of all session cookies in a `cookie` header; more than one if somebody tampered. Only
// semicolons separate cookies: browsers let another cookie's value have a comma, and a neighbouring
// site that sets one must not be able to write a session behind it.
inline std::vector<std::string> SessionCookiesIn(absl::string_view header) {
  std::vector<std::string> values;
  for (absl::string_view cookie : absl::StrSplit(header, ';')) {
    cookie = absl::StripAsciiWhitespace(cookie);
    if (absl::ConsumePrefix(&cookie, "__Host-session=")) values.emplace_back(cookie);
  }
  return values;
}

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_SESSION_COOKIE_H_
