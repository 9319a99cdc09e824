#include "libs/rpc/page_token.h"

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.pb.h"
#include "libs/crypto/keyring.h"
#include "libs/status/errors.h"
#include "libs/testing/fuzz.h"
#include "libs/testing/key_files.h"

namespace portal::rpc {

// No token passes that was not made; one that was made comes back as it went.
FUZZ_TARGET(input) {
  struct Keys {
    Keys() { folder.AddSymmetricKey("k1"); }
    testing::KeyFolder folder;
  };
  static const Keys* const keys = new Keys();
  static const crypto::Keyring* const keyring =
      crypto::Keyring::Load(keys->folder.path()).value().release();
  static const crypto::Sealer* const sealer = new crypto::Sealer(*keyring);
  const PageTokens tokens(*sealer);
  google::protobuf::DescriptorProto query;
  query.set_name("q");

  const auto parsed = tokens.Parse(query, input, 2);
  FUZZ_EXPECT(input.empty() ? parsed.ok()
                            : status::ReasonOf(parsed.status()) == "PAGE_TOKEN_INVALID");

  // What is sealed without being a position, as another version of the service may have done.
  const std::string foreign = tokens.Make(query, {std::string("only one column")});
  FUZZ_EXPECT(!tokens.Parse(query, foreign, 2).ok());

  std::string text(input);
  for (char& letter : text) letter &= 0x7f;  // sort keys are text
  const std::vector<std::string> position = {text, "id"};
  const std::string token = tokens.Make(query, position);
  const auto back = tokens.Parse(query, token, 2);
  if (back.ok()) FUZZ_EXPECT(*back == position);
  // Only a sort key that no column can hold makes a token that is too long.
  if (text.size() < 1024) FUZZ_EXPECT(back.ok());
}

}  // namespace portal::rpc
