#include "libs/service/key_metrics.h"

namespace portal::service {

void KeyMetrics::Tell(const std::string& ring, const std::vector<std::string>& ids, bool usable) {
  TellUsable(ring, usable);
  std::vector<std::string>& told = told_[ring];
  if (told == ids) return;
  const auto set = [&](const std::string& id, bool loaded, bool active) {
    const telemetry::Labels labels = {{"ring", ring}, {"id", id}};
    metrics_.AddGauge("portal_key_loaded", "Keys that the process has read.", labels).Set(loaded);
    metrics_.AddGauge("portal_key_active", "The key it seals or signs with.", labels).Set(active);
  };
  for (const std::string& id : told) set(id, false, false);
  for (const std::string& id : ids) set(id, true, id == ids.back());
  told = ids;
}

void KeyMetrics::TellCertificate(const absl::StatusOr<absl::Time>& expiry) {
  TellUsable("tls", expiry.ok());
  if (!expiry.ok()) return;
  metrics_
      .AddGauge("portal_certificate_expiry_timestamp_seconds",
                "Until when the service's certificate is valid, Unix time.")
      .Set(absl::ToUnixSeconds(*expiry));
}

void KeyMetrics::TellUsable(const std::string& files, bool usable) {
  metrics_
      .AddGauge("portal_key_files_usable", "1, or 0 while they cannot be read anew.",
                {{"files", files}})
      .Set(usable);
}

}  // namespace portal::service
