"""A document is made once, by callers at the same moment, and if the process dies at any call."""

import signal
from collections import Counter
from hashlib import sha256
from random import Random
from typing import Any

import boto3
import pytest
from insurance.domain.core.identity import policy_id_for, register_id_for
from insurance.operations.documents.document_file import sealed_key

from tests.support import loopback
from tests.support.backend import Backend
from tests.support.calls import PARTNER, Answer, event
from tests.support.engine import template
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold, streams
from tests.support.zygote import Death, FilePoint, Point, Run, Zygote, final_answers

pytestmark = pytest.mark.xdist_group("resilience")

CLIENTS = 8
SEEDS = range(4)
CREATED = 201


def making(policy_id: str, key: str, death: Death | None = None) -> Run:
    path = f"/v1/policies/{policy_id}/documents"
    sent = event("POST", path, {"kind": "schedule"}, caller=PARTNER, key=key)
    return Run("documents", sent, death)


def assert_made_once(handlers: Platform, policies: list[str], answers: list[Answer]) -> None:
    """Each policy has one document: entered once, by one event, of the one file that is stored; and
    every answer is of it, with a link that reads it."""
    backend, written = handlers.backend, streams(handlers.backend)
    assert_chains_hold(backend)
    entered = [item["id"]["S"] for item in backend.items("documents")]
    made = [each for each in entered if each.startswith("doc_")]
    assert Counter(map(policy_id_for, made)) == dict.fromkeys(policies, 1)
    for policy_id in policies:
        [entry] = handlers.call("GET", f"/v1/policies/{policy_id}/documents").body["items"]
        types = [each.type for each in written[register_id_for(policy_id)]]
        assert types == ["document.made"]
        assert sha256(stored(backend, entry["id"])).hexdigest() == entry["stored_sha256"]
        told = [
            each.body for each in answers if policy_id_for(each.body["document"]["id"]) == policy_id
        ]
        assert told
        for each in told:
            assert each["document"] == entry
            assert sha256(loopback.get(each["link"]["url"]).content).hexdigest() == entry["sha256"]


def stored(backend: Backend, document_id: str) -> bytes:
    """The file as it is kept."""
    files: Any = boto3.client(
        "s3",
        endpoint_url=backend.services_url,
        region_name="eu-west-2",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    bucket = template().resources["DocumentsBucket"].name
    body: bytes = files.get_object(Bucket=bucket, Key=sealed_key(document_id))["Body"].read()
    return body


@pytest.mark.parametrize("own_keys", [True, False], ids=["keys of their own", "one key"])
def test_eight_at_once_make_one_document(own_keys: bool, handlers: Platform, zygote: Zygote):
    policy_id = handlers.issued()["id"]
    keys = [f"key-{client if own_keys else 0}" for client in range(CLIENTS)]

    answers = final_answers([making(policy_id, key) for key in keys], zygote)

    assert {answer.status for answer in answers} == {CREATED}
    assert_made_once(handlers, [policy_id], answers)


@pytest.mark.parametrize("point", [*Point, *FilePoint], ids=lambda point: point.name.lower())
def test_a_process_killed_at_any_point_leaves_one_document_after_the_retry(
    point: Point | FilePoint, handlers: Platform, zygote: Zygote
):
    policies = [handlers.issued()["id"] for _ in SEEDS]
    deaths = [Death(point, after_ms=_delay(seed)) for seed in SEEDS]

    killed = zygote.run([making(id, id, death) for id, death in zip(policies, deaths, strict=True)])
    answers = final_answers([making(id, id) for id in policies], zygote)

    assert {outcome.signal for outcome in killed} == {signal.SIGKILL}
    assert {answer.status for answer in answers} == {CREATED}
    assert_made_once(handlers, policies, answers)
    if point in {Point.AFTER_THE_COMMIT, Point.BEFORE_THE_ANSWER}:
        assert all(answer.replayed for answer in answers)
    if point in {Point.AFTER_THE_READ, *FilePoint}:
        assert not answers[0].replayed  # it died on the spot, before anything was entered


def _delay(seed: int) -> float:
    """Half of the seeds die on the spot, the others a little later, wherever that may be."""
    return Random(seed).uniform(0, 20) if seed % 2 else 0  # noqa: S311 - chance, not a secret


def test_another_caller_finds_the_file_that_a_killed_one_left(handlers: Platform, zygote: Zygote):
    policy_id = handlers.issued()["id"]
    [killed] = zygote.run([making(policy_id, "first", Death(FilePoint.AFTER_THE_FILE))])
    before = handlers.call("GET", f"/v1/policies/{policy_id}/documents").body["items"]

    answers = final_answers([making(policy_id, "second"), making(policy_id, "first")], zygote)

    assert (killed.signal, before) == (signal.SIGKILL, [])
    assert_made_once(handlers, [policy_id], answers)
