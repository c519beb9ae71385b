"""A party's record: what it is quoted as, what it may not hold in clear, and how far it merges."""

from datetime import UTC, datetime, timedelta

import pytest
from insurance.domain.core.errors import (
    PartyDiffers,
    PartyFull,
    ProcessingRestricted,
    WrongState,
)
from insurance.domain.party.demands import RestrictionKind
from insurance.domain.party.party import Policyholder
from insurance.domain.party.record import (
    HISTORY_MAX,
    MEMBERS_MAX,
    ContactKind,
    Party,
    PartyDetails,
    PartyKind,
)

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def party(number: int = 0) -> Party:
    details = PartyDetails(
        kind=PartyKind.PERSON,
        name="Ada Lovelace",
        contacts=[(ContactKind.EMAIL, "ada@example.com"), (ContactKind.PHONE, "+441632960001")],
        reference="C-4711",
    )
    return Party.new(f"pty_test_{number:016d}", "ptn_one", details, at=NOW, by="app_one")


def test_nothing_about_the_person_stands_in_the_open_fields():
    demand = party().restricted(RestrictionKind.OBJECTION, "I am ill.", at=NOW)
    lifted = demand.released(RestrictionKind.OBJECTION, "I am well.", at=LATER)
    consenting = lifted.with_consent("email_marketing", given=True, at=LATER, by="app_one")

    opened, personal = consenting.split_personal()

    for word in ("Ada", "example.com", "1632960001", "C-4711", "ill", "well", "marketing"):
        assert word not in str(opened), word
        assert word in str(personal), word
    assert Party.merge_personal(opened, personal) == consenting


def test_details_that_are_left_out_of_a_quote_do_not_differ():
    stated = Policyholder(name="Ada Lovelace")

    assert party().quoted_as(stated) == party().quoted_as(None)


def test_details_that_differ_are_named_without_their_values():
    with pytest.raises(PartyDiffers) as refusal:
        party().quoted_as(Policyholder(name="Ada Byron", email="ada@example.com"))

    assert refusal.value.fields == ("name",)
    assert "Lovelace" not in str(refusal.value)


def test_restriction_stops_new_quotes_until_it_is_lifted_and_an_objection_does_not():
    objecting = party().restricted(RestrictionKind.OBJECTION, "No letters.", at=NOW)
    restricted = objecting.restricted(RestrictionKind.RESTRICTION, "Disputed.", at=NOW)

    assert objecting.quoted_as(None)
    with pytest.raises(ProcessingRestricted):
        restricted.quoted_as(None)
    lifted = restricted.released(RestrictionKind.RESTRICTION, "Settled.", at=LATER)
    assert lifted.quoted_as(None)
    with pytest.raises(WrongState):
        lifted.released(RestrictionKind.RESTRICTION, "Again.", at=LATER)
    assert lifted.restricted(RestrictionKind.RESTRICTION, "Disputed again.", at=LATER)


def test_a_record_is_bounded():
    full = party()
    for _ in range(HISTORY_MAX):
        full = full.with_consent("post", given=True, at=NOW, by="app_one")
    with pytest.raises(PartyFull):
        full.with_consent("post", given=False, at=NOW, by="app_one")

    joined = party()
    for number in range(1, MEMBERS_MAX + 1):
        joined, _ = joined.joined_by(party(number))
    with pytest.raises(PartyFull):
        joined.joined_by(party(MEMBERS_MAX + 1))


def test_a_merge_and_its_reversal_leave_both_as_they_were():
    into, other = party(1), party(2)

    joined, merged = into.joined_by(other)

    assert joined.ids == (into.id, other.id)
    assert merged.merged_into == into.id
    assert joined.parted_from(merged) == (into, other)


def test_a_live_party_and_one_of_test_data_are_never_merged():
    live = party(1).replace(id=party(1).id.replace("pty_test_", "pty_"))

    for one, other in ((live, party(2)), (party(2), live)):
        with pytest.raises(WrongState):
            one.joined_by(other)
