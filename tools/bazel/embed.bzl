"""embedded_file: a file's bytes as a constant in a C++ header."""

load("@rules_cc//cc:defs.bzl", "cc_library")

def embedded_file(name, src, namespace, constant, strip_include_prefix, include_prefix, visibility = None):
    """Embeds a file as `inline constexpr absl::string_view <constant>`.

    Args:
      name: the cc_library; its header is `<include_prefix>/<name>.h`.
      src: the file.
      namespace: the C++ namespace of the constant.
      constant: its name.
      strip_include_prefix: as for cc_library.
      include_prefix: as for cc_library.
      visibility: as usual.
    """
    native.genrule(
        name = name + "_header",
        srcs = [src],
        outs = [name + ".h"],
        cmd = "$(location //tools/bazel:embed_file) %s %s $(SRCS) > $@" % (namespace, constant),
        tools = ["//tools/bazel:embed_file"],
    )
    cc_library(
        name = name,
        hdrs = [name + ".h"],
        include_prefix = include_prefix,
        strip_include_prefix = strip_include_prefix,
        visibility = visibility,
        deps = ["@sys//:absl"],
    )
