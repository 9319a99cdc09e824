#include "libs/service/key_metrics.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "libs/rpc/tls.h"
#include "libs/testing/pki.h"

namespace portal::service {
namespace {

class KeyMetricsTest : public ::testing::Test {
 protected:
  double Loaded(const std::string& id) { return Value("portal_key_loaded", id); }
  double Active(const std::string& id) { return Value("portal_key_active", id); }

  double Value(const std::string& name, const std::string& id) {
    const bool loaded = name == "portal_key_loaded";
    return metrics_
        .AddGauge(name,
                  loaded ? "Keys that the process has read." : "The key it seals or signs with.",
                  {{"ring", "sealing"}, {"id", id}})
        .Value();
  }

  bool Says(const std::string& line) {
    return absl::StrContains(metrics_.Text(), absl::StrCat(line, "\n"));
  }

  telemetry::Metrics metrics_;
  KeyMetrics keys_{metrics_};
};

TEST_F(KeyMetricsTest, TheLastKeyIsActiveAndAllAreLoaded) {
  keys_.Tell("sealing", {"k1", "k2"}, true);
  EXPECT_EQ(Loaded("k1"), 1);
  EXPECT_EQ(Active("k1"), 0);
  EXPECT_EQ(Loaded("k2"), 1);
  EXPECT_EQ(Active("k2"), 1);
}

TEST_F(KeyMetricsTest, ARemovedKeyIsToldAsGone) {
  keys_.Tell("sealing", {"k1", "k2"}, true);
  keys_.Tell("passport_public", {"k1"}, true);
  keys_.Tell("sealing", {"k2", "k3"}, true);
  EXPECT_EQ(Loaded("k1"), 0);
  EXPECT_EQ(Active("k2"), 0);
  EXPECT_EQ(Loaded("k2"), 1);
  EXPECT_EQ(Active("k3"), 1);
}

TEST_F(KeyMetricsTest, ARingIsNotMistakenForAnother) {
  keys_.Tell("sealing", {"k1"}, true);
  keys_.Tell("passport_public", {"k2"}, true);
  EXPECT_EQ(Active("k1"), 1);
  EXPECT_EQ(Loaded("k2"), 0);
}

TEST_F(KeyMetricsTest, FilesThatCannotBeReadAreToldUntilTheyCan) {
  keys_.Tell("sealing", {"k1"}, true);
  keys_.Tell("audit", {"k1"}, true);
  keys_.Tell("sealing", {"k1"}, false);
  EXPECT_TRUE(Says("portal_key_files_usable{files=\"sealing\"} 0"));
  EXPECT_TRUE(Says("portal_key_files_usable{files=\"audit\"} 1"));
  EXPECT_EQ(Loaded("k1"), 1);
  keys_.Tell("sealing", {"k1"}, true);
  EXPECT_TRUE(Says("portal_key_files_usable{files=\"sealing\"} 1"));
}

TEST_F(KeyMetricsTest, ACertificatesExpiryIsToldAndStaysWhenItsFilesBreak) {
  keys_.TellCertificate(absl::FromUnixSeconds(1800000000));
  EXPECT_TRUE(Says("portal_certificate_expiry_timestamp_seconds 1800000000"));
  EXPECT_TRUE(Says("portal_key_files_usable{files=\"tls\"} 1"));
  keys_.TellCertificate(absl::FailedPreconditionError("tls.pem: has expired"));
  EXPECT_TRUE(Says("portal_certificate_expiry_timestamp_seconds 1800000000"));
  EXPECT_TRUE(Says("portal_key_files_usable{files=\"tls\"} 0"));
  keys_.TellCertificate(absl::FromUnixSeconds(1800086400));
  EXPECT_TRUE(Says("portal_certificate_expiry_timestamp_seconds 1800086400"));
}

TEST_F(KeyMetricsTest, ARenewedCertificateIsToldAndABrokenOneLeavesItsExpiry) {
  testing::Pki pki(std::filesystem::path(std::getenv("TEST_TMPDIR")) / "renewed");
  const rpc::TlsFiles files = pki.FilesOf("probe", 5);
  const rpc::TlsFiles renewed = pki.FilesOf("probe", 90);
  const auto says_expiry_of = [this](const rpc::TlsFiles& of) {
    return Says(absl::StrFormat("portal_certificate_expiry_timestamp_seconds %d",
                                absl::ToUnixSeconds(rpc::CheckTlsFiles(of).value())));
  };
  const auto replace = std::filesystem::copy_options::overwrite_existing;

  keys_.TellCertificate(rpc::CheckTlsFiles(files));
  EXPECT_TRUE(says_expiry_of(files));
  std::filesystem::copy_file(renewed.certificate, files.certificate, replace);
  keys_.TellCertificate(rpc::CheckTlsFiles(files));
  EXPECT_TRUE(Says("portal_key_files_usable{files=\"tls\"} 0")) << "the key is still the old one";
  std::filesystem::copy_file(renewed.key, files.key, replace);
  keys_.TellCertificate(rpc::CheckTlsFiles(files));
  EXPECT_TRUE(says_expiry_of(renewed));
  EXPECT_TRUE(Says("portal_key_files_usable{files=\"tls\"} 1"));

  std::ofstream(files.certificate) << "broken";
  keys_.TellCertificate(rpc::CheckTlsFiles(files));
  EXPECT_TRUE(says_expiry_of(renewed));
  EXPECT_TRUE(Says("portal_key_files_usable{files=\"tls\"} 0"));
}

}  // namespace
}  // namespace portal::service
