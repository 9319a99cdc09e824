#include "services/identity/rpc/authorization_handlers.h"

#include <optional>
#include <utility>

#include "libs/rpc/call.h"
#include "libs/status/status_macros.h"
#include "services/identity/domain/errors.h"
#include "services/identity/rpc/check_answer.h"

namespace portal::identity {

using envoy::service::auth::v3::CheckRequest;
using envoy::service::auth::v3::CheckResponse;

absl::StatusOr<CheckResponse> AuthorizationHandlers::Check(const rpc::Context& context,
                                                           const CheckRequest& request) {
  ASSIGN_OR_RETURN(const ClientRequest client, ParseClientRequest(request));
  const std::string& request_id =
      client.request_id.empty() ? context.call().request_id : client.request_id;
  const ClientMethods::Method* method = methods_.Find(client.method, client.path);
  if (method == nullptr) return Refuse(client, request_id, MethodNotFound());
  if (client.MayBeForged()) return Refuse(client, request_id, CrossSiteRequest());
  if (method->is_public) return Allow(client, *method, std::nullopt);
  const absl::StatusOr<std::string> passport = PassportOf(context, client);
  if (!passport.ok()) return Refuse(client, request_id, passport.status());
  return Allow(client, *method, *passport);
}

absl::StatusOr<std::string> AuthorizationHandlers::PassportOf(const rpc::Context& context,
                                                              const ClientRequest& client) {
  if (client.tokens.empty()) return SignInNeeded();
  if (client.tokens.size() > 1) return SeveralCredentials();
  ASSIGN_OR_RETURN(PassportDesk::Issued issued,
                   gate_.Admit(rpc::CallOf(context), client.tokens.front()));
  return std::move(issued.token);
}

}  // namespace portal::identity
