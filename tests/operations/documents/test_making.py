"""Making documents: once each, of the policy as at and as known at, out of reach after an erasure."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import pytest
from insurance.domain.core.classification import JsonObject
from insurance.domain.core.errors import (
    AlreadyErased,
    DocumentNotFound,
    InvalidFields,
    PolicyNotFound,
    TermsNotOffered,
    WrongState,
)
from insurance.domain.core.event import first_broken_link
from insurance.domain.core.identity import Mode, party_id_for, register_id_for
from insurance.operations.documents.document_file import sealed_key
from insurance.operations.idempotency import AlreadyAnswered
from insurance.operations.policy.renew_policy import offer_renewal

from tests.fakes.keys import MemoryKey
from tests.support.documents import ADA
from tests.support.platform import Platform
from tests.support.policy_life import PARTNER, product_with


class KeyOfOne(MemoryKey):
    """Seals as no other does."""

    def seal(self, personal: JsonObject, about: str) -> bytes:
        token = super().seal(personal, about) + self.wrapped
        self.sealed[token] = personal
        return token


STRANGER = PARTNER.replace(principal="app_other", partner="ptn_other")
SPRING = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def platform() -> Platform:
    made = Platform()
    made.issue(holder=ADA)
    return made


def test_a_document_is_stored_sealed_and_lent_readable(platform):
    download = platform.make_document("schedule")

    file = platform.file_of(download.document)
    sealed = platform.objects.get(sealed_key(download.document.id))
    assert file.startswith(b"%PDF-1.7")
    assert download.document.sha256 == sha256(file).hexdigest()
    assert download.document.stored_sha256 == sha256(sealed).hexdigest()
    assert b"%PDF" not in sealed
    assert download.link.expires_at == platform.now + timedelta(minutes=5)


def test_the_same_document_is_stored_and_entered_once(platform):
    first = platform.make_document("schedule")
    platform.now += timedelta(hours=3)
    again = platform.make_document("schedule")

    assert again.document == first.document
    assert len([key for key in platform.objects.kept if key.startswith("sealed/")]) == 1
    assert [each.id for each in platform.list_documents().documents] == [first.document.id]


def test_a_new_edition_of_the_layout_is_a_new_document(platform):
    class Newer:
        edition = "another"

        def set(self, content):
            return archive_typesetter.set(content) + b"%"

    archive_typesetter = platform.typesetter
    first = platform.make_document("schedule").document
    platform.typesetter = Newer()

    second = platform.make_document("schedule").document

    assert second.id != first.id
    assert platform.read_document(first.id).document == first


def test_the_same_words_to_somebody_else_have_another_name():
    """An id does not let anybody who guesses the words check the guess."""
    keys = KeyOfOne(b"one"), KeyOfOne(b"two"), KeyOfOne(b"two")
    names = []
    for key in keys:
        platform = Platform()
        platform.issue(holder=ADA)
        policies, policy_id = platform.memory.policies, platform.policy_id
        policies[policy_id] = replace(policies[policy_id], key=key)
        names.append(platform.make_document("schedule").document.id)

    assert names[0] != names[1]
    assert names[1] == names[2]


def test_a_change_makes_another_schedule_and_the_old_one_can_be_made_again(platform):
    before = platform.make_document("schedule", as_at=SPRING).document
    issued_at = platform.now
    platform.now += timedelta(days=30)
    platform.endorse(date(2026, 2, 1), annual_mileage=20_000)

    after = platform.make_document("schedule", as_at=SPRING).document
    as_known = platform.make_document("schedule", as_at=SPRING, known_at=issued_at).document

    assert after.id != before.id
    assert after.policy_revision == before.policy_revision + 1
    assert as_known == before


def test_the_register_shows_which_when_and_hash_in_order(platform):
    kinds = ["schedule", "certificate"]
    made = [platform.make_document(kind).document for kind in kinds]

    page = platform.list_documents(limit=1)
    rest = platform.list_documents(after=page.last, limit=1)

    assert [*page.documents, *rest.documents] == made
    assert rest.last is None
    events = platform.memory.events[register_id_for(platform.policy_id)]
    assert [event.type for event in events] == ["document.made"] * 2
    assert first_broken_link(events) is None
    assert "sha256" not in events[0].facts


def test_a_repeated_command_is_answered_as_the_first_was(platform):
    idempotency = platform.idempotency("document")
    platform.make_document("schedule", idempotency=idempotency)

    with pytest.raises(AlreadyAnswered):
        platform.make_document("schedule", idempotency=idempotency)


def test_a_file_left_by_a_try_that_broke_off_is_the_file(platform):
    first = platform.make_document("schedule").document
    memory = platform.memory
    memory.documents.clear()
    memory.events.pop(register_id_for(platform.policy_id))

    again = platform.make_document("schedule").document

    assert again == first.replace(made_at=again.made_at)
    assert platform.file_of(platform.read_document(again.id).document)


def test_an_erasure_reaches_every_file_and_leaves_the_register(platform):
    made = platform.make_document("schedule").document
    platform.memory.erased.add(party_id_for(platform.policy_id))

    with pytest.raises(AlreadyErased):
        platform.read_document(made.id)
    with pytest.raises(AlreadyErased):
        platform.make_document("certificate")
    [left] = platform.list_documents().documents
    assert left == made.replace(sha256=None)


def test_another_partners_documents_are_as_unknown_as_none(platform):
    made = platform.make_document("schedule").document

    with pytest.raises(PolicyNotFound):
        platform.make_document("schedule", caller=STRANGER)
    with pytest.raises(PolicyNotFound):
        platform.read_document(made.id, caller=STRANGER)
    with pytest.raises(PolicyNotFound):
        platform.read_document(made.id, caller=PARTNER.replace(mode=Mode.LIVE))


def test_a_document_of_another_policy_is_not_found(platform):
    other = replace(platform, calls=100)
    other.issue(holder=ADA)
    made = other.make_document("schedule").document

    with pytest.raises(DocumentNotFound):
        platform.read_document(made.id)


@pytest.mark.parametrize("kind", ["endorsement_letter", "cancellation_letter"])
def test_a_letter_is_about_something_that_happened(platform, kind):
    with pytest.raises(InvalidFields) as refusal:
        platform.make_document(kind)

    assert refusal.value.faults[0].pointer == "/transaction"


def test_a_letter_may_be_about_any_change_that_stands(platform):
    platform.endorse(date(2026, 4, 1), annual_mileage=12_000)
    platform.endorse(date(2026, 6, 1), annual_mileage=15_000)

    assert platform.make_document("endorsement_letter").document.transaction == 3
    assert platform.make_document("endorsement_letter", transaction=2).document.transaction == 2
    with pytest.raises(InvalidFields):
        platform.make_document("cancellation_letter", transaction=2)
    with pytest.raises(InvalidFields):
        platform.make_document("schedule", transaction=2)


def test_a_notice_letter_is_about_a_notice_and_its_id_proves_the_dispatch(platform):
    with pytest.raises(InvalidFields):
        platform.make_document("notice_letter")
    platform.announce()

    letter = platform.make_document("notice_letter").document
    served = platform.prove_dispatch(reference=letter.id)

    assert letter.notice == 1
    assert served.notice.dispatch.reference == letter.id
    assert platform.make_document("notice_letter", notice=1).document.notice == 1
    for kind, notice in (("notice_letter", 2), ("schedule", 1)):
        with pytest.raises(InvalidFields):
            platform.make_document(kind, notice=notice)


def test_nobody_is_invited_to_a_term_that_was_not_offered(platform):
    with pytest.raises(WrongState):
        platform.make_document("renewal_letter")


def test_a_product_says_which_documents_it_has_and_in_which_languages():
    documents = {"kinds": ["schedule"], "texts": {"en-GB": {"schedule.title": "Motor schedule"}}}
    corrections = {"documents": ["schedule"]}
    product = product_with("personal_motor", life={}, documents=documents, corrections=corrections)
    platform = Platform(product=product)
    platform.issue(holder=ADA)

    assert "Motor schedule" in platform.text_of("schedule")
    with pytest.raises(TermsNotOffered):
        platform.make_document("certificate")
    with pytest.raises(InvalidFields):
        platform.make_document("schedule", language="de")


def test_an_invitation_compares_the_terms_and_says_until_when(platform):
    platform.now = datetime(2026, 12, 20, 9, tzinfo=UTC)
    offer_renewal(
        platform.policy_id,
        platform.command("renewal"),
        platform.renewal_ports,
    )

    text = platform.text_of("renewal_letter")

    assert "Your invitation to renew" in text
    assert "This term" in text
    assert "Next term" in text
    assert "before 00:00 on 1 January 2027" in text
