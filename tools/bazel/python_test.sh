#!/bin/bash
# Runs a Python module as a test; see python.bzl. Bazel starts it in the workspace's folder of the runfiles.
export PYTHONPATH=$PWD/tools:$PWD PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 -m "$@"
