#include "libs/service/key_metrics.h"

#include "gtest/gtest.h"

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

  telemetry::Metrics metrics_;
  KeyMetrics keys_{metrics_};
};

TEST_F(KeyMetricsTest, TheLastKeyIsActiveAndAllAreLoaded) {
  keys_.Tell("sealing", {"k1", "k2"});
  EXPECT_EQ(Loaded("k1"), 1);
  EXPECT_EQ(Active("k1"), 0);
  EXPECT_EQ(Loaded("k2"), 1);
  EXPECT_EQ(Active("k2"), 1);
}

TEST_F(KeyMetricsTest, ARemovedKeyIsToldAsGone) {
  keys_.Tell("sealing", {"k1", "k2"});
  keys_.Tell("passport_public", {"k1"});
  keys_.Tell("sealing", {"k2", "k3"});
  EXPECT_EQ(Loaded("k1"), 0);
  EXPECT_EQ(Active("k2"), 0);
  EXPECT_EQ(Loaded("k2"), 1);
  EXPECT_EQ(Active("k3"), 1);
}

TEST_F(KeyMetricsTest, ARingIsNotMistakenForAnother) {
  keys_.Tell("sealing", {"k1"});
  keys_.Tell("passport_public", {"k2"});
  EXPECT_EQ(Active("k1"), 1);
  EXPECT_EQ(Loaded("k2"), 0);
}

}  // namespace
}  // namespace portal::service
