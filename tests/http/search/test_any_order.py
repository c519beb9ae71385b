"""Whatever is done in whatever order, and however its events come, lists find what the rights allow."""

from dataclasses import dataclass, field
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.driving.http import Json
from tests.support.lists import listed, searched
from tests.support.platform import Platform, platform_in_memory
from tests.support.search import ADA, PLATES, erase, insured

PARTNERS = ("harbour-test", "meadow-test")
STAFF = "call-centre-test"
HOLDERS: tuple[Json, ...] = (ADA, {"name": "Ben Okri", "email": "ben@example.com"})

steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["insure", "renew", "change plate", "cancel", "merge", "part", "erase", "deliver"]
        ),
        st.integers(0, 5),
    ),
    min_size=3,
    max_size=10,
)


@dataclass
class Known:
    """What is known of one policy: whose it is, and by which plates it is found."""

    id: str
    party: str
    partner: str
    email: str
    plates: set[str]
    changes: int = 0
    cancelled: bool = False


@dataclass
class Book:
    """The platform, and what its lists should find."""

    platform: Platform
    policies: list[Known] = field(default_factory=list)
    erased: set[str] = field(default_factory=set)
    merged: dict[str, str] = field(default_factory=dict)
    """By the party that another stands for: that other."""

    def take(self, step: str, number: int, random: Random) -> None:
        """One step, on one of the policies that there are."""
        standing = [one for one in self.policies if one.party not in self.erased]
        if step == "insure":
            self.insure(number)
        elif step == "deliver":
            self.deliver(random)
        elif standing:
            self.change(step, standing[number % len(standing)], number)

    def insure(self, number: int) -> None:
        holder, plate = HOLDERS[number % 2], PLATES[number % 3]
        by = PARTNERS[number % 2]
        policy = insured(self.platform, holder, plate, by=by)
        self.policies.append(Known(policy["id"], policy["party_id"], by, holder["email"], {plate}))

    def change(self, step: str, known: Known, number: int) -> None:
        path, by = f"/v1/policies/{known.id}", known.partner
        if step == "erase":
            erase(self.platform, known.party)
            self.erased |= self.same_as(known.party)
        elif step in ("merge", "part"):
            self.merge_or_part(step, known)
        elif known.cancelled:
            return
        elif step == "renew":
            offered = self.platform.call("POST", f"{path}/renewals", {}, by=by)
            if offered.status < 300:
                quote = f"/v1/quotes/{offered.body['id']}"
                self.platform.call("POST", f"{quote}/acceptance", {}, by=by)
        elif step == "change plate":
            plate = PLATES[number % 3]
            known.changes += 1  # each on a later day: two of one day leave the second alone
            on = f"2027-02-{known.changes:02}"
            change = {"effective_on": on, "answers": {"registration": plate}}
            if self.platform.call("POST", f"{path}/endorsements", change, by=by).status < 300:
                known.plates.add(plate)
        else:
            self.platform.post(f"{path}/cancellations", {"effective_on": "2027-06-01"}, by=by)
            known.cancelled = True

    def merge_or_part(self, step: str, known: Known) -> None:
        """The party stands for the next one of its partner, or for none any more."""
        stood_for = [one for one, by in self.merged.items() if by == known.party]
        if step == "part" and stood_for:
            path = f"/v1/parties/{known.party}/merge-reversals"
            self.platform.post(path, {"party_id": stood_for[0]}, by=known.partner)
            del self.merged[stood_for[0]]
        others = [
            one.party
            for one in self.policies
            if one.partner == known.partner
            and one.party not in self.erased
            and one.party != known.party
            and self.same_as(one.party) == {one.party}
        ]
        if step == "merge" and others and self.same_as(known.party) == {known.party}:
            path = f"/v1/parties/{known.party}/merges"
            self.platform.post(path, {"party_id": others[0]}, by=known.partner)
            self.merged[others[0]] = known.party

    def same_as(self, party: str) -> set[str]:
        """The party, and the one that it stands for or that stands for it."""
        first = self.merged.get(party, party)
        return {first, *(one for one, by in self.merged.items() if by == first)}

    def deliver(self, random: Random) -> None:
        """Every event so far, some of them twice, in any order."""
        self.platform.deliver(
            lambda events: random.choices(events, k=len(events) // 2) + _shuffled(events, random)
        )

    def check(self) -> None:
        for by in (STAFF, *PARTNERS):
            seen = [one for one in self.policies if by in (STAFF, one.partner)]
            told = [one for one in seen if one.party not in self.erased]
            self.expect(listed(self.platform, "/v1/policies", by), seen)
            for ended in (False, True):
                standing = "cancelled" if ended else "issued"
                wanted = [one for one in seen if one.cancelled is ended]
                self.expect(listed(self.platform, "/v1/policies", by, standing=standing), wanted)
            for plate in PLATES:
                marks = {"registration": plate}
                found = searched(self.platform, "/v1/policies/search", by, marks)
                self.expect(found, [one for one in told if plate in one.plates])
            for one in seen:
                found = listed(self.platform, "/v1/policies", by, party_id=one.party)
                same = self.same_as(one.party)
                self.expect(found, [each for each in seen if each.party in same])
            for holder in HOLDERS:
                marks = {"email": holder["email"]}
                found = searched(self.platform, "/v1/parties/search", by, marks)
                assert sorted(found) == sorted(
                    one.party for one in told if one.email == holder["email"]
                )

    def expect(self, found: list[str], wanted: list[Known]) -> None:
        assert sorted(found) == sorted(one.id for one in wanted)


def _shuffled[T](values: list[T], random: Random) -> list[T]:
    return random.sample(values, k=len(values))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=steps, random=st.randoms(use_true_random=False))
def test_search_finds_exactly_what_the_rights_allow(steps, random):
    with platform_in_memory() as (platform, _):
        book = Book(platform)
        book.insure(0)
        book.insure(2)  # a second customer of the same partner: they may turn out to be one
        for step, number in steps:
            book.take(step, number, random)
        book.deliver(random)

        book.check()
