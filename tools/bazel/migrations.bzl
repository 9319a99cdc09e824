"""sqitch_project: the migrations in this folder, and the schema they make, for tests."""

def sqitch_project(name, service, visibility = None):
    """Declares the project and `schema.sql`, a dump of a database that tools/migrate has migrated.

    Migrating takes seconds for each project, so it happens once per change of the migrations rather than in every
    test: testing::PostgresCluster loads the dump.

    Args:
      name: what tests list in `data`: the files of the project and the dump.
      service: the service, or "foundation".
      visibility: as usual.
    """
    native.filegroup(
        name = name + "_files",
        srcs = native.glob([
            "sqitch.*",
            "deploy/*.sql",
            "revert/*.sql",
            "verify/*.sql",
        ]),
        visibility = visibility,
    )
    native.genrule(
        name = name + "_schema",
        testonly = True,
        srcs = [
            name + "_files",
            "//deploy/postgres:service.sql",
            "//tools:migrate",
        ] + ([] if service == "foundation" else ["//libs/db/migrations:migrations_files"]),
        outs = ["schema.sql"],
        cmd = "$(location //libs/testing:dump_schema) %s > $@" % service,
        tags = ["no-sandbox"],  # it starts PostgreSQL
        tools = ["//libs/testing:dump_schema"],
    )
    native.filegroup(
        name = name,
        testonly = True,
        srcs = [
            name + "_files",
            name + "_schema",
        ],
        visibility = visibility,
    )
