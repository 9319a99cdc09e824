#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "libs/testing/postgres_queries.h"
#include "services/records/domain/limits.h"
#include "services/records/domain/patient_search.h"
#include "services/records/storage/queries.h"
#include "services/records/storage/records_fixture.h"

namespace portal::records {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class PatientSearchTest : public RecordsFixture {
 protected:
  // Without phones, e-mail or a birth date in common with anybody.
  Patient Add(
      std::string given_name, std::string family_name,
      const std::function<void(Patient&)>& alter = [](Patient&) {}) {
    Patient patient = NewPatient(clinic_, std::move(given_name), std::move(family_name));
    patient.profile.phones.clear();
    patient.profile.email.clear();
    alter(patient);
    patient.profile = Normalized(std::move(patient.profile));
    EXPECT_OK(RecordsFixture::Add(patient));
    return patient;
  }

  std::vector<PatientSummary> Found(const std::string& query, int limit = 51) {
    return patients_.Search({}, clinic_, ParseSearchTerms(query).value(), limit).value();
  }

  std::vector<std::string> Names(const std::string& query) {
    std::vector<std::string> names;
    for (const PatientSummary& it : Found(query)) {
      names.push_back(it.given_name + " " + it.family_name);
    }
    return names;
  }
};

TEST_F(PatientSearchTest, NamesFitFromTheirBeginningsInAnyOrderWithoutAccentsAndCase) {
  Add("Zoë María", "Nuñez");
  Add("Søren", "O’Brien-Łuczak");
  Add("花子", "山田");
  Add("Анна", "Weiß");
  for (const char* query :
       {"zoe", "NUNEZ", "nuñ", "Nunez zoë", "mar nun", "zoe m nunez", "Zoe\u0308", "ＺＯＥ"}) {
    EXPECT_THAT(Names(query), ElementsAre("Zoë María Nuñez")) << query;
  }
  for (const char* query :
       {"soren", "o'br", "OBrien", "o’brien", "luczak", "brien-luczak", "SØR"}) {
    EXPECT_THAT(Names(query), ElementsAre("Søren O’Brien-Łuczak")) << query;
  }
  EXPECT_THAT(Names("山"), ElementsAre("花子 山田"));
  EXPECT_THAT(Names("анна"), ElementsAre("Анна Weiß"));
  EXPECT_THAT(Names("weiss"), ElementsAre("Анна Weiß"));
  EXPECT_THAT(Names("zoe luczak"), IsEmpty());
  EXPECT_THAT(Names("oe"), IsEmpty());
  EXPECT_THAT(Names("'"), IsEmpty());
  EXPECT_THAT(Names("%"), IsEmpty());
  EXPECT_THAT(Names("'; DROP TABLE patients;--"), IsEmpty());
}

TEST_F(PatientSearchTest, TypingErrorsAreForgivenWhenFewFitByTheLetter) {
  Add("Léa", "Fontaine");
  Add("Léa", "Fontana");
  Add("Marc", "Boucher");
  EXPECT_THAT(Names("fontain"), ElementsAre("Léa Fontaine", "Léa Fontana"));
  EXPECT_THAT(Names("fnotaine"), ElementsAre("Léa Fontaine"));
  EXPECT_THAT(Names("lea fontiane"), ElementsAre("Léa Fontaine", "Léa Fontana"));
  EXPECT_THAT(Names("bouchet marc"), ElementsAre("Marc Boucher"));
  EXPECT_THAT(Names("bouchet lea"), IsEmpty());
}

TEST_F(PatientSearchTest, TheRarestNameMayBeABeginningBesideAMisspeltOne) {
  Add("Ann", "Smith");
  Add("Bea", "Smith");
  Add("Konstantin", "Smyth");
  EXPECT_THAT(Names("kon smith"), ElementsAre("Konstantin Smyth"));
  EXPECT_THAT(Names("smith kon"), ElementsAre("Konstantin Smyth"));
  EXPECT_THAT(Names("kon jones"), IsEmpty());
}

TEST_F(PatientSearchTest, SimilarNamesStayOutWhenEnoughFitByTheLetter) {
  for (int i = 0; i < kFewCandidates; ++i) Add("Ana", "Fontaine");
  Add("Ana", "Fontana");
  EXPECT_THAT(Names("fontaine"), SizeIs(kFewCandidates));
  EXPECT_THAT(Found("fontaine", kFewCandidates - 1), SizeIs(kFewCandidates - 1));
}

TEST_F(PatientSearchTest, PhonesFitWithAndWithoutCountryAndAreaAndByTheirLastFourDigits) {
  Add("A", "Canada", [](Patient& it) { it.profile.phones = {"911", "+1 (604) 555-0101 x7"}; });
  Add("B", "Kingdom", [](Patient& it) { it.profile.phones = {"0044 20 7946 0000"}; });
  for (const char* query : {"+1 604 555 0101", "604 555 0101", "604 55", "5550101", "555-01",
                            "0101", "911", "(604) 555-0101 x9"}) {
    EXPECT_THAT(Names(query), ElementsAre("A Canada")) << query;
  }
  for (const char* query : {"020 7946 0000", "+44 20 79", "7946 0000", "0020 7946", "9460000"}) {
    EXPECT_THAT(Names(query), ElementsAre("B Kingdom")) << query;
  }
  EXPECT_THAT(Names("604 555 0102"), IsEmpty());
  EXPECT_THAT(Names("kingdom 604"), IsEmpty());
  EXPECT_THAT(Names("cana 604"), ElementsAre("A Canada"));
}

TEST_F(PatientSearchTest, PhonesFitFromTheZeroThatDialsThemInTheirCountry) {
  Add("A", "France", [](Patient& it) { it.profile.phones = {"+33 6 12 34 56 78"}; });
  Add("B", "Ici", [](Patient& it) { it.profile.phones = {"06 13 34 56 78"}; });
  EXPECT_THAT(Names("061"), UnorderedElementsAre("A France", "B Ici"));
  for (const char* query :
       {"0612", "06 12", "06 12 3", "0612345678", "612", "+33 612", "0033 6 12"}) {
    EXPECT_THAT(Names(query), ElementsAre("A France")) << query;
  }
  for (const char* query : {"0613", "06133", "+33 6 13"}) {
    // Where a number is kept without its country, nothing says which one it is.
    EXPECT_EQ(Names(query).size(), query[0] == '+' ? 0 : 1) << query;
  }
  EXPECT_THAT(Names("0614"), IsEmpty());
}

TEST_F(PatientSearchTest, NamesAreFoundAndStoredTheSameComposedOrNot) {
  Add("Zoe\u0308", "Nun\u0303ez");
  EXPECT_EQ(Psql("SELECT given_name, family_name FROM patients"), "Zoë|Nuñez");
  for (const char* query : {"zoë", "zoe\u0308", "nuñez", "NUN\u0303EZ", "zoe nunez"}) {
    EXPECT_THAT(Names(query), ElementsAre("Zoë Nuñez")) << query;
  }
}

TEST_F(PatientSearchTest, EmailsFitFromTheirBeginningWithoutCase) {
  Add("A", "One", [](Patient& it) { it.profile.email = "Lea.F@Example.org"; });
  Add("B", "Two", [](Patient& it) { it.profile.email = "lea@example.org"; });
  EXPECT_THAT(Names("lea.f@EXAMPLE.ORG"), ElementsAre("A One"));
  EXPECT_THAT(Names("lea@"), ElementsAre("B Two"));
  EXPECT_THAT(Names("lea@ one"), IsEmpty());
  EXPECT_THAT(Names("%@"), IsEmpty());
}

TEST_F(PatientSearchTest, ABirthDateFitsExactlyAndTheRestMayBeSimilar) {
  Add("Léa", "Fontaine", [](Patient& it) { it.profile.birth_date = absl::CivilDay(1994, 7, 3); });
  Add("Marc", "Boucher", [](Patient& it) { it.profile.birth_date = absl::CivilDay(1994, 3, 7); });
  EXPECT_THAT(Names("1994-07-03"), ElementsAre("Léa Fontaine"));
  EXPECT_THAT(Names("3/7/1994"), UnorderedElementsAre("Léa Fontaine", "Marc Boucher"));
  EXPECT_THAT(Names("3/7/1994 bouchet"), ElementsAre("Marc Boucher"));
  EXPECT_THAT(Names("1994-07-03 boucher"), IsEmpty());
  EXPECT_THAT(Names("1994-07-04"), IsEmpty());
}

TEST_F(PatientSearchTest, APatientWithTwoFittingWordsIsFoundOnceAndTheLimitHolds) {
  Add("Ana Alma", "Alvarez");
  EXPECT_THAT(Found("a"), SizeIs(1));
  for (int i = 0; i < 5; ++i) Add("Ana", "Amador");
  EXPECT_THAT(Found("a"), SizeIs(6));
  EXPECT_THAT(Found("a", 3), SizeIs(3));
  EXPECT_THAT(Found("a a"), SizeIs(6));
}

TEST_F(PatientSearchTest, AnotherClinicsPatientsAreNotFound) {
  Patient foreign = NewPatient(other_clinic_, "Zoë", "Nuñez");
  ASSERT_OK(RecordsFixture::Add(foreign));
  for (const char* query : {"zoe", "zoee", "1931-12-31", "604", "zoë@", "nunes 1931-12-31"}) {
    EXPECT_THAT(Found(query), IsEmpty()) << query;
    EXPECT_THAT(patients_.Search({}, other_clinic_, ParseSearchTerms(query).value(), 51).value(),
                SizeIs(1))
        << query;
  }
}

TEST_F(PatientSearchTest, AChangedRecordIsFoundByWhatItSaysNow) {
  const Patient before = Add("Léa", "Fontaine");
  Patient after = before;
  after.profile.family_name = "Boucher";
  after.profile.phones = {"519 555 0199"};
  after.version = 2;
  ASSERT_OK(pool_.Transact(
      [&](db::Transaction& transaction) { return patients_.Update(transaction, before, after); }));
  EXPECT_THAT(Names("fontaine"), IsEmpty());
  EXPECT_THAT(Names("boucher 519"), ElementsAre("Léa Boucher"));
}

TEST_F(PatientSearchTest, OfMisspeltNamesThoseOfThisClinicAreFoundOnly) {
  Add("Léa", "Fontaine");
  Patient elsewhere = NewPatient(other_clinic_, "Léa", "Fontanelle");
  EXPECT_OK(RecordsFixture::Add(elsewhere));
  EXPECT_THAT(Names("fontiane"), ElementsAre("Léa Fontaine"));
}

TEST_F(PatientSearchTest, NewNamesThatManyBringAtOnceAreFound) {
  for (int round = 0; round < 10; ++round) {
    const std::string name = std::string("Grosvenor") + static_cast<char>('a' + round);
    std::vector<std::thread> clerks;
    for (int clerk = 0; clerk < 6; ++clerk) {
      clerks.emplace_back([&, clerk] { Add(clerk % 2 == 0 ? "Wilhelmina" : "Theodora", name); });
    }
    for (std::thread& clerk : clerks) clerk.join();
    std::string misspelt = name;
    std::swap(misspelt[3], misspelt[4]);
    EXPECT_EQ(Psql("SELECT count(*) FROM patient_name_words WHERE term = lower('" + name + "')"),
              "1");
    EXPECT_GE(Found(misspelt).size(), 6u);
  }
}

TEST_F(PatientSearchTest, OnAClinicOfManyTheShortestTermsAndTheErrorsUseTheIndexes) {
  Psql(R"(
    ALTER TABLE patients DISABLE TRIGGER patients_search_terms;
    INSERT INTO patients (patient_id, clinic_id, given_name, family_name, birth_date, gender, email, phones,
                          address_lines, address_city, address_region, address_postal_code, address_country_code,
                          health_card_number, emergency_contact_name, emergency_contact_relationship,
                          emergency_contact_phone, staff_notes, version, created_at, updated_at)
    SELECT gen_random_uuid(), ')" +
       clinic_.ToString() +
       R"(', 'Ana', 'B' || md5(i::text), '2000-01-01', 'male', '', '{}', '{}', '', '', '', '',
           '', '', '', '', '', 1, now(), now()
    FROM generate_series(1, 5000) AS i;
    INSERT INTO patient_search_terms (patient_id, clinic_id, kind, term)
    SELECT patient_id, clinic_id, 'name', unnest(search_words(given_name || ' ' || family_name)) FROM patients;
    ANALYZE patients, patient_search_terms, patient_name_words;
  )");
  for (const db::Query& query : {queries::kSearchPatients, queries::kSearchPatientsBySimilarName,
                                 queries::kSearchPatientsByBirthDate}) {
    EXPECT_THAT(testing::SequentialScans(database_.app, query), IsEmpty()) << query.name;
  }
  // Everybody fits, and nobody but those shown is looked at: a page of the index is enough.
  EXPECT_THAT(Found("a"), SizeIs(51));
  EXPECT_THAT(
      testing::PlanNodes(database_.app, queries::kSearchPatients),
      Contains("Index Only Scan on patient_search_terms using patient_search_terms_prefix"));
}

// Records as a program and a schema from before patient_search_forms left them.
class PatientSearchFormsTest : public PatientSearchTest {
 protected:
  static constexpr int kPatients = 250;  // three batches

  PatientSearchFormsTest() {
    Psql(
        R"(
      ALTER TABLE patients DISABLE TRIGGER patients_search_terms;
      INSERT INTO patients (patient_id, clinic_id, given_name, family_name, birth_date, gender, email, phones,
                            address_lines, address_city, address_region, address_postal_code, address_country_code,
                            health_card_number, emergency_contact_name, emergency_contact_relationship,
                            emergency_contact_phone, staff_notes, version, created_at, updated_at)
      SELECT lpad(to_hex(i), 32, '0')::uuid, ')" +
        clinic_.ToString() +
        R"(', CASE i % 5 WHEN 0 THEN U&'Zoe\0308' ELSE 'Zoë' END, CASE i % 5 WHEN 1 THEN U&'Nun\0303ez' ELSE 'B' END,
             '2000-01-01', 'male', '', CASE i % 5 WHEN 2 THEN '{"+33 6 12 34 56 78"}' WHEN 3 THEN '{911}' ELSE '{}' END::text[],
             '{}', '', '', '', '', '', '', '', '', '', 1, now(), now()
      FROM generate_series(1, )" +
        std::to_string(kPatients) + R"() AS i;
      INSERT INTO patient_search_terms (patient_id, clinic_id, kind, term)
      SELECT patient_id, clinic_id, 'name', unnest(search_words(given_name || ' ' || family_name)) FROM patients
      UNION ALL
      SELECT patient_id, clinic_id, 'phone', number FROM patients, unnest(search_phones(phones)) AS number
      WHERE number <> '0612';
      ALTER TABLE patients ENABLE TRIGGER patients_search_terms;
    )");
  }

  void Deploy() const {
    std::ifstream file("services/records/storage/migrations/deploy/patient_search_forms.sql");
    std::stringstream sql;
    sql << file.rdbuf();
    ASSERT_THAT(sql.str(), ::testing::HasSubstr("search_phones"));
    testing::Psql(database_.owner, sql.str());
  }

  // Rows in the order of patients: which of them were written by one transaction.
  std::string Written() const {
    return Psql("SELECT string_agg(xmin::text, ' ' ORDER BY patient_id) FROM patients");
  }

  std::string Uncomposed(const std::string& condition = "true") const {
    return Psql("SELECT count(*) FROM patients WHERE " + condition +
                " AND (given_name IS NOT NFC NORMALIZED OR family_name IS NOT NFC NORMALIZED)");
  }
};

TEST_F(PatientSearchFormsTest, WhatNeedsItIsWrittenAnewAndNothingElse) {
  const std::string untouched =
      "SELECT string_agg(xmin::text, ' ' ORDER BY patient_id) FROM patients "
      "WHERE get_byte(uuid_send(patient_id), 15) % 5 IN (3, 4)";
  const std::string before = Psql(untouched);
  EXPECT_EQ(Uncomposed(), "100");
  EXPECT_THAT(Found("0612"), IsEmpty());
  Deploy();
  EXPECT_EQ(Psql(untouched), before);
  EXPECT_EQ(Uncomposed(), "0");
  EXPECT_THAT(Found("0612"), SizeIs(50));
  EXPECT_THAT(Found("nuñez", kPatients), SizeIs(50));
  // Again, as after an interruption: nothing is left to be done.
  const std::string written = Written();
  Deploy();
  EXPECT_EQ(Written(), written);
}

TEST_F(PatientSearchFormsTest, ANameThatWouldOutgrowItsColumnStays) {
  Psql("UPDATE patients SET family_name = repeat(U&'\\0958', 150)");
  const std::string written = Psql("SELECT family_name FROM patients LIMIT 1");
  Deploy();
  EXPECT_EQ(Psql("SELECT DISTINCT family_name FROM patients"), written);
  EXPECT_EQ(Psql("SELECT count(*) FROM patients WHERE given_name IS NOT NFC NORMALIZED"), "0");
}

// Whoever holds a record that is waited for finds the batches before committed, and theirs free.
TEST_F(PatientSearchFormsTest, ABatchThatWaitsHoldsNoneOfTheOthers) {
  const id::PatientId last(id::Uuid::Parse("00000000-0000-0000-0000-0000000000fa").value());
  std::thread deploying;
  EXPECT_OK(pool_.Transact([&](db::Transaction& transaction) -> absl::Status {
    EXPECT_OK(HoldForChart(transaction, clinic_, last));
    deploying = std::thread([this] { Deploy(); });
    while (Psql("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == "0") {
    }
    EXPECT_EQ(Uncomposed("patient_id <= '00000000-0000-0000-0000-0000000000c8'"), "0");
    EXPECT_EQ(Uncomposed("patient_id > '00000000-0000-0000-0000-0000000000c8'"), "20");
    const id::PatientId first(id::Uuid::Parse("00000000-0000-0000-0000-000000000005").value());
    return pool_.Transact(
        [&](db::Transaction& chart) { return HoldForChart(chart, clinic_, first); });
  }));
  deploying.join();
  EXPECT_EQ(Uncomposed(), "0");
}

}  // namespace
}  // namespace portal::records
