#ifndef SERVICES_ACCESS_CODE_RPC_CODE_ISSUER_H_
#define SERVICES_ACCESS_CODE_RPC_CODE_ISSUER_H_

#include <string>

#include "absl/status/statusor.h"
#include "libs/db/session.h"
#include "libs/rpc/context.h"
#include "libs/telemetry/metrics.h"
#include "services/access_code/domain/access_code.h"
#include "services/access_code/rpc/dependencies.h"
#include "services/access_code/storage/access_code_store.h"

namespace portal::access_code {

// What is shown of a code once.
struct IssuedCode {
  std::string words;
  std::string link;
};

// Makes codes of both kinds.
class CodeIssuer {
 public:
  explicit CodeIssuer(const Dependencies& dependencies)
      : deps_(dependencies),
        codes_(dependencies.pool, dependencies.peppers),
        issued_(dependencies.metrics.AddCounter("access_code_issued_total", "Codes issued.")) {}

  // Draws the words and adds the code, with its audit row.
  absl::StatusOr<IssuedCode> Issue(db::Transaction& transaction, const rpc::Context& context,
                                   const AccessCode& code);

 private:
  const Dependencies deps_;
  const AccessCodeStore codes_;
  telemetry::Counter issued_;
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_RPC_CODE_ISSUER_H_
