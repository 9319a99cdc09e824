#ifndef LIBS_TELEMETRY_METRICS_H_
#define LIBS_TELEMETRY_METRICS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
}  // namespace prometheus

// Metrics for Prometheus. Names follow its practice: snake_case, base units (seconds, bytes),
// counters end in _total. Label values come from small fixed sets such as methods, codes and
// outcomes; never an id or anything a caller chose, since each new value is memory for ever.
namespace portal::telemetry {

using Labels = std::map<std::string, std::string>;

// The three handles are small, copied freely, thread-safe and valid as long as their Metrics. Get
// one at start-up and keep it: looking it up again takes a lock.
class Counter {
 public:
  void Increment(double by = 1);  // never negative
  double Value() const;

 private:
  friend class Metrics;
  explicit Counter(prometheus::Counter& counter) : counter_(&counter) {}
  prometheus::Counter* counter_;
};

class Gauge {
 public:
  void Set(double value);
  void Add(double by);
  double Value() const;

 private:
  friend class Metrics;
  explicit Gauge(prometheus::Gauge& gauge) : gauge_(&gauge) {}
  prometheus::Gauge* gauge_;
};

class Histogram {
 public:
  void Observe(double value);
  void Observe(absl::Duration duration) { Observe(absl::ToDoubleSeconds(duration)); }
  uint64_t Count() const;

 private:
  friend class Metrics;
  explicit Histogram(prometheus::Histogram& histogram) : histogram_(&histogram) {}
  prometheus::Histogram* histogram_;
};

// One process's metrics; made in main. The same name and labels give the same metric. A malformed
// name or label, or a name used for two kinds, is a defect of the program and ends it.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  Counter AddCounter(const std::string& name, const std::string& help,
                     const Labels& labels = {}) noexcept;
  Gauge AddGauge(const std::string& name, const std::string& help,
                 const Labels& labels = {}) noexcept;

  // Seconds, in buckets from half a millisecond to ten seconds: RPCs, statements, waits.
  Histogram AddLatencies(const std::string& name, const std::string& help,
                         const Labels& labels = {}) noexcept;

  // Anything else: sizes, counts. `bounds` ascend; all series of one name use the same.
  Histogram AddHistogram(const std::string& name, const std::string& help,
                         const std::vector<double>& bounds, const Labels& labels = {}) noexcept;

  // Prometheus' text format, version 0.0.4.
  std::string Text() const;

 private:
  const std::unique_ptr<prometheus::Registry> registry_;
};

}  // namespace portal::telemetry

#endif  // LIBS_TELEMETRY_METRICS_H_
