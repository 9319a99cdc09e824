#include "libs/service/key_metrics.h"

namespace portal::service {

void KeyMetrics::Tell(const std::string& ring, const std::vector<std::string>& ids) {
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

}  // namespace portal::service
