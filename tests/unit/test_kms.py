"""A party's key seals for one subject, opens for nobody without it, and asks KMS rarely."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING

import boto3
import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from insurance import kms
from insurance.kms import KeyRing, Purpose
from moto import mock_aws

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

FACTS = {"name": "Ada Lovelace", "drivers": [{"age": 35}]}
json_objects = st.dictionaries(
    st.text(max_size=10), st.one_of(st.text(max_size=30), st.integers(0, 2**53 - 1), st.none())
)


class CountingKms:
    """A KMS client that counts what is asked of it."""

    def __init__(self, client: "KMSClient") -> None:
        self._client = client
        self.asked: list[str] = []

    def generate_data_key(self, **request: object) -> object:
        self.asked.append("generate")
        return self._client.generate_data_key(**request)  # type: ignore[arg-type]  # handed on

    def decrypt(self, **request: object) -> object:
        self.asked.append("decrypt")
        return self._client.decrypt(**request)  # type: ignore[arg-type]  # handed on


@pytest.fixture
def service() -> Iterator[CountingKms]:
    with mock_aws():
        yield CountingKms(boto3.client("kms", region_name="eu-west-2"))


@pytest.fixture
def key_id(service: CountingKms) -> str:
    return str(service._client.create_key()["KeyMetadata"]["Arn"])


@pytest.fixture
def ring(service: CountingKms, key_id: str) -> KeyRing:
    return KeyRing(service, key_id, Purpose.PARTY_KEYS)  # type: ignore[arg-type]  # the two calls it makes


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(facts=json_objects)
def test_what_is_sealed_opens_again(ring, facts):
    key = ring.new()

    assert key.unseal(key.seal(facts, "quo_1"), "quo_1") == facts


def test_the_same_facts_about_the_same_subject_give_the_same_bytes(ring):
    key = ring.new()

    assert key.seal(FACTS, "quo_1") == key.seal(dict(reversed(FACTS.items())), "quo_1")


def test_what_is_sealed_about_one_subject_does_not_open_for_another(ring):
    key = ring.new()

    with pytest.raises(InvalidTag):
        key.unseal(key.seal(FACTS, "quo_1"), "quo_2")


def test_one_partys_key_does_not_open_anothers(ring):
    with pytest.raises(InvalidTag):
        ring.new().unseal(ring.new().seal(FACTS, "quo_1"), "quo_1")


def test_nothing_of_the_facts_is_readable_in_the_ciphertext(ring):
    sealed = ring.new().seal(FACTS, "quo_1")

    assert b"Ada" not in sealed
    assert b"Lovelace" not in sealed


def test_a_wrapped_key_opens_in_another_process(ring, service, key_id):
    key = ring.new()
    elsewhere = KeyRing(service, key_id, Purpose.PARTY_KEYS)

    assert elsewhere.open(key.wrapped).unseal(key.seal(FACTS, "quo_1"), "quo_1") == FACTS


def test_many_parties_cost_one_call_to_kms(ring, service):
    for _ in range(50):
        ring.open(ring.new().wrapped)

    assert service.asked == ["generate"]


def test_a_data_key_is_not_used_for_ever(ring, service, monkeypatch):
    monkeypatch.setattr(kms, "DATA_KEY_USES", 10)

    for _ in range(25):
        ring.new()

    assert service.asked == ["generate"] * 3


def test_a_data_key_is_forgotten_after_its_time(ring, service, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(kms, "time", SimpleNamespace(monotonic=lambda: now[0]))
    wrapped = ring.new().wrapped
    now[0] = kms.DATA_KEY_LIFE_SECONDS + 1

    ring.new()
    ring.open(wrapped)

    assert service.asked == ["generate", "generate", "decrypt"]


def test_a_key_does_not_show_itself(ring):
    key = ring.new()

    assert repr(key._plain)[2:-1] not in repr(key)
