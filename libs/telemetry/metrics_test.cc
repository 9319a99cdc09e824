#include "libs/telemetry/metrics.h"

#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace portal::telemetry {
namespace {

using ::testing::HasSubstr;

TEST(MetricsTest, TextHasTypeHelpLabelsAndValues) {
  Metrics metrics;
  metrics.AddCounter("calls_total", "Calls answered.", {{"code", "OK"}}).Increment();
  metrics.AddGauge("queued", "Jobs waiting.").Set(2.5);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("# HELP calls_total Calls answered.\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE calls_total counter\n"));
  EXPECT_THAT(text, HasSubstr("calls_total{code=\"OK\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("# TYPE queued gauge\nqueued 2.5\n"));
}

TEST(MetricsTest, LabelValuesAreEscaped) {
  Metrics metrics;
  metrics.AddCounter("calls_total", "", {{"name", "a\"b\\c\nd"}});
  EXPECT_THAT(metrics.Text(), HasSubstr("name=\"a\\\"b\\\\c\\nd\""));
}

TEST(MetricsTest, TheSameNameAndLabelsAreTheSameMetric) {
  Metrics metrics;
  Counter first = metrics.AddCounter("calls_total", "", {{"code", "OK"}});
  Counter again = metrics.AddCounter("calls_total", "", {{"code", "OK"}});
  Counter other = metrics.AddCounter("calls_total", "", {{"code", "ABORTED"}});
  first.Increment(2);
  again.Increment(3);
  EXPECT_EQ(first.Value(), 5);
  EXPECT_EQ(other.Value(), 0);
}

TEST(MetricsTest, RegistriesAreSeparate) {
  Metrics one;
  Metrics other;
  one.AddCounter("calls_total", "").Increment();
  EXPECT_EQ(other.AddCounter("calls_total", "").Value(), 0);
}

TEST(MetricsTest, GaugesGoBothWays) {
  Metrics metrics;
  Gauge gauge = metrics.AddGauge("queued", "");
  gauge.Add(3);
  gauge.Add(-1);
  EXPECT_EQ(gauge.Value(), 2);
  gauge.Set(7);
  EXPECT_EQ(gauge.Value(), 7);
}

TEST(MetricsTest, LatenciesFallIntoBucketsOfSeconds) {
  Metrics metrics;
  Histogram latencies = metrics.AddLatencies("call_seconds", "Duration.", {{"method", "Get"}});
  latencies.Observe(absl::Microseconds(400));
  latencies.Observe(absl::Milliseconds(30));
  latencies.Observe(absl::Seconds(60));
  EXPECT_EQ(latencies.Count(), 3u);
  const std::string text = metrics.Text();
  EXPECT_THAT(text, HasSubstr("call_seconds_bucket{method=\"Get\",le=\"0.0005\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("call_seconds_bucket{method=\"Get\",le=\"0.025\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("call_seconds_bucket{method=\"Get\",le=\"0.05\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("call_seconds_bucket{method=\"Get\",le=\"10\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("call_seconds_bucket{method=\"Get\",le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("call_seconds_sum{method=\"Get\"} 60.0304"));
}

TEST(MetricsTest, OtherHistogramsHaveTheirOwnBounds) {
  Metrics metrics;
  Histogram sizes = metrics.AddHistogram("answer_bytes", "", {100, 1000});
  sizes.Observe(100);
  sizes.Observe(101);
  EXPECT_THAT(metrics.Text(), HasSubstr("answer_bytes_bucket{le=\"100\"} 1\n"));
  EXPECT_THAT(metrics.Text(), HasSubstr("answer_bytes_bucket{le=\"1000\"} 2\n"));
}

TEST(MetricsTest, ThreadsAddUpWhileOthersRead) {
  Metrics metrics;
  Counter counter = metrics.AddCounter("calls_total", "");
  Histogram latencies = metrics.AddLatencies("call_seconds", "");
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&metrics, counter, latencies, thread]() mutable {
      for (int i = 0; i < 1'000; ++i) {
        counter.Increment();
        latencies.Observe(absl::Milliseconds(i));
        if (i % 100 == 0) {
          metrics.AddGauge("queued", "", {{"lane", std::to_string(thread)}}).Set(i);
          EXPECT_THAT(metrics.Text(), HasSubstr("calls_total"));
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter.Value(), 4'000);
  EXPECT_EQ(latencies.Count(), 4'000u);
}

TEST(MetricsDeathTest, AMalformedNameOrASecondKindEndsTheProgram) {
  Metrics metrics;
  EXPECT_DEATH(metrics.AddCounter("calls-total", ""), "");
  EXPECT_DEATH(metrics.AddCounter("calls_total", "", {{"le gal", "x"}}), "");
  metrics.AddCounter("calls_total", "");
  EXPECT_DEATH(metrics.AddGauge("calls_total", ""), "");
}

}  // namespace
}  // namespace portal::telemetry
