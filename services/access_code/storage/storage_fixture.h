#ifndef SERVICES_ACCESS_CODE_STORAGE_STORAGE_FIXTURE_H_
#define SERVICES_ACCESS_CODE_STORAGE_STORAGE_FIXTURE_H_

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "libs/crypto/keyring.h"
#include "libs/crypto/random.h"
#include "libs/db/pool.h"
#include "libs/id/ids.h"
#include "libs/status/status_macros.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/key_files.h"
#include "libs/testing/postgres.h"
#include "libs/testing/status_matchers.h"
#include "services/access_code/domain/eff_word_list.h"
#include "services/access_code/storage/access_code_store.h"
#include "services/access_code/storage/access_settings_store.h"
#include "services/access_code/storage/attempt_ledger.h"
#include "services/access_code/storage/form_access_store.h"
#include "services/access_code/storage/grant_store.h"
#include "services/access_code/storage/patient_directory.h"
#include "services/access_code/storage/schema.h"

namespace portal::access_code {

// The stores over a database of the test's own, as the service's role.
class StorageTest : public ::testing::Test {
 protected:
  static constexpr int kConnections = 16;

  db::PoolOptions PoolOptions() const {
    db::PoolOptions options{.conninfo = database_.app,
                            .application_name = "access_code_test",
                            .size = kConnections,
                            .statement_timeout = absl::Seconds(60),
                            .lock_timeout = absl::Seconds(60),
                            .acquire_timeout = absl::Seconds(60)};
    AddSchema(options);
    return options;
  }

  std::unique_ptr<crypto::Keyring> NewPeppers() {
    pepper_folder_.AddSymmetricKey("k1");
    return *crypto::Keyring::Load(pepper_folder_.path());
  }

  static const WordList& List() {
    static const WordList* list = new WordList(EffWordList());
    return *list;
  }
  static CodeWords NewWords() { return CodeWords::Draw(List(), crypto::UniformBelow); }

  std::string Sql(const std::string& sql) const { return testing::Psql(database_.superuser, sql); }

  // A patient that records has told of.
  id::PatientId NewPatient(const id::ClinicId& clinic_id, const std::string& name = "Ada Moss") {
    const auto patient_id = id::PatientId::New(clock_);
    EXPECT_OK(Put({.id = patient_id, .clinic_id = clinic_id, .display_name = name, .version = 1}));
    return patient_id;
  }
  // Whether anything changed.
  absl::StatusOr<bool> Put(const Patient& patient) {
    return pool_.Transact({}, [&](db::Transaction& transaction) -> absl::StatusOr<bool> {
      ASSIGN_OR_RETURN(const PatientPut put, PutPatient(transaction, patient, clock_.Now()));
      return put.is_newer;
    });
  }

  AccessCode NewCode(const id::PatientId& patient_id) const {
    return {.id = id::AccessCodeId::New(clock_),
            .clinic_id = clinic_,
            .patient_id = patient_id,
            .issuer = staff_,
            .created_at = clock_.Now(),
            .expires_at = clock_.Now() + absl::Hours(120)};
  }
  AccessCode NewFormCode(const id::PatientId& patient_id,
                         const FormAssignmentId& form_assignment_id) const {
    AccessCode code = NewCode(patient_id);
    code.form_assignment_id = form_assignment_id;
    return code;
  }

  absl::Status Insert(const AccessCode& code, const CodeWords& words) {
    return pool_.Transact(
        [&](db::Transaction& transaction) { return codes_.Insert(transaction, code, words); });
  }

  absl::StatusOr<Redemption> Redeem(const CodeWords& words, const id::AccountId& account_id) {
    return RedeemAt(words, account_id, clock_.Now());
  }
  absl::StatusOr<Redemption> RedeemAt(
      const CodeWords& words, const id::AccountId& account_id, absl::Time now,
      const std::optional<absl::CivilDay>& birth_date = std::nullopt) {
    return pool_.Transact([&](db::Transaction& transaction) {
      GrantStore::EndPassedOf(transaction, account_id, now);
      return codes_.Redeem(transaction, words, birth_date, account_id, id::GrantId::New(clock_),
                           now);
    });
  }

  absl::StatusOr<AccessCode> Cancel(const id::AccessCodeId& code_id,
                                    const id::ClinicId& clinic_id) {
    return pool_.Transact([&](db::Transaction& transaction) {
      return codes_.Cancel(transaction, clinic_id, code_id, staff_, clock_.Now());
    });
  }

  absl::StatusOr<Grant> Revoke(const id::GrantId& grant_id, const id::ClinicId& clinic_id) {
    return pool_.Transact([&](db::Transaction& transaction) -> absl::StatusOr<Grant> {
      ASSIGN_OR_RETURN(GrantStore::Revoked revoked,
                       grants_.Revoke(transaction, clinic_id, grant_id, staff_, clock_.Now()));
      return std::move(revoked.grant);
    });
  }

  // A grant made by issuing and redeeming a code.
  id::GrantId NewGrant(const id::PatientId& patient_id, const id::AccountId& account_id) {
    const CodeWords words = NewWords();
    EXPECT_OK(Insert(NewCode(patient_id), words));
    return std::get<RedeemedCode>(*Redeem(words, account_id)).patient.grant_id;
  }

  // Why a redemption was refused; nothing if it was not.
  static std::optional<Refusal> RefusalIn(const absl::StatusOr<Redemption>& redemption) {
    if (!redemption.ok()) {
      ADD_FAILURE() << redemption.status();
      return std::nullopt;
    }
    const auto* refused = std::get_if<RefusedCode>(&*redemption);
    return refused == nullptr ? std::nullopt : std::optional<Refusal>(refused->refusal);
  }

  // Runs `work(i)` for each i below `count`, all at once.
  template <typename Work>
  static void AtOnce(int count, Work work) {
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
    for (std::thread& thread : threads) thread.join();
  }

  const testing::TestDatabase database_ =
      testing::PostgresCluster::Shared().CreateDatabase("access_code");
  testing::FakeClock clock_;
  testing::KeyFolder pepper_folder_;
  db::Pool pool_{PoolOptions()};
  const std::unique_ptr<crypto::Keyring> peppers_ = NewPeppers();
  AccessCodeStore codes_{pool_, *peppers_};
  GrantStore grants_{pool_};
  FormAccessStore forms_{pool_};
  AttemptLedger attempts_{pool_};

  const id::ClinicId clinic_ = id::ClinicId::New(clock_);
  const id::ClinicId other_clinic_ = id::ClinicId::New(clock_);
  const id::AccountId staff_ = id::AccountId::New(clock_);
  const id::AccountId account_ = id::AccountId::New(clock_);
  const id::AccountId other_account_ = id::AccountId::New(clock_);
};

}  // namespace portal::access_code

#endif  // SERVICES_ACCESS_CODE_STORAGE_STORAGE_FIXTURE_H_
