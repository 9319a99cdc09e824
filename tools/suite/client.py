"""Calls the services over gRPC as the gateway would: mutual TLS with a service's certificate, and a person's passport.

    client = Client(contracts, certificates, addresses)
    lea = client.sign_in("lea@example.com", "a long enough secret")
    lea.call("records.PatientService/GetMyPatient", {"patient_id": patient_id})
"""

import os
import time
import uuid
from typing import Any, Mapping, Optional

# gRPC for Python looks after its connections during calls only, and otherwise every 5 s: a connection lost while calls
# fail at once would not come back. In milliseconds; read when the first channel is made.
os.environ.setdefault("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "20")
# Nobody calls anything after a fork but exec. What gRPC does for those who do waits for calls on other threads, which may
# wait for it: starting a process then never returns.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

import grpc

from suite.contracts import Contracts, reason_of
from suite.pki import CertificateAuthority

DEFAULT_TIMEOUT_SECONDS = 5.0
# A passport lives for 60 s; half of that leaves room for slow clocks and slow calls.
PASSPORT_REUSE_SECONDS = 30.0
PASSPORT_KEY = "portal-passport"
REQUEST_ID_KEY = "x-request-id"
CLIENT_ADDRESS_KEY = "x-forwarded-for"
STATUS_KEY = "grpc-status-details-bin"


class RpcError(Exception):
    """A refused or failed call: its gRPC code and, if the suite answered, its stable reason and details."""

    def __init__(self, method: str, code: grpc.StatusCode, message: str, details: Mapping[str, Any]) -> None:
        self.method = method
        self.code = code
        self.message = message
        self.details = details
        self.reason = reason_of(dict(details))
        outcome = f"{code.name}/{self.reason}" if self.reason else code.name
        super().__init__(f"{method.rpartition('.')[2]}: {outcome}: {message}")


class Client:
    """Channels to all services, as one caller's certificate; the gateway's unless said otherwise."""

    def __init__(
        self,
        contracts: Contracts,
        certificates: CertificateAuthority,
        addresses: Mapping[str, str],
        client_address: str = "127.0.0.1",
    ) -> None:
        self.contracts = contracts
        self._certificates = certificates
        self._addresses = dict(addresses)
        self._client_address = client_address
        self._channels: dict[tuple[str, str], grpc.Channel] = {}

    def call(
        self,
        method: str,
        request: Optional[dict[str, Any]] = None,
        *,
        passport: Optional[str] = None,
        caller: str = "gateway",
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
        metadata: tuple[tuple[str, str], ...] = (),
    ) -> dict[str, Any]:
        """Calls a method, named as Contracts.method() takes it. Raises RpcError for anything but OK."""
        target = self.contracts.method(method)
        sent = (
            (REQUEST_ID_KEY, str(uuid.uuid4())),
            (CLIENT_ADDRESS_KEY, self._client_address),
            *(((PASSPORT_KEY, passport),) if passport is not None else ()),
            *metadata,
        )
        call = self.channel(target.service, caller).unary_unary(target.path)
        try:
            answer = call(target.encode(request or {}), timeout=timeout, metadata=sent, wait_for_ready=False)
        except grpc.RpcError as error:
            raise self._error(target.full_name, error) from None
        return target.decode(answer)

    def channel(self, service: str, caller: str = "gateway") -> grpc.Channel:
        """The channel to a service with a caller's certificate."""
        key = (service, caller)
        if key not in self._channels:
            files = self._certificates.snapshot(caller)
            credentials = grpc.ssl_channel_credentials(
                files.ca.read_bytes(), files.key.read_bytes(), files.certificate.read_bytes()
            )
            options = (
                # A killed service is back within this time, so calls find it soon after it is.
                ("grpc.initial_reconnect_backoff_ms", 100),
                # In spite of its name the time that one attempt may take; on a busy machine a handshake takes some.
                ("grpc.min_reconnect_backoff_ms", 5000),
                ("grpc.max_reconnect_backoff_ms", 500),
            )
            self._channels[key] = grpc.secure_channel(self._addresses[service], credentials, options)
        return self._channels[key]

    def sign_in(self, email: str, password: str) -> "SignedIn":
        """Opens a session."""
        answer = self.call("identity.SessionService/SignIn", {"email": email, "password": password})
        return SignedIn(self, answer["session_token"])

    def resume(self, session_token: str) -> "SignedIn":
        """The session of a token from an earlier sign-in; whether it still lives shows at the first call."""
        return SignedIn(self, session_token)

    def close(self) -> None:
        """Closes all channels."""
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()

    def _error(self, method: str, error: grpc.RpcError) -> RpcError:
        trailers = dict(error.trailing_metadata() or ())
        status = trailers.get(STATUS_KEY)
        details = self.contracts.details(status) if status is not None else {}
        return RpcError(method, error.code(), error.details() or "", details)


class SignedIn:
    """A person with a session: calls carry a passport, which is renewed when it gets old."""

    def __init__(self, client: Client, session_token: str) -> None:
        self.session_token = session_token
        self._client = client
        self._passport = ""
        self._passport_age = 0.0

    def passport(self) -> str:
        """A passport that will be accepted for some time yet."""
        if not self._passport or time.monotonic() - self._passport_age > PASSPORT_REUSE_SECONDS:
            answer = self._client.call("identity.SessionService/IssuePassport", {"session_token": self.session_token})
            self._passport = answer["passport"]
            self._passport_age = time.monotonic()
        return self._passport

    def renew(self) -> None:
        """Forgets the passport: the next call carries one with the account's roles as they are then."""
        self._passport = ""

    def call(self, method: str, request: Optional[dict[str, Any]] = None, **options: Any) -> dict[str, Any]:
        """Client.call on this person's behalf."""
        return self._client.call(method, request, passport=self.passport(), **options)
