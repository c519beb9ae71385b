"""The register of documents, in memory and on a real engine alike."""

import pytest
from insurance.domain.contract.terms import ProductRef
from insurance.domain.core.errors import PolicyNotFound, StaleRevision
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import (
    party_id_for,
    policy_id_for,
    register_id_for,
    renewal_quote_id_for,
)
from insurance.domain.document import Document, DocumentKind
from insurance.domain.document.event_types import DocumentEventType
from insurance.operations.command import Command
from insurance.operations.documents.ports import DocumentAlreadyMade, DocumentContext
from insurance.operations.idempotency import AlreadyAnswered, RecordedAnswer

from tests.support.builders import NOW, QUOTE_ID, make_command, make_quote
from tests.support.stores import accept, add_quote, erase, issue

POLICY_ID = policy_id_for(QUOTE_ID)
REGISTER = register_id_for(POLICY_ID)
FIRST = f"doc_{POLICY_ID.split('_', 1)[1]}0000000001"
SECOND = FIRST[:-1] + "2"


@pytest.fixture
def policy(stores):
    return issue(stores, accept(stores, add_quote(stores)))


def document(id: str = FIRST) -> Document:
    return Document(
        id=id,
        policy_id=POLICY_ID,
        kind=DocumentKind.SCHEDULE,
        as_at=NOW,
        policy_revision=1,
        product=ProductRef(code="personal_motor", version="2026.1"),
        language="en-GB",
        edition="e1",
        size_bytes=10,
        sha256="a" * 64,
        stored_sha256="b" * 64,
        made_at=NOW,
        made_by="app_one",
    )


def enter(stores, file: DocumentContext, made: Document, key: str = "document") -> Event:
    assert file.policy.key is not None
    event = Event.following(
        file.register,
        made,
        file.policy.key,
        stream=REGISTER,
        type=DocumentEventType.MADE,
        actor="app_one",
        now=NOW,
    )
    stores.documents.add(event, made, context=file, command=answered(key))
    return event


def answered(key: str) -> Command:
    return make_command(key, render=lambda _: RecordedAnswer("{}")).with_answer(None)


def load(stores, key: str = "load") -> DocumentContext:
    file: DocumentContext = stores.documents.load(POLICY_ID, make_command(key))
    return file


def test_a_policy_without_documents_has_an_empty_register(stores, policy):
    file = load(stores)

    assert file.policy.record == policy.record
    assert (file.register, file.renewal) == (StreamPosition(), None)
    assert list(stores.documents.registered(file.policy, after=0, limit=10)) == []
    assert stores.documents.get(POLICY_ID, FIRST)[1] is None


def test_documents_are_entered_in_order_and_found_again(stores, policy):
    first = enter(stores, load(stores), document(), "first")
    enter(stores, load(stores), document(SECOND), "second")

    kept, head = stores.documents.register(POLICY_ID)
    assert head.sequence == 2
    assert first.sequence == 1
    listed = stores.documents.registered(kept, after=0, limit=10)
    assert list(listed) == [document(), document(SECOND)]
    assert list(stores.documents.registered(kept, after=1, limit=10)) == [document(SECOND)]
    assert stores.documents.get(POLICY_ID, SECOND)[1] == document(SECOND)


def test_a_document_that_is_there_is_handed_back(stores, policy):
    enter(stores, load(stores), document(), "first")

    with pytest.raises(DocumentAlreadyMade) as earlier:
        enter(stores, load(stores), document(), "second")

    assert earlier.value.document == document()
    assert stores.documents.register(POLICY_ID)[1].sequence == 1


def test_two_at_once_are_entered_one_after_the_other(stores, policy):
    file = load(stores)
    enter(stores, file, document(), "first")

    with pytest.raises(StaleRevision):
        enter(stores, file, document(SECOND), "second")


def test_the_answer_stands_with_the_document_or_alone(stores, policy):
    enter(stores, load(stores), document(), "first")
    stores.documents.answer(load(stores), answered("second"))

    for key in ("first", "second"):
        with pytest.raises(AlreadyAnswered):
            load(stores, key)


def test_an_offer_of_the_next_term_comes_without_what_is_personal(stores, policy):
    key = stores.new_key()
    offer = make_quote(id=renewal_quote_id_for(POLICY_ID))
    stores.quotes.add(offer.made(key), offer, key=key, command=make_command("offer"))

    renewal = load(stores).renewal

    assert renewal is not None
    assert renewal.premium == offer.premium
    assert renewal.policyholder is None


def test_an_erasure_leaves_the_register_without_the_files_hash(stores, policy):
    enter(stores, load(stores), document(), "first")
    erase(stores, party_id_for(POLICY_ID))

    kept, found = stores.documents.get(POLICY_ID, FIRST)

    assert kept.key is None
    assert found == document().replace(sha256=None)
    listed = stores.documents.registered(kept, after=0, limit=10)
    assert list(listed) == [document().replace(sha256=None)]


def test_a_policy_that_nobody_issued_has_no_documents(stores):
    for read in (
        lambda: load(stores),
        lambda: stores.documents.register(POLICY_ID),
        lambda: stores.documents.get(POLICY_ID, FIRST),
    ):
        with pytest.raises(PolicyNotFound):
            read()
