"""Calls as bytes, and everything a caller gets to see of the answer."""

import itertools
import uuid
from dataclasses import dataclass
from typing import Any, Iterable, Optional

import grpc

from suite.client import CLIENT_ADDRESS_KEY, PASSPORT_KEY, REQUEST_ID_KEY, STATUS_KEY
from suite.contracts import Method, reason_of
from suite.suite import Suite

# A call takes this long at most before it counts as hanging; services give themselves 5 s.
TIMEOUT_SECONDS = 10.0
GATEWAY = "gateway"


@dataclass(frozen=True)
class Outcome:
    """The answer to one call."""

    code: grpc.StatusCode
    message: str
    # The serialized google.rpc.Status of a refusal.
    status: bytes
    # The serialized response of a success.
    answer: bytes
    metadata: tuple[tuple[str, Any], ...]
    details: dict[str, Any]

    @property
    def ok(self) -> bool:
        """Whether it succeeded."""
        return self.code is grpc.StatusCode.OK

    @property
    def reason(self) -> Optional[str]:
        """The stable reason of a refusal; None if the suite gave none."""
        return reason_of(self.details)

    @property
    def fields(self) -> list[str]:
        """The fields that an INVALID_FIELD names."""
        bad_request = self.details.get("BadRequest")
        return [it.field for it in bad_request.field_violations] if bad_request is not None else []

    def refusal(self) -> tuple[grpc.StatusCode, str, bytes]:
        """What two refusals must share if nobody is to tell them apart."""
        return self.code, self.message, self.status

    def everything(self) -> bytes:
        """Every byte that reached the caller."""
        parts = [self.message.encode(), self.status, self.answer]
        for key, value in self.metadata:
            parts += [key.encode(), value if isinstance(value, bytes) else value.encode()]
        return b"\n".join(parts)

    def __str__(self) -> str:
        return self.code.name if self.ok else f"{self.code.name}/{self.reason}: {self.message}"


class Calls:
    """Sends requests to a suite, each from a client address of its own unless told otherwise: limits that count by
    address are another test's matter."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        self._callers = itertools.count(1)

    def send(
        self,
        method: Method,
        request: bytes,
        *,
        passport: Optional[str] = None,
        certificate: str = GATEWAY,
        address: Optional[str] = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> Outcome:
        """One call with the certificate of a service and the passport of a person. Of a stream, the first message."""
        metadata: Iterable[tuple[str, str]] = (
            (REQUEST_ID_KEY, str(uuid.uuid4())),
            (CLIENT_ADDRESS_KEY, address or _address_of(next(self._callers))),
            *(((PASSPORT_KEY, passport),) if passport is not None else ()),
        )
        channel = self._suite.client.channel(method.service, certificate)
        try:
            if method.streams:
                call = channel.unary_stream(method.path)(request, timeout=timeout, metadata=tuple(metadata))
                answer = next(call)
                call.cancel()
                return Outcome(grpc.StatusCode.OK, "", b"", answer, tuple(call.initial_metadata() or ()), {})
            answer, call = channel.unary_unary(method.path).with_call(request, timeout=timeout, metadata=tuple(metadata))
        except grpc.RpcError as error:
            trailers = tuple(error.trailing_metadata() or ())
            status = dict(trailers).get(STATUS_KEY, b"")
            details = self._suite.client.contracts.details(status) if status else {}
            return Outcome(error.code(), error.details() or "", status, b"", trailers, details)
        seen = tuple(call.initial_metadata() or ()) + tuple(call.trailing_metadata() or ())
        return Outcome(grpc.StatusCode.OK, "", b"", answer, seen, {})


def _address_of(caller: int) -> str:
    return f"10.{caller >> 16 & 255}.{caller >> 8 & 255}.{caller & 255}"
