#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "libs/rpc/ended_sessions.h"
#include "portal/identity/v1/session_feed_service.grpc.pb.h"
#include "services/identity/rpc/service_fixture.h"

namespace portal::identity {
namespace {

// Takes endings as a server does, and waits for them.
class Endings {
 public:
  void Take(const rpc::SessionEnding& ending) {
    std::lock_guard lock(mutex_);
    taken_.push_back(ending);
    changed_.notify_all();
  }
  // The first `count`; fewer after half a minute.
  std::vector<rpc::SessionEnding> Await(size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(
        changed_.wait_for(lock, std::chrono::seconds(30), [&] { return taken_.size() >= count; }));
    return taken_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<rpc::SessionEnding> taken_;
};

class SessionFeedTest : public ServiceTest {
 protected:
  using Feed = v1::SessionFeedService;

  // The sessions told from `cursor` on, until the feed has caught up with the database.
  std::vector<std::string> Told(int64_t& cursor) {
    const std::string last = Sql("SELECT coalesce(max(ending_id), 0) FROM session_endings");
    testing::Caller caller;
    v1::WatchEndedSessionsRequest request;
    request.set_cursor(cursor);
    const auto reader = feed_->WatchEndedSessions(caller, request);
    v1::WatchEndedSessionsResponse response;
    std::vector<std::string> told;
    do {
      if (!reader->Read(&response)) {
        ADD_FAILURE() << rpc::FromGrpc(reader->Finish());
        return told;
      }
      for (const auto& ending : response.endings()) told.push_back(ending.session().session_id());
      cursor = response.cursor();
    } while (absl::StrCat(cursor) != last);
    caller.context().TryCancel();
    return told;
  }

  std::unique_ptr<rpc::EndedSessionsWatcher> Watch(Endings& endings) {
    return std::make_unique<rpc::EndedSessionsWatcher>(
        harness_.Channel("records"),
        [&endings](const rpc::SessionEnding& ending) { endings.Take(ending); }, metrics_);
  }

  std::string SessionOf(const std::string& passport) {
    return GetSession(passport).response.session_id();
  }
  std::string NewPassport(const std::string& email) { return PassportOf(NewSessionToken(email)); }

  const std::unique_ptr<Feed::Stub> feed_ = Feed::NewStub(harness_.Channel("records"));
};

std::string EndedSessionOf(const rpc::SessionEnding& ending) {
  return std::get<id::SessionId>(ending.subject).ToString();
}

TEST_F(SessionFeedTest, TellsWhatEndedFromTheCursorOnWithoutWaiting) {
  NewAccount("anna@example.org");
  int64_t cursor = 0;
  EXPECT_TRUE(Told(cursor).empty());
  std::vector<std::string> sessions;
  for (int i = 0; i < 3; ++i) {
    const std::string passport = NewPassport("anna@example.org");
    sessions.push_back(SessionOf(passport));
    ASSERT_EQ(SignOut(passport).Outcome(), "OK");
  }
  EXPECT_EQ(Told(cursor), sessions);
  const std::string passport = NewPassport("anna@example.org");
  ASSERT_EQ(SignOut(passport).Outcome(), "OK");
  const int64_t before = cursor;
  EXPECT_EQ(Told(cursor).size(), 1);
  EXPECT_GT(cursor, before);
  // From before a restore: everything again.
  cursor += 1000;
  EXPECT_EQ(Told(cursor).size(), 4);
}

TEST_F(SessionFeedTest, NegativeCursorAndForeignServicesAreRefused) {
  testing::Caller caller, stranger;
  v1::WatchEndedSessionsRequest request;
  request.set_cursor(-1);
  v1::WatchEndedSessionsResponse response;
  const auto reader = feed_->WatchEndedSessions(caller, request);
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(status::ReasonOf(rpc::FromGrpc(reader->Finish())), "INVALID_FIELD");
  const auto operators = Feed::NewStub(harness_.Channel("operator"));
  request.set_cursor(0);
  const auto refused = operators->WatchEndedSessions(stranger, request);
  EXPECT_FALSE(refused->Read(&response));
  EXPECT_EQ(status::ReasonOf(rpc::FromGrpc(refused->Finish())), "SERVICE_NOT_ALLOWED");
}

TEST_F(SessionFeedTest, EndingsAreToldWithinASecond) {
  NewAccount("anna@example.org");
  Endings endings;
  const auto watcher = Watch(endings);
  std::vector<absl::Duration> delays;
  for (size_t i = 0; i < 5; ++i) {
    const std::string passport = NewPassport("anna@example.org");
    const std::string session_id = SessionOf(passport);
    ASSERT_EQ(SignOut(passport).Outcome(), "OK");
    const absl::Time ended = absl::Now();
    const std::vector<rpc::SessionEnding> taken = endings.Await(i + 1);
    delays.push_back(absl::Now() - ended);
    ASSERT_EQ(taken.size(), i + 1);
    EXPECT_EQ(EndedSessionOf(taken[i]), session_id);
  }
  std::sort(delays.begin(), delays.end());
  // One may fall into a pause of the machine's own.
  EXPECT_LT(delays[delays.size() - 2], absl::Seconds(1));
  EXPECT_LT(delays.back(), absl::Seconds(5));
}

TEST_F(SessionFeedTest, MembershipsAreToldWithWhatTheyAllow) {
  const std::string clinic_id = NewClinic("willow-creek", "owner@example.org");
  const std::string owner = NewPassport("owner@example.org");
  ASSERT_EQ(Invite(InviteRequest(clinic_id, "ben@example.org", policy::v1::STAFF_ROLE_PRACTITIONER),
                   owner)
                .Outcome(),
            "OK");
  const v1::StaffMember ben = Accept(InvitationToken()).response.staff_member();
  Endings endings;
  const auto watcher = Watch(endings);
  const size_t joined = endings.Await(2).size();  // those of the two who joined
  v1::SuspendStaffMemberRequest suspend;
  suspend.set_clinic_id(clinic_id);
  suspend.set_staff_member_id(ben.staff_member_id());
  suspend.set_request_id(NewRequestId());
  ASSERT_EQ(Call(*clinics_, &v1::ClinicService::Stub::SuspendStaffMember, suspend, owner).Outcome(),
            "OK");
  v1::ReinstateStaffMemberRequest reinstate;
  reinstate.set_clinic_id(clinic_id);
  reinstate.set_staff_member_id(ben.staff_member_id());
  reinstate.set_request_id(NewRequestId());
  ASSERT_EQ(
      Call(*clinics_, &v1::ClinicService::Stub::ReinstateStaffMember, reinstate, owner).Outcome(),
      "OK");
  const std::vector<rpc::SessionEnding> taken = endings.Await(joined + 2);
  ASSERT_EQ(taken.size(), 4);
  using Membership = rpc::SessionEnding::Membership;
  for (const size_t index : {1, 2, 3}) {
    const auto& told = std::get<Membership>(taken[index].subject);
    EXPECT_EQ(told.account_id.ToString(), ben.account_id());
    EXPECT_EQ(told.clinic_id.ToString(), clinic_id);
    EXPECT_EQ(told.roles,
              index == 2 ? auth::StaffRoles() : auth::StaffRoles({auth::StaffRole::kPractitioner}));
  }
}

TEST_F(SessionFeedTest, FeedThatIsKilledGoesOnWithoutALoss) {
  NewAccount("anna@example.org");
  std::vector<std::string> sessions;
  for (int i = 0; i < 6; ++i) sessions.push_back(SessionOf(NewPassport("anna@example.org")));
  const auto end = [&](const std::string& session_id) {
    Sql("UPDATE sessions SET ended_at = now() WHERE session_id = '" + session_id + "'");
  };
  Endings endings;
  const auto watcher = Watch(endings);
  end(sessions[0]);
  end(sessions[1]);
  endings.Await(2);
  const std::string address = harness_.address();
  harness_.Shutdown();
  end(sessions[2]);
  end(sessions[3]);
  harness_.options().listen_address = absl::StrCat("127.0.0.1", address.substr(address.find(':')));
  ASSERT_TRUE(harness_.Start(service_->Tables()).ok());
  end(sessions[4]);
  end(sessions[5]);
  std::vector<std::string> told;
  for (const rpc::SessionEnding& ending : endings.Await(6)) told.push_back(EndedSessionOf(ending));
  EXPECT_EQ(told, sessions);
}

}  // namespace
}  // namespace portal::identity
