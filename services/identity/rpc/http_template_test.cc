#include "services/identity/rpc/http_template.h"

#include "gtest/gtest.h"

namespace portal::identity {
namespace {

bool Matches(absl::string_view text, absl::string_view path) {
  const auto parsed = HttpTemplate::Parse(text);
  const auto segments = SplitPath(path);
  EXPECT_TRUE(parsed.has_value()) << text;
  return segments.has_value() && segments->size() == parsed->size() && parsed->Matches(*segments);
}

TEST(HttpTemplateTest, MatchesPathsOfItsFormOnly) {
  const struct {
    const char* text;
    const char* path;
    bool matches;
  } kCases[] = {
      {"/v1/session", "/v1/session", true},
      {"/v1/session", "/v1/session/", false},
      {"/v1/session", "/v1//session", false},
      {"/v1/session", "//v1/session", false},
      {"/v1/session", "/v1/sessions", false},
      {"/v1/session", "/V1/session", false},
      {"/v1/session", "/v1/%73ession", false},
      {"/v1/session", "v1/session", false},
      {"/v1/session", "", false},
      {"/v1/session", "/", false},
      {"/v1/sessions:signIn", "/v1/sessions:signIn", true},
      {"/v1/sessions:signIn", "/v1/sessions", false},
      {"/v1/sessions:signIn", "/v1/sessions:signOut", false},
      {"/v1/sessions:signIn", "/v1/sessions:signIn:signIn", false},
      {"/v1/clinics/{clinic_id}", "/v1/clinics/7", true},
      {"/v1/clinics/{clinic_id}", "/v1/clinics/7%2F8", true},
      {"/v1/clinics/{clinic_id}", "/v1/clinics/7:odd", true},
      {"/v1/clinics/{clinic_id}", "/v1/clinics/", false},
      {"/v1/clinics/{clinic_id}", "/v1/clinics", false},
      {"/v1/clinics/{clinic_id}", "/v1/clinics/7/8", false},
      {"/v1/clinics/{clinic_id}:close", "/v1/clinics/7:close", true},
      {"/v1/clinics/{clinic_id}:close", "/v1/clinics/:close", false},
      {"/v1/clinics/{clinic_id}/grants/{grant_id}:revoke", "/v1/clinics/7/grants/9:revoke", true},
      {"/v1/clinics/{clinic_id}/grants/{grant_id}:revoke", "/v1/clinics/7/grants/9", false},
      {"/v1/{name=clinics/*}/staff", "/v1/clinics/7/staff", true},
      {"/v1/{name=clinics/*}/staff", "/v1/places/7/staff", false},
      {"/v1/*/staff", "/v1/clinics/staff", true},
  };
  for (const auto& it : kCases)
    EXPECT_EQ(Matches(it.text, it.path), it.matches) << it.text << " " << it.path;
}

TEST(HttpTemplateTest, MalformedAndUnsupportedTemplatesAreRefused) {
  for (const char* text :
       {"", "v1", "/v1/{", "/v1/{a", "/v1/}", "/v1/{a}{b}", "/v1/{}", "/v1/{=*}", "/v1/{a=}",
        "/v1/**", "/v1/{a=**}", "/v1/x*", "/v1//x", "/v1/", "/v1:", "/v1:{a}", "/v1/a:b/c"}) {
    EXPECT_FALSE(HttpTemplate::Parse(text).has_value()) << text;
  }
}

TEST(HttpTemplateTest, VerbAndThenTheEarlierLiteralIsMoreSpecific) {
  const auto verb = *HttpTemplate::Parse("/v1/{a}:b");
  const auto literal = *HttpTemplate::Parse("/v1/a");
  const auto variable = *HttpTemplate::Parse("/v1/{a}");
  EXPECT_TRUE(verb.IsMoreSpecificThan(literal));
  EXPECT_FALSE(literal.IsMoreSpecificThan(verb));
  EXPECT_TRUE(literal.IsMoreSpecificThan(variable));
  EXPECT_FALSE(variable.IsMoreSpecificThan(literal));
  EXPECT_FALSE(variable.IsMoreSpecificThan(variable));
}

}  // namespace
}  // namespace portal::identity
