"""proto_package: one folder of protos as C++ messages, gRPC stubs and a descriptor set.

    proto_package(name = "v1", deps = ["//protos/portal/policy/v1"])

gives `v1` (cc_library), `v1_descriptors` (a FileDescriptorSet with all imports) and `v1_gen`, which carries the
sources to packages that import this one. Stubs are made for files named `*_service.proto`, and for those in `services`.
"""

load("@rules_cc//cc:defs.bzl", "cc_library")

PortalProtoInfo = provider(
    doc = "What importing packages need of a proto package.",
    fields = {
        "srcs": "depset of .proto files, transitive",
        "roots": "depset of import roots, transitive",
    },
)

def _relative_to(prefix, file):
    return file.path[len(prefix) + 1:] if prefix else file.path

def _proto_gen_impl(ctx):
    deps = [dep[PortalProtoInfo] for dep in ctx.attr.deps]
    srcs = depset(ctx.files.srcs, transitive = [dep.srcs for dep in deps])
    root = "/".join([part for part in [ctx.label.workspace_root, ctx.attr.root] if part])
    roots = depset([root], transitive = [dep.roots for dep in deps])
    package = "/".join([part for part in [ctx.label.workspace_root, ctx.label.package] if part])
    out_root = ctx.bin_dir.path + "/" + root

    messages, stubs, services = [], [], []
    for src in ctx.files.srcs:
        stem = _relative_to(package, src)[:-len(".proto")]
        messages += [ctx.actions.declare_file(stem + ext) for ext in [".pb.h", ".pb.cc"]]
        if src.basename.endswith("_service.proto") or src in ctx.files.services:
            services.append(src)
            stubs += [ctx.actions.declare_file(stem + ext) for ext in [".grpc.pb.h", ".grpc.pb.cc"]]
    descriptors = ctx.actions.declare_file(ctx.label.name + ".binpb")

    args = ctx.actions.args()
    args.add_all(roots, format_each = "-I%s")
    args.add("--cpp_out=" + out_root)
    args.add_all(["--include_imports", "--include_source_info"])
    args.add("--descriptor_set_out=" + descriptors.path)
    args.add_all(ctx.files.srcs)
    ctx.actions.run(
        executable = "/usr/bin/protoc",
        arguments = [args],
        inputs = srcs,
        outputs = messages + [descriptors],
        mnemonic = "Protoc",
    )
    if services:
        args = ctx.actions.args()
        args.add_all(roots, format_each = "-I%s")
        args.add("--plugin=protoc-gen-grpc=/usr/bin/grpc_cpp_plugin")
        args.add("--grpc_out=" + out_root)
        args.add_all(services)
        ctx.actions.run(
            executable = "/usr/bin/protoc",
            arguments = [args],
            inputs = srcs,
            outputs = stubs,
            mnemonic = "ProtocGrpc",
        )
    outputs = messages + stubs
    return [
        DefaultInfo(files = depset(outputs)),
        OutputGroupInfo(
            hdrs = depset([f for f in outputs if f.extension == "h"]),
            srcs = depset([f for f in outputs if f.extension == "cc"]),
            descriptors = depset([descriptors]),
        ),
        PortalProtoInfo(srcs = srcs, roots = roots),
    ]

_proto_gen = rule(
    implementation = _proto_gen_impl,
    attrs = {
        "srcs": attr.label_list(allow_files = [".proto"]),
        "deps": attr.label_list(providers = [PortalProtoInfo]),
        "root": attr.string(doc = "Import root, relative to the repository the package is in."),
        "services": attr.label_list(allow_files = [".proto"]),
    },
)

def _gen_of(dep):
    # "//a/b" is short for "//a/b:b".
    return dep + "_gen" if ":" in dep else dep + ":" + dep.split("/")[-1] + "_gen"

def proto_package(
        name,
        srcs = None,
        deps = [],
        root = "protos",
        services = [],
        visibility = ["//visibility:public"]):
    """Declares the C++ library, stubs and descriptor set of the protos in this folder.

    Args:
      name: the cc_library.
      srcs: the .proto files; all of this folder's when left out.
      deps: proto_package targets that these files import.
      root: the folder that import paths start from, relative to the repository.
      services: those of srcs that declare gRPC services under a name other than `*_service.proto`.
      visibility: as usual.
    """
    _proto_gen(
        name = name + "_gen",
        srcs = srcs or native.glob(["*.proto"]),
        deps = [_gen_of(dep) for dep in deps],
        root = root,
        services = services,
        visibility = visibility,
    )
    for group in ["hdrs", "srcs", "descriptors"]:
        native.filegroup(
            name = name + "_" + group,
            srcs = [name + "_gen"],
            output_group = group,
            visibility = visibility,
        )
    cc_library(
        name = name,
        srcs = [name + "_srcs"],
        hdrs = [name + "_hdrs"],
        copts = ["-w"],  # generated code
        includes = [] if root else ["."],
        strip_include_prefix = "/" + root if root else None,
        visibility = visibility,
        deps = deps + ["@sys//:grpcpp"],
    )

def _descriptor_set_impl(ctx):
    deps = [dep[PortalProtoInfo] for dep in ctx.attr.deps]
    srcs = depset(transitive = [dep.srcs for dep in deps])
    out = ctx.actions.declare_file(ctx.label.name + ".binpb")
    args = ctx.actions.args()
    args.add_all(depset(transitive = [dep.roots for dep in deps]), format_each = "-I%s")
    args.add("--include_imports")
    if ctx.attr.comments:
        args.add("--include_source_info")
    args.add("--descriptor_set_out=" + out.path)
    args.add_all(srcs)
    ctx.actions.run(
        executable = "/usr/bin/protoc",
        arguments = [args],
        inputs = srcs,
        outputs = [out],
        mnemonic = "ProtocDescriptors",
    )
    return [DefaultInfo(files = depset([out]), runfiles = ctx.runfiles([out]))]

_descriptor_set = rule(
    implementation = _descriptor_set_impl,
    attrs = {
        "comments": attr.bool(default = True),
        "deps": attr.label_list(providers = [PortalProtoInfo]),
    },
)

def descriptor_set(name, deps, **kwargs):
    """Declares one FileDescriptorSet, `<name>.binpb`, of proto_package targets and all that they import.

    Args:
      name: the target.
      deps: proto_package targets.
      **kwargs: as for any rule; with `comments = False` the contracts' comments are left out.
    """
    _descriptor_set(name = name, deps = [dep + "_gen" for dep in deps], **kwargs)
