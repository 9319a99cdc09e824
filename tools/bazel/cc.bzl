"""portal_cc_test: a cc_test that knows how to run under the sanitizers."""

load("@rules_cc//cc:defs.bzl", "cc_test")

def portal_cc_test(name, deps = [], **kwargs):
    """A cc_test with ThreadSanitizer's options and suppressions linked in under --config=tsan.

    Args:
      name: the test.
      deps: as usual.
      **kwargs: as for cc_test.
    """
    cc_test(
        name = name,
        deps = deps + ["//tools/sanitizers:defaults"],
        **kwargs
    )
