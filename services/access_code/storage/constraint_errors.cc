#include "services/access_code/storage/constraint_errors.h"

#include "libs/status/errors.h"
#include "services/access_code/domain/errors.h"

namespace portal::access_code {

std::map<std::string, std::function<absl::Status()>> ConstraintErrors() {
  return {
      // The account redeems two codes for one patient at once.
      {"grants_active", GrantExists},
      // The same words were drawn twice: trying again draws others.
      {"access_codes_digest_key", status::Contention},
  };
}

}  // namespace portal::access_code
