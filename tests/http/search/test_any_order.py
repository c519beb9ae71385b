"""Whatever is done in whatever order, and however its events come, lists find what the rights allow."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from insurance.domain.core.event import Event

from tests.support.calls import Answer
from tests.support.claims import AFTER_THE_LOSS, loss
from tests.support.driving.http import Json
from tests.support.lists import listed, searched
from tests.support.platform import Platform, platform_in_memory
from tests.support.search import ADA, PLATES, erase, insured

PARTNERS = ("harbour-test", "meadow-test")
STAFF = "call-centre-test"
BEGUN = AFTER_THE_LOSS + timedelta(days=1)
HOLDERS: tuple[Json, ...] = (ADA, {"name": "Ben Okri", "email": "ben@example.com"})

STEPS = (
    *("insure", "renew", "change plate", "cancel", "merge", "part", "erase", "deliver"),
    *("notify", "pass on", "appoint") * 2,
)
steps = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 5)),
    min_size=3,
    max_size=12,
)


@dataclass
class Known:
    """What is known of one policy: whose it is, and by which plates it is found."""

    id: str
    party: str
    partner: str
    plates: set[str]
    holders: set[str] = field(default_factory=set)
    """Who has held it."""
    claims: set[str] = field(default_factory=set)
    changes: int = 0
    cancelled: bool = False


@dataclass
class Book:
    """The platform, and what its lists should find."""

    platform: Platform
    policies: list[Known] = field(default_factory=list)
    parties: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The partner and the e-mail of each customer, those included who hold nothing any more."""
    erased: set[str] = field(default_factory=set)
    merged: dict[str, str] = field(default_factory=dict)
    """By the party that another stands for: that other."""

    delivered: set[tuple[str, int]] = field(default_factory=set)

    def take(self, step: str, number: int, random: Random) -> None:
        """One step, on one of the policies that there are."""
        standing = [one for one in self.policies if one.party not in self.erased]
        if step == "insure":
            self.insure(number)
        elif step == "deliver":
            self.deliver(random)
        elif standing:
            self.change(step, standing[number % len(standing)], number)
        if number % 2:
            self.deliver(random)

    def insure(self, number: int) -> None:
        holder, plate = HOLDERS[number % 2], PLATES[number % 3]
        by = PARTNERS[number % 2]
        policy = insured(self.platform, holder, plate, by=by)
        self.policies.append(Known(policy["id"], policy["party_id"], by, {plate}))
        self.policies[-1].holders.add(policy["party_id"])
        self.parties[policy["party_id"]] = by, holder["email"]

    def change(self, step: str, known: Known, number: int) -> None:
        if step == "erase":
            self.erase(known)
        elif step in ("merge", "part"):
            self.merge_or_part(step, known)
        elif not known.cancelled:
            self.service(step, known, number)

    def erase(self, known: Known) -> None:
        group = self.same_as(known.party)
        if not any(one.claims and one.holders & group for one in self.policies):
            erase(self.platform, known.party)  # an open claim holds the data
            self.erased |= group

    def service(self, step: str, known: Known, number: int) -> None:
        path, by = f"/v1/policies/{known.id}", known.partner
        if step == "notify":
            self.notify(known)
        elif step in ("pass on", "appoint"):
            self.transfer(step, known, number)
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

    def notify(self, known: Known) -> None:
        body = loss(known.id, "windscreen", "400")
        claim = self.begun("/v1/claims", body, by=known.partner)
        known.claims.add(claim.body["id"])

    def begun(self, path: str, body: Json, by: str) -> Answer:
        """The answer to a call while the policies are on risk."""
        now, self.platform.now = self.platform.now, BEGUN
        try:
            return self.platform.call("POST", path, body, by=by)
        finally:
            self.platform.now = now

    def transfer(self, step: str, known: Known, number: int) -> None:
        """To another holder, or into the book of the other partner."""
        _, email = self.parties[known.party]
        partner = known.partner
        body: Json = {"reason": "divorce", "consents": ["holder", "new_holder"]}
        if step == "appoint":
            [partner] = {*PARTNERS} - {known.partner}
            body = {"reason": "broker", "consents": ["holder"], "evidence": "L-1"}
            body["to_partner"] = partner.removesuffix("-test")
        else:
            body["holder"] = HOLDERS[number % 2]
            email = HOLDERS[number % 2]["email"]
        path = f"/v1/policies/{known.id}/transfers"
        passed = self.begun(path, body, by=STAFF)
        if passed.status < 300:  # else its next term was offered to the holder
            known.party, known.partner = passed.body["transaction"]["transfer"]["to_party"], partner
            self.parties[known.party] = partner, email
            known.holders.add(known.party)

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
        """Every event that was not delivered yet, in any order, and some for the second time."""

        def order(events: list[Event]) -> list[Event]:
            new = [each for each in events if (each.stream, each.sequence) not in self.delivered]
            self.delivered |= {(each.stream, each.sequence) for each in new}
            return _shuffled(new + random.choices(events, k=len(events) // 4), random)

        self.platform.deliver(order)

    def check(self) -> None:
        for by in (STAFF, *PARTNERS):
            seen = [one for one in self.policies if by in (STAFF, one.partner)]
            told = [one for one in seen if one.party not in self.erased]
            self.expect(listed(self.platform, "/v1/policies", by), seen)
            claims = sorted(listed(self.platform, "/v1/claims", by))
            assert claims == sorted(claim for one in seen for claim in one.claims)
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
                    party
                    for party, (partner, email) in self.parties.items()
                    if by in (STAFF, partner)
                    and email == holder["email"]
                    and party not in self.erased
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
