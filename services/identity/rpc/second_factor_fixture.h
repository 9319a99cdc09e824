#ifndef SERVICES_IDENTITY_RPC_SECOND_FACTOR_FIXTURE_H_
#define SERVICES_IDENTITY_RPC_SECOND_FACTOR_FIXTURE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "gtest/gtest.h"
#include "libs/crypto/totp.h"
#include "portal/identity/v1/second_factor_service.grpc.pb.h"
#include "services/identity/rpc/service_fixture.h"

namespace portal::identity {

// The bytes of a secret as people read it.
inline std::string Base32Decode(const std::string& text) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string bytes;
  uint32_t buffer = 0;
  int bits = 0;
  for (const char c : text) {
    buffer = (buffer << 5) | static_cast<uint32_t>(alphabet.find(c));
    if ((bits += 5) >= 8) bytes.push_back(static_cast<char>(buffer >> (bits -= 8)));
  }
  return bytes;
}

// Anna, who is signed in and may have a second factor, and her authenticator app.
class SecondFactorTest : public ServiceTest {
 protected:
  using Stub = v1::SecondFactorService::Stub;

  SecondFactorTest() : stub_(v1::SecondFactorService::NewStub(harness_.Channel())) {
    NewAccount("anna@example.org");
    token_ = NewSessionToken("anna@example.org");
    Notices();
  }

  std::string Passport() { return PassportOf(token_); }

  Answer<v1::SecondFactor> Get() {
    return Call(*stub_, &Stub::GetSecondFactor, v1::GetSecondFactorRequest(), Passport());
  }
  Answer<v1::BeginSecondFactorResponse> Begin(const std::string& password = kPassword) {
    v1::BeginSecondFactorRequest request;
    request.set_password(password);
    return Call(*stub_, &Stub::BeginSecondFactor, request, Passport());
  }
  Answer<v1::ConfirmSecondFactorResponse> Confirm(const std::string& code) {
    v1::ConfirmSecondFactorRequest request;
    request.set_second_factor_code(code);
    return Call(*stub_, &Stub::ConfirmSecondFactor, request, Passport());
  }
  Answer<v1::RegenerateRecoveryCodesResponse> Regenerate(const std::string& code,
                                                         const std::string& password = kPassword) {
    v1::RegenerateRecoveryCodesRequest request;
    request.set_password(password);
    request.set_second_factor_code(code);
    return Call(*stub_, &Stub::RegenerateRecoveryCodes, request, Passport());
  }
  Answer<v1::DisableSecondFactorResponse> Disable(const std::string& code,
                                                  const std::string& password = kPassword,
                                                  std::string request_id = "") {
    v1::DisableSecondFactorRequest request;
    request.set_password(password);
    request.set_second_factor_code(code);
    request.set_request_id(request_id.empty() ? NewRequestId() : std::move(request_id));
    return Call(*stub_, &Stub::DisableSecondFactor, request, Passport());
  }
  Answer<v1::CompleteSignInResponse> Complete(const std::string& challenge, const std::string& code,
                                              const std::string& address = "") {
    v1::CompleteSignInRequest request;
    request.set_challenge_token(challenge);
    request.set_second_factor_code(code);
    return Call(*sessions_, &v1::SessionService::Stub::CompleteSignIn, request, "", address);
  }
  Answer<v1::RequestSecondFactorRemovalResponse> RequestRemoval(const std::string& challenge) {
    v1::RequestSecondFactorRemovalRequest request;
    request.set_challenge_token(challenge);
    return Call(*stub_, &Stub::RequestSecondFactorRemoval, request);
  }
  Answer<v1::BeginSecondFactorRemovalResponse> BeginRemoval(const std::string& challenge,
                                                            const std::string& code) {
    v1::BeginSecondFactorRemovalRequest request;
    request.set_challenge_token(challenge);
    request.set_mailbox_code(code);
    return Call(*stub_, &Stub::BeginSecondFactorRemoval, request);
  }
  Answer<v1::CancelSecondFactorRemovalResponse> CancelRemoval(const std::string& token) {
    v1::CancelSecondFactorRemovalRequest request;
    request.set_token(token);
    return Call(*stub_, &Stub::CancelSecondFactorRemoval, request);
  }
  Answer<v1::CompleteSecondFactorRemovalResponse> CompleteRemoval(const std::string& challenge) {
    v1::CompleteSecondFactorRemovalRequest request;
    request.set_challenge_token(challenge);
    return Call(*stub_, &Stub::CompleteSecondFactorRemoval, request);
  }

  Answer<v1::ChangePasswordResponse> ChangePassword(const std::string& password,
                                                    const std::string& new_password) {
    v1::ChangePasswordRequest request;
    request.set_password(password);
    request.set_new_password(new_password);
    request.set_request_id(NewRequestId());
    return Call(*passwords_, &v1::PasswordService::Stub::ChangePassword, request, Passport());
  }
  // By a link in a mail.
  Answer<v1::ResetPasswordResponse> ResetPassword(const std::string& new_password) {
    v1::RequestPasswordResetRequest request;
    request.set_email("anna@example.org");
    request.set_request_id(NewRequestId());
    EXPECT_EQ(
        Call(*passwords_, &v1::PasswordService::Stub::RequestPasswordReset, request).Outcome(),
        "OK");
    v1::ResetPasswordRequest reset;
    reset.set_token(TokenIn(Notices().at(0).reset_password().link(), "reset-password"));
    reset.set_new_password(new_password);
    reset.set_request_id(NewRequestId());
    return Call(*passwords_, &v1::PasswordService::Stub::ResetPassword, reset);
  }

  // The app's code, that many steps from now.
  std::string Code(int steps = 0) {
    return *crypto::TotpCode(secret_, crypto::TotpStepAt(clock_.Now()) + steps);
  }
  std::string WrongCode() {
    // None of the three that are accepted now.
    for (int i = 0;; ++i) {
      const std::string code = absl::StrFormat("%06d", i);
      if (code != Code(-1) && code != Code() && code != Code(1)) return code;
    }
  }
  // Enables a factor, with the clock at a step of its own.
  void Enable() {
    const auto begun = Begin();
    ASSERT_EQ(begun.Outcome(), "OK");
    secret_ = Base32Decode(begun.response.secret());
    const auto confirmed = Confirm(Code());
    ASSERT_EQ(confirmed.Outcome(), "OK");
    recovery_codes_.assign(confirmed.response.recovery_codes().begin(),
                           confirmed.response.recovery_codes().end());
    NextStep();
    Notices();
  }
  void NextStep() { clock_.Advance(crypto::kTotpStep * 2); }
  // A sign-in that owes the second factor.
  std::string Challenge(const std::string& password = kPassword) {
    const auto answer = SignIn("anna@example.org", password);
    EXPECT_EQ(answer.Outcome(), "OK");
    EXPECT_EQ(answer.response.session_token(), "");
    EXPECT_EQ(answer.response.device_token(), "");
    EXPECT_FALSE(answer.response.has_session());
    return answer.response.second_factor_challenge().challenge_token();
  }
  // The mailed code that begins a removal.
  std::string MailedCode(const std::string& challenge) {
    EXPECT_EQ(RequestRemoval(challenge).Outcome(), "OK");
    const std::vector<messaging::v1::Notice> notices = Notices();
    EXPECT_EQ(notices.size(), 1);
    return notices.empty() ? "" : notices[0].mailbox_code().code();
  }

  std::unique_ptr<Stub> stub_;
  std::string token_;
  std::string secret_;
  std::vector<std::string> recovery_codes_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_SECOND_FACTOR_FIXTURE_H_
