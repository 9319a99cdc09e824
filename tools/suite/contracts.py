"""The suite's contracts, read from the descriptor set: callers need no generated code."""

from pathlib import Path
from typing import Any, Optional

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message, message_factory

from suite.errors import SuiteError

PACKAGE_PREFIX = "portal."
# Contracts of others that a service of ours answers.
FOREIGN_SERVICES = {"envoy.service.auth.v3.Authorization": "identity"}
ERROR_DOMAIN = "portal"


class Method:
    """One RPC: its address and how to turn JSON-like dictionaries into messages and back."""

    def __init__(self, descriptor: Any, factory: message_factory.MessageFactory) -> None:
        self._request = factory.GetPrototype(descriptor.input_type)
        self._response = factory.GetPrototype(descriptor.output_type)
        self._pool = factory.pool
        self.descriptor = descriptor
        service = descriptor.containing_service
        # portal.records.v1.PatientService/GetPatient belongs to the service "records".
        self.service = FOREIGN_SERVICES.get(service.full_name) or service.full_name.split(".")[1]
        self.full_name = f"{service.full_name}/{descriptor.name}"
        self.path = f"/{self.full_name}"

    def new_request(self) -> message.Message:
        """An empty request."""
        return self._request()

    def encode(self, fields: dict[str, Any]) -> bytes:
        """The request's bytes, from proto field names or lowerCamelCase."""
        try:
            return json_format.ParseDict(fields, self._request(), descriptor_pool=self._pool).SerializeToString()
        except json_format.ParseError as error:
            raise SuiteError(f"{self.full_name}: not a valid request: {error}") from error

    def decode(self, data: bytes) -> dict[str, Any]:
        """The response with proto field names; fields without presence are there even when empty."""
        return json_format.MessageToDict(
            self._response.FromString(data),
            preserving_proto_field_name=True,
            including_default_value_fields=True,
            descriptor_pool=self._pool,
        )


class Contracts:
    """All methods of a descriptor set."""

    def __init__(self, descriptor_set: Path) -> None:
        self._pool = descriptor_pool.DescriptorPool()
        files = descriptor_pb2.FileDescriptorSet.FromString(descriptor_set.read_bytes()).file
        for file in files:
            self._pool.Add(file)
        self._factory = message_factory.MessageFactory(self._pool)
        self._methods = {
            method.full_name: method
            for file in files
            for service in self._pool.FindFileByName(file.name).services_by_name.values()
            if file.package.startswith(PACKAGE_PREFIX) or service.full_name in FOREIGN_SERVICES
            for method in (Method(descriptor, self._factory) for descriptor in service.methods)
        }

    def names(self) -> list[str]:
        """The full names of all methods, `portal.records.v1.PatientService/GetPatient`."""
        return sorted(self._methods)

    def method(self, name: str) -> Method:
        """A method by its full name, or by as much of its end as names no other: `PatientService/GetPatient`."""
        # The version can be left out as well: records.PatientService/GetPatient.
        wanted = name.replace(".v1.", ".").removeprefix(PACKAGE_PREFIX)
        found = [
            method for full, method in self._methods.items() if _ends_with(full.replace(".v1.", "."), wanted)
        ]
        if len(found) != 1:
            problem = "is not a method" if not found else "names several methods"
            raise SuiteError(f"{name} {problem}; `tools/portal call` without arguments lists them")
        return found[0]

    def details(self, status: bytes) -> dict[str, message.Message]:
        """The details of a google.rpc.Status by short type name: ErrorInfo, BadRequest, RetryInfo."""
        parsed = self._message("google.rpc.Status").FromString(status)
        found = {}
        for detail in parsed.details:
            full_name = detail.type_url.rpartition("/")[2]
            found[full_name.rpartition(".")[2]] = self._message(full_name).FromString(detail.value)
        return found

    def _message(self, full_name: str) -> Any:
        return self._factory.GetPrototype(self._pool.FindMessageTypeByName(full_name))


def reason_of(details: dict[str, Any]) -> Optional[str]:
    """The stable reason of a failure, if the suite gave one."""
    info = details.get("ErrorInfo")
    return info.reason if info is not None and info.domain == ERROR_DOMAIN else None


def _ends_with(full: str, wanted: str) -> bool:
    """Whether `wanted` is `full` or what follows a dot or slash in it."""
    return full == wanted or full.endswith(("." + wanted, "/" + wanted))
