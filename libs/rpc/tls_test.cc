#include "libs/rpc/tls.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "libs/testing/pki.h"

namespace portal::rpc {
namespace {

class CheckTlsFilesTest : public ::testing::Test {
 protected:
  // A file that is not PEM.
  std::string Garbage() {
    const std::string path = folder_ / "garbage.pem";
    std::ofstream(path) << "-----BEGIN NOTHING-----\n";
    return path;
  }

  static void ExpectRefusal(const TlsFiles& files, const std::string& message) {
    const absl::Status status = CheckTlsFiles(files).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(status.message(), message);
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(std::getenv("TEST_TMPDIR")) /
      ::testing::UnitTest::GetInstance()->current_test_info()->name();
  portal::testing::Pki pki_{folder_};
  TlsFiles files_ = pki_.FilesOf("probe");
};

TEST_F(CheckTlsFilesTest, FilesThatFitAreAcceptedUntilTheirCertificateExpires) {
  const absl::Time made = absl::Now();
  const absl::StatusOr<absl::Time> expiry = CheckTlsFiles(pki_.FilesOf("probe", 30));
  ASSERT_TRUE(expiry.ok()) << expiry.status();
  EXPECT_LT(absl::AbsDuration(*expiry - made - absl::Hours(30 * 24)), absl::Minutes(5));
}

TEST_F(CheckTlsFilesTest, MissingFileIsNamed) {
  for (std::string TlsFiles::*file : {&TlsFiles::certificate, &TlsFiles::key, &TlsFiles::ca}) {
    TlsFiles files = files_;
    files.*file = "/nonexistent.pem";
    ExpectRefusal(files, "/nonexistent.pem: cannot be read");
  }
}

TEST_F(CheckTlsFilesTest, FileOfAnotherKindIsNamed) {
  TlsFiles files = files_;
  files.certificate = Garbage();
  ExpectRefusal(files, absl::StrCat(files.certificate, ": is not a PEM certificate"));
  files.certificate = files_.key;
  ExpectRefusal(files, absl::StrCat(files_.key, ": is not a PEM certificate"));
  files = files_;
  files.ca = Garbage();
  ExpectRefusal(files, absl::StrCat(files.ca, ": is not a PEM certificate"));
  files = files_;
  files.key = files_.certificate;
  ExpectRefusal(files, absl::StrCat(files_.certificate, ": is not a PEM private key"));
}

TEST_F(CheckTlsFilesTest, KeyOfAnotherCertificateIsRefused) {
  TlsFiles files = files_;
  files.key = pki_.FilesOf("other").key;
  ExpectRefusal(files, absl::StrCat(files.key, ": is not the key of ", files_.certificate));
}

TEST_F(CheckTlsFilesTest, ExpiredCertificateIsRefused) {
  const TlsFiles files = pki_.FilesOf("probe", -1);
  ExpectRefusal(files, absl::StrCat(files.certificate, ": has expired"));
}

}  // namespace
}  // namespace portal::rpc
