#include "libs/telemetry/log.h"

#include <cstdint>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/log_capture.h"
#include "nlohmann/json.hpp"

namespace portal::telemetry {
namespace {

using ::nlohmann::json;
using ::portal::testing::FakeClock;
using ::portal::testing::LogCapture;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// What a strict JSON parser makes of a text's line.
std::string RoundTrip(absl::string_view text) {
  LogCapture log;
  LogInfo("event", {{"text", text}});
  const auto lines = log.Lines();
  EXPECT_THAT(lines, SizeIs(1));
  return json::parse(lines.at(0)).at("text").get<std::string>();
}

TEST(LogTest, ALineIsOneJsonObject) {
  FakeClock clock(absl::FromUnixMicros(1'795'374'000'000'042));
  LogCapture log({.service = "identity", .clock = &clock});
  LogWarning("server_started", {{"listen_address", "127.0.0.1:7101"}, {"port", 7101}});
  EXPECT_EQ(
      log.Text(),
      "{\"ts\":\"2026-11-22T19:00:00.000042Z\",\"level\":\"warning\",\"service\":\"identity\","
      "\"event\":\"server_started\",\"listen_address\":\"127.0.0.1:7101\",\"port\":7101}\n");
}

TEST(LogTest, TheTimestampFollowsTheClockInBothDirections) {
  FakeClock clock;
  LogCapture log({.service = "test", .clock = &clock});
  const auto logged = [&](int64_t micros) {
    clock.Set(absl::FromUnixMicros(micros));
    LogInfo("event");
    return json::parse(log.Lines().back()).at("ts").get<std::string>();
  };
  EXPECT_EQ(logged(1'795'373'999'999'999), "2026-11-22T18:59:59.999999Z");
  EXPECT_EQ(logged(1'795'374'000'000'000), "2026-11-22T19:00:00.000000Z");
  EXPECT_EQ(logged(1'795'374'000'500'000), "2026-11-22T19:00:00.500000Z");
  EXPECT_EQ(logged(1'795'373'999'000'001), "2026-11-22T18:59:59.000001Z");
  EXPECT_EQ(logged(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(logged(-1), "1969-12-31T23:59:59.999999Z");
}

TEST(LogTest, FieldsKeepTheirTypes) {
  LogCapture log;
  const std::string owned = "owned";
  LogInfo("event", {{"string", owned},
                    {"view", absl::string_view("view")},
                    {"literal", "literal"},
                    {"yes", true},
                    {"no", false},
                    {"least", std::numeric_limits<int64_t>::min()},
                    {"most", std::numeric_limits<uint64_t>::max()},
                    {"real", 0.1},
                    {"infinite", std::numeric_limits<double>::infinity()},
                    {"nan", std::numeric_limits<double>::quiet_NaN()}});
  const json line = json::parse(log.Lines().at(0));
  EXPECT_EQ(line["string"], "owned");
  EXPECT_EQ(line["view"], "view");
  EXPECT_EQ(line["literal"], "literal");
  EXPECT_EQ(line["yes"], true);
  EXPECT_EQ(line["no"], false);
  EXPECT_EQ(line["least"].get<int64_t>(), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(line["most"].get<uint64_t>(), std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(line["real"].get<double>(), 0.1);
  EXPECT_TRUE(line["infinite"].is_null());
  EXPECT_TRUE(line["nan"].is_null());
}

TEST(LogTest, EveryAsciiCharacterComesBackOnOneLine) {
  std::string text;
  for (int c = 0; c < 128; ++c) text.push_back(static_cast<char>(c));
  EXPECT_EQ(RoundTrip(text), text);
}

TEST(LogTest, WellFormedUtf8ComesBack) {
  for (const char* text : {"é", "\u07ff", "\u0800", "\xed\x9f\xbf", "\ue000", "\uffff",
                           "\U00010000", "\U0010ffff", "日本語 🩺"}) {
    EXPECT_EQ(RoundTrip(text), text);
  }
}

TEST(LogTest, WhatIsNotUtf8IsReplaced) {
  const std::string replaced = "\ufffd";
  for (const char* bytes : {"\x80", "\xbf", "\xc0", "\xc1", "\xf5", "\xff", "\xc3", "\xe2"}) {
    EXPECT_EQ(RoundTrip(bytes), replaced) << static_cast<int>(bytes[0]);
  }
  EXPECT_EQ(RoundTrip("\xc3("), replaced + "(");
  EXPECT_EQ(RoundTrip("\xe2\x82"), replaced + replaced);                                // cut off
  EXPECT_EQ(RoundTrip("\xc0\xaf"), replaced + replaced);                                // overlong
  EXPECT_EQ(RoundTrip("\xe0\x80\xaf"), replaced + replaced + replaced);                 // overlong
  EXPECT_EQ(RoundTrip("\xed\xa0\x80"), replaced + replaced + replaced);                 // surrogate
  EXPECT_EQ(RoundTrip("\xf0\x8f\xbf\xbf"), replaced + replaced + replaced + replaced);  // overlong
  EXPECT_EQ(RoundTrip("\xf4\x90\x80\x80"), replaced + replaced + replaced + replaced);  // beyond
  EXPECT_EQ(RoundTrip("a\xff"
                      "b"),
            "a" + replaced + "b");
}

TEST(LogTest, AForgedLineStaysText) {
  const std::string forged = "x\"}\n{\"level\":\"error\",\"event\":\"forged\"}";
  EXPECT_EQ(RoundTrip(forged), forged);
}

TEST(LogTest, ALongTextIsCutBetweenCharacters) {
  const std::string limit(Field::kMaxTextBytes, 'a');
  EXPECT_EQ(RoundTrip(limit), limit);
  EXPECT_EQ(RoundTrip(limit + "b"), limit + "\u2026");
  const std::string almost(Field::kMaxTextBytes - 1, 'a');
  EXPECT_EQ(RoundTrip(almost + "é"), almost + "\u2026");
}

TEST(LogTest, LessSevereLinesAreLeftOut) {
  LogCapture log({.service = "test", .minimum = Severity::kWarning});
  LogDebug("debug");
  LogInfo("info");
  EXPECT_THAT(log.Lines(), IsEmpty());
  LogWarning("warning");
  LogError("error");
  EXPECT_THAT(log.Lines(),
              ElementsAre(HasSubstr("\"level\":\"warning\""), HasSubstr("\"level\":\"error\"")));
}

TEST(LogTest, WithoutAStreamItGoesToStandardOutput) {
  ::testing::internal::CaptureStdout();
  InitLogging({.service = "identity"});
  LogInfo("to_stdout");
  const std::string out = ::testing::internal::GetCapturedStdout();
  InitLogging({});
  EXPECT_EQ(json::parse(out).at("event"), "to_stdout");
}

TEST(LogTest, LinesOfManyThreadsStayWhole) {
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  LogCapture log;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([thread] {
      for (int i = 0; i < kEach; ++i) LogInfo("event", {{"thread", thread}, {"i", i}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto lines = log.Lines();
  ASSERT_THAT(lines, SizeIs(kThreads * kEach));
  std::vector<int> next(kThreads, 0);
  for (const std::string& line : lines) {
    const json object = json::parse(line);
    EXPECT_EQ(object.at("i").get<int>(), next[object.at("thread").get<int>()]++);
  }
}

TEST(SeverityFlagTest, NamesComeBackAndOthersAreRefused) {
  for (const Severity severity :
       {Severity::kDebug, Severity::kInfo, Severity::kWarning, Severity::kError}) {
    Severity parsed;
    std::string error;
    EXPECT_TRUE(AbslParseFlag(AbslUnparseFlag(severity), &parsed, &error));
    EXPECT_EQ(parsed, severity);
  }
  Severity untouched = Severity::kError;
  std::string error;
  for (const char* text : {"", "INFO", "trace", "1"}) {
    EXPECT_FALSE(AbslParseFlag(text, &untouched, &error));
    EXPECT_EQ(untouched, Severity::kError);
    EXPECT_THAT(error, HasSubstr("debug"));
  }
}

}  // namespace
}  // namespace portal::telemetry
