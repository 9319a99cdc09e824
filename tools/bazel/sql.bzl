"""sql_queries: the named statements of queries/*.sql as constants in one C++ header."""

load("@rules_cc//cc:defs.bzl", "cc_library")

def sql_queries(name, namespace, srcs = None, visibility = None):
    """Embeds SQL files.

    Each statement starts with a line `-- name: VerbNoun` and becomes `inline constexpr db::Query kVerbNoun`;
    `kAll` lists them, for preparing and for the test that prepares every one against the migrated schema.
    `<name>_files` are the files, for tests/load.

    Args:
      name: the cc_library; its header is `<name>.h`.
      namespace: the C++ namespace of the constants.
      srcs: the .sql files; queries/*.sql when left out.
      visibility: as usual.
    """
    files = srcs or native.glob(["queries/*.sql"])
    native.filegroup(
        name = name + "_files",
        srcs = files,
        visibility = ["//tests:__subpackages__"],
    )
    native.genrule(
        name = name + "_header",
        srcs = files,
        outs = [name + ".h"],
        cmd = "$(location //tools/bazel:embed_sql) %s $(SRCS) > $@" % namespace,
        tools = ["//tools/bazel:embed_sql"],
    )
    cc_library(
        name = name,
        hdrs = [name + ".h"],
        visibility = visibility,
        deps = ["//libs/db:query"],
    )
