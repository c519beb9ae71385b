"""Signatures of the daily roots: by an asymmetric key of AWS KMS, which never leaves it."""

import json
from base64 import b64decode
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from insurance.domain.audit.root import SignedRoot
from insurance.kms import kms_in_reach

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

    from insurance.operations.audit.ports import RootSigner


class KmsRootSigner:
    """The port `RootSigner` on KMS."""

    def __init__(self, kms: "KMSClient", key_id: str) -> None:
        self._kms = kms
        self.key_id = key_id

    @cached_property
    def public_key(self) -> bytes:
        with kms_in_reach():
            return self._kms.get_public_key(KeyId=self.key_id)["PublicKey"]

    def sign(self, document: bytes) -> bytes:
        with kms_in_reach():
            answer = self._kms.sign(
                KeyId=self.key_id,
                Message=document,
                MessageType="RAW",
                SigningAlgorithm="ECDSA_SHA_256",
            )
        return answer["Signature"]


class RetiredKey(NamedTuple):
    """A key that was replaced."""

    public_key: bytes
    last: Mapping[str, int]
    """The number of the last root that it signed, by mode."""


@cache
def retired_keys() -> Mapping[str, RetiredKey]:
    """The keys that were replaced, by their ids: a release names them, so nobody who can write a table adds one."""
    file = Path(__file__).with_name("retired_root_keys.json")
    return {
        key_id: RetiredKey(b64decode(key["public_key"]), key["last"])
        for key_id, key in json.loads(file.read_text("utf-8")).items()
    }


def is_signed(
    signed: SignedRoot, by: "RootSigner", retired: Mapping[str, RetiredKey] | None = None
) -> bool:
    """Whether the signature is of this document, and by this key or one that was retired after it: not merely by the
    one that stands beside it."""
    root = signed.root
    known = by.public_key if root.key_id == by.key_id else None
    former = (retired_keys() if retired is None else retired).get(root.key_id)
    if known is None and former is not None and root.number <= former.last.get(root.mode, 0):
        known = former.public_key
    if known is None or signed.public_key != known:
        return False
    try:
        key = load_der_public_key(signed.public_key)
        if not isinstance(key, EllipticCurvePublicKey):
            return False
        key.verify(signed.signature, signed.root.document, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True
