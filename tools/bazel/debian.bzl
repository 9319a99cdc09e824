"""Repository rules that make Debian 12's Bazel and rules_cc work together without downloads."""

def _debian_rules_cc_impl(ctx):
    # Debian's rules_cc is newer than its Bazel: two files use a toolchain helper that Bazel 4.2 lacks.
    ctx.execute(["cp", "-rT", "/usr/share/bazel/rules/cc", "."])
    for name in ["cc_flags_supplier.bzl", "compiler_flag.bzl"]:
        path = "cc/private/rules_impl/" + name
        text = ctx.read(path)
        text = text.replace(', "use_cpp_toolchain")', ")")
        text = text.replace("use_cpp_toolchain()", '["@bazel_tools//tools/cpp:toolchain_type"]')
        ctx.file(path, text)

debian_rules_cc = repository_rule(
    implementation = _debian_rules_cc_impl,
    local = True,
)

def _remote_coverage_stub_impl(ctx):
    # `bazel test` resolves these labels even without coverage and would download them.
    ctx.file("BUILD", """
filegroup(name = "coverage_report_generator", srcs = ["empty.sh"], visibility = ["//visibility:public"])
sh_binary(name = "lcov_merger", srcs = ["empty.sh"], visibility = ["//visibility:public"])
""")
    ctx.file("empty.sh", "#!/bin/sh\n", executable = True)

remote_coverage_stub = repository_rule(implementation = _remote_coverage_stub_impl)
