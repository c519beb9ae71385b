"""Party keys on AWS KMS: personal data are encrypted with a key per party, and KMS wraps the keys.

A party's key is made here and wrapped with a data key that KMS made and wrapped; the data key is kept
in memory for a few minutes, so that a warm call asks KMS nothing. Destroying a party's wrapped key
makes everything sealed with it unreadable, wherever it is stored.
"""

import os
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap

from insurance.domain.core.classification import JsonObject
from insurance.domain.core.errors import Unavailable
from insurance.domain.core.packing import pack, unpack

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

DATA_KEY_LIFE_SECONDS = 300.0
DATA_KEY_USES = 1000
"""A data key wraps this many party keys at most, as AWS advises for cached data keys."""

CACHED_DATA_KEYS = 64
PARTY_KEY_BYTES = 32
WRAPPED_PARTY_KEY_BYTES = PARTY_KEY_BYTES + 8  # RFC 3394 adds one block of eight


class Purpose(StrEnum):
    """What a ring's keys are for. KMS opens a data key only for the purpose that it was made for, and
    template.yaml says which function may ask for which."""

    PARTY_KEYS = "party-key"
    """Keys that seal what is known of a party."""
    INDEX_KEYS = "index-key"
    """Keys that hash values for indexes; they open nothing."""
    WEBHOOK_SECRETS = "webhook-secret"
    """Keys that seal what webhooks sign with."""


BUSY = frozenset(
    {
        "ThrottlingException",
        "KMSInternalException",
        "DependencyTimeoutException",
        "KeyUnavailableException",
    }
)
"""Error codes of KMS that say "not now"; botocore has tried again by then."""


@dataclass(frozen=True, slots=True, repr=False)
class AesPartyKey:
    """One party's key. Sealing is AES-SIV: the same facts about the same subject give the same
    bytes, so a repeated command appends the same event."""

    wrapped: bytes
    _plain: bytes

    def seal(self, personal: JsonObject, about: str) -> bytes:
        """Encrypt, bound to the subject: it opens for that subject only."""
        return AESSIV(self._plain).encrypt(pack(personal), [about.encode()])

    def unseal(self, sealed: bytes, about: str) -> JsonObject:
        """The facts again. Raises cryptography's InvalidTag for another subject or key."""
        return unpack(AESSIV(self._plain).decrypt(sealed, [about.encode()]))


@dataclass(slots=True)
class _DataKey:
    wrapped: bytes
    plain: bytes
    made_at: float
    uses: int = 0

    def usable(self, now: float) -> bool:
        return self.uses < DATA_KEY_USES and now - self.made_at < DATA_KEY_LIFE_SECONDS


class KeyRing:
    """Makes keys of one purpose and opens wrapped ones; asks KMS only for data keys it does not hold."""

    def __init__(self, kms: "KMSClient", key_id: str, purpose: Purpose) -> None:
        self._kms = kms
        self._key_id = key_id
        self._context = {"purpose": str(purpose)}
        self._current: _DataKey | None = None
        self._held: OrderedDict[bytes, _DataKey] = OrderedDict()

    def new(self) -> AesPartyKey:
        """A key for a party that has none yet."""
        data_key = self._data_key()
        data_key.uses += 1
        plain = os.urandom(PARTY_KEY_BYTES)
        return AesPartyKey(data_key.wrapped + aes_key_wrap(data_key.plain, plain), plain)

    def open(self, wrapped: bytes) -> AesPartyKey:
        """The party key that an item carries."""
        blob, party_key = wrapped[:-WRAPPED_PARTY_KEY_BYTES], wrapped[-WRAPPED_PARTY_KEY_BYTES:]
        return AesPartyKey(wrapped, aes_key_unwrap(self._unwrapped(blob).plain, party_key))

    def forget_data_keys(self) -> None:
        """Ask KMS again: this process is a copy of one that may have had some."""
        self._current = None
        self._held.clear()

    def _data_key(self) -> _DataKey:
        now = time.monotonic()
        if self._current is None or not self._current.usable(now):
            with kms_in_reach():
                made = self._kms.generate_data_key(
                    KeyId=self._key_id, KeySpec="AES_256", EncryptionContext=self._context
                )
            self._current = _DataKey(made["CiphertextBlob"], made["Plaintext"], now)
            self._hold(self._current)
        return self._current

    def _unwrapped(self, blob: bytes) -> _DataKey:
        now = time.monotonic()
        held = self._held.get(blob)
        if held is not None and now - held.made_at < DATA_KEY_LIFE_SECONDS:
            return held
        with kms_in_reach():
            opened = self._kms.decrypt(
                CiphertextBlob=blob, KeyId=self._key_id, EncryptionContext=self._context
            )
        return self._hold(_DataKey(blob, opened["Plaintext"], now, uses=DATA_KEY_USES))

    def _hold(self, data_key: _DataKey) -> _DataKey:
        self._held[data_key.wrapped] = data_key
        self._held.move_to_end(data_key.wrapped)
        if len(self._held) > CACHED_DATA_KEYS:
            self._held.popitem(last=False)
        return data_key


@contextmanager
def kms_in_reach() -> Iterator[None]:
    """Nothing is stored before its keys or its signature are there, so without KMS nothing was done.

    Raises:
        Unavailable: KMS is busy or out of reach.
    """
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] not in BUSY:
            raise
        raise Unavailable("The key service") from error
    except (HTTPClientError, NoConnection) as error:
        raise Unavailable("The key service") from error
