"""Keys without KMS."""

import os
from dataclasses import dataclass, field
from hashlib import sha256

from insurance.domain.core.classification import JsonObject
from insurance.domain.core.packing import canonical
from insurance.kms import PARTY_KEY_BYTES
from insurance.kms import AesPartyKey as RealKey


@dataclass(frozen=True)
class MemoryKey:
    """A key that remembers what it sealed instead of encrypting it."""

    wrapped: bytes
    sealed: dict[bytes, JsonObject] = field(default_factory=dict)

    def seal(self, personal: JsonObject, about: str) -> bytes:
        """The same facts about the same subject give the same bytes, as the real key's do."""
        token = f"{about}#{sha256(canonical(personal)).hexdigest()}".encode()
        self.sealed[token] = personal
        return token

    def unseal(self, sealed: bytes, about: str) -> JsonObject:
        if not sealed.startswith(about.encode()):
            raise ValueError("sealed about somebody else")
        return self.sealed[sealed]


class MemoryKeys:
    def new(self) -> MemoryKey:
        return MemoryKey(b"key")

    def open(self, wrapped: bytes) -> MemoryKey:  # noqa: ARG002 - the same
        raise AssertionError("nothing is wrapped here")


class PlainKeys:
    """Party keys without KMS: the wrapped key is the key."""

    def new(self) -> RealKey:
        plain = os.urandom(PARTY_KEY_BYTES)
        return RealKey(plain, plain)

    def open(self, wrapped: bytes) -> RealKey:
        return RealKey(wrapped, wrapped)
