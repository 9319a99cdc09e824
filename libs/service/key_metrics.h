#ifndef LIBS_SERVICE_KEY_METRICS_H_
#define LIBS_SERVICE_KEY_METRICS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/telemetry/metrics.h"

namespace portal::service {

// Which keys the process has read, so that a rotation goes on only when every process knows the new
// one: portal_key_loaded{ring, id} and portal_key_active{ring, id} are 1, or 0 once that is over.
// Each rotation adds a series until the next restart: some a year.
//
// And whether it could read them: portal_key_files_usable{files} is 1, or 0 while the files of a
// ring, or those of "tls", are missing, unreadable or do not fit together. The process goes on with
// what it has, as long as that is valid.
class KeyMetrics {
 public:
  // `metrics` outlives this.
  explicit KeyMetrics(telemetry::Metrics& metrics) : metrics_(metrics) {}

  // The ring's keys as the process has them, the active one last, and whether their files can be
  // used.
  void Tell(const std::string& ring, const std::vector<std::string>& ids, bool usable);

  // Until when the certificate is valid, or that its files cannot be used:
  // portal_certificate_expiry_timestamp_seconds keeps what it was then.
  void TellCertificate(const absl::StatusOr<absl::Time>& expiry);

 private:
  void TellUsable(const std::string& files, bool usable);

  telemetry::Metrics& metrics_;
  std::map<std::string, std::vector<std::string>> told_;
};

}  // namespace portal::service

#endif  // LIBS_SERVICE_KEY_METRICS_H_
