#ifndef LIBS_SERVICE_KEY_METRICS_H_
#define LIBS_SERVICE_KEY_METRICS_H_

#include <map>
#include <string>
#include <vector>

#include "libs/telemetry/metrics.h"

namespace portal::service {

// Which keys the process has read, so that a rotation goes on only when every process knows the new
// one: portal_key_loaded{ring, id} and portal_key_active{ring, id} are 1, or 0 once that is over.
// Each rotation adds a series until the next restart: some a year.
class KeyMetrics {
 public:
  // `metrics` outlives this.
  explicit KeyMetrics(telemetry::Metrics& metrics) : metrics_(metrics) {}

  // The ring's keys as they are now, the active one last.
  void Tell(const std::string& ring, const std::vector<std::string>& ids);

 private:
  telemetry::Metrics& metrics_;
  std::map<std::string, std::vector<std::string>> told_;
};

}  // namespace portal::service

#endif  // LIBS_SERVICE_KEY_METRICS_H_
