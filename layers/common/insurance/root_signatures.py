"""Signatures of the daily roots: by an asymmetric key of AWS KMS, which never leaves it."""

from functools import cached_property
from typing import TYPE_CHECKING

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


def is_signed(signed: SignedRoot, by: "RootSigner") -> bool:
    """Whether the signature is of this document, and by this key: not merely by the one that stands beside it."""
    if (signed.root.key_id, signed.public_key) != (by.key_id, by.public_key):
        return False
    try:
        key = load_der_public_key(signed.public_key)
        if not isinstance(key, EllipticCurvePublicKey):
            return False
        key.verify(signed.signature, signed.root.document, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True
