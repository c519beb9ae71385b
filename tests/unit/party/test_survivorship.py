"""Of several records of one customer the right one's word counts, and it says where it came from."""

from datetime import UTC, datetime, timedelta
from typing import Any

from insurance.domain.party.origin import PartyOrigin
from insurance.domain.party.party import Address
from insurance.domain.party.record import (
    Contact,
    ContactKind,
    DatedName,
    Party,
    PartyDetails,
    PartyKind,
)
from insurance.domain.party.survivorship import Channel, SurvivorRule, surviving_details

FIRST = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = FIRST + timedelta(days=30)
ROW = PartyOrigin(source="harbour_motor", version=2, batch_id="bat_test_" + "0" * 16, row=17)
HOME = Address(lines=("1 High Street",), postcode="AB1 1AA", country="GB")


def record(number: int, at: datetime, origin: PartyOrigin | None = None, **details: Any) -> Party:
    told = PartyDetails(kind=PartyKind.PERSON, **{"name": "Ada Byron", **details})
    party = Party.new(f"pty_test_{number:016d}", "harbour", told, at=at, by="app_one")
    return party.replace(origin=origin)


def counts(*parties: Party) -> dict[str, Any]:
    return {each.field: each for each in surviving_details(parties)}


def test_a_name_is_that_of_who_is_trusted_most_and_a_contact_the_newest():
    called = record(1, FIRST, contacts=[(ContactKind.EMAIL, "old@example.com")], address=HOME)
    by_file = record(
        2, LATER, ROW, name="A Byron", contacts=[(ContactKind.EMAIL, "new@example.com")]
    )

    found = counts(called, by_file)

    assert (found["name"].detail.value, found["name"].rule) == ("Ada Byron", SurvivorRule.TRUSTED)
    assert (found["name"].detail.channel, found["name"].others) == (Channel.CALL, 1)
    email = found["email"]
    assert (email.detail.value, email.rule) == ("new@example.com", SurvivorRule.NEWEST)
    assert (email.detail.channel, email.detail.origin) == (Channel.FILE, ROW)
    assert (email.detail.party_id, email.detail.since) == (by_file.id, LATER)
    assert found["address"].detail.value == "1 High Street, AB1 1AA, GB"
    assert found["address"].others == 0
    assert counts(by_file, called) == found


def test_what_was_corrected_is_trusted_more_than_any_call_and_is_no_row_s_any_more():
    called = record(1, LATER)
    corrected = record(2, FIRST, ROW)
    name = DatedName(name="Ada King", since=FIRST + timedelta(days=1))
    corrected = corrected.replace(names=(*corrected.names, name))

    found = counts(called, corrected)["name"].detail

    assert (found.value, found.channel, found.origin) == ("Ada King", Channel.CORRECTION, None)


def test_what_no_record_has_is_left_out_and_of_two_that_are_alike_the_same_one_counts():
    one, other = record(1, FIRST), record(2, FIRST, name="Ada King")
    phone = Contact(kind=ContactKind.PHONE, value="+441632960001", since=FIRST)
    one = one.replace(contacts=(phone,))

    assert set(counts(one, other)) == {"name", "phone"}
    assert counts(one, other)["name"] == counts(other, one)["name"]
