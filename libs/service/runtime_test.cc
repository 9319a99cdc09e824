#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "libs/telemetry/admin_server.h"
#include "libs/testing/postgres.h"
#include "libs/testing/program.h"
#include "libs/testing/rpc_harness.h"

namespace portal::service {
namespace {

using portal::testing::PostgresCluster;
using portal::testing::ProgramResult;

// Runs probe_main.cc's process, which ends by itself, with these flags.
class RuntimeTest : public ::testing::Test {
 protected:
  RuntimeTest() {
    const rpc::TlsFiles tls = files_.pki().FilesOf("probe");
    flags_ = {
        {"listen_address", "127.0.0.1:0"},
        {"admin_address", "127.0.0.1:0"},
        {"database_url", PostgresCluster::Shared().CreateDatabase("foundation").app},
        {"tls_certificate", tls.certificate},
        {"tls_key", tls.key},
        {"tls_ca", tls.ca},
        {"installation", "portal.test"},
        {"passport_public_keys", files_.public_keys()},
        {"sealing_keys", files_.symmetric_keys()},
        {"audit_signing_keys", files_.signing_keys()},
        {"audit_checkpoints", files_.folder() / "checkpoints"},
    };
  }

  ProgramResult Run() {
    std::vector<std::string> command = {portal::testing::RunfilePath("libs/service/probe_service")};
    for (const auto& [flag, value] : flags_) {
      command.push_back(absl::StrCat("--", flag, "=", value));
    }
    return portal::testing::RunProgram(command);
  }

  // That the process does not start, and says so in one line that holds `text`.
  void ExpectRefusal(const std::string& text) {
    const ProgramResult result = Run();
    EXPECT_EQ(result.exit_code, 1);
    const size_t line = result.output.rfind("probe: ");
    ASSERT_NE(line, std::string::npos) << result.output;
    EXPECT_TRUE(absl::StrContains(result.output.substr(line), text)) << result.output;
    EXPECT_EQ(result.output.find('\n', line), result.output.size() - 1) << result.output;
    EXPECT_FALSE(absl::StrContains(result.output, "server_started"));
  }

  // With one flag changed for the time being.
  void ExpectRefusalOf(const std::string& flag, const std::string& value, const std::string& text) {
    SCOPED_TRACE(flag);
    const std::string usable = std::exchange(flags_[flag], value);
    ExpectRefusal(text);
    flags_[flag] = usable;
  }

  portal::testing::RpcHarness files_{"probe"};
  std::map<std::string, std::string> flags_;
};

TEST_F(RuntimeTest, StartsDrainsOnSignalAndEndsWell) {
  const ProgramResult result = Run();
  EXPECT_EQ(result.exit_code, 0);
  size_t at = 0;
  for (const char* event : {"server_started", "server_draining", "server_stopped"}) {
    at = result.output.find(event, at);
    ASSERT_NE(at, std::string::npos) << event << " is missing:\n" << result.output;
  }
}

TEST_F(RuntimeTest, MissingFlagIsNamed) {
  const std::map<std::string, std::string> all = flags_;
  for (const auto& [flag, value] : all) {
    ExpectRefusalOf(flag, "", absl::StrCat("--", flag, " is missing"));
  }
}

TEST_F(RuntimeTest, UnusableFileIsNamed) {
  for (const char* flag : {"tls_certificate", "tls_key", "tls_ca", "passport_public_keys",
                           "sealing_keys", "audit_signing_keys", "audit_checkpoints"}) {
    ExpectRefusalOf(flag, "/nonexistent/file", "/nonexistent");
  }
  const std::string no_keys = files_.folder() / "tls";
  ExpectRefusalOf("sealing_keys", no_keys, absl::StrCat(no_keys, ": holds no key file"));
  const std::string other_key = files_.pki().FilesOf("other").key;
  ExpectRefusalOf("tls_key", other_key, absl::StrCat(other_key, ": is not the key of"));
}

TEST_F(RuntimeTest, PortInUseIsNamed) {
  const telemetry::Metrics metrics;
  auto other = telemetry::AdminServer::Start(
      {.address = "127.0.0.1:0", .not_ready = nullptr, .metrics = &metrics});
  ASSERT_TRUE(other.ok()) << other.status();
  const std::string taken = absl::StrCat("127.0.0.1:", (*other)->port());
  ExpectRefusalOf("listen_address", taken, taken);
  ExpectRefusalOf("admin_address", taken, taken);
}

TEST_F(RuntimeTest, DatabaseWithoutTheNeededChangesIsRefused) {
  flags_["database_url"] = PostgresCluster::Shared().CreateEmptyDatabase("foundation").app;
  ExpectRefusal("the database lacks the change foundation:audit: run tools/migrate deploy");
}

TEST_F(RuntimeTest, EndsWellWhenAskedToWhileItWaitsForItsDatabase) {
  flags_["database_url"] = "host=/nonexistent dbname=probe";
  const ProgramResult result = Run();
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_TRUE(absl::StrContains(result.output, "database_unavailable"));
  EXPECT_FALSE(absl::StrContains(result.output, "server_started"));
}

}  // namespace
}  // namespace portal::service
