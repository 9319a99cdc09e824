#include "libs/auth/passport_token.h"

#include <map>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/strip.h"
#include "libs/crypto/digest.h"
#include "libs/crypto/encoding.h"
#include "libs/status/errors.h"
#include "libs/status/status_macros.h"
#include "nlohmann/json.hpp"

namespace portal::auth {
namespace {

using Json = nlohmann::json;

constexpr absl::string_view kHeader = "v4.public.";

const std::map<StaffRole, std::string> kRoleNames = {{StaffRole::kOwner, "OWNER"},
                                                     {StaffRole::kPractitioner, "PRACTITIONER"},
                                                     {StaffRole::kFrontDesk, "FRONT_DESK"}};

const std::map<ServiceScope, std::string> kScopeNames = {
    {ServiceScope::kPatientsRead, "PATIENTS_READ"},
    {ServiceScope::kPatientsWrite, "PATIENTS_WRITE"},
    {ServiceScope::kChartsRead, "CHARTS_READ"},
    {ServiceScope::kChartsWrite, "CHARTS_WRITE"},
    {ServiceScope::kPlansRead, "PLANS_READ"},
    {ServiceScope::kAccessWrite, "ACCESS_WRITE"}};

std::string LittleEndian64(uint64_t number) {
  std::string bytes(8, '\0');
  for (char& byte : bytes) {
    byte = static_cast<char>(number & 0xff);
    number >>= 8;
  }
  return bytes;
}

// PASETO's pre-authentication encoding: what is signed, unambiguously.
std::string PreAuthentication(absl::string_view message, absl::string_view footer) {
  constexpr absl::string_view kNoImplicitAssertion = "";
  std::string encoded = LittleEndian64(4);
  for (absl::string_view piece : {kHeader, message, footer, kNoImplicitAssertion}) {
    encoded += LittleEndian64(piece.size());
    encoded.append(piece.data(), piece.size());
  }
  return encoded;
}

std::string Rfc3339(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

Json RoleClaim(const Passport& passport) {
  Json roles = Json::object();
  for (const ClinicMembership& membership : passport.memberships) {
    Json& names = roles[membership.clinic_id.ToString()] = Json::array();
    for (StaffRole role : membership.roles.List()) names.push_back(kRoleNames.at(role));
  }
  return roles;
}

Json ServiceClaim(const ServiceAccount& service_account) {
  Json scopes = Json::array();
  for (const auto& [scope, name] : kScopeNames) {
    if (service_account.scopes.Has(scope)) scopes.push_back(name);
  }
  return {{"clinic", service_account.clinic_id.ToString()}, {"scopes", std::move(scopes)}};
}

Json Claims(const Passport& passport, const std::string& installation) {
  Json claims = {{"iss", installation},
                 {"aud", installation},
                 {"sub", passport.account_id.ToString()},
                 {"sid", passport.session_id.ToString()},
                 {"name", passport.display_name},
                 {"iat", Rfc3339(passport.issued_at)},
                 {"exp", Rfc3339(passport.expires_at)}};
  if (passport.service_account.has_value()) {
    claims["svc"] = ServiceClaim(*passport.service_account);
  } else {
    claims["roles"] = RoleClaim(passport);
  }
  return claims;
}

// A token taken apart; nothing in it is trusted yet.
struct Parts {
  std::string message;
  std::string signature;
  std::string footer;
};

std::optional<Parts> Split(absl::string_view token) {
  if (token.size() > kMaxPassportBytes || !absl::ConsumePrefix(&token, kHeader)) {
    return std::nullopt;
  }
  const size_t dot = token.find('.');
  if (dot == absl::string_view::npos) return std::nullopt;
  std::optional<std::string> body = crypto::Base64UrlDecode(token.substr(0, dot));
  std::optional<std::string> footer = crypto::Base64UrlDecode(token.substr(dot + 1));
  if (!body.has_value() || !footer.has_value() || body->size() < crypto::kSignatureBytes) {
    return std::nullopt;
  }
  const size_t message_size = body->size() - crypto::kSignatureBytes;
  return Parts{.message = body->substr(0, message_size),
               .signature = body->substr(message_size),
               .footer = *std::move(footer)};
}

std::string Text(const Json& object, const char* key) {
  return object.at(key).get_ref<const std::string&>();
}

template <typename IdType>
std::optional<IdType> ParseId(const std::string& text) {
  const std::optional<id::Uuid> uuid = id::Uuid::Parse(text);
  return uuid.has_value() ? std::optional<IdType>(*uuid) : std::nullopt;
}

std::optional<absl::Time> ParseTime(const std::string& text) {
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_sec, text, &time, nullptr)) return std::nullopt;
  return time;
}

// What `texts` names, StaffRoles or ServiceScopes.
template <typename Set, typename Value>
std::optional<Set> ParseNames(const Json& texts, const std::map<Value, std::string>& names) {
  Set set;
  for (const Json& text : texts) {
    bool known = false;
    for (const auto& [value, name] : names) {
      if (text.get_ref<const std::string&>() == name) {
        set.Add(value);
        known = true;
      }
    }
    if (!known) return std::nullopt;
  }
  return set;
}

bool ParseMemberships(const Json& claim, Passport& passport) {
  for (const auto& [clinic, names] : claim.items()) {
    const auto clinic_id = ParseId<id::ClinicId>(clinic);
    const auto roles = ParseNames<StaffRoles>(names, kRoleNames);
    if (!clinic_id || !roles) return false;
    passport.memberships.push_back({.clinic_id = *clinic_id, .roles = *roles});
  }
  return true;
}

bool ParseServiceAccount(const Json& claim, Passport& passport) {
  const auto clinic_id = ParseId<id::ClinicId>(Text(claim, "clinic"));
  const auto scopes = ParseNames<ServiceScopes>(claim.at("scopes"), kScopeNames);
  if (!clinic_id || !scopes) return false;
  passport.service_account = {.clinic_id = *clinic_id, .scopes = *scopes};
  return true;
}

// Only for signed claims: they have the right form unless identity is of a version that we do not
// know.
std::optional<Passport> ParseClaims(const Json& claims) {
  Passport passport;
  const auto account = ParseId<id::AccountId>(Text(claims, "sub"));
  const auto session = ParseId<id::SessionId>(Text(claims, "sid"));
  const auto issued_at = ParseTime(Text(claims, "iat"));
  const auto expires_at = ParseTime(Text(claims, "exp"));
  if (!account || !session || !issued_at || !expires_at) return std::nullopt;
  passport.account_id = *account;
  passport.session_id = *session;
  passport.display_name = Text(claims, "name");
  passport.issued_at = *issued_at;
  passport.expires_at = *expires_at;
  const bool parsed = claims.contains("svc") ? ParseServiceAccount(claims.at("svc"), passport)
                                             : ParseMemberships(claims.at("roles"), passport);
  return parsed ? std::optional<Passport>(std::move(passport)) : std::nullopt;
}

bool InForce(const Passport& passport, absl::Time now) {
  return now < passport.expires_at && passport.issued_at <= now + kClockSkew &&
         passport.expires_at - passport.issued_at <= kPassportLifetime;
}

std::string KeyIdOf(const std::string& footer) {
  const Json json = Json::parse(footer, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("kid") || !json["kid"].is_string()) return "";
  return json["kid"].get<std::string>();
}

std::optional<Passport> ParseMessage(const std::string& message, const std::string& installation) {
  try {
    const Json claims = Json::parse(message);
    if (Text(claims, "iss") != installation || Text(claims, "aud") != installation) {
      return std::nullopt;
    }
    return ParseClaims(claims);
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

absl::Status PassportInvalid() {
  return status::Error(absl::StatusCode::kUnauthenticated, "PASSPORT_INVALID",
                       "the passport is not valid");
}

PassportIssuer::PassportIssuer(const crypto::SigningKeyring& keys, std::string installation)
    : keys_(keys), installation_(std::move(installation)) {}

std::string PassportIssuer::Issue(const Passport& passport) const {
  const auto keys = keys_.Snapshot();
  const std::string message = Claims(passport, installation_).dump();
  const std::string footer = Json{{"kid", keys->active_id()}}.dump();
  const std::string signature = keys->active().Sign(PreAuthentication(message, footer));
  return std::string(kHeader) + crypto::Base64UrlEncode(message + signature) + "." +
         crypto::Base64UrlEncode(footer);
}

PassportVerifier::PassportVerifier(const crypto::VerifyingKeyring& keys, std::string installation,
                                   const time::Clock& clock, size_t capacity)
    : keys_(keys), installation_(std::move(installation)), clock_(clock), capacity_(capacity) {}

absl::StatusOr<std::shared_ptr<const Passport>> PassportVerifier::Verify(absl::string_view token) {
  if (token.size() > kMaxPassportBytes) return PassportInvalid();
  const absl::Time now = clock_.Now();
  std::string token_hash = crypto::Sha256(token);
  if (auto remembered = Recall(token_hash, now)) return remembered;

  const std::optional<Parts> parts = Split(token);
  if (!parts.has_value()) return PassportInvalid();
  std::string key_id = KeyIdOf(parts->footer);
  const auto keys = keys_.Snapshot();
  const crypto::VerifyingKey* key = keys->Find(key_id);
  if (key == nullptr ||
      !key->Verify(PreAuthentication(parts->message, parts->footer), parts->signature)) {
    return PassportInvalid();
  }
  std::optional<Passport> passport = ParseMessage(parts->message, installation_);
  if (!passport.has_value() || !InForce(*passport, now)) return PassportInvalid();
  auto shared = std::make_shared<const Passport>(*std::move(passport));
  Remember({std::move(token_hash), std::move(key_id), shared});
  return shared;
}

std::shared_ptr<const Passport> PassportVerifier::Recall(const std::string& token_hash,
                                                         absl::Time now) {
  std::lock_guard lock(mutex_);
  const auto found = by_hash_.find(token_hash);
  if (found == by_hash_.end()) return nullptr;
  const auto entry = found->second;
  if (!InForce(*entry->passport, now) || keys_.Snapshot()->Find(entry->key_id) == nullptr) {
    by_hash_.erase(found);
    recent_.erase(entry);
    return nullptr;
  }
  recent_.splice(recent_.begin(), recent_, entry);
  return entry->passport;
}

void PassportVerifier::Remember(Remembered entry) {
  std::lock_guard lock(mutex_);
  if (by_hash_.contains(entry.token_hash)) return;
  recent_.push_front(std::move(entry));
  by_hash_.emplace(recent_.front().token_hash, recent_.begin());
  if (recent_.size() > capacity_) {
    by_hash_.erase(recent_.back().token_hash);
    recent_.pop_back();
  }
}

}  // namespace portal::auth
