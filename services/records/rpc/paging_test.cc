#include "services/records/rpc/paging.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace portal::records {
namespace {

using ::testing::ElementsAre;

const auto kPageTokenInvalid =
    testing::FailsWith(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID");

std::vector<SoapChart> Charts(int count, size_t bytes) {
  std::vector<SoapChart> charts(count);
  for (SoapChart& chart : charts) chart.subjective = std::string(bytes, 'x');
  return charts;
}

TEST(FillPageTest, EndsAtThePageSizeAndSaysWhetherThereIsMore) {
  for (int rows : {0, 1, 2}) {
    v1::ListSoapChartsResponse response;
    EXPECT_EQ(FillPage(Charts(rows, 1), 2, *response.mutable_soap_charts()), nullptr);
    EXPECT_EQ(response.soap_charts_size(), rows);
  }
  v1::ListSoapChartsResponse response;
  const std::vector<SoapChart> charts = Charts(3, 1);
  EXPECT_EQ(FillPage(charts, 2, *response.mutable_soap_charts()), &charts[1]);
  EXPECT_EQ(response.soap_charts_size(), 2);
}

TEST(FillPageTest, EndsWhereBytesDoButNeverEmpty) {
  const std::vector<SoapChart> charts = Charts(3, 1000);
  v1::ListSoapChartsResponse response;
  EXPECT_EQ(FillPage(charts, 3, *response.mutable_soap_charts(), 2500), &charts[1]);
  EXPECT_EQ(response.soap_charts_size(), 2);
  response.Clear();
  EXPECT_EQ(FillPage(charts, 3, *response.mutable_soap_charts(), 10), &charts[0]);
  EXPECT_EQ(response.soap_charts_size(), 1);
}

TEST(PositionTest, ComesBackFromItsTexts) {
  Patient patient;
  patient.profile.family_name = "Nuñez";
  patient.profile.given_name = "Zoë";
  patient.id = id::PatientId::Parse("id", "0190163d-8694-739b-aea5-966c26f8ad91").value();
  ASSERT_OK_AND_ASSIGN(const PatientPosition position, PatientPositionOf(ToTexts(patient)));
  EXPECT_EQ(position.family_name, "Nuñez");
  EXPECT_EQ(position.given_name, "Zoë");
  EXPECT_EQ(position.id, patient.id);

  const id::SoapChartId chart_id(patient.id.uuid());
  for (absl::CivilDay day : {absl::CivilDay(1900, 1, 1), absl::CivilDay(9999, 12, 31)}) {
    ASSERT_OK_AND_ASSIGN(const EncounterPosition encounter,
                         EncounterPositionOf(ToTexts(day, chart_id)));
    EXPECT_EQ(encounter.encounter_date, day);
    EXPECT_EQ(encounter.id, chart_id);
  }
}

TEST(PositionTest, TextsThatDoNotFitAreRefused) {
  EXPECT_THAT(PatientPositionOf({"a", "b", "c"}), kPageTokenInvalid);
  EXPECT_THAT(EncounterPositionOf({"2026-01-01", "c"}), kPageTokenInvalid);
  EXPECT_THAT(EncounterPositionOf({"yesterday", "0190163d-8694-739b-aea5-966c26f8ad91"}),
              kPageTokenInvalid);
}

}  // namespace
}  // namespace portal::records
