"""KMS: data keys under keys that never leave, bound to their encryption context; and signatures.

Each key has 32 random bytes. Of a key that signs they are the private number on the curve P-256.
"""

from __future__ import annotations

import base64
import json
import secrets
import sqlite3
from collections.abc import Callable, Collection
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from local.aws.rights import Call
from local.aws.services.errors import ServiceError
from local.aws.template import Template

type Json = dict[str, Any]

_FORMAT = b"\x01"
_NONCE = 12
_SIGNS = "ECDSA_SHA_256"
_MESSAGE_MAX = 4096
_SIZES = {"AES_256": 32, "AES_128": 16}


class Kms:
    """GenerateDataKey and Decrypt on symmetric keys, Sign and GetPublicKey on those of the curve P-256."""

    def __init__(self, store: sqlite3.Connection, *, signers: Collection[str] = ()) -> None:
        """`signers` are the ARNs of the keys that sign."""
        self._store = store
        self._signers = frozenset(signers)

    @classmethod
    def of(cls, template: Template, store: sqlite3.Connection) -> Self:
        """With the template's keys that sign."""
        keys = template.of_type("AWS::KMS::Key")
        signers = [key.arn for key in keys if key.properties.get("KeySpec") == "ECC_NIST_P256"]
        return cls(store, signers=signers)

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
            if "SigningAlgorithm" in request:
                named["kms:SigningAlgorithm"] = [request["SigningAlgorithm"]]
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

    def sign(self, request: Json) -> Json:
        """Of a message as it is: no digests are taken here."""
        arn, key = self._signing(request)
        if (request.get("SigningAlgorithm"), request.get("MessageType", "RAW")) != (_SIGNS, "RAW"):
            message = f"Algorithm {request.get('SigningAlgorithm')} is incompatible with key spec ECC_NIST_P256."
            raise ServiceError("InvalidKeyUsageException", message)
        message_bytes = _decoded(request.get("Message", ""))
        if not 1 <= len(message_bytes) <= _MESSAGE_MAX:
            raise ServiceError("ValidationException", "1 validation error detected: 'message'")
        signature = key.sign(message_bytes, ec.ECDSA(SHA256()))
        return {
            "KeyId": arn,
            "Signature": base64.b64encode(signature).decode(),
            "SigningAlgorithm": _SIGNS,
        }

    def get_public_key(self, request: Json) -> Json:
        arn, key = self._signing(request)
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return {
            "KeyId": arn,
            "PublicKey": base64.b64encode(public).decode(),
            "KeySpec": "ECC_NIST_P256",
            "KeyUsage": "SIGN_VERIFY",
            "SigningAlgorithms": [_SIGNS],
        }

    def _signing(self, request: Json) -> tuple[str, ec.EllipticCurvePrivateKey]:
        arn, material = self._key(request.get("KeyId", ""))
        if arn not in self._signers:
            raise ServiceError(
                "InvalidKeyUsageException", f"{arn} key usage is ENCRYPT_DECRYPT which is not valid"
            )
        return arn, ec.derive_private_key(int.from_bytes(material), ec.SECP256R1())

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
