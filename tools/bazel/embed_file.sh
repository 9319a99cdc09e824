#!/bin/bash
# embed_file NAMESPACE NAME FILE: a C++ header with the file's bytes as the constant NAME; see embed.bzl.
set -euo pipefail
namespace=$1 name=$2 file=$3
printf '#pragma once\n\n#include "absl/strings/string_view.h"\n\nnamespace %s {\n' "$namespace"
printf 'inline constexpr char %sBytes[] =\n' "$name"
# Each byte as three octal digits: no escape can run into what follows it.
od -An -v -to1 "$file" | sed 's/ /\\/g; s/.*/    "&"/'
printf '    "";\n'
printf 'inline constexpr absl::string_view %s(%sBytes, sizeof(%sBytes) - 1);\n' "$name" "$name" "$name"
printf '}  // namespace %s\n' "$namespace"
