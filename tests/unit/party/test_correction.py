"""A party's record after a correction: what counts, what stays in the history, and what is refused."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from insurance.domain.core.errors import InvalidFields, PartyFull
from insurance.domain.party.correction import (
    CorrectedDetails,
    Correction,
    corrected,
    differing_fields,
)
from insurance.domain.party.correction_record import CorrectedField
from insurance.domain.party.party import Address, Payee
from insurance.domain.party.record import (
    HISTORY_MAX,
    ContactKind,
    Party,
    PartyDetails,
    PartyKind,
)

REGISTERED = datetime(2026, 3, 1, 9, tzinfo=UTC)
NOW = REGISTERED + timedelta(days=60)
OLD = Address(lines=("1 High Street",), postcode="AB1 1AA", country="GB")
NEW = Address(lines=("2 Low Road",), postcode="EF3 3CC", country="GB")
DETAILS = PartyDetails(
    kind=PartyKind.PERSON,
    name="Ada Byron",
    date_of_birth=date(1991, 3, 14),
    contacts=[(ContactKind.EMAIL, "ada@example.com"), (ContactKind.PHONE, "+441632960001")],
    address=OLD,
)


def party(details: PartyDetails = DETAILS) -> Party:
    return Party.new("pty_test_" + "0" * 16, "ptn_one", details, at=REGISTERED, by="app_one")


def after(before: Party, *, on: date | None = None, now: datetime = NOW, **details: Any) -> Party:
    correction = Correction(CorrectedDetails(**details), "told by telephone", effective_on=on)
    return corrected(before, correction, now=now, by="staff-clara")


def test_each_detail_is_another_one_and_the_others_stay():
    account = Payee(name="Ada King", iban="GB33BUKB20201555555555")

    changed = after(
        party(),
        name="Ada King",
        address=NEW,
        email="ada@king.example",
        date_of_birth=date(1990, 3, 14),
        account=account,
        language="en-GB",
    )

    assert changed.policyholder.name == "Ada King"
    assert changed.policyholder.address == NEW
    assert changed.contact(ContactKind.EMAIL) == "ada@king.example"
    assert changed.contact(ContactKind.PHONE) == "+441632960001"
    assert changed.date_of_birth == date(1990, 3, 14)
    assert changed.accounts[-1].account == account
    assert changed.language == "en-GB"


def test_what_held_before_stays_in_the_history_with_its_date():
    moved = after(party(), address=NEW, on=date(2026, 4, 1))

    assert [(dated.address, dated.since) for dated in moved.addresses] == [
        (OLD, REGISTERED),
        (NEW, datetime(2026, 4, 1, tzinfo=UTC)),
    ]


def test_what_was_said_to_hold_from_a_later_date_was_wrong():
    once = after(party(), name="Ada King", on=date(2026, 4, 10))

    twice = after(once, name="Ada Lovelace", on=date(2026, 4, 1))

    assert [dated.name for dated in twice.names] == ["Ada Byron", "Ada Lovelace"]


def test_the_same_from_an_earlier_day_holds_from_that_day():
    once = after(party(), name="Ada King", on=date(2026, 4, 10))

    twice = after(once, name="Ada King", on=date(2026, 4, 1))

    assert [(dated.name, dated.since.day) for dated in twice.names] == [
        ("Ada Byron", REGISTERED.day),
        ("Ada King", 1),
    ]


def test_a_contact_of_one_kind_leaves_the_other_kind_alone_and_the_order_of_time():
    once = after(party(), phone="+441632960002")

    twice = after(once, email="ada@king.example", on=date(2026, 4, 1))

    assert [contact.value for contact in twice.contacts] == [
        "ada@example.com",
        "+441632960001",
        "ada@king.example",
        "+441632960002",
    ]


def test_reason_and_evidence_of_the_last_correction_are_sealed_with_the_details():
    asked = Correction(CorrectedDetails(name="Ada King"), "She married.", evidence="CERT-1")
    changed = corrected(party(), asked, now=NOW, by="staff-clara")

    opened, personal = changed.split_personal()

    record = changed.last_correction
    assert record is not None
    assert (record.fields, record.since) == ((CorrectedField.NAME,), NOW)
    for word in ("King", "married", "CERT-1"):
        assert word not in str(opened)
        assert word in str(personal)
    assert Party.merge_personal(opened, personal) == changed


def test_what_is_stored_so_already_leaves_the_history_as_it_is():
    same = after(party(), name="Ada Byron", address=OLD, language="de")

    assert (same.names, same.addresses) == (party().names, party().addresses)
    assert differing_fields(party(), CorrectedDetails(name="Ada Byron", language="de"), NOW) == (
        CorrectedField.LANGUAGE,
    )


def test_a_correction_says_what_is_right():
    with pytest.raises(InvalidFields) as refused:
        after(party())

    assert [fault.code for fault in refused.value.faults] == ["nothing-asked"]


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        (PartyKind.PERSON, {"registration_number": "12345678"}),
        (PartyKind.ORGANISATION, {"date_of_birth": date(1990, 3, 14)}),
    ],
)
def test_a_person_has_no_registration_number_and_an_organisation_no_birth_date(kind, details):
    with pytest.raises(InvalidFields) as refused:
        after(party(PartyDetails(kind=kind, name="Byron")), **details)

    assert [fault.code for fault in refused.value.faults] == ["not-asked"]


def test_a_correction_is_not_recorded_ahead_but_on_the_day_it_is_anywhere():
    tomorrow = NOW.date() + timedelta(days=1)

    ahead_of_utc = after(party(), name="Ada King", on=tomorrow, now=NOW.replace(hour=23))
    assert ahead_of_utc.names[-1].since == NOW.replace(hour=23)
    with pytest.raises(InvalidFields) as refused:
        after(party(), name="Ada King", on=tomorrow, now=NOW)
    assert [fault.code for fault in refused.value.faults] == ["in-the-future"]


@pytest.mark.parametrize("field", ["name", "email", "address"])
def test_a_history_is_bounded(field):
    def another(number: int) -> Any:
        if field == "address":
            return OLD.replace(lines=(f"{number} High Street",))
        return f"ada{number}@example.com"

    full = party(PartyDetails(kind=PartyKind.PERSON, name="Ada"))
    names = 1 if field == "name" else 0
    for number in range(HISTORY_MAX - names):
        full = after(full, now=NOW + timedelta(days=number), **{field: another(number)})

    with pytest.raises(PartyFull):
        after(full, now=NOW + timedelta(days=100), **{field: another(HISTORY_MAX)})
