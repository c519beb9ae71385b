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
from tests.fakes.policy_ports import renewal_ports
from tests.support.documents import Archive
from tests.support.policy_life import PARTNER, House, product_with


class KeyOfOne(MemoryKey):
    """Seals as no other does."""

    def seal(self, personal: JsonObject, about: str) -> bytes:
        token = super().seal(personal, about) + self.wrapped
        self.sealed[token] = personal
        return token


STRANGER = PARTNER.replace(principal="app_other", partner="ptn_other")
SPRING = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def archive() -> Archive:
    made = Archive()
    made.issue()
    return made


def test_a_document_is_stored_sealed_and_lent_readable(archive):
    download = archive.make("schedule")

    file = archive.file(download.document)
    sealed = archive.objects.get(sealed_key(download.document.id))
    assert file.startswith(b"%PDF-1.7")
    assert download.document.sha256 == sha256(file).hexdigest()
    assert download.document.stored_sha256 == sha256(sealed).hexdigest()
    assert b"%PDF" not in sealed
    assert download.link.expires_at == archive.house.now + timedelta(minutes=5)


def test_the_same_document_is_stored_and_entered_once(archive):
    first = archive.make("schedule")
    archive.house.now += timedelta(hours=3)
    again = archive.make("schedule")

    assert again.document == first.document
    assert len([key for key in archive.objects.kept if key.startswith("sealed/")]) == 1
    assert [each.id for each in archive.register().documents] == [first.document.id]


def test_a_new_edition_of_the_layout_is_a_new_document(archive):
    class Newer:
        edition = "another"

        def set(self, content):
            return archive_typesetter.set(content) + b"%"

    archive_typesetter = archive.typesetter
    first = archive.make("schedule").document
    archive.typesetter = Newer()

    second = archive.make("schedule").document

    assert second.id != first.id
    assert archive.read(first.id).document == first


def test_the_same_words_to_somebody_else_have_another_name():
    """An id does not let anybody who guesses the words check the guess."""
    keys = KeyOfOne(b"one"), KeyOfOne(b"two"), KeyOfOne(b"two")
    names = []
    for key in keys:
        archive = Archive()
        archive.issue()
        policies, policy_id = archive.house.memory.policies, archive.house.policy_id
        policies[policy_id] = replace(policies[policy_id], key=key)
        names.append(archive.make("schedule").document.id)

    assert names[0] != names[1]
    assert names[1] == names[2]


def test_a_change_makes_another_schedule_and_the_old_one_can_be_made_again(archive):
    before = archive.make("schedule", as_at=SPRING).document
    issued_at = archive.house.now
    archive.house.now += timedelta(days=30)
    archive.house.endorse(date(2026, 2, 1), annual_mileage=20_000)

    after = archive.make("schedule", as_at=SPRING).document
    as_known = archive.make("schedule", as_at=SPRING, known_at=issued_at).document

    assert after.id != before.id
    assert after.policy_revision == before.policy_revision + 1
    assert as_known == before


def test_the_register_shows_which_when_and_hash_in_order(archive):
    kinds = ["schedule", "certificate"]
    made = [archive.make(kind).document for kind in kinds]

    page = archive.register(limit=1)
    rest = archive.register(after=page.last, limit=1)

    assert [*page.documents, *rest.documents] == made
    assert rest.last is None
    events = archive.house.memory.events[register_id_for(archive.house.policy_id)]
    assert [event.type for event in events] == ["document.made"] * 2
    assert first_broken_link(events) is None
    assert "sha256" not in events[0].facts


def test_a_repeated_command_is_answered_as_the_first_was(archive):
    idempotency = archive.house.idempotency("document")
    archive.make("schedule", idempotency=idempotency)

    with pytest.raises(AlreadyAnswered):
        archive.make("schedule", idempotency=idempotency)


def test_a_file_left_by_a_try_that_broke_off_is_the_file(archive):
    first = archive.make("schedule").document
    memory = archive.house.memory
    memory.documents.clear()
    memory.events.pop(register_id_for(archive.house.policy_id))

    again = archive.make("schedule").document

    assert again == first.replace(made_at=again.made_at)
    assert archive.file(archive.read(again.id).document)


def test_an_erasure_reaches_every_file_and_leaves_the_register(archive):
    made = archive.make("schedule").document
    archive.house.memory.erased.add(party_id_for(archive.house.policy_id))

    with pytest.raises(AlreadyErased):
        archive.read(made.id)
    with pytest.raises(AlreadyErased):
        archive.make("certificate")
    [left] = archive.register().documents
    assert left == made.replace(sha256=None)


def test_another_partners_documents_are_as_unknown_as_none(archive):
    made = archive.make("schedule").document

    with pytest.raises(PolicyNotFound):
        archive.make("schedule", caller=STRANGER)
    with pytest.raises(DocumentNotFound):
        archive.read(made.id, caller=STRANGER)
    with pytest.raises(DocumentNotFound):
        archive.read(made.id, caller=PARTNER.replace(mode=Mode.LIVE))


def test_a_document_of_another_policy_is_not_found(archive):
    other = Archive(House(memory=archive.house.memory, calls=100), objects=archive.objects)
    other.issue()
    made = other.make("schedule").document

    with pytest.raises(DocumentNotFound):
        archive.read(made.id)


@pytest.mark.parametrize("kind", ["endorsement_letter", "cancellation_letter"])
def test_a_letter_is_about_something_that_happened(archive, kind):
    with pytest.raises(InvalidFields) as refusal:
        archive.make(kind)

    assert refusal.value.faults[0].pointer == "/transaction"


def test_a_letter_may_be_about_any_change_that_stands(archive):
    archive.house.endorse(date(2026, 4, 1), annual_mileage=12_000)
    archive.house.endorse(date(2026, 6, 1), annual_mileage=15_000)

    assert archive.make("endorsement_letter").document.transaction == 3
    assert archive.make("endorsement_letter", transaction=2).document.transaction == 2
    with pytest.raises(InvalidFields):
        archive.make("cancellation_letter", transaction=2)
    with pytest.raises(InvalidFields):
        archive.make("schedule", transaction=2)


def test_a_notice_letter_is_about_a_notice_and_its_id_proves_the_dispatch(archive):
    with pytest.raises(InvalidFields):
        archive.make("notice_letter")
    archive.house.announce()

    letter = archive.make("notice_letter").document
    served = archive.house.prove_dispatch(reference=letter.id)

    assert letter.notice == 1
    assert served.notice.dispatch.reference == letter.id
    assert archive.make("notice_letter", notice=1).document.notice == 1
    for kind, notice in (("notice_letter", 2), ("schedule", 1)):
        with pytest.raises(InvalidFields):
            archive.make(kind, notice=notice)


def test_nobody_is_invited_to_a_term_that_was_not_offered(archive):
    with pytest.raises(WrongState):
        archive.make("renewal_letter")


def test_a_product_says_which_documents_it_has_and_in_which_languages():
    documents = {"kinds": ["schedule"], "texts": {"en-GB": {"schedule.title": "Motor schedule"}}}
    archive = Archive(House(product=product_with("personal_motor", life={}, documents=documents)))
    archive.issue()

    assert "Motor schedule" in archive.text("schedule")
    with pytest.raises(TermsNotOffered):
        archive.make("certificate")
    with pytest.raises(InvalidFields):
        archive.make("schedule", language="de")


def test_an_invitation_compares_the_terms_and_says_until_when(archive):
    archive.house.now = datetime(2026, 12, 20, 9, tzinfo=UTC)
    offer_renewal(
        archive.house.policy_id,
        archive.house.command("renewal"),
        renewal_ports(archive.house.products, archive.house.memory),
    )

    text = archive.text("renewal_letter")

    assert "Your invitation to renew" in text
    assert "This term" in text
    assert "Next term" in text
    assert "before 00:00 on 1 January 2027" in text
