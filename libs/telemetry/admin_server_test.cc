#include "libs/telemetry/admin_server.h"

#include <arpa/inet.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"
#include "nlohmann/json.hpp"

namespace portal::telemetry {
namespace {

using ::nlohmann::json;
using ::portal::testing::FailsWith;
using ::testing::HasSubstr;

class AdminServerTest : public ::testing::Test {
 protected:
  AdminServerTest() { server_ = *AdminServer::Start(Options("127.0.0.1:0")); }

  AdminServerOptions Options(const std::string& address) {
    return {.address = address,
            .not_ready =
                [this] {
                  std::lock_guard lock(mutex_);
                  return not_ready_;
                },
            .metrics = &metrics_};
  }

  void SetNotReady(std::vector<std::string> what) {
    std::lock_guard lock(mutex_);
    not_ready_ = std::move(what);
  }

  httplib::Result Get(const std::string& path) {
    return httplib::Client("127.0.0.1", server_->port()).Get(path);
  }

  std::mutex mutex_;
  std::vector<std::string> not_ready_;  // guarded by mutex_
  Metrics metrics_;
  std::unique_ptr<AdminServer> server_;
};

TEST_F(AdminServerTest, LivezAnswersAlsoWhenNotReady) {
  SetNotReady({"database"});
  const auto response = Get("/livez");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
}

TEST_F(AdminServerTest, ReadyzFollowsTheCallback) {
  auto response = Get("/readyz");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(json::parse(response->body), (json{{"status", "ready"}}));

  SetNotReady({"database", "a \"quoted\" name"});
  response = Get("/readyz");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 503);
  EXPECT_EQ(std::count(response->body.begin(), response->body.end(), '\n'), 1);
  EXPECT_EQ(response->get_header_value("Content-Type"), "application/json");
  EXPECT_EQ(response->get_header_value("Cache-Control"), "no-store");
  const json body = json::parse(response->body);
  EXPECT_EQ(body["status"], "not ready");
  EXPECT_EQ(body["waiting_for"], (json{"database", "a \"quoted\" name"}));

  SetNotReady({});
  EXPECT_EQ(Get("/readyz")->status, 200);
}

TEST_F(AdminServerTest, MetricsAreInPrometheusTextFormat) {
  metrics_.AddCounter("calls_total", "Calls.").Increment();
  const auto response = Get("/metrics");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_THAT(response->get_header_value("Content-Type"), HasSubstr("version=0.0.4"));
  EXPECT_THAT(response->body, HasSubstr("\ncalls_total 1\n"));
}

TEST_F(AdminServerTest, OtherPathsAreNotFound) {
  for (const char* path : {"/", "/healthz", "/readyz/", "/livez/../metrics", "/metricsx"}) {
    const auto response = Get(path);
    ASSERT_TRUE(response) << path;
    EXPECT_EQ(response->status, 404) << path;
  }
}

TEST_F(AdminServerTest, OtherMethodsAreRefused) {
  for (const char* path : {"/livez", "/readyz", "/metrics"}) {
    httplib::Client client("127.0.0.1", server_->port());
    for (const auto& response :
         {client.Post(path, "{}", "application/json"), client.Put(path, "{}", "application/json"),
          client.Delete(path), client.Options(path)}) {
      ASSERT_TRUE(response) << path;
      EXPECT_EQ(response->status, 405) << path;
      EXPECT_EQ(response->get_header_value("Allow"), "GET, HEAD");
    }
  }
}

TEST_F(AdminServerTest, HeadAnswersWithoutABody) {
  SetNotReady({"database"});
  const auto response = httplib::Client("127.0.0.1", server_->port()).Head("/readyz");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 503);
  EXPECT_EQ(response->body, "");
}

TEST_F(AdminServerTest, ATakenPortIsAnErrorThatSaysSo) {
  const std::string address = absl::StrCat("127.0.0.1:", server_->port());
  const auto second = AdminServer::Start(Options(address));
  EXPECT_THAT(second, FailsWith(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(address));
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("Address already in use"));
}

TEST_F(AdminServerTest, AMalformedAddressIsRefused) {
  for (const char* address : {"", "7201", ":7201", "127.0.0.1:", "127.0.0.1:port", "127.0.0.1:-1",
                              "127.0.0.1:65536", "127.0.0.1:7201x"}) {
    EXPECT_THAT(AdminServer::Start(Options(address)),
                FailsWith(absl::StatusCode::kInternal, "INTERNAL"))
        << address;
  }
}

TEST_F(AdminServerTest, AStoppedServersPortIsFreeAtOnce) {
  const int port = server_->port();
  EXPECT_EQ(Get("/livez")->status, 200);
  server_->Stop();
  EXPECT_FALSE(Get("/livez"));
  server_->Stop();  // does nothing
  ASSERT_OK_AND_ASSIGN(server_, AdminServer::Start(Options(absl::StrCat("127.0.0.1:", port))));
  EXPECT_EQ(server_->port(), port);
  EXPECT_EQ(Get("/livez")->status, 200);
}

TEST_F(AdminServerTest, StartsAndStopsManyTimes) {
  for (int i = 0; i < 50; ++i) ASSERT_OK(AdminServer::Start(Options("127.0.0.1:0")));
}

TEST_F(AdminServerTest, StopWaitsForTheProbeInProgress) {
  std::promise<void> entered;
  std::promise<void> leave;
  AdminServerOptions options = Options("127.0.0.1:0");
  options.not_ready = [&] {
    entered.set_value();
    leave.get_future().wait();
    return std::vector<std::string>{"draining"};
  };
  ASSERT_OK_AND_ASSIGN(server_, AdminServer::Start(options));
  auto probe = std::async(std::launch::async, [this] { return Get("/readyz"); });
  entered.get_future().wait();
  auto stop = std::async(std::launch::async, [this] { server_->Stop(); });
  leave.set_value();
  stop.wait();
  const auto response = probe.get();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 503);
}

TEST_F(AdminServerTest, SilentConnectionsDoNotKeepItBusy) {
  std::vector<int> sockets;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(server_->port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < 4; ++i) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    ASSERT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    sockets.push_back(fd);
  }
  // Two threads drop four silent connections in two rounds of their patience.
  httplib::Client client("127.0.0.1", server_->port());
  client.set_read_timeout(30);
  const auto response = client.Get("/livez");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  for (const int fd : sockets) close(fd);
}

TEST_F(AdminServerTest, ProbesFromManyThreadsAreAnswered) {
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([this] {
      for (int i = 0; i < 25; ++i) {
        for (const char* path : {"/livez", "/readyz", "/metrics"}) {
          const auto response = Get(path);
          ASSERT_TRUE(response);
          EXPECT_EQ(response->status, 200);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace portal::telemetry
