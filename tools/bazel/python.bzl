"""python_test: a unittest module, run by Debian's Python.

Bazel 4.2's own py_test starts `python`, which Debian 12 does not have.
"""

def python_test(name, module, data = [], size = "small", **kwargs):
    """Runs `python3 -m MODULE` with the workspace and tools/ as import roots.

    Args:
      name: the test.
      module: its dotted name, for example "linters.includes_test".
      data: its source, the modules it imports (py_library or files) and what they read.
      size: as for any test.
      **kwargs: as for any test.
    """
    native.sh_test(
        name = name,
        srcs = ["//tools/bazel:python_test.sh"],
        args = [module],
        data = data,
        size = size,
        **kwargs
    )
