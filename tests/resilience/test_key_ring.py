"""The key ring when KMS is busy, broken or out of reach."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber
from insurance.domain.core.errors import Unavailable
from insurance.kms import PARTY_KEY_BYTES, KeyRing, Purpose

OPENED = {"Plaintext": bytes(range(32)), "KeyId": "key"}
MADE = OPENED | {"CiphertextBlob": b"wrapped"}


def client() -> Any:
    return boto3.client(
        "kms",
        endpoint_url="http://127.0.0.1:9",
        region_name="eu-west-2",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.fixture
def kms() -> Iterator[Any]:
    with Stubber(client()) as stubber:
        yield stubber
    stubber.assert_no_pending_responses()


@pytest.mark.parametrize(
    "code", ["ThrottlingException", "KMSInternalException", "DependencyTimeoutException"]
)
def test_a_busy_key_service_is_unavailable_and_nothing_was_done(kms: Any, code: str):
    kms.add_client_error("generate_data_key", code, http_status_code=400)

    with pytest.raises(Unavailable, match="nothing was done"):
        KeyRing(kms.client, "key", Purpose.PARTY_KEYS).new()


@pytest.mark.parametrize("code", ["AccessDeniedException", "DisabledException"])
def test_a_key_that_we_may_not_use_is_a_fault_of_ours(kms: Any, code: str):
    kms.add_client_error("generate_data_key", code, http_status_code=400)

    with pytest.raises(ClientError):
        KeyRing(kms.client, "key", Purpose.PARTY_KEYS).new()


@pytest.mark.parametrize(
    "error",
    [EndpointConnectionError(endpoint_url="kms"), ReadTimeoutError(endpoint_url="kms")],
    ids=lambda error: type(error).__name__,
)
def test_a_key_service_out_of_reach_is_unavailable(error: Exception):
    kms = client()

    def broken(*_: Any, **__: Any) -> None:
        raise error

    kms.meta.events.register("before-send.kms", broken)

    with pytest.raises(Unavailable):
        KeyRing(kms, "key", Purpose.PARTY_KEYS).new()


def test_a_warm_ring_asks_for_nothing(kms: Any):
    asked = {"KeyId": "key", "KeySpec": "AES_256", "EncryptionContext": {"purpose": "party-key"}}
    kms.add_response("generate_data_key", MADE, asked)
    ring = KeyRing(kms.client, "key", Purpose.PARTY_KEYS)

    first, second = ring.new(), ring.new()

    assert ring.open(first.wrapped).seal({"name": "Ada"}, "pol_1") == first.seal(
        {"name": "Ada"}, "pol_1"
    )
    assert first.wrapped != second.wrapped


def test_a_cold_ring_asks_once_for_all_parties_under_one_data_key(kms: Any):
    kms.add_response("generate_data_key", MADE)
    maker = KeyRing(kms.client, "key", Purpose.PARTY_KEYS)
    wrapped = [maker.new().wrapped for _ in range(3)]
    kms.add_response(
        "decrypt",
        OPENED,
        {
            "CiphertextBlob": b"wrapped",
            "KeyId": "key",
            "EncryptionContext": {"purpose": "party-key"},
        },
    )

    cold = KeyRing(kms.client, "key", Purpose.PARTY_KEYS)
    opened = [cold.open(each) for each in wrapped]

    assert len({key.seal({"name": "Ada"}, "pol_1") for key in opened}) == 3
    assert PARTY_KEY_BYTES == 32
