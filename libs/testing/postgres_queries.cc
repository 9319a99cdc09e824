#include "libs/testing/postgres_queries.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "libs/testing/postgres.h"
#include "nlohmann/json.hpp"

namespace portal::testing {

namespace {

// psql input that explains a statement as it runs once prepared for good, whatever its arguments.
std::string ExplainGenericPlan(const db::Query& query, absl::string_view format) {
  return absl::StrCat("SET plan_cache_mode = force_generic_plan;\n",  //
                      "PREPARE \"", query.name, "\" AS ", query.sql, ";\n",
                      "SELECT 'EXPLAIN (COSTS OFF, FORMAT ", format, ") EXECUTE \"", query.name,
                      "\"' ||\n",
                      "  coalesce('(' || (SELECT string_agg('NULL', ',') FROM "
                      "unnest(parameter_types)) || ')', '')\n",
                      "FROM pg_prepared_statements WHERE name = '", query.name, "' \\gexec\n");
}

std::vector<nlohmann::json> Nodes(const std::string& url, const db::Query& query) {
  const nlohmann::json explained =
      nlohmann::json::parse(Psql(url, ExplainGenericPlan(query, "JSON")));
  std::vector<nlohmann::json> nodes = {explained.at(0).at("Plan")};
  // Each node's children come before its next sibling.
  for (size_t next = 0; next < nodes.size(); ++next) {
    if (!nodes[next].contains("Plans")) continue;
    const nlohmann::json children = nodes[next]["Plans"];
    nodes.insert(nodes.begin() + next + 1, children.begin(), children.end());
  }
  return nodes;
}

}  // namespace

void ExpectQueriesPrepare(const std::string& url, absl::Span<const db::Query> queries) {
  EXPECT_FALSE(queries.empty());
  std::string all;
  for (const db::Query& query : queries) all += ExplainGenericPlan(query, "TEXT");
  try {
    Psql(url, all);
    return;
  } catch (const std::exception&) {
    // One by one, so that each failure is named.
  }
  for (const db::Query& query : queries) {
    try {
      EXPECT_NE(Psql(url, ExplainGenericPlan(query, "TEXT")), "") << query.name;
    } catch (const std::exception& error) {
      ADD_FAILURE() << query.name << ": " << error.what();
    }
  }
}

std::vector<std::string> PlanNodes(const std::string& url, const db::Query& query) {
  std::vector<std::string> names;
  for (const nlohmann::json& node : Nodes(url, query)) {
    std::string name = node.at("Node Type");
    if (node.contains("Relation Name")) {
      absl::StrAppend(&name, " on ", node["Relation Name"].get<std::string>());
    }
    if (node.contains("Index Name")) {
      absl::StrAppend(&name, " using ", node["Index Name"].get<std::string>());
    }
    names.push_back(std::move(name));
  }
  return names;
}

std::vector<std::string> SequentialScans(const std::string& url, const db::Query& query) {
  std::vector<std::string> tables;
  for (const nlohmann::json& node : Nodes(url, query)) {
    if (node.at("Node Type") == "Seq Scan") tables.push_back(node.at("Relation Name"));
  }
  return tables;
}

}  // namespace portal::testing
