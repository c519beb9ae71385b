"""What the store of product versions promises, in memory and on a real engine alike."""

from random import Random

import pytest
from insurance.domain.core.errors import KeyReused, StaleRevision, VersionNotFound
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition, first_broken_link
from insurance.domain.core.identity import Mode, version_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.product.publishing.event_types import ProductEventType
from insurance.domain.product.publishing.release import ProductVersion, VersionStatus, VersionStep
from insurance.operations.idempotency import AlreadyAnswered

from tests.support.builders import NOW, make_command


def make_version(version="1", *, code="travel", mode=Mode.TEST):
    return ProductVersion(
        id=version_id_for(mode, code, version),
        code=code,
        version=version,
        name="Travel",
        status=VersionStatus.DRAFT,
        content="c" * 64,
        authors=("ann",),
        sale={"new_business_from": "2026-01-01"},
        filings=(("GB", "CW-1"),),
        changed_at=NOW,
    )


def event_of(record, head):
    return Event.following(
        head,
        record,
        NothingToSeal(),
        stream=record.id,
        type=ProductEventType.DRAFTED,
        actor="ann",
        now=NOW,
    )


def store(stores, record, before=None, key="key-1", request=b"r" * 32):
    event = event_of(record, before.head if before else StreamPosition())
    kept = Stored(record, event.head, None)
    command = make_command(key, operation="test POST /draft", request=request)
    stores.versions.store(event, record, before=before, command=command.with_answer(kept))
    return kept


def test_a_version_comes_back_unchanged(stores):
    kept = store(stores, make_version())

    assert stores.versions.get(Mode.TEST, "travel", "1") == kept
    with pytest.raises(VersionNotFound):
        stores.versions.get(Mode.TEST, "travel", "2")


def test_live_and_test_never_meet(stores):
    store(stores, make_version())

    assert stores.versions.known(Mode.LIVE) == []
    with pytest.raises(VersionNotFound):
        stores.versions.get(Mode.LIVE, "travel", "1")


def test_the_versions_of_one_product_are_known_apart(stores):
    for place, (code, version) in enumerate(
        [("travel", "1"), ("travel", "2"), ("travel_plus", "1")]
    ):
        store(stores, make_version(version, code=code), key=f"key-{place}")

    of_one = [kept.record.version for kept in stores.versions.known(Mode.TEST, "travel")]
    assert of_one == ["1", "2"]
    assert len(stores.versions.known(Mode.TEST)) == 3


def test_a_step_moves_the_version_on_and_another_from_the_same_place_is_stale(stores):
    before = store(stores, make_version())
    submitted = before.record.taken(VersionStep.SUBMIT, by="ann", now=NOW)

    store(stores, submitted, before, key="key-2")

    assert stores.versions.get(Mode.TEST, "travel", "1").record.status is VersionStatus.IN_REVIEW
    with pytest.raises(StaleRevision):
        store(stores, submitted, before, key="key-3")
    with pytest.raises(StaleRevision):
        store(stores, make_version(), None, key="key-4")


def test_a_repeated_call_finds_its_idempotency_record(stores):
    store(stores, make_version())
    again = make_command(operation="test POST /draft")

    with pytest.raises(AlreadyAnswered):
        stores.versions.load("travel", "1", again)
    other = make_command(operation="test POST /draft", request=b"q" * 32)
    with pytest.raises(KeyReused):
        stores.versions.load("travel", "1", other)
    fresh = make_command("key-9", operation="test POST /draft")
    assert stores.versions.load("travel", "1", fresh) is not None
    assert stores.versions.load("travel", "7", fresh) is None


def test_more_versions_than_a_page_of_the_table_are_all_known(stores):
    chance = Random(7)  # noqa: S311 - repeatable
    for place in range(150):
        long = "".join(map(chr, chance.choices(range(0x4E00, 0x9FFF), k=5000)))  # 8 KB deflated
        record = make_version(f"2026.{place}").replace(reason=long)
        store(stores, record, key=f"key-{place}")

    assert len(stores.versions.known(Mode.TEST, "travel")) == 150


def test_its_steps_are_a_chain_of_events(stores):
    before = store(stores, make_version())
    second = event_of(before.record.taken(VersionStep.SUBMIT, by="ann", now=NOW), before.head)

    assert first_broken_link([event_of(make_version(), StreamPosition()), second]) is None
