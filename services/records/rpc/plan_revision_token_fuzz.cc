#include "services/records/rpc/plan_revision_token.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "libs/crypto/keyring.h"
#include "libs/crypto/sealer.h"
#include "libs/status/errors.h"
#include "libs/testing/fuzz.h"
#include "libs/testing/key_files.h"
#include "libs/time/clock.h"

namespace portal::records {

// No token passes that was not made for this account, patient and plan; one that was made comes
// back as it went, for nobody else.
FUZZ_TARGET(input) {
  struct Keys {
    Keys() { folder.AddSymmetricKey("k1"); }
    testing::KeyFolder folder;
  };
  static const Keys* const keys = new Keys();
  static const crypto::Keyring* const keyring =
      crypto::Keyring::Load(keys->folder.path()).value().release();
  static const crypto::Sealer* const sealer = new crypto::Sealer(*keyring);
  static const auto account = id::AccountId::New(time::SystemClock());
  static const auto other = id::AccountId::New(time::SystemClock());
  static const auto patient = id::PatientId::New(time::SystemClock());
  static const auto plan = id::SoapChartId::New(time::SystemClock());
  const PlanRevisionTokens tokens(*sealer);

  const auto parsed = tokens.Parse(account, patient, plan, input);
  FUZZ_EXPECT(status::ReasonOf(parsed.status()) == "INVALID_FIELD");

  int64_t revision = 0;
  std::memcpy(&revision, input.data(), std::min(input.size(), sizeof(revision)));
  const std::string token = tokens.Make(account, patient, plan, revision);
  const auto back = tokens.Parse(account, patient, plan, token);
  FUZZ_EXPECT(back.ok() && *back == revision);
  FUZZ_EXPECT(!tokens.Parse(other, patient, plan, token).ok());
}

}  // namespace portal::records
