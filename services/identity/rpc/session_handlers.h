#ifndef SERVICES_IDENTITY_RPC_SESSION_HANDLERS_H_
#define SERVICES_IDENTITY_RPC_SESSION_HANDLERS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "libs/rpc/context.h"
#include "libs/rpc/page_token.h"
#include "portal/identity/v1/session.pb.h"
#include "portal/identity/v1/session_service.pb.h"
#include "services/identity/rpc/dependencies.h"
#include "services/identity/rpc/password_check.h"
#include "services/identity/rpc/session_gate.h"
#include "services/identity/rpc/session_opener.h"
#include "services/identity/storage/account_store.h"
#include "services/identity/storage/attempt_counter.h"
#include "services/identity/storage/device_store.h"
#include "services/identity/storage/session_store.h"

namespace portal::identity {

// portal.identity.v1.SessionService.
class SessionHandlers {
 public:
  // `gate` outlives it.
  SessionHandlers(const Dependencies& dependencies, SessionGate& gate);

  // On the password lane.
  absl::StatusOr<v1::SignInResponse> SignIn(const rpc::Context& context,
                                            const v1::SignInRequest& request);
  absl::StatusOr<v1::ListSessionsResponse> ListSessions(const rpc::Context& context,
                                                        const v1::ListSessionsRequest& request);
  absl::StatusOr<v1::RevokeSessionResponse> RevokeSession(const rpc::Context& context,
                                                          const v1::RevokeSessionRequest& request);
  absl::StatusOr<v1::SignOutEverywhereResponse> SignOutEverywhere(
      const rpc::Context& context, const v1::SignOutEverywhereRequest& request);
  absl::StatusOr<v1::SignOutResponse> SignOut(const rpc::Context& context,
                                              const v1::SignOutRequest& request);
  absl::StatusOr<v1::Session> GetSession(const rpc::Context& context,
                                         const v1::GetSessionRequest& request);
  absl::StatusOr<v1::IssuePassportResponse> IssuePassport(const rpc::Context& context,
                                                          const v1::IssuePassportRequest& request);

 private:
  // Once the password was found right.
  absl::StatusOr<v1::SignInResponse> OpenSession(const rpc::Context& context,
                                                 const v1::SignInRequest& request,
                                                 const AccountCredentials& account,
                                                 const std::optional<DeviceId>& known_device);
  // SESSION_ENDED unless there is a session and it is live.
  absl::StatusOr<Session> Live(std::optional<Session> session, absl::Time now) const;

  const Dependencies deps_;
  SessionGate& gate_;
  const rpc::PageTokens page_tokens_;
  AccountStore accounts_;
  SessionStore sessions_;
  DeviceStore devices_;
  AttemptCounter attempts_;
  PasswordCheck passwords_;
  SessionOpener opener_;
};

}  // namespace portal::identity

#endif  // SERVICES_IDENTITY_RPC_SESSION_HANDLERS_H_
