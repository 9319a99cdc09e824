"""`tools/portal call`: buf curl with the certificates, the contracts and a person's passport filled in."""

import os
import subprocess
from pathlib import Path
from typing import Optional

from suite.artifacts import ROOT
from suite.client import PASSPORT_KEY, REQUEST_ID_KEY
from suite.errors import SuiteError
from suite.people import new_request_id
from suite.ports import LOOPBACK
from suite.suite import Suite


def call(suite: Suite, method_name: str, data: str, passport: Optional[str], caller: str) -> int:
    """Prints the answer as JSON, or the error; returns buf's exit status."""
    method = suite.client.contracts.method(method_name)
    files = suite.certificates.certificate(caller)
    argv = [str(_program()), "curl", "--protocol", "grpc", "--schema", str(suite.artifacts.descriptors)]
    argv += ["--cert", str(files.certificate), "--key", str(files.key), "--cacert", str(files.ca)]
    argv += ["--servername", "localhost", "--header", f"{REQUEST_ID_KEY}: {new_request_id()}"]
    # The passport goes through a pipe: other users of the machine can read command lines.
    headers = f"{PASSPORT_KEY}: {passport}\n" if passport is not None else ""
    if headers:
        argv += ["--header", "@-"]
    argv += ["--data", data, f"https://{LOOPBACK}:{suite.ports[method.service].grpc}{method.path}"]
    return subprocess.run(argv, input=headers, text=True, cwd=ROOT, env=dict(os.environ), check=False).returncode


def _program() -> Path:
    found = sorted((ROOT / "tools" / "node_modules" / "@bufbuild").glob("buf-linux-*/bin/buf"))
    if not found:
        raise SuiteError("buf is not installed: run tools/setup")
    return found[0]
