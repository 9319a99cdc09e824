"""Ports on the loopback address: free ones for tests, and who holds one that is taken."""

import errno
import random
import socket
from pathlib import Path
from typing import Optional

from suite.errors import SuiteError

LOOPBACK = "127.0.0.1"
# Below Linux's ephemeral range: nobody's outgoing connection takes one by chance.
TEST_PORTS = range(20000, 32000)
LISTENING = "0A"


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def require_free(port: int, wanted_by: str) -> None:
    """Fails, naming the holder, if a server could not listen there."""
    if not is_free(port):
        raise SuiteError(f"port {port}, needed by {wanted_by}, is in use by {holder(port) or 'another program'}")


def free_ports(count: int) -> list[int]:
    """Different ports that are free now."""
    found = []
    for port in random.sample(TEST_PORTS, len(TEST_PORTS)):
        if len(found) == count:
            break
        if is_free(port):
            found.append(port)
    if len(found) < count:
        raise SuiteError(f"no {count} free ports between {TEST_PORTS.start} and {TEST_PORTS.stop}")
    return found


def holder(port: int) -> Optional[str]:
    """The program that listens on a port, as far as the kernel lets us see it."""
    inodes = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(descriptor.readlink()) in inodes:
                process = descriptor.parents[1]
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:
            continue  # it has ended, or is not ours to look at
    return None


def _listening_inodes(port: int) -> list[str]:
    found = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except FileNotFoundError:
            continue  # no IPv6
        for fields in (line.split() for line in lines):
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                found.append(fields[9])
    return found
