#include "services/access_code/rpc/code_issuer.h"

#include "libs/audit/event.h"
#include "libs/crypto/random.h"
#include "libs/status/status_macros.h"
#include "services/access_code/domain/access_link.h"
#include "services/access_code/domain/code_words.h"
#include "services/access_code/rpc/code_event.h"

namespace portal::access_code {

absl::StatusOr<IssuedCode> CodeIssuer::Issue(db::Transaction& transaction,
                                             const rpc::Context& context, const AccessCode& code) {
  const CodeWords words = CodeWords::Draw(deps_.words, crypto::UniformBelow);
  RETURN_IF_ERROR(codes_.Insert(transaction, code, words));
  RETURN_IF_ERROR(audit::Append(transaction, deps_.clock,
                                {CodeEvent(context, code.id, code.clinic_id, code.patient_id)}));
  transaction.AfterCommit([this] { issued_.Increment(); });
  return IssuedCode{.words = words.text(), .link = AccessLink(deps_.portal_base_url, words)};
}

}  // namespace portal::access_code
