#!/bin/bash
# embed_sql NAMESPACE FILE...: one C++ constant for each `-- name: VerbNoun` block; see sql.bzl.
set -euo pipefail
namespace=$1
shift
awk -v namespace="$namespace" '
function fail(message) { print FILENAME ":" FNR ": " message > "/dev/stderr"; failed = 1; exit 1 }
function flush() {
  if (name == "") return
  sub(/[ \t\n]+$/, "", body); sub(/;$/, "", body)
  if (body == "") fail("statement " name " is empty")
  printf "inline constexpr db::Query k%s{\"%s\", R\"__sql__(%s)__sql__\"};\n", name, name, body
  all = all (all == "" ? "" : ", ") "k" name; count++
}
BEGIN {
  print "#pragma once\n\n#include <array>\n\n#include \"libs/db/query.h\"\n\nnamespace " namespace " {"
}
/^-- name: [A-Z][A-Za-z0-9]*$/ {
  flush(); name = $3; body = ""
  if (seen[name]++) fail("two statements are named " name)
  next
}
FNR == 1 { flush(); name = "" }
name == "" && !/^(--.*)?$/ { fail("text before the first -- name: line") }
name != "" && !/^--/ { body = body $0 "\n" }
END {
  if (failed) exit 1
  flush()
  printf "inline constexpr std::array<db::Query, %d> kAll{{%s}};\n}  // namespace %s\n", count, all, namespace
}' "$@"
