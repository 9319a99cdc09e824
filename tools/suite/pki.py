"""The development CA and one certificate per service, made with openssl.

A service finds its files in `<folder>/<service>/{tls.crt,tls.key,ca.crt}`. `<service>` is a symbolic link that is
replaced as a whole, so that nobody ever reads a certificate with another one's key.

The CA is replaced in three steps, each of which the caller sees through before the next: start_rollover() makes the new
one, promote() signs with it, finish_rollover() forgets the old one. distribute() gives everybody new files as they are to
be at that step. `ca.next` and `ca.previous` say how far it came, so that it can be taken up again after an interruption.
"""

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from suite.errors import SuiteError
from suite.processes import run, write_atomically

TRUST_DOMAIN = "portal.local"
DAY_SECONDS = 24 * 3600
CA_DAYS = 3650
# A CA that ends sooner than the certificates it signs would take them with it.
CA_RENEW_DAYS = 120
LEAF_DAYS = 90
LEAF_RENEW_DAYS = 30

CONFIGURATION = """
[req]
prompt = no
distinguished_name = subject
[subject]
CN = {name}
[ca]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = URI:spiffe://{trust_domain}/service/{name}, DNS:localhost, IP:127.0.0.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""


@dataclass(frozen=True)
class Certificate:
    """The PEM files of one service."""

    folder: Path

    @property
    def certificate(self) -> Path:
        """Its certificate."""
        return self.folder / "tls.crt"

    @property
    def key(self) -> Path:
        """Its private key, readable by its user only."""
        return self.folder / "tls.key"

    @property
    def ca(self) -> Path:
        """Whom it trusts."""
        return self.folder / "ca.crt"


class CertificateAuthority:
    """A CA for one installation on one machine. Its key lies beside it: it is worth nothing elsewhere."""

    def __init__(self, folder: Path, trust_domain: str = TRUST_DOMAIN) -> None:
        self._folder = folder
        self._trust_domain = trust_domain
        self._ca_certificate = folder / "ca.crt"
        self._ca_key = folder / "ca.key"
        self._next_certificate = folder / "ca.next.crt"
        self._next_key = folder / "ca.next.key"
        self._previous_certificate = folder / "ca.previous.crt"

    def certificate(self, name: str) -> Certificate:
        """The files of a service, whether or not they exist yet."""
        return Certificate(self._folder / name)

    def snapshot(self, name: str) -> Certificate:
        """The files that a service has now, which belong together whatever is renewed meanwhile."""
        return Certificate((self._folder / name).resolve())

    def ensure(self, names: list[str]) -> list[str]:
        """Makes what is missing or about to expire, the CA included; returns the names that got new files."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._complete_promotion()
        if not self._ca_is_usable():
            self._make_ca(self._ca_certificate, self._ca_key)
        renewed = [name for name in names if not self._is_current(self.certificate(name))]
        for name in renewed:
            self._issue(name)
        return renewed

    def renew(self, name: str) -> None:
        """Gives a service new files while it runs, as happens before the old ones expire."""
        self._issue(name)

    # How the CA is replaced.

    def start_rollover(self) -> None:
        """Makes the next CA, unless there is one or it has been promoted already: from now on it is trusted as well."""
        self._complete_promotion()
        if not self._previous_certificate.exists() and not self._next_certificate.exists():
            self._make_ca(self._next_certificate, self._next_key)

    def promote(self) -> None:
        """From now on the next CA signs, and the one before is trusted still."""
        if self._next_certificate.exists() and not self._previous_certificate.exists():
            write_atomically(self._previous_certificate, self._ca_certificate.read_text())
        self._complete_promotion()

    def finish_rollover(self) -> None:
        """From now on the CA before is trusted no more."""
        self._previous_certificate.unlink(missing_ok=True)

    def rollover_is_promoted(self) -> bool:
        """Whether the CA that signs is a new one, and the one before is trusted still."""
        return self._previous_certificate.exists()

    def distribute(self, names: list[str]) -> dict[str, str]:
        """Gives everybody new files, signed and trusting as things are now; the new certificates by name."""
        for name in names:
            self._issue(name)
        return {name: self.snapshot(name).certificate.read_text() for name in names}

    def _complete_promotion(self) -> None:
        """Moves the next CA into its place; a crash may have come in between. What begins it is `ca.previous`."""
        if self._previous_certificate.exists() and self._next_certificate.exists():
            if self._next_key.exists():
                os.replace(self._next_key, self._ca_key)
            os.replace(self._next_certificate, self._ca_certificate)

    def _trusted(self) -> str:
        """The CAs whose certificates are to be believed now."""
        certificates = (self._ca_certificate, self._next_certificate, self._previous_certificate)
        return "".join(path.read_text() for path in certificates if path.exists())

    def _is_current(self, files: Certificate) -> bool:
        if not _valid_for(files.certificate, LEAF_RENEW_DAYS):
            return False
        try:
            run(["/usr/bin/openssl", "verify", "-CAfile", str(self._ca_certificate), str(files.certificate)])
        except SuiteError:
            return False  # another CA's
        return True

    def _ca_is_usable(self) -> bool:
        """Valid for long enough and its key's: a crash may have come between replacing one and the other."""
        if not (_valid_for(self._ca_certificate, CA_RENEW_DAYS) and self._ca_key.exists()):
            return False
        try:
            certified = run(["/usr/bin/openssl", "x509", "-noout", "-pubkey", "-in", str(self._ca_certificate)])
            return certified == run(["/usr/bin/openssl", "pkey", "-pubout", "-in", str(self._ca_key)])
        except SuiteError:
            return False

    def _make_ca(self, certificate_file: Path, key_file: Path) -> None:
        # Two CAs that are trusted at the same time need different names.
        configuration = self._configure(f"Portal development CA {secrets.token_hex(4)}", self._folder)
        key, certificate = self._folder / "ca.key.new", self._folder / "ca.crt.new"
        _make_key(key)
        run(
            ["/usr/bin/openssl", "req", "-x509", "-new", "-sha256", "-days", str(CA_DAYS), "-extensions", "ca"]
            + ["-config", str(configuration), "-key", str(key), "-out", str(certificate)]
        )
        configuration.unlink()
        os.replace(key, key_file)
        os.replace(certificate, certificate_file)

    def _issue(self, name: str) -> None:
        link = self._folder / name
        # Who reads them at this moment goes on to the end; those before are no one's any more.
        current = link.resolve() if link.is_symlink() else None
        forgotten = [path for path in self._folder.glob(f".{name}-*") if path != current]
        files = Certificate(self._folder / f".{name}-{secrets.token_hex(4)}")
        files.folder.mkdir(mode=0o700)
        configuration = self._configure(name, files.folder)
        request = files.folder / "tls.csr"
        _make_key(files.key)
        run(["/usr/bin/openssl", "req", "-new", "-config", str(configuration), "-key", str(files.key)]
            + ["-out", str(request)])
        run(
            ["/usr/bin/openssl", "x509", "-req", "-sha256", "-days", str(LEAF_DAYS), "-extensions", "leaf"]
            + ["-extfile", str(configuration), "-set_serial", "0x" + secrets.token_hex(16), "-in", str(request)]
            + ["-CA", str(self._ca_certificate), "-CAkey", str(self._ca_key), "-out", str(files.certificate)]
        )
        write_atomically(files.ca, self._trusted(), mode=0o644)
        request.unlink()
        configuration.unlink()
        new_link = self._folder / f".{name}.new"
        new_link.unlink(missing_ok=True)
        new_link.symlink_to(files.folder.name)
        os.replace(new_link, link)
        for path in forgotten:
            shutil.rmtree(path, ignore_errors=True)

    def _configure(self, name: str, folder: Path) -> Path:
        path = folder / "openssl.cnf"
        write_atomically(path, CONFIGURATION.format(name=name, trust_domain=self._trust_domain))
        return path


def _make_key(path: Path) -> None:
    run(["/usr/bin/openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(path)])
    path.chmod(0o600)


def _valid_for(certificate: Path, days: int) -> bool:
    if not certificate.exists():
        return False
    try:
        run(["/usr/bin/openssl", "x509", "-noout", "-checkend", str(days * DAY_SECONDS), "-in", str(certificate)])
    except SuiteError:
        return False
    return True
