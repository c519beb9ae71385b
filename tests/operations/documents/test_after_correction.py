"""What repeats a corrected detail is made again by itself: once, and beside what was made before."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from insurance.domain.document import Document
from insurance.domain.party.correction import CorrectedDetails, Correction
from insurance.domain.party.party import Address, Policyholder
from insurance.domain.policy.correction import REASON
from insurance.operations.documents import remake_documents
from insurance.operations.documents.make_document import make_unread
from insurance.operations.policy.correct_party import correct_party
from insurance.operations.policy.ports import CorrectionPorts
from insurance.products import SampleLookUps, product

from tests.fakes.screening import screening_ports
from tests.support.documents import words
from tests.support.fuse import Killed, blown
from tests.support.platform import Platform

NOW = datetime(2026, 8, 1, 9, tzinfo=UTC)
OLD = Address(lines=("1 High Street",), postcode="AB1 1AA", country="GB")
NEW = Address(lines=("3 Ember Passage",), postcode="EF3 3CC", country="GB")
ADA = Policyholder(name="Ada Byron", email="ada@example.com", address=OLD)
CONTENTS = {
    "postcode": "AB1 1AA",
    "contents_sum": {"amount": 4_000_000, "currency": "GBP"},
    "property_type": "semi",
    "alarm": True,
    "occupied_by_day": True,
    "previous_claims": 0,
}


def insured(code: str = "home_contents", **answers: Any) -> Platform:
    platform = Platform(product(code))
    platform.issue(holder=ADA, **answers)
    platform.now = NOW
    return platform


@pytest.fixture
def home() -> Platform:
    return insured(all_answers=CONTENTS)


def correct(platform: Platform, **right: Any) -> None:
    screening = screening_ports(platform.memory)
    stores = platform.stores
    ports = CorrectionPorts(platform.products, SampleLookUps(), stores.corrections, screening)
    correction = Correction(CorrectedDetails(**right), "told by telephone")
    correct_party(platform.policy.party, correction, platform.command("correct"), ports)


def run(platform: Platform, *, hours: int = 1) -> None:
    report = platform.turn_to(platform.now + timedelta(hours=hours))
    assert report.failed == 0


def register(platform: Platform) -> list[Document]:
    return list(platform.list_documents().documents)


def kinds(platform: Platform) -> list[str]:
    return [document.kind for document in register(platform)]


def text_of(platform: Platform, document: Document) -> str:
    platform.read_document(document.id)
    return words(platform.file_of(document))


def test_a_move_makes_schedule_and_letter_again_and_what_was_made_stays(home: Platform):
    home.make_document("schedule")
    home.now += timedelta(minutes=1)
    correct(home, address=NEW)

    run(home)

    before, *again = register(home)
    assert [document.kind for document in again] == ["schedule", "endorsement_letter"]
    assert {document.made_by for document in again} == {"scheduler"}
    assert again[1].transaction == home.policy.transactions[-1].number
    assert "High Street" in text_of(home, before)
    for document in again:
        said = text_of(home, document)
        assert "3 Ember Passage" in said
        assert "High Street" not in said


def test_no_readable_copy_is_made_of_what_nobody_asked_for(home: Platform):
    correct(home, address=NEW)

    run(home)

    assert register(home)
    assert all(key.startswith("sealed/") for key in home.objects.kept)


def test_a_detail_that_changes_no_terms_is_repeated_too():
    motor = insured("personal_motor")
    correct(motor, address=NEW)

    run(motor)

    assert kinds(motor) == ["schedule", "certificate"]


def test_what_is_delivered_and_run_again_makes_nothing_more(home: Platform):
    correct(home, address=NEW)
    run(home)
    made = register(home)

    home.schedule_events(again=True)
    run(home, hours=24)

    assert register(home) == made


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("fuse_at", range(14))
def test_a_run_that_dies_anywhere_makes_each_document_once(
    home: Platform, fuse_at: int, *, after: bool
):
    correct(home, address=NEW)
    home.schedule_events()

    try:
        with blown(home, fuse_at, after=after):
            run(home)
    except Killed:
        pass
    run(home)

    assert sorted(kinds(home)) == ["endorsement_letter", "schedule"]


def test_what_somebody_has_made_since_is_not_made_again(home: Platform):
    correct(home, address=NEW)
    home.make_document("schedule")

    run(home)

    assert kinds(home) == ["schedule", "endorsement_letter"]


def test_a_second_correction_before_the_run_loses_no_letter_about_the_first(home: Platform):
    correct(home, address=NEW)
    home.now += timedelta(minutes=5)
    correct(home, name="Ada King")

    run(home)

    [moved] = [each for each in home.policy.transactions if each.reason == REASON]
    letters = [each for each in register(home) if each.kind == "endorsement_letter"]
    assert [each.transaction for each in letters] == [moved.number]


def test_what_is_corrected_while_documents_are_made_is_in_documents_too(
    home: Platform, monkeypatch: pytest.MonkeyPatch
):
    make, once = make_unread, [True]

    def corrected_meanwhile(*asked: Any) -> Any:
        made = make(*asked)
        if once.pop() if once else False:
            correct(home, name="Ada King")
        return made

    monkeypatch.setattr(remake_documents, "make_unread", corrected_meanwhile)
    correct(home, address=NEW)

    run(home)

    schedules = [each for each in register(home) if each.kind == "schedule"]
    assert "Ada King" in text_of(home, schedules[-1])


def test_each_correction_has_its_own_version(home: Platform):
    correct(home, address=NEW)
    run(home)
    correct(home, name="Ada King")
    run(home)

    assert kinds(home) == ["schedule", "endorsement_letter", "schedule"]
    assert "Ada King" in text_of(home, register(home)[-1])


def test_another_change_of_the_policy_sends_nothing_by_itself(home: Platform):
    home.endorse(home.now, alarm=False)

    run(home)

    assert register(home) == []


def test_of_a_policy_that_has_ended_meanwhile_there_is_no_certificate():
    motor = insured("personal_motor")
    correct(motor, address=NEW)
    motor.cancel(motor.now)

    run(motor)

    assert kinds(motor) == ["schedule"]


def test_of_somebody_who_was_erased_nothing_is_made(home: Platform):
    correct(home, address=NEW)
    home.memory.erased.add(home.policy.party)

    run(home)

    assert register(home) == []
