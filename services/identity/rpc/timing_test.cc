// Whether an address has an account must not show in the time an answer takes. Passwords are hashed
// at the real cost; kinds take turns, so that whatever else the machine does hits all of them
// alike.
//
// PORTAL_TIMING_CALLS=20000 (bazel test --test_env) is the long form: as many calls of each sort,
// and medians within 1 ms.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/identity/domain/limits.h"
#include "services/identity/rpc/service_fixture.h"

namespace portal::identity {
namespace {

constexpr int kRounds = 31;
// Leaving out one of two hashes halves the time. On an idle machine the medians differ by less than
// one percent.
constexpr double kTolerance = 0.3;
// What the long form is held to, and the least that a short one on a busy machine can tell.
constexpr double kToleranceMilliseconds = 1.0;

// Calls of one sort, all its kinds together, in the long form; none unless it was asked for.
std::optional<int> LongCalls() {
  const char* calls = std::getenv("PORTAL_TIMING_CALLS");
  if (calls == nullptr) return std::nullopt;
  return std::atoi(calls);
}

class TimingTest : public ServiceTest {
 protected:
  struct Kind {
    std::string name;
    // Told the round, so that it can take an address of its own.
    std::function<void(int round)> call;
    std::vector<double> milliseconds = {};
  };

  TimingTest() : ServiceTest(crypto::PasswordCost()) {}

  static double Median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
    return values[values.size() / 2];
  }

  // Not by the clock: thousands of windows later it would be past the calls' deadlines.
  void ForgetAttempts() { Sql("DELETE FROM attempts"); }

  // Expects that all kinds of a sort of call take the same time.
  static void Compare(const std::string& sort, std::vector<Kind> kinds,
                      const std::function<void(int round)>& before_each_round) {
    const int kind_count = static_cast<int>(kinds.size());
    const int rounds =
        LongCalls().has_value() ? std::max(kRounds, *LongCalls() / kind_count) : kRounds;
    for (int round = 0; round < rounds; ++round) {
      before_each_round(round);
      for (int i = 0; i < kind_count; ++i) {
        // Each is the first in its turn: what comes before a round still slows it.
        Kind& kind = kinds[(round + i) % kind_count];
        const auto start = std::chrono::steady_clock::now();
        kind.call(round);
        kind.milliseconds.push_back(
            std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
                .count());
      }
    }
    ExpectEqualMedians(sort, kinds);
  }

  static void ExpectEqualMedians(const std::string& sort, const std::vector<Kind>& kinds) {
    const double first = Median(kinds[0].milliseconds);
    const double tolerance = LongCalls().has_value()
                                 ? kToleranceMilliseconds
                                 : std::max(kTolerance * first, kToleranceMilliseconds);
    double lowest = first;
    double highest = first;
    size_t calls = 0;
    for (const Kind& kind : kinds) {
      const double median = Median(kind.milliseconds);
      std::printf("%s, %-16s median %.2f ms of %zu\n", sort.c_str(), kind.name.c_str(), median,
                  kind.milliseconds.size());
      lowest = std::min(lowest, median);
      highest = std::max(highest, median);
      calls += kind.milliseconds.size();
    }
    EXPECT_LE(highest - lowest, tolerance) << sort;
    std::printf("PROOF %s: %zu calls of %zu kinds, medians %.2f ms apart at most\n", sort.c_str(),
                calls, kinds.size(), highest - lowest);
  }
};

TEST_F(TimingTest, SignInTakesAsLongForUnknownWrongLockedPendingAndNone) {
  NewAccount("known@example.org");
  NewAccount("locked@example.org");
  // As a booking made it.
  NewAccount("booked@example.org");
  Sql("UPDATE accounts SET password_hash = NULL WHERE email = 'booked@example.org'");
  ASSERT_EQ(SignUp("pending@example.org").Outcome(), "OK");
  const auto wrong = [&](const std::string& email) {
    EXPECT_EQ(SignIn(email, "a wrong password").Outcome(), "CREDENTIALS_REJECTED");
  };
  Compare("sign-in",
          {{"unknown", [&](int round) { wrong(absl::StrCat("unknown", round, "@example.org")); }},
           {"wrong", [&](int) { wrong("known@example.org"); }},
           {"locked", [&](int) { wrong("locked@example.org"); }},
           {"no password yet", [&](int) { wrong("booked@example.org"); }},
           {"pending", [&](int) { wrong("pending@example.org"); }}},
          [&](int) {
            clock_.Advance(kSignInsPerAccount.window);
            Sql(absl::StrCat(
                "INSERT INTO attempts VALUES (1, sha256('locked@example.org'), "
                "array_fill(from_micros(",
                absl::ToUnixMicros(clock_.Now()),
                "), ARRAY[10]), now()) "
                "ON CONFLICT (kind, subject) DO UPDATE SET attempted_at = excluded.attempted_at"));
          });
}

TEST_F(TimingTest, VerificationTakesAsLongForWrongUnknownExpiredAndVoid) {
  const auto link_of = [&](const std::string& email) {
    EXPECT_EQ(SignUp(email).Outcome(), "OK");
    return VerificationToken();
  };
  const std::string expired = link_of("expired@example.org");
  clock_.Advance(kVerificationLifetime);
  const std::string wrong = link_of("wrong@example.org");
  const std::string tried = link_of("tried@example.org");
  const auto rejected = [&](const std::string& token, const std::string& reason) {
    EXPECT_EQ(VerifyEmail(token, "a wrong password").Outcome(), reason);
  };
  Compare("link",
          {{"wrong password", [&](int) { rejected(wrong, "CREDENTIALS_REJECTED"); }},
           {"unknown", [&](int) { rejected(std::string(43, 'A'), "LINK_REJECTED"); }},
           {"expired", [&](int) { rejected(expired, "LINK_REJECTED"); }},
           {"tried too often", [&](int) { rejected(tried, "LINK_REJECTED"); }}},
          [&](int) {
            Sql(
                absl::StrCat("UPDATE sign_ups SET link_attempts = CASE email WHEN "
                             "'tried@example.org' THEN ",
                             kPasswordsPerLink, " ELSE 0 END"));
          });
}

TEST_F(TimingTest, SignUpTakesAsLongForKnownAndUnknown) {
  NewAccount("known@example.org");
  const auto sign_up = [&](const std::string& email) { EXPECT_EQ(SignUp(email).Outcome(), "OK"); };
  Compare("sign-up",
          {{"unknown", [&](int round) { sign_up(absl::StrCat("unknown", round, "@example.org")); }},
           {"known", [&](int) { sign_up("known@example.org"); }}},
          [&](int) { ForgetAttempts(); });
}

TEST_F(TimingTest, AskingForAResetTakesAsLongForKnownAndUnknown) {
  NewAccount("known@example.org");
  const auto ask = [&](const std::string& email) {
    v1::RequestPasswordResetRequest request;
    request.set_email(email);
    request.set_request_id(NewRequestId());
    EXPECT_EQ(
        Call(*passwords_, &v1::PasswordService::Stub::RequestPasswordReset, request).Outcome(),
        "OK");
  };
  Compare("reset",
          {{"unknown", [&](int round) { ask(absl::StrCat("unknown", round, "@example.org")); }},
           {"known", [&](int) { ask("known@example.org"); }}},
          [&](int) { ForgetAttempts(); });
}

}  // namespace
}  // namespace portal::identity
