"""KMS: data keys under keys that never leave, bound to their encryption context."""

from __future__ import annotations

import base64
import json
import secrets
import sqlite3
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from local.aws.rights import Call
from local.aws.services.errors import ServiceError

type Json = dict[str, Any]

_FORMAT = b"\x01"
_NONCE = 12
_SIZES = {"AES_256": 32, "AES_128": 16}


class Kms:
    """GenerateDataKey and Decrypt on symmetric keys."""

    def __init__(self, store: sqlite3.Connection) -> None:
        self._store = store

    def ensure_key(self, arn: str) -> None:
        """Make a key unless it is there already."""
        self._store.execute(
            "INSERT OR IGNORE INTO kms_keys VALUES (?, ?)", (arn, secrets.token_bytes(32))
        )

    @property
    def has_keys(self) -> bool:
        return self._store.execute("SELECT 1 FROM kms_keys").fetchone() is not None

    def calls(self, action: str) -> Callable[[Json], list[Call]]:
        """What IAM is asked about such a request."""

        def about(request: Json) -> list[Call]:
            context = request.get("EncryptionContext") or {}
            named = {f"kms:EncryptionContext:{name}": [value] for name, value in context.items()}
            arn, _ = self._key(request["KeyId"]) if "KeyId" in request else self._opening(request)
            return [Call(f"kms:{action}", arn, named)]

        return about

    def generate_data_key(self, request: Json) -> Json:
        arn, material = self._key(request.get("KeyId", ""))
        size = request.get("NumberOfBytes") or _SIZES.get(request.get("KeySpec", ""))
        if not isinstance(size, int) or not 1 <= size <= 1024:  # noqa: PLR2004 (KMS's bounds)
            raise ServiceError(
                "ValidationException", "Please specify either number of bytes or key spec."
            )
        plaintext = secrets.token_bytes(size)
        nonce = secrets.token_bytes(_NONCE)
        head = _FORMAT + len(arn).to_bytes(2) + arn.encode()
        sealed = AESGCM(material).encrypt(nonce, plaintext, head + _context(request))
        return {
            "CiphertextBlob": base64.b64encode(head + nonce + sealed).decode(),
            "Plaintext": base64.b64encode(plaintext).decode(),
            "KeyId": arn,
        }

    def decrypt(self, request: Json) -> Json:
        head, rest = _parts(request)
        arn, material = self._opening(request)
        wanted = request.get("KeyId")
        if wanted is not None and self._key(wanted)[0] != arn:
            raise ServiceError(
                "IncorrectKeyException",
                "The key ID in the request does not identify a CMK that can perform this operation.",
            )
        try:
            plaintext = AESGCM(material).decrypt(
                rest[:_NONCE], rest[_NONCE:], head + _context(request)
            )
        except InvalidTag as error:
            raise ServiceError("InvalidCiphertextException", "") from error
        return {
            "Plaintext": base64.b64encode(plaintext).decode(),
            "KeyId": arn,
            "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        }

    def _opening(self, request: Json) -> tuple[str, bytes]:
        """The key that the request's ciphertext names."""
        try:
            return self._key(_parts(request)[0][3:].decode())
        except (ServiceError, UnicodeDecodeError) as error:
            raise ServiceError("InvalidCiphertextException", "") from error

    def _key(self, key_id: str) -> tuple[str, bytes]:
        row = self._store.execute(
            "SELECT arn, material FROM kms_keys WHERE arn = ?1 OR arn LIKE '%:key/' || ?1",
            (key_id,),
        ).fetchone()
        if row is None:
            raise ServiceError("NotFoundException", f"Key '{key_id}' does not exist")
        return row[0], row[1]


def _parts(request: Json) -> tuple[bytes, bytes]:
    """The head of a ciphertext, which names its key, and the rest."""
    blob = _decoded(request.get("CiphertextBlob", ""))
    length = int.from_bytes(blob[1:3])
    head, rest = blob[: 3 + length], blob[3 + length :]
    if blob[:1] != _FORMAT or len(rest) <= _NONCE:
        raise ServiceError("InvalidCiphertextException", "")
    return head, rest


def _context(request: Json) -> bytes:
    return json.dumps(request.get("EncryptionContext") or {}, sort_keys=True).encode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise ServiceError("InvalidCiphertextException", "") from error
