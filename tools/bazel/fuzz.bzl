"""portal_fuzz_test: a fuzz target; see libs/testing/fuzz.h."""

load("//tools/bazel:cc.bzl", "portal_cc_test")

def portal_fuzz_test(name, deps, data = []):
    """A test of `<name>.cc` with the inputs in `fuzz_seeds/<name>/`; under --config=fuzz, libFuzzer's program of it.

    Args:
      name: ends with _fuzz.
      deps: what it needs besides libs/testing:fuzz.
      data: files it reads, besides the inputs.
    """
    seeds = native.glob(["fuzz_seeds/%s/*" % name])
    portal_cc_test(
        name = name,
        size = "small",
        srcs = [name + ".cc"],
        args = ["$(rootpath %s)" % seed for seed in seeds],
        data = data + seeds,
        linkopts = select({
            "//tools/sanitizers:fuzz": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        tags = ["fuzz"],
        deps = deps + ["//libs/testing:fuzz"] + select({
            "//tools/sanitizers:fuzz": [],
            "//conditions:default": ["//libs/testing:fuzz_replay"],
        }),
    )
