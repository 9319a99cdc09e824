"""What the suite consists of: each service, what it needs and where it listens."""

from dataclasses import dataclass, field
from pathlib import Path

from suite.pki import TRUST_DOMAIN, CertificateAuthority

# Issuer and audience of passports: one of another installation is refused here.
INSTALLATION = "portal-development"
# Links in e-mails begin with it; the web portal will answer there.
PORTAL_BASE_URL = "https://portal.localhost:7443"
# What people agree to when they sign up.
TERMS_VERSION = 1
WORD_LIST = "/usr/lib/python3/dist-packages/diceware/wordlists/wordlist_en_eff.txt"
FIRST_PORT = 7101
FIRST_ADMIN_PORT = 7201


@dataclass(frozen=True)
class Service:
    """One service: its own process, database, certificate and keys."""

    name: str
    # Flags of its own besides those that every service has; {…} are the fields of FlagValues.
    flags: tuple[str, ...] = ()

    @property
    def database(self) -> str:
        """Its database; the roles are named after it."""
        return f"portal_{self.name}"


# In the order they start. They may come up in any order; this one makes the first calls succeed at once.
SERVICES = (
    Service(
        name="identity",
        flags=(
            "--passport_signing_keys={keys}/passport_signing",
            "--portal_base_url={portal_base_url}",
            "--messaging_address={addresses[messaging]}",
            "--access_code_address={addresses[access_code]}",
            f"--terms_version={TERMS_VERSION}",
        ),
    ),
    Service(
        name="access_code",
        flags=(
            "--code_peppers={keys}/access_code/code_peppers",
            "--word_list={word_list}",
            "--portal_base_url={portal_base_url}",
            "--messaging_address={addresses[messaging]}",
        ),
    ),
    Service(name="records", flags=("--access_code_address={addresses[access_code]}",)),
    # Nobody waits for it: deploy/postgres/README.md counts with few connections.
    Service(
        name="messaging",
        flags=(
            "--portal_base_url={portal_base_url}",
            "--mail_directory={mail}",
            "--read_workers=1",
            "--write_workers=4",
        ),
    ),
)
NAMES = tuple(service.name for service in SERVICES)
# Certificates of those that call: the gateway, through which every person's call comes, the operator, and two services that
# are not there yet.
CALLERS = ("gateway", "operator", "scheduling", "forms")


@dataclass(frozen=True)
class Ports:
    """Where a service listens on the loopback address."""

    grpc: int
    admin: int


DEVELOPMENT_PORTS = {
    service.name: Ports(FIRST_PORT + index, FIRST_ADMIN_PORT + index) for index, service in enumerate(SERVICES)
}


@dataclass(frozen=True)
class FlagValues:
    """What the flags of a service are filled in with."""

    home: Path
    ca: CertificateAuthority
    ports: dict[str, Ports]
    database_url: str
    mail: Path
    keys: Path
    extra: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, service: Service) -> list[str]:
        """All flags of a service."""
        files = self.ca.certificate(service.name)
        ports = self.ports[service.name]
        own_keys = self.keys / service.name
        addresses = {name: f"localhost:{other.grpc}" for name, other in self.ports.items()}
        common = [
            f"--listen_address=127.0.0.1:{ports.grpc}",
            f"--admin_address=127.0.0.1:{ports.admin}",
            f"--tls_certificate={files.certificate}",
            f"--tls_key={files.key}",
            f"--tls_ca={files.ca}",
            f"--trust_domain={TRUST_DOMAIN}",
            "--reflection",
            f"--database_url={self.database_url}",
            f"--installation={INSTALLATION}",
            f"--passport_public_keys={self.keys / 'passport_public'}",
            f"--sealing_keys={own_keys / 'sealing'}",
            f"--audit_signing_keys={own_keys / 'audit_signing'}",
            f"--audit_checkpoints={self.home / 'audit' / (service.name + '.checkpoints')}",
        ]
        # Identity tells the others whose streams are to be closed.
        if service.name != "identity":
            common.append(f"--identity_address={addresses['identity']}")
        own = [
            flag.format(
                keys=self.keys,
                portal_base_url=PORTAL_BASE_URL,
                mail=self.mail,
                word_list=WORD_LIST,
                addresses=addresses,
            )
            for flag in service.flags
        ]
        return common + own + list(self.extra.get(service.name, ()))
