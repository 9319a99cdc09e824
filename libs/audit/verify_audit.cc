// verify_audit: compares a service's audit trail with its seals and its checkpoint file.
//
//   verify_audit --database_url=... --audit_checkpoints=FILE --audit_public_keys=DIRECTORY
//
// Prints one line per finding, where to begin to look, and a summary. Exit code 0: the trail is as
// it was sealed; 1: there are findings; 2: it could not look.

#include <cstdio>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/audit/queries.h"
#include "libs/audit/verify.h"
#include "libs/crypto/signing.h"
#include "libs/db/pool.h"
#include "libs/status/status_macros.h"

ABSL_FLAG(std::string, database_url, "",
          "libpq connection string or URI of the service's database");
ABSL_FLAG(std::string, audit_checkpoints, "", "the file that the service appends checkpoints to");
ABSL_FLAG(std::string, audit_public_keys, "",
          "folder of <key-id>.pem: the public halves of every key that ever sealed");

namespace portal::audit {
namespace {

absl::StatusOr<Report> VerifyFlags() {
  if (absl::GetFlag(FLAGS_database_url).empty() || absl::GetFlag(FLAGS_audit_checkpoints).empty() ||
      absl::GetFlag(FLAGS_audit_public_keys).empty()) {
    return absl::InvalidArgumentError(
        "--database_url, --audit_checkpoints and --audit_public_keys are needed");
  }
  ASSIGN_OR_RETURN(const auto keys,
                   crypto::VerifyingKeyring::Load(absl::GetFlag(FLAGS_audit_public_keys)));
  db::Pool pool({.conninfo = absl::GetFlag(FLAGS_database_url),
                 .application_name = "verify_audit",
                 .size = 1,
                 .statement_timeout = absl::Minutes(1),
                 .read_only = true,
                 .queries = {queries::kAll}});
  return Verify(pool, absl::GetFlag(FLAGS_audit_checkpoints), *keys);
}

int Main() {
  const absl::StatusOr<Report> report = VerifyFlags();
  if (!report.ok()) {
    absl::FPrintF(stderr, "verify_audit: %s\n", report.status().message());
    return 2;
  }
  for (const std::string& finding : report->findings) absl::PrintF("%s\n", finding);
  if (report->first_broken_batch != 0) {
    absl::PrintF("first broken: audit_batches and audit_events with batch_no = %d%s\n",
                 report->first_broken_batch,
                 report->first_broken_event_id.empty()
                     ? ""
                     : absl::StrCat(", events ", report->first_broken_event_id, " to ",
                                    report->last_broken_event_id));
  }
  // Only what was sealed says whose trail it is.
  absl::PrintF("%s: %d events in %d batches, %d checkpoints up to batch %d: %s\n",
               report->trail.empty() ? "never sealed" : report->trail, report->events,
               report->batches, report->checkpoints, report->last_checkpoint_batch,
               report->findings.empty() ? "as sealed" : "TAMPERED WITH");
  return report->findings.empty() ? 0 : 1;
}

}  // namespace
}  // namespace portal::audit

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("compares an audit trail with its seals and checkpoints");
  absl::ParseCommandLine(argc, argv);
  return portal::audit::Main();
}
